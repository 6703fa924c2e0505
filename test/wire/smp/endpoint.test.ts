import { describe, expect, it } from 'vitest'
import { instantOf } from '../../../src/kernel/index.ts'
import {
  type ServiceRedirect,
  checkRedirectSigner,
  readServiceGroup,
  selectEndpoint,
} from '../../../src/wire/smp/index.ts'
import { sign } from './sign.ts'
import { ap, at, codeOf, document, informationIn, participant, pki, process, read, smp } from './sample.ts'

const endpoint = /<smp:Endpoint .*?<\/smp:Endpoint>/s
const informationOf = (xml: string) => informationIn(read(sign(xml, smp)))
const select = (xml: string, moment = at) => selectEndpoint(informationOf(xml), { process, at: moment })

const as2 = (found: string) =>
  found.replace('peppol-transport-as4-v2_0', 'busdox-transport-as2-ver2p0').replace('ap.', 'as2.')
const old = (found: string) => found.replace('2026-12-31', '2026-02-28').replace('ap.', 'old.')

const good = (found: string) => found.replace('https://ap.', 'https://good.')

describe('the endpoint', () => {
  it('is the one of the process, of AS4 and active', () => {
    const xml = document.replace(endpoint, found => as2(found) + old(found) + found)
    expect(select(xml).address).toBe('https://ap.example/as4')
    expect(select(xml, instantOf('2026-02-01T00:00:00Z')).address).toBe('https://old.example/as4')
  })

  it('begins with its activation and ends at its expiration', () => {
    expect(select(document, instantOf('2026-01-01T00:00:00Z')).address).toBe('https://ap.example/as4')
    expect(codeOf(() => select(document, instantOf('2025-12-31T23:59:59Z')))).toBe('inactive')
    expect(codeOf(() => select(document, instantOf('2026-12-30T23:00:00Z')))).toBe('inactive')
    const always = document.replace(/<smp:ServiceActivationDate>.*ExpirationDate>/, '')
    expect(select(always, instantOf('2040-01-01T00:00:00Z')).address).toBe('https://ap.example/as4')
  })

  it('has a certificate in PEM or bare base64 with line breaks', () => {
    const bare = document.replace(/-----(?:BEGIN|END) CERTIFICATE-----/g, '')
    expect(select(bare).certificate.fingerprint).toBe(ap.certificate.fingerprint)
  })

  it('harms only itself when it is broken', () => {
    const breakers: readonly ((found: string) => string)[] = [
      found => found.replace(/<smp:Certificate>[^]*<\/smp:Certificate>/, '<smp:Certificate>AAAA</smp:Certificate>'),
      found => found.replace(/<smp:Certificate>[^]*<\/smp:Certificate>/, ''),
      found => found.replace('2026-01-01T00:00:00', 'yesterday'),
      found => found.replace('https://ap.example/as4', 'ap.example'),
      found => found.replace(/<wsa:EndpointReference>.*<\/wsa:EndpointReference>/, ''),
    ]
    for (const breaker of breakers) {
      expect(codeOf(() => select(document.replace(endpoint, breaker)))).toBe('endpoint')
      expect(select(document.replace(endpoint, found => breaker(found) + good(found))).address).toBe(
        'https://good.example/as4',
      )
    }
  })

  it('is refused for another process, scheme included', () => {
    const information = informationOf(document)
    expect(codeOf(() => selectEndpoint(information, { process: { ...process, value: 'urn:other' }, at }))).toBe(
      'process',
    )
    expect(codeOf(() => selectEndpoint(information, { process: { ...process, scheme: 'other' }, at }))).toBe('process')
  })

  it('is refused when there is none for AS4', () => {
    expect(codeOf(() => select(document.replace('peppol-transport-as4-v2_0', 'peppol-transport-as4-v1_0')))).toBe(
      'transport',
    )
    expect(codeOf(() => select(document.replace(endpoint, '')))).toBe('transport')
  })
})

const redirectTo = (uid: string, href = 'https://smp2.example/x') =>
  document.replace(
    /<smp:ServiceInformation>.*<\/smp:ServiceInformation>/s,
    `<smp:Redirect href="${href}"><smp:CertificateUID>${uid}</smp:CertificateUID></smp:Redirect>`,
  )
const uidOf = (uid: string): ServiceRedirect => ({
  kind: 'redirect',
  href: 'https://smp2.example/x',
  certificateUid: uid,
})

const escapeValue = (value: string) => value.replace(/[,"\\]/g, '\\$&')

describe('a redirect', () => {
  it('is read with its target and the subject of the target', () => {
    expect(read(sign(redirectTo('CN=POP000777,O=x'), smp)).metadata).toEqual(uidOf('CN=POP000777,O=x'))
  })

  it('is refused without a URL or a subject', () => {
    expect(codeOf(() => read(sign(redirectTo('CN=x', 'smp2.example'), smp)))).toBe('malformed')
    expect(codeOf(() => read(sign(redirectTo(''), smp)))).toBe('malformed')
  })

  it('announces a signer by its subject in whatever order and spelling', () => {
    const target = pki.issue('smp', { commonName: 'POP000779', organization: 'Some, "Company" é' })
    const names = [...target.certificate.subject].map(([name, [value = '']]) => [name, value] as const)
    const uid = names.map(([name, value]) => `${name}=${escapeValue(value)}`)
    for (const spelling of [
      uid.join(','),
      uid.toReversed().join(', '),
      uid.join(' + '),
      names.map(([name, value]) => `${name.toLowerCase()} = "${value.replace(/["\\]/g, '\\$&')}"`).join(';'),
      uid.join(',').replace('é', '\\C3\\A9').toUpperCase(),
    ]) {
      checkRedirectSigner(uidOf(spelling), target.certificate)
    }
  })

  it('is refused when another signs the target', () => {
    const target = pki.issue('smp', { commonName: 'POP000779' }).certificate
    const names = [...target.subject].map(([name, [value = '']]) => `${name}=${value}`)
    for (const uid of [
      names.join(',').replace('POP000779', 'POP000780'),
      names.slice(1).join(','),
      [...names, 'L=Brussels'].join(','),
      'POP000779',
      `${names.join(',')},`.replace(',', ',,'),
    ]) {
      expect(
        codeOf(() => checkRedirectSigner(uidOf(uid), target)),
        uid,
      ).toBe('redirect')
    }
  })
})

describe('a service group', () => {
  const group = `<smp:ServiceGroup xmlns:smp="http://busdox.org/serviceMetadata/publishing/1.0/"><ids:ParticipantIdentifier xmlns:ids="http://busdox.org/transport/identifiers/1.0/" scheme="iso6523-actorid-upis"> 9915:INTEROP-receiver </ids:ParticipantIdentifier><smp:ServiceMetadataReferenceCollection>
    <smp:ServiceMetadataReference href="https://x.example/y/iso6523-actorid-upis%3A%3A9915%3Ainterop-receiver/services/peppol-doctype-wildcard%3A%3Aurn%3Ax%3A%3AInvoice%23%23urn%3Aa%40b%2A%3A%3A2.1"/>
    <smp:ServiceMetadataReference href="https://x.example/9915%3Ax/services/busdox-docid-edifact%3A%3Ax"/>
    <smp:ServiceMetadataReference href="https://x.example/9915%3Ax/services/busdox-docid-qns%3A%3%zz"/>
    <smp:ServiceMetadataReference/>
    <smp:ServiceMetadataReference href="https://x.example/z%2fservices%2fbusdox-docid-qns::urn:x::Invoice%23%23c::2.1"/>
  </smp:ServiceMetadataReferenceCollection></smp:ServiceGroup>`

  it('lists the document types of its references, decoded and in order, past those it cannot name', () => {
    expect(readServiceGroup(Buffer.from(group), participant).documentTypes).toEqual([
      { scheme: 'peppol-doctype-wildcard', value: 'urn:x::Invoice##urn:a@b*::2.1' },
      { scheme: 'busdox-docid-qns', value: 'urn:x::Invoice##c::2.1' },
    ])
  })

  it.each<[string, string, string]>([
    ['about another participant', group.replace('INTEROP', 'OTHER'), 'subject'],
    ['without participant', group.replace(/<ids:.*Identifier>/, ''), 'malformed'],
    ['without collection', group.replaceAll('ServiceMetadataReferenceCollection', 'Extension'), 'malformed'],
    ['with another root', group.replaceAll('ServiceGroup', 'CompleteServiceGroup'), 'malformed'],
    [
      'of OASIS BDXR',
      group.replace(
        'http://busdox.org/serviceMetadata/publishing/1.0/',
        'http://docs.oasis-open.org/bdxr/ns/SMP/2016/05',
      ),
      'namespace',
    ],
    ['that is no XML', '404 not found', 'malformed'],
  ])('is refused %s', (_, xml, code) => {
    expect(codeOf(() => readServiceGroup(Buffer.from(xml), participant))).toBe(code)
  })
})
