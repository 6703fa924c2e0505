import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { webcrypto } from 'node:crypto'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type * as Xmldsigjs from 'xmldsigjs'
import { describe, expect, it } from 'vitest'
import { instantOf } from '../../../src/kernel/index.ts'
import { parseDocumentTypeId, parseParticipantId, parseProcessId } from '../../../src/wire/peppol/index.ts'
import {
  type ServiceInformation,
  type ServiceRedirect,
  buildServiceGroup,
  buildSignedServiceMetadata,
  readServiceGroup,
  readSignedServiceMetadata,
  selectEndpoint,
} from '../../../src/wire/smp/index.ts'
import { makeTestPki } from '../../support/pki.ts'
import { hasSharedData, sharedData } from '../../support/shared.ts'

const pki = makeTestPki()
const smp = pki.issue('smp', { commonName: 'POP000777' })
const ap = pki.issue('access-point', { commonName: 'POP000888' })
const at = instantOf('2026-11-21T10:00:00Z')

const information: ServiceInformation = {
  kind: 'service',
  participant: parseParticipantId('0225:784301772_Éa'.replace('É', 'E')),
  documentType: parseDocumentTypeId('peppol-doctype-wildcard::urn:x::Invoice##urn:peppol:pint:billing-1*::2.1'),
  processes: [
    {
      process: parseProcessId('cenbii-procid-ubl::urn:peppol:bis:billing'),
      endpoints: [
        {
          transportProfile: 'peppol-transport-as4-v2_0',
          address: 'https://ap.example/as4?a="1"&b=\'<2>\'',
          activeFrom: instantOf('2026-01-01T00:00:00Z'),
          activeTo: instantOf('2027-01-01T00:00:00Z'),
          certificate: ap.certificate.der.toString('base64'),
          description: 'Société & "friends" <é>\r\n\t𝄞',
          technicalContactUrl: 'mailto:ops@example.org',
          technicalInformationUrl: 'https://example.org/?a&b',
        },
      ],
    },
    { process: parseProcessId('cenbii-procid-ubl::urn:other'), endpoints: [] },
  ],
}
const redirect: ServiceRedirect = {
  kind: 'redirect',
  href: 'https://smp2.example/iso6523-actorid-upis%3A%3A0225%3A784301772?x&y',
  certificateUid: 'CN=POP000777,O="A & B",C=FR',
}

describe('our service group', () => {
  it('leads to the public base with every identifier encoded, and is read again', () => {
    const group = {
      participant: information.participant,
      documentTypes: [information.documentType, parseDocumentTypeId("busdox-docid-qns::urn:x/y::I##a#b:c'&<>(d)::2.1")],
    }
    const octets = buildServiceGroup(group, 'https://smp.example.org/smp/')
    expect(octets.toString()).toContain(
      'href="https://smp.example.org/smp/iso6523-actorid-upis%3A%3A0225%3A784301772_Ea/services/peppol-doctype-wildcard%3A%3A' +
        'urn%3Ax%3A%3AInvoice%23%23urn%3Apeppol%3Apint%3Abilling-1%2A%3A%3A2.1"',
    )
    expect(octets.toString()).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<smp:ServiceGroup /)
    expect(readServiceGroup(octets, group.participant)).toEqual(group)
  })
})

describe('our signed service metadata', () => {
  it.each([
    ['of a service', information],
    ['of a redirect', redirect],
  ])('%s are what our own client reads', async (_, metadata) => {
    const octets = await buildSignedServiceMetadata(metadata, smp.keys)
    const { participant, documentType } = information
    const verified = readSignedServiceMetadata(octets, { trust: pki.trust(), at, participant, documentType })
    expect(verified.metadata).toEqual(
      metadata.kind === 'redirect' ? metadata : { ...metadata, processes: expect.anything() as unknown },
    )
    expect(verified.signer.fingerprint).toBe(smp.certificate.fingerprint)
    if (verified.metadata.kind === 'redirect') return
    // The address is no example of a good one, but it comes through as it is; the description is trimmed only.
    const [first] = verified.metadata.processes
    expect(first?.endpoints).toEqual(information.processes[0]?.endpoints)
    const endpoint = selectEndpoint(verified.metadata, { process: first!.process, at })
    expect(endpoint.certificate.commonName).toBe('POP000888')
  })

  const xmlsec = 'xmlsec1'
  const hasXmlsec = spawnSync(xmlsec, ['--version']).status === 0

  it.skipIf(!hasXmlsec).each([
    ['of a service', information],
    ['of a redirect', redirect],
  ])('%s are verified by xmlsec1, where it is installed', async (_, metadata) => {
    const folder = mkdtempSync(join(tmpdir(), 'passerelle-smp-'))
    try {
      const write = (name: string, content: string | Buffer) => {
        writeFileSync(join(folder, name), content)
        return join(folder, name)
      }
      const root = write('root.pem', pki.root.certificatePem)
      const issuer = write('issuer.pem', pki.smpCa.certificatePem)
      const octets = await buildSignedServiceMetadata(metadata, smp.keys)
      const file = write('metadata.xml', octets)
      const options = ['--verify', '--enabled-key-data', 'x509', '--trusted-pem', root, '--untrusted-pem', issuer, file]
      execFileSync(xmlsec, options, { stdio: 'pipe' })
      writeFileSync(file, octets.toString().replace('urn:x', 'urn:y').replace('smp2', 'smp3'))
      expect(spawnSync(xmlsec, options).status).not.toBe(0)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('has the elements in the order of the schema', async () => {
    const xml = (await buildSignedServiceMetadata(information, smp.keys)).toString()
    const order = [...xml.matchAll(/<(?:smp|wsa|ids):(\w+)/g)].map(match => match[1])
    expect(order.slice(order.indexOf('Endpoint'), order.indexOf('Endpoint') + 11)).toEqual([
      'Endpoint',
      'EndpointReference',
      'Address',
      'RequireBusinessLevelSignature',
      'ServiceActivationDate',
      'ServiceExpirationDate',
      'Certificate',
      'ServiceDescription',
      'TechnicalContactUrl',
      'TechnicalInformationUrl',
      'Process',
    ])
    expect(xml.endsWith('</ds:Signature></smp:SignedServiceMetadata>')).toBe(true)
  })
})

describe('xmldsigjs, a second opinion,', () => {
  // All by one way, so that xmldsigjs and we configure the same copy of its core.
  const load = createRequire(createRequire(import.meta.url).resolve('xmldsigjs'))
  const { SignedXml, Application } = load('xmldsigjs') as typeof Xmldsigjs
  const { DOMParser, XMLSerializer, DOMImplementation } = load('@xmldom/xmldom')
  load('xml-core').setNodeDependencies({ DOMParser, XMLSerializer, DOMImplementation, xpath: load('xpath') })
  Application.setEngine('Node.js', webcrypto)

  async function holds(octets: Buffer): Promise<boolean> {
    const document = new DOMParser().parseFromString(octets.toString(), 'application/xml')
    const signed = new SignedXml(document)
    signed.LoadXml(document.getElementsByTagNameNS('http://www.w3.org/2000/09/xmldsig#', 'Signature')[0])
    return await signed.Verify().catch(() => false)
  }

  it.each([
    ['a service', information],
    ['a redirect', redirect],
  ])('verifies our metadata of %s, and not what was changed in it', async (_, metadata) => {
    const octets = await buildSignedServiceMetadata(metadata, smp.keys)
    expect(await holds(octets)).toBe(true)
    expect(await holds(Buffer.from(octets.toString().replace('urn:x', 'urn:y').replace('smp2', 'smp3')))).toBe(false)
  })

  it.skipIf(!hasSharedData).each([
    ['signed-service-metadata-valid-sha256', true],
    ['signed-service-metadata-redirect', true],
    ['bad-endpoint-url-tampered', false],
  ])('judges the generated %s as we do', async (name, expected) => {
    expect(await holds(sharedData(`smp/generated/${name}.xml`))).toBe(expected)
  })
})
