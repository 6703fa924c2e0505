import type { Instant } from '../../kernel/index.ts'
import type { Certificate, TrustSnapshot } from '../pki/index.ts'
import { trustCertificate } from '../pki/index.ts'
import {
  type DocumentTypeId,
  type ParticipantId,
  type ProcessId,
  PeppolError,
  documentTypeId,
  participantId,
  parseDocumentTypeId,
  processId,
  quote,
  sameDocumentType,
  sameParticipant,
} from '../peppol/index.ts'
import {
  type XmlElement,
  XmlError,
  attributeOf,
  childrenNamed,
  findChild,
  onlyChild,
  parseXml,
  textOf,
} from '../xml/index.ts'
import { SmpError } from './errors.ts'
import { addressingNamespace, identifierNamespace, smpNamespace } from './namespaces.ts'
import { verifySignature } from './signature.ts'
import type { Endpoint, ServiceGroup, ServiceInformation, ServiceMetadata, VerifiedServiceMetadata } from './types.ts'

/** What the answer must be about, and what is trusted when. */
export interface MetadataExpectation {
  readonly participant: ParticipantId
  readonly documentType: DocumentTypeId
  readonly trust: TrustSnapshot
  readonly at: Instant
  /** Told who signed before it is asked whether he is trusted: the caller may have to fetch a revocation list for the answer. */
  readonly onSigner?: (signer: Certificate) => void
}

/**
 * Proves an answer of an SMP and reads it: the signature covers the whole document but itself, the signer is an SMP of this network,
 * and the answer is about what was asked. Metadata comes from the tree that was verified, from nothing else. [peppol.md §5.2]
 * @throws SmpError; PkiError when the signer is not trusted
 */
export function readSignedServiceMetadata(octets: Buffer, expected: MetadataExpectation): VerifiedServiceMetadata {
  const { root, signer } = ofDocument(() => {
    const document = parseXml(octets)
    checkRoot(document.root, 'SignedServiceMetadata')
    return { root: document.root, signer: verifySignature(document) }
  })
  expected.onSigner?.(signer)
  const trusted = trustCertificate(signer, 'smp', expected.trust, expected.at)
  const metadata = ofDocument(() => readMetadata(root))
  if (metadata.kind === 'service') checkSubject(metadata, expected)
  return { metadata, signer: trusted }
}

/**
 * Reads what a participant can receive; the document is not signed. References of other schemes than ours are left out.
 * @throws SmpError `malformed`, `namespace`, or `subject` when it is about another participant
 */
export function readServiceGroup(octets: Buffer, participant: ParticipantId): ServiceGroup {
  return ofDocument(() => {
    const { root } = parseXml(octets)
    checkRoot(root, 'ServiceGroup')
    const found = readParticipant(root)
    if (!sameParticipant(found, participant)) throw otherSubject(found.value, participant.value)
    const collection = onlyChild(root, smpNamespace, 'ServiceMetadataReferenceCollection')
    const references = childrenNamed(collection, smpNamespace, 'ServiceMetadataReference')
    const documentTypes = references.map(reference => documentTypeIn(attributeOf(reference, 'href') ?? ''))
    return { participant: found, documentTypes: documentTypes.filter(id => id !== undefined) }
  })
}

/** Some SMPs answer for types they do not list: only the ids in the answer count. [peppol.md §3.3] */
function checkSubject(found: ServiceInformation, expected: MetadataExpectation): void {
  if (!sameParticipant(found.participant, expected.participant)) {
    throw otherSubject(found.participant.value, expected.participant.value)
  }
  if (!sameDocumentType(found.documentType, expected.documentType)) {
    throw otherSubject(found.documentType.value, expected.documentType.value)
  }
}

function readMetadata(root: XmlElement): ServiceMetadata {
  const metadata = onlyChild(root, smpNamespace, 'ServiceMetadata')
  const information = findChild(metadata, smpNamespace, 'ServiceInformation')
  const redirect = findChild(metadata, smpNamespace, 'Redirect')
  if ((information === undefined) === (redirect === undefined)) {
    throw new SmpError('malformed', 'ServiceMetadata holds not one of ServiceInformation and Redirect')
  }
  if (redirect !== undefined) return readRedirect(redirect)
  return readInformation(onlyChild(metadata, smpNamespace, 'ServiceInformation'))
}

function readRedirect(redirect: XmlElement): ServiceMetadata {
  const href = (attributeOf(redirect, 'href') ?? '').trim()
  if (!isHttpUrl(href)) throw new SmpError('malformed', `Redirect/@href ${quote(href)} is no http or https URL`)
  return { kind: 'redirect', href, certificateUid: fieldOf(redirect, smpNamespace, 'CertificateUID') }
}

function readInformation(information: XmlElement): ServiceInformation {
  const document = onlyChild(information, identifierNamespace, 'DocumentIdentifier')
  const processes = childrenNamed(onlyChild(information, smpNamespace, 'ProcessList'), smpNamespace, 'Process')
  return {
    kind: 'service',
    participant: readParticipant(information),
    documentType: documentTypeId(attributeOf(document, 'scheme') ?? '', textOf(document).trim()),
    processes: processes.map(process => ({ process: readProcess(process), endpoints: readEndpoints(process) })),
  }
}

function readParticipant(parent: XmlElement): ParticipantId {
  const element = onlyChild(parent, identifierNamespace, 'ParticipantIdentifier')
  return participantId(attributeOf(element, 'scheme') ?? '', textOf(element).trim())
}

function readProcess(parent: XmlElement): ProcessId {
  const element = onlyChild(parent, identifierNamespace, 'ProcessIdentifier')
  return processId(attributeOf(element, 'scheme') ?? '', textOf(element).trim())
}

function readEndpoints(process: XmlElement): readonly Endpoint[] {
  const list = onlyChild(process, smpNamespace, 'ServiceEndpointList')
  return childrenNamed(list, smpNamespace, 'Endpoint').map(readEndpoint)
}

/** What is wrong with one endpoint harms that one only, and only when it is selected. */
function readEndpoint(element: XmlElement): Endpoint {
  const active = readDate(element, 'ServiceActivationDate')
  const expires = readDate(element, 'ServiceExpirationDate')
  const address = readAddress(element)
  const information = optionalField(element, 'TechnicalInformationUrl')
  const defect =
    active.defect ?? expires.defect ?? (isHttpUrl(address) ? undefined : `its address is ${quote(address)}`)
  return {
    transportProfile: (attributeOf(element, 'transportProfile') ?? '').trim(),
    address,
    activeFrom: active.at,
    activeTo: expires.at,
    certificate: optionalField(element, 'Certificate'),
    description: optionalField(element, 'ServiceDescription'),
    technicalContactUrl: optionalField(element, 'TechnicalContactUrl'),
    technicalInformationUrl: information === '' ? undefined : information,
    ...(defect === undefined ? {} : { defect }),
  }
}

function readAddress(endpoint: XmlElement): string {
  const reference = findChild(endpoint, addressingNamespace, 'EndpointReference')
  const address = reference && findChild(reference, addressingNamespace, 'Address')
  return address === undefined ? '' : textOf(address).trim()
}

const dateTime = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d:\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/

/** A date without zone is taken as UTC [peppol.md §5.1]; one without time, which the schema does not know but SMPs write, as midnight. */
function readDate(parent: XmlElement, name: string): { at: Instant | undefined; defect: string | undefined } {
  const value = optionalField(parent, name)
  if (value === '') return { at: undefined, defect: undefined }
  const [, date, time = 'T00:00:00', zone = 'Z'] = dateTime.exec(value) ?? []
  const at = date === undefined ? Number.NaN : Date.parse(date + time + zone)
  if (Number.isNaN(at)) return { at: undefined, defect: `its ${name} is ${quote(value)}` }
  return { at: at as Instant, defect: undefined }
}

/** What stands behind `/services/`, whose slashes some encode too; undefined for types we do not know how to name. */
function documentTypeIn(href: string): DocumentTypeId | undefined {
  try {
    const [, encoded] = /^.*(?:\/|%2F)services(?:\/|%2F)(.*)$/i.exec(href.trim()) ?? []
    return encoded === undefined ? undefined : parseDocumentTypeId(decodeURIComponent(encoded))
  } catch (error) {
    if (error instanceof PeppolError || error instanceof URIError) return undefined
    throw error
  }
}

/** OASIS BDXR SMP documents have the same local names in other namespaces. */
function checkRoot(root: XmlElement, local: string): void {
  if (root.namespace !== smpNamespace) {
    throw new SmpError('namespace', `the root is in namespace ${quote(root.namespace)}, not in ${smpNamespace}`)
  }
  if (root.local !== local) throw new SmpError('malformed', `the root is ${root.local}, not ${local}`)
}

function fieldOf(parent: XmlElement, namespace: string, local: string): string {
  const value = textOf(onlyChild(parent, namespace, local)).trim()
  if (value === '') throw new SmpError('malformed', `${parent.local}/${local} is empty`)
  return value
}

/** '' when absent. */
function optionalField(parent: XmlElement, local: string): string {
  const element = findChild(parent, smpNamespace, local)
  return element === undefined ? '' : textOf(element).trim()
}

function isHttpUrl(text: string): boolean {
  const protocol = URL.parse(text)?.protocol
  return protocol === 'https:' || protocol === 'http:'
}

function otherSubject(found: string, asked: string): SmpError {
  return new SmpError('subject', `the answer is about ${quote(found)}, asked was for ${quote(asked)}`)
}

/** Whatever is wrong with the text, the tree or an identifier in it makes the document malformed. */
function ofDocument<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof XmlError || error instanceof PeppolError)) throw error
    throw new SmpError('malformed', error.message, { cause: error })
  }
}
