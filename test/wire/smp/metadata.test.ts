import { describe, expect, it } from 'vitest'
import { instantOf } from '../../../src/kernel/index.ts'
import { selectEndpoint } from '../../../src/wire/smp/index.ts'
import { makeTestPki } from '../../support/pki.ts'
import { type SigningOptions, enveloped, inclusive, sign, withoutSignature } from './sign.ts'
import { ap, at, billing, codeOf, document, informationIn, pki, process, read, smp } from './sample.ts'

describe('signed service metadata', () => {
  it('gives back the endpoint, the signer and what stands beside', () => {
    const { metadata, signer } = read(sign(document, smp))
    expect(signer.commonName).toBe('POP000777')
    expect(metadata).toMatchObject({
      kind: 'service',
      participant: { value: '9915:Interop-Receiver' },
      documentType: billing,
      processes: [
        {
          process,
          endpoints: [
            {
              transportProfile: 'peppol-transport-as4-v2_0',
              address: 'https://ap.example/as4',
              activeFrom: instantOf('2026-01-01T00:00:00Z'),
              activeTo: instantOf('2026-12-30T23:00:00Z'),
              description: 'Test',
              technicalContactUrl: 'mailto:a@example.org',
              technicalInformationUrl: 'https://example.org',
            },
          ],
        },
      ],
    })
    const endpoint = selectEndpoint(informationIn({ metadata, signer }), { process, at })
    expect(endpoint.certificate.fingerprint).toBe(ap.certificate.fingerprint)
  })

  it('may have comments, white space and instructions outside the root', () => {
    const xml = document.replace('<smp:Sig', '<!-- x --><?y z?>\n<smp:Sig')
    expect(read(Buffer.concat([sign(xml, smp), Buffer.from('\n')])).metadata.kind).toBe('service')
  })

  it('names its signer before he is trusted, so that his revocation list can be fetched', () => {
    const signers: string[] = []
    const onSigner = (certificate: { commonName: string }) => signers.push(certificate.commonName)
    expect(codeOf(() => read(sign(document, ap), { onSigner }))).toBe('wrong-purpose')
    expect(signers).toEqual(['POP000888'])
  })

  it.each<[string, SigningOptions]>([
    ['is canonicalised exclusively', { canonicalization: 'exclusive' }],
    ['is made with RSA-SHA1', { hash: 'sha1' }],
    ['digests with SHA-1', { digestHash: 'sha1' }],
    ['names something else than the whole document', { uri: '#x' }],
    ['has no transform', { transforms: [] }],
    ['has a second transform', { transforms: [enveloped, 'http://www.w3.org/2001/10/xml-exc-c14n#'] }],
    ['has another transform', { transforms: ['http://www.w3.org/2001/10/xml-exc-c14n#'] }],
    ['canonicalises once more', { transforms: [enveloped, inclusive] }],
    ['canonicalises only', { transforms: [inclusive] }],
    ['has two references', { referenceCount: 2 }],
    ['has no KeyInfo', { keyInfo: '' }],
    [
      'has no certificate',
      { keyInfo: '<KeyInfo><X509Data><X509SubjectName>CN=x</X509SubjectName></X509Data></KeyInfo>' },
    ],
    [
      'has a certificate that is none',
      { keyInfo: '<KeyInfo><X509Data><X509Certificate>AAAA</X509Certificate></X509Data></KeyInfo>' },
    ],
    [
      'has the certificate of another',
      { keyInfo: `<KeyInfo><X509Data><X509Certificate>${ap.certificatePem}</X509Certificate></X509Data></KeyInfo>` },
    ],
  ])('is refused when its signature %s', (_, options) => {
    expect(codeOf(() => read(sign(document, smp, options)))).toBe('signature')
  })

  it.each<[string, (xml: string) => string, string]>([
    ['its content was changed', xml => xml.replace('https://ap.example', 'https://ap.exampl3'), 'signature'],
    ['white space was changed', xml => xml.replace('</smp:ProcessList>', '\n</smp:ProcessList>'), 'signature'],
    ['an instruction was put before it', xml => xml.replace('?>\n', '?>\n<?x y?>'), 'signature'],
    [
      'its signature value was changed',
      xml => xml.replace(/<SignatureValue>..../, '<SignatureValue>AAAA'),
      'signature',
    ],
    ['its digest was changed', xml => xml.replace(/<DigestValue>..../, '<DigestValue>AAAA'), 'signature'],
    ['it is not signed', withoutSignature, 'signature'],
    [
      'it has a second signature beside the first',
      xml => xml.replace('<Signature ', '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/><Signature '),
      'signature',
    ],
    [
      'it has a second signature within',
      xml => xml.replace('<KeyInfo>', '<KeyInfo><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>'),
      'signature',
    ],
    [
      'the signature is not last',
      xml => {
        const [signature = ''] = /<Signature .*<\/Signature>/s.exec(xml) ?? []
        return withoutSignature(xml).replace('<smp:ServiceMetadata>', `${signature}<smp:ServiceMetadata>`)
      },
      'signature',
    ],
    [
      'other metadata stands before the signed one',
      xml =>
        xml.replace(
          /<smp:ServiceMetadata>.*<\/smp:ServiceMetadata>/s,
          found => found.replace('ap.example', 'evil.example') + found,
        ),
      'signature',
    ],
    ['it is no XML', xml => xml.slice(1), 'malformed'],
    ['it has a document type', xml => xml.replace('?>\n', '?>\n<!DOCTYPE x>'), 'malformed'],
    ['it has another root', xml => xml.replaceAll('smp:SignedServiceMetadata', 'smp:ServiceGroup'), 'malformed'],
    [
      'it is of OASIS BDXR',
      xml =>
        xml.replaceAll(
          'http://busdox.org/serviceMetadata/publishing/1.0/',
          'http://docs.oasis-open.org/bdxr/ns/SMP/2016/05',
        ),
      'namespace',
    ],
  ])('is refused when %s', (_, forge, code) => {
    expect(codeOf(() => read(Buffer.from(forge(sign(document, smp).toString()))))).toBe(code)
  })

  it.each<[string, (xml: string) => string, string]>([
    ['about another participant', xml => xml.replace('9915:Interop', '9915:Inter0p'), 'subject'],
    ['about another document type', xml => xml.replace('billing:3.0::', 'billing:3.1::'), 'subject'],
    [
      'about the type in another scheme',
      xml => xml.replace('scheme="busdox-docid-qns"', 'scheme="peppol-doctype-wildcard"'),
      'subject',
    ],
    ['with an unknown participant scheme', xml => xml.replace('iso6523-actorid-upis', 'x'), 'malformed'],
    ['with two participants', xml => xml.replace(/<ids:Part.*?Identifier>/, '$&$&'), 'malformed'],
    ['without process list', xml => xml.replaceAll('smp:ProcessList', 'smp:Extension'), 'malformed'],
    [
      'with neither information nor redirect',
      xml => xml.replaceAll('smp:ServiceInformation', 'smp:Other'),
      'malformed',
    ],
    [
      'with something beside its metadata',
      xml => xml.replace('</smp:ServiceMetadata>', '$&<smp:Extension></smp:Extension>'),
      'signature',
    ],
    [
      'with information and redirect',
      xml =>
        xml.replace(
          '<smp:ServiceInformation>',
          '<smp:Redirect href="https://x.example"><smp:CertificateUID>CN=x</smp:CertificateUID></smp:Redirect>$&',
        ),
      'malformed',
    ],
  ])('is refused when it is well signed, but %s', (_, forge, code) => {
    expect(codeOf(() => read(sign(forge(document), smp)))).toBe(code)
  })

  it('is refused when the signer is not trusted: expired, revoked, no SMP, a stranger', () => {
    const expired = pki.issue('smp', { validTo: '2026-11-20T00:00:00Z' })
    expect(codeOf(() => read(sign(document, expired)))).toBe('expired')
    const revoked = pki.issue('smp')
    pki.revoke(revoked.certificate.serial)
    expect(codeOf(() => read(sign(document, revoked)))).toBe('revoked')
    expect(codeOf(() => read(sign(document, ap)))).toBe('wrong-purpose')
    expect(codeOf(() => read(sign(document, makeTestPki().issue('smp', { commonName: 'POP000777' }))))).toBe(
      'untrusted',
    )
  })
})
