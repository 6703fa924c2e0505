import { hash } from 'node:crypto'
import { type Instant, isoOf } from '../../kernel/index.ts'
import type { Certificate, SigningKey } from '../pki/index.ts'
import type { ParticipantId } from '../peppol/index.ts'
import { type Markup, tag, text } from '../xml/index.ts'
import { algorithms, writeReference, writeSignature, writeSignedInfo } from '../xmldsig/index.ts'
import { addressingNamespace, identifierNamespace, smpNamespace } from './namespaces.ts'
import { serviceMetadataUrl } from './paths.ts'
import type { Endpoint, ServiceGroup, ServiceInformation, ServiceMetadata, ServiceRedirect } from './types.ts'

const xmlDeclaration = '<?xml version="1.0" encoding="UTF-8"?>\n'

/** The body of `GET {base}/{participant}`; its references lead to `publicBase`, where the world reaches this SMP. [peppol.md §5.1] */
export function buildServiceGroup({ participant, documentTypes }: ServiceGroup, publicBase: string): Buffer {
  const references = documentTypes.map(documentType =>
    tag('smp:ServiceMetadataReference', { href: serviceMetadataUrl(publicBase, participant, documentType) }),
  )
  const group = tag(
    'smp:ServiceGroup',
    { 'xmlns:ids': identifierNamespace, 'xmlns:smp': smpNamespace },
    writeParticipant(participant),
    tag('smp:ServiceMetadataReferenceCollection', {}, ...references),
  )
  return Buffer.from(xmlDeclaration + group)
}

/** Inclusive C14N of ds:SignedInfo carries every namespace in scope where it stands: those of the root, and ds. [C14N §2.3] */
const rootNamespaces = { ids: identifierNamespace, smp: smpNamespace, wsa: addressingNamespace } as const

const rootAttributes = Object.fromEntries(
  Object.entries(rootNamespaces).map(([prefix, uri]) => [`xmlns:${prefix}`, uri]),
)

/**
 * The body of `GET {base}/{participant}/services/{documentType}`, signed as §5.2 demands. It is written in canonical form, so that
 * its own octets are what is digested and signed.
 */
export async function buildSignedServiceMetadata(metadata: ServiceMetadata, key: SigningKey): Promise<Buffer> {
  const content = tag(
    'smp:ServiceMetadata',
    {},
    metadata.kind === 'service' ? writeService(metadata) : writeRedirect(metadata),
  )
  const unsigned = tag('smp:SignedServiceMetadata', rootAttributes, content)
  const transforms = [{ algorithm: algorithms.envelopedSignature, prefixes: [] }]
  const signedInfo = writeSignedInfo({
    canonicalization: { algorithm: algorithms.inclusiveC14n, prefixes: [] },
    references: [writeReference({ uri: '', transforms, digest: hash('sha256', unsigned, 'buffer') })],
    namespaces: rootNamespaces,
  })
  const value = await key.sign(Buffer.from(signedInfo))
  const signature = writeSignature({ signedInfo, value, keyInfo: writeKeyInfo(key.certificate) })
  return Buffer.from(xmlDeclaration + tag('smp:SignedServiceMetadata', rootAttributes, content, signature))
}

/** Only the certificate: a subject name beside it could only contradict it. */
function writeKeyInfo(certificate: Certificate): Markup {
  const data = tag('ds:X509Data', {}, tag('ds:X509Certificate', {}, text(certificate.der.toString('base64'))))
  return tag('ds:KeyInfo', {}, data)
}

function writeService({ participant, documentType, processes }: ServiceInformation): Markup {
  const list = processes.map(({ process, endpoints }) =>
    tag(
      'smp:Process',
      {},
      tag('ids:ProcessIdentifier', { scheme: process.scheme }, text(process.value)),
      tag('smp:ServiceEndpointList', {}, ...endpoints.map(writeEndpoint)),
    ),
  )
  return tag(
    'smp:ServiceInformation',
    {},
    writeParticipant(participant),
    tag('ids:DocumentIdentifier', { scheme: documentType.scheme }, text(documentType.value)),
    tag('smp:ProcessList', {}, ...list),
  )
}

function writeRedirect({ href, certificateUid }: ServiceRedirect): Markup {
  return tag('smp:Redirect', { href }, field('CertificateUID', certificateUid))
}

/** In the order of the schema. [peppol.md §5.1] */
function writeEndpoint(endpoint: Endpoint): Markup {
  const { technicalInformationUrl } = endpoint
  return tag(
    'smp:Endpoint',
    { transportProfile: endpoint.transportProfile },
    tag('wsa:EndpointReference', {}, tag('wsa:Address', {}, text(endpoint.address))),
    field('RequireBusinessLevelSignature', 'false'),
    writeDate('ServiceActivationDate', endpoint.activeFrom),
    writeDate('ServiceExpirationDate', endpoint.activeTo),
    field('Certificate', endpoint.certificate),
    field('ServiceDescription', endpoint.description),
    field('TechnicalContactUrl', endpoint.technicalContactUrl),
    technicalInformationUrl === undefined ? undefined : field('TechnicalInformationUrl', technicalInformationUrl),
  )
}

function writeParticipant({ scheme, value }: ParticipantId): Markup {
  return tag('ids:ParticipantIdentifier', { scheme }, text(value))
}

function writeDate(name: string, at: Instant | undefined): Markup | undefined {
  return at === undefined ? undefined : field(name, isoOf(at))
}

function field(name: string, value: string): Markup {
  return tag(`smp:${name}`, {}, text(value))
}
