import type { Clock } from '../../kernel/index.ts'
import { type CertificateRole, type Certificate, PkiError } from '../../wire/pki/index.ts'
import { type DocumentTypeId, type ParticipantId, selectDocumentType } from '../../wire/peppol/index.ts'
import {
  type SelectedEndpoint,
  type ServiceInformation,
  SmpError,
  type VerifiedServiceMetadata,
  checkRedirectSigner,
  readServiceGroup,
  readSignedServiceMetadata,
  selectEndpoint,
  selectSmpUrl,
  serviceGroupUrl,
  serviceMetadataUrl,
  smpHostName,
} from '../../wire/smp/index.ts'
import type { Failure } from '../domain.ts'
import { type DnsResolver, type HttpClient, HttpFailure } from '../ports.ts'
import type { StepRecorder } from '../trace/index.ts'
import type { Trust } from '../trust/index.ts'
import type { LookupQuestion } from './types.ts'

export interface SmpWorld {
  readonly clock: Clock
  readonly dns: DnsResolver
  readonly http: HttpClient
  readonly trust: Trust
  readonly zone: string
  readonly insecure: boolean
  readonly timeoutMilliseconds: number
}

/** The network says so: this receiver cannot get this document. */
export class Unregistered extends Error {
  readonly code: string
  readonly ttlSeconds: number

  constructor(code: string, message: string, ttlSeconds: number) {
    super(message)
    this.code = code
    this.ttlSeconds = ttlSeconds
  }

  result(): { readonly kind: 'unregistered'; readonly failure: Failure } {
    return { kind: 'unregistered', failure: { code: this.code, message: this.message, retry: false } }
  }
}

/** The network did not say anything that can be believed. */
export class Unavailable extends Error {
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }

  result(): { readonly kind: 'unavailable'; readonly failure: Failure } {
    return { kind: 'unavailable', failure: { code: this.code, message: this.message, retry: true } }
  }
}

export interface Found {
  readonly endpoint: SelectedEndpoint
  readonly ttlSeconds: number
}

const answerOctetsMax = 5_000_000

/** Throws Unregistered or Unavailable. */
export async function findEndpoint(world: SmpWorld, question: LookupQuestion, steps: StepRecorder): Promise<Found> {
  const smp = await findSmp(world, question.participant, steps)
  const documentType = await registeredType(world, smp, { question, steps })
  const asked = { participant: question.participant, documentType }
  const url = serviceMetadataUrl(smp.url, asked.participant, documentType)
  const verified = await fetchMetadata(world, url, { asked, ttlSeconds: smp.ttlSeconds, steps })
  const information = await followRedirect(world, verified, { asked, ttlSeconds: smp.ttlSeconds, steps })
  try {
    const endpoint = selectEndpoint(information, { process: question.process, at: world.clock.now() })
    steps.note('endpoint', { address: endpoint.address, transportProfile: endpoint.transportProfile })
    // [AS4 §1.10]: TLS only.
    if (!world.insecure && !endpoint.address.startsWith('https://')) {
      throw new Unavailable('endpoint-insecure', `the SMP names ${endpoint.address}, which is not https`)
    }
    return { endpoint, ttlSeconds: smp.ttlSeconds }
  } catch (error) {
    if (!(error instanceof SmpError)) throw error
    throw new Unregistered(unservedCodes[error.code] ?? 'no-endpoint', error.message, smp.ttlSeconds)
  }
}

/** Why a published service is of no use, as the API calls it. */
const unservedCodes: Partial<Record<SmpError['code'], string>> = {
  process: 'process-not-supported',
  transport: 'transport-not-supported',
  inactive: 'endpoint-inactive',
  endpoint: 'endpoint-broken',
}

/** What the participant's SMP lists. Throws Unregistered or Unavailable. */
export async function findDocumentTypes(
  world: SmpWorld,
  participant: ParticipantId,
  steps: StepRecorder,
): Promise<{ readonly smp: string; readonly documentTypes: readonly DocumentTypeId[] }> {
  const smp = await findSmp(world, participant, steps)
  return { smp: smp.url, documentTypes: await fetchDocumentTypes(world, smp, { participant, steps }) }
}

interface Smp {
  readonly url: string
  readonly ttlSeconds: number
}

async function findSmp(world: SmpWorld, participant: ParticipantId, steps: StepRecorder): Promise<Smp> {
  if (world.zone === '')
    throw new Unavailable('no-zone', 'no SML zone is configured (dns.zone): nobody can be looked up')
  const name = smpHostName(participant, world.zone)
  steps.note('name-hash', { participant: participant.value, name })
  const answer = await world.dns.naptr(name)
  if (answer.kind === 'unavailable') {
    steps.note('naptr', { failure: answer.reason })
    throw new Unavailable('dns-unavailable', `NAPTR of ${name}: ${answer.reason}`)
  }
  const { ttlSeconds, server } = answer
  if (answer.kind === 'absent') {
    steps.note('naptr', { server, answer: 'absent', ttlSeconds })
    throw new Unregistered('unregistered', `${participant.value} is not registered in ${world.zone}`, ttlSeconds)
  }
  try {
    const url = selectSmpUrl(answer.records, { insecure: world.insecure })
    steps.note('naptr', { server, url, ttlSeconds })
    return { url, ttlSeconds }
  } catch (error) {
    if (!(error instanceof SmpError)) throw error
    steps.note('naptr', { server, failure: error.message })
    if (error.code === 'no-smp') throw new Unregistered('unregistered', error.message, ttlSeconds)
    throw new Unavailable(`smp-${error.code}`, error.message, { cause: error })
  }
}

/** Types of the wildcard scheme are looked up in the service group; all others are asked for by name. [peppol.md §3.3] */
async function registeredType(
  world: SmpWorld,
  smp: Smp,
  { question, steps }: { question: LookupQuestion; steps: StepRecorder },
): Promise<DocumentTypeId> {
  if (question.documentType.scheme !== 'peppol-doctype-wildcard') return question.documentType
  const listed = await fetchDocumentTypes(world, smp, { participant: question.participant, steps })
  const selected = selectDocumentType(question.documentType, listed)
  if (selected !== undefined) return selected
  const message = `${question.participant.value} does not receive ${question.documentType.value}`
  throw new Unregistered('document-type-not-supported', message, smp.ttlSeconds)
}

async function fetchDocumentTypes(
  world: SmpWorld,
  smp: Smp,
  { participant, steps }: { participant: ParticipantId; steps: StepRecorder },
): Promise<readonly DocumentTypeId[]> {
  const url = serviceGroupUrl(smp.url, participant)
  const body = await get(world, url, steps)
  if (body === undefined) {
    throw new Unregistered('participant-not-at-smp', `the SMP does not know ${participant.value}`, smp.ttlSeconds)
  }
  try {
    return readServiceGroup(body, participant).documentTypes
  } catch (error) {
    throw unusable(error, url)
  }
}

interface Asked {
  readonly participant: ParticipantId
  readonly documentType: DocumentTypeId
}

async function fetchMetadata(
  world: SmpWorld,
  url: string,
  { asked, ttlSeconds, steps }: { asked: Asked; ttlSeconds: number; steps: StepRecorder },
): Promise<VerifiedServiceMetadata> {
  const body = await get(world, url, steps)
  if (body === undefined) {
    const message = `${asked.participant.value} does not receive ${asked.documentType.value}`
    throw new Unregistered('document-type-not-supported', message, ttlSeconds)
  }
  try {
    const verified = await verify(world, body, asked)
    steps.note('smp-signature', { signer: verified.signer.commonName, fingerprint: verified.signer.fingerprint })
    return verified
  } catch (error) {
    throw unusable(error, url)
  }
}

/** The signer is only known once the signature is read: when his list is missing, it is fetched and the answer read again. */
async function verify(world: SmpWorld, body: Buffer, asked: Asked): Promise<VerifiedServiceMetadata> {
  const signers: [Certificate, CertificateRole][] = []
  return await world.trust.withLists(signers, trust =>
    readSignedServiceMetadata(body, {
      trust,
      at: world.clock.now(),
      ...asked,
      onSigner: certificate => signers.push([certificate, 'smp']),
    }),
  )
}

/** One redirect is followed, and its target must be signed by the certificate that it names. [peppol.md §5.1] */
async function followRedirect(
  world: SmpWorld,
  verified: VerifiedServiceMetadata,
  context: { asked: Asked; ttlSeconds: number; steps: StepRecorder },
): Promise<ServiceInformation> {
  const redirect = verified.metadata
  if (redirect.kind === 'service') return redirect
  context.steps.note('redirect', { href: redirect.href })
  if (!world.insecure && !redirect.href.startsWith('https://')) {
    throw new Unavailable('smp-redirect', `the SMP redirects to ${redirect.href}, which is not https`)
  }
  const target = await fetchMetadata(world, redirect.href, context)
  if (target.metadata.kind === 'redirect') {
    throw new Unavailable('smp-redirect', 'the SMP redirects twice, which the specification forbids')
  }
  try {
    checkRedirectSigner(redirect, target.signer)
  } catch (error) {
    throw unusable(error, redirect.href)
  }
  return target.metadata
}

/** undefined for 404. Anything but 200 and 404 is an outage, never an answer. [peppol.md §4.2] */
async function get(world: SmpWorld, url: string, steps: StepRecorder): Promise<Buffer | undefined> {
  try {
    const answer = await world.http.request({
      method: 'GET',
      url,
      headers: { accept: 'application/xml, text/xml' },
      body: undefined,
      timeoutMilliseconds: world.timeoutMilliseconds,
      answerOctetsMax,
    })
    steps.note('smp', { url, status: answer.status, octets: answer.body.length })
    if (answer.status === 404) return undefined
    if (answer.status === 200) return answer.body
    throw new Unavailable('smp-unavailable', `${url} answers with HTTP status ${answer.status}`)
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error
    steps.note('smp', { url, failure: error.message })
    throw new Unavailable('smp-unavailable', `${url}: ${error.message}`, { cause: error })
  }
}

function unusable(error: unknown, url: string): Unavailable {
  if (error instanceof SmpError || error instanceof PkiError) {
    return new Unavailable(`smp-${error.code}`, `${url}: ${error.message}`, { cause: error })
  }
  throw error
}
