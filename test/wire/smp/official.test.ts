import { readdirSync } from 'node:fs'
import { describe, expect } from 'vitest'
import { instantOf } from '../../../src/kernel/index.ts'
import {
  type TrustSnapshot,
  buildTrust,
  readCertificates,
  readRevocationList,
  withRevocationList,
} from '../../../src/wire/pki/index.ts'
import {
  parseDocumentTypeId,
  parseParticipantId,
  parseProcessId,
  selectDocumentType,
} from '../../../src/wire/peppol/index.ts'
import {
  checkRedirectSigner,
  readServiceGroup,
  readSignedServiceMetadata,
  selectEndpoint,
} from '../../../src/wire/smp/index.ts'
import { hasSharedData, itShared, sharedData, sharedPath } from '../../support/shared.ts'
import { sign } from './sign.ts'
import { at, billing, codeOf, informationIn, participant, process, read, smp } from './sample.ts'

function interopTrust(): TrustSnapshot {
  const [root, apCa, smpCa] = ['root', 'ap-ca', 'smp-ca'].map(
    name => readCertificates(sharedData(`as4/generated/pki/${name}.cert.pem`).toString())[0]!,
  ) as [never, never, never]
  const trust = buildTrust({ roots: [root], accessPointIssuers: [apCa], smpIssuers: [smpCa], revocation: 'required' })
  const pem = sharedData('as4/generated/pki/smp-ca.crl').toString('latin1')
  const der = pem.startsWith('-----')
    ? Buffer.from(pem.replace(/-----.*-----/g, ''), 'base64')
    : Buffer.from(pem, 'latin1')
  return withRevocationList(trust, smpCa, readRevocationList(der, smpCa))
}

const generated = (name: string, expected = {}) =>
  readSignedServiceMetadata(sharedData(`smp/generated/${name}.xml`), {
    trust: interopTrust(),
    at,
    participant,
    documentType: billing,
    ...expected,
  })

const pint = (customization: string) =>
  parseDocumentTypeId(
    `peppol-doctype-wildcard::urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice##urn:peppol:pint:billing-1${customization}::2.1`,
  )

describe('the generated files', () => {
  itShared('signed-service-metadata-valid-sha256 gives the endpoint', () => {
    const verified = generated('signed-service-metadata-valid-sha256')
    expect(verified.signer.commonName).toBe('POP999993')
    const endpoint = selectEndpoint(informationIn(verified), { process, at })
    expect(endpoint).toMatchObject({ address: 'https://ap.test.invalid/as4', certificate: { commonName: 'POP999992' } })
  })

  itShared('…-wildcard-pint answers for the registered wildcard, which covers the PINT types', () => {
    const information = informationIn(generated('signed-service-metadata-wildcard-pint', { documentType: pint('*') }))
    expect(selectDocumentType(pint('@eu-1'), [information.documentType])).toEqual(pint('*'))
    expect(codeOf(() => generated('signed-service-metadata-wildcard-pint', { documentType: pint('@eu-1') }))).toBe(
      'subject',
    )
    const billingProcess = parseProcessId('cenbii-procid-ubl::urn:peppol:bis:billing')
    expect(selectEndpoint(information, { process: billingProcess, at }).certificate.commonName).toBe('POP999992')
  })

  itShared('…-redirect names a certificate with its RDNs in another order', () => {
    const { metadata, signer } = generated('signed-service-metadata-redirect')
    if (metadata.kind !== 'redirect') throw new Error('no redirect')
    expect(metadata.href).toMatch(/^https:\/\/smp2\.test\.invalid\//)
    checkRedirectSigner(metadata, signer)
  })

  itShared('…-expired-endpoint and …-legacy-as2-only are well signed and offer nothing', () => {
    const expired = informationIn(generated('signed-service-metadata-expired-endpoint'))
    expect(codeOf(() => selectEndpoint(expired, { process, at }))).toBe('inactive')
    const legacy = informationIn(generated('signed-service-metadata-legacy-as2-only'))
    expect(codeOf(() => selectEndpoint(legacy, { process, at }))).toBe('transport')
  })

  itShared('the bad ones are refused, each for its reason', () => {
    expect(codeOf(() => generated('bad-endpoint-url-tampered'))).toBe('signature')
    expect(codeOf(() => generated('bad-signed-by-ap-certificate'))).toBe('wrong-purpose')
    expect(codeOf(() => generated('bad-participant-mismatch'))).toBe('subject')
  })
})

const filesIn = (folder: string, pattern: RegExp) =>
  hasSharedData ? readdirSync(sharedPath(`smp/${folder}`)).filter(name => pattern.test(name)) : []

/** The ids a file is about, read from its text. */
function subjectOf(xml: string): {
  participant: ReturnType<typeof parseParticipantId>
  documentType: typeof billing
} {
  const found =
    /ParticipantIdentifier[^>]*>\s*([^<\s]+)[^]*DocumentIdentifier\s+scheme="([^"]+)"[^>]*>\s*([^<\s]+)/.exec(xml)
  if (!found) return { participant, documentType: billing }
  return { participant: parseParticipantId(found[1]!), documentType: parseDocumentTypeId(`${found[2]}::${found[3]}`) }
}

describe('files from the wild', () => {
  const metadataFiles = [
    ...filesIn('peppol-commons', /./).map(name => `peppol-commons/${name}`),
    ...filesIn('vefa', /^(?:busdox|peppol-doctype-wildcard)-servicemetadata/).map(name => `vefa/${name}`),
    ...filesIn('oxalis', /./).map(name => `oxalis/${name}`),
  ]

  itShared.for(metadataFiles)('%s is refused for its signature: SHA-1, exclusive C14N or edited', name => {
    const octets = sharedData(`smp/${name}`)
    expect(codeOf(() => read(octets, subjectOf(octets.toString())))).toBe('signature')
  })

  itShared.for(metadataFiles)('%s is read once it is signed as today', name => {
    const xml = sharedData(`smp/${name}`).toString()
    const { metadata } = read(sign(xml, smp), subjectOf(xml))
    if (metadata.kind === 'redirect') {
      expect(name).toBe('vefa/busdox-servicemetadata-redirect-0192-991825827.xml')
      expect(metadata.certificateUid).toBe('C=NO,O=Direktoratet for Forvaltning og IKT,OU=PEPPOL TEST SMP,CN=PNO000179')
      return
    }
    const endpoints = metadata.processes.flatMap(each => each.endpoints)
    expect(endpoints.length).toBe(xml.match(/<(?:\w+:)?Endpoint /g)?.length)
    expect(endpoints.filter(endpoint => endpoint.defect !== undefined || endpoint.certificate === '')).toEqual([])
  })

  itShared('the redirected metadata is signed by the certificate that the redirect announces', () => {
    const xml = sharedData('smp/vefa/busdox-servicemetadata-redirected-0192-991825827.xml').toString()
    const [, base64 = ''] = /<X509Certificate>([^<]+)</.exec(xml) ?? []
    const [signer] = readCertificates(base64.replaceAll('&#13;', ''))
    const redirect = sharedData('smp/vefa/busdox-servicemetadata-redirect-0192-991825827.xml').toString()
    const { metadata } = read(sign(redirect, smp))
    if (metadata.kind !== 'redirect') throw new Error('no redirect')
    checkRedirectSigner(metadata, signer!)
  })

  itShared('smp-response-with-as4 and -unknown-protocol of Oxalis are searched for AS4', () => {
    for (const name of ['smp-response-with-as4', 'smp-response-with-unknown-protocol', 'sr-smp-result']) {
      const xml = sharedData(`smp/oxalis/${name}.xml`).toString()
      const information = informationIn(read(sign(xml, smp), subjectOf(xml)))
      const hasAs4 = xml.includes('transportProfile="peppol-transport-as4-v2_0"')
      const moment = instantOf('2013-06-01T00:00:00Z')
      const [first] = information.processes
      const select = () => selectEndpoint(information, { process: first!.process, at: moment })
      if (hasAs4) expect(select().transportProfile).toBe('peppol-transport-as4-v2_0')
      else expect(codeOf(select)).toBe('transport')
    }
  })

  itShared('service groups of Peppol are read, with as many types as references', () => {
    for (const name of filesIn('vefa', /^busdox-servicegroup/)) {
      const xml = sharedData(`smp/vefa/${name}`).toString()
      const [, value = ''] = /ParticipantIdentifier[^>]*>([^<]+)</.exec(xml) ?? []
      const { documentTypes } = readServiceGroup(Buffer.from(xml), parseParticipantId(value.trim()))
      expect(documentTypes.length, name).toBe(xml.match(/<[^<]*ServiceMetadataReference /g)?.length)
    }
  })

  itShared('documents of OASIS BDXR are refused', () => {
    for (const name of filesIn('vefa', /^bdxr.*servicegroup/)) {
      expect(
        codeOf(() => readServiceGroup(sharedData(`smp/vefa/${name}`), participant)),
        name,
      ).toBe('namespace')
    }
    for (const name of filesIn('vefa', /^bdxr.*servicemetadata/)) {
      expect(
        codeOf(() => read(sharedData(`smp/vefa/${name}`))),
        name,
      ).toBe('namespace')
    }
  })
})
