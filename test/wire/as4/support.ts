import { type KeyObject, createHash, createPrivateKey, sign } from 'node:crypto'
import { type Instant, type Octets, type Random, type Spool, inMemory, instantOf } from '../../../src/kernel/index.ts'
import {
  type As4Limits,
  type PackedPayload,
  type SealedMessage,
  type SignedUserMessage,
  type UserMessage,
  packPayload,
  parseEnvelope,
  readMime,
  receivePayloads,
  sealMessage,
  sealedBody,
  verifyHeader,
} from '../../../src/wire/as4/index.ts'
import { type DecryptionKey, type SigningKey, keysOf, readCertificates } from '../../../src/wire/pki/index.ts'
import { type XmlElement, canonicalize, parseXml } from '../../../src/wire/xml/index.ts'
import { readSignature } from '../../../src/wire/xmldsig/index.ts'
import { makeTestPki } from '../../support/pki.ts'
import { sharedData } from '../../support/shared.ts'

export const limits: As4Limits = {
  soapOctetsMax: 200_000,
  partHeaderOctetsMax: 4_000,
  partsMax: 10,
  messageOctetsMax: 150_000_000,
  inflatedOctetsMax: 120_000_000,
  headOctets: 70_000,
}

export const pki = makeTestPki()
export const sender = pki.issue('access-point', { commonName: 'POP000111' })
export const receiver = pki.issue('access-point', { commonName: 'POP000222' })

/** Repeats itself for the same seed. */
export function seededRandom(seed: string): Random {
  let count = 0
  const next = (): Buffer => createHash('sha512').update(`${seed} ${count++}`).digest()
  return {
    uuid: () =>
      next()
        .toString('hex')
        .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5'),
    bytes: count => {
      const parts: Buffer[] = []
      for (let size = 0; size < count; size += 64) parts.push(next())
      return Buffer.concat(parts).subarray(0, count)
    },
  }
}

/** Numbers for test choices: from 0 up to and without `end`. */
export function numbers(seed: number): (end: number) => number {
  let state = seed >>> 0
  return end => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * end)
  }
}

export interface WatchedSpool extends Spool {
  readonly created: number
  readonly finished: number
  readonly discarded: number
}

/** Keeps everything; says what became of its writers. */
export function memorySpool(): WatchedSpool {
  const spool = {
    created: 0,
    finished: 0,
    discarded: 0,
    create() {
      spool.created++
      const chunks: Buffer[] = []
      return {
        write: (chunk: Buffer) => void chunks.push(chunk),
        finish: () => {
          spool.finished++
          return Promise.resolve(inMemory(Buffer.concat(chunks)))
        },
        discard: () => {
          spool.discarded++
          return Promise.resolve()
        },
      }
    },
  }
  return spool
}

export const userMessage: UserMessage = {
  messageId: '7c1c5a1e-0001-4000-8000-000000000001@ap.example',
  timestamp: instantOf('2026-11-21T10:00:00.000Z'),
  refToMessageId: undefined,
  mpc: undefined,
  from: {
    id: 'POP000111',
    type: 'urn:fdc:peppol.eu:2017:identifiers:ap',
    role: 'http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/initiator',
  },
  to: {
    id: 'POP000222',
    type: 'urn:fdc:peppol.eu:2017:identifiers:ap',
    role: 'http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/responder',
  },
  agreement: { value: 'urn:fdc:peppol.eu:2017:agreements:tia:ap_provider', type: undefined, pmode: undefined },
  service: { value: 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0', type: 'cenbii-procid-ubl' },
  action:
    'busdox-docid-qns::urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice##urn:cen.eu:en16931:2017::2.1',
  conversationId: 'conversation & <1>',
  properties: [
    { name: 'originalSender', value: '0192:991825827', type: 'iso6523-actorid-upis' },
    { name: 'finalRecipient', value: '0208:0848934496', type: 'iso6523-actorid-upis' },
  ],
  parts: [
    { contentId: 'payload-1@ap.example', mimeType: 'application/xml', compressed: true, characterSet: undefined },
  ],
}

export const at: Instant = instantOf('2026-11-21T10:00:05.000Z')

export async function* once(...chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield chunk
}

/** Cuts octets at the given places. */
export async function* chunked(octets: Buffer, next: () => number): AsyncGenerator<Buffer> {
  for (let at = 0; at < octets.length;) {
    const size = Math.max(1, next())
    yield octets.subarray(at, at + size)
    at += size
  }
}

export async function collect(body: Buffer | AsyncIterable<Buffer>): Promise<Buffer> {
  if (Buffer.isBuffer(body)) return body
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

export function bytesOf(octets: Octets): Promise<Buffer> {
  return octets.kind === 'memory' ? Promise.resolve(octets.bytes) : collect(octets.open())
}

export interface Posted {
  readonly contentType: string
  readonly body: Buffer
}

export interface OpenOptions {
  readonly keys?: readonly DecryptionKey[]
  readonly spool?: Spool
  readonly limits?: Partial<As4Limits>
  readonly chunks?: AsyncIterable<Buffer>
}

/** The inbound journey without the question of trust. */
export async function open(posted: Posted, options: OpenOptions = {}): Promise<SignedUserMessage> {
  const all = { ...limits, ...options.limits }
  const mime = await readMime(posted.contentType, options.chunks ?? once(posted.body), all)
  const signed = verifyHeader(parseEnvelope(mime))
  return await receivePayloads(signed, {
    mime,
    keys: options.keys ?? [receiver.keys],
    spool: options.spool ?? memorySpool(),
    limits: all,
  })
}

export interface Sealed extends Posted {
  readonly sealed: SealedMessage
  readonly packed: PackedPayload
}

export async function seal(content: Buffer, seed = 'seal', message: UserMessage = userMessage): Promise<Sealed> {
  const packed = await packPayload(inMemory(content), memorySpool())
  const options = { key: sender.keys, receiver: receiver.certificate, random: seededRandom(seed) }
  const sealed = await sealMessage(message, packed, options)
  return { sealed, packed, contentType: sealed.contentType, body: await collect(sealedBody(sealed, packed.octets)) }
}

/** The code of what a step throws, or `none`. */
export async function codeOf(step: () => unknown): Promise<string> {
  try {
    await step()
    return 'none'
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
    throw error
  }
}

/* ── Messages taken apart and put together again ───────────────────────────────────────────── */

/** A file that holds header lines, an empty line and a body. */
export function readDump(path: string): Posted {
  const octets = sharedData(path)
  const crlf = octets.indexOf('\r\n\r\n')
  const lf = octets.indexOf('\n\n')
  const isCrlf = crlf !== -1 && (lf === -1 || crlf < lf)
  const end = isCrlf ? crlf : lf
  const head = octets.toString('latin1', 0, end).replaceAll(/\r?\n[ \t]+/g, ' ')
  const contentType = /^content-type: *(.*?)\r?$/im.exec(head)?.[1] ?? ''
  return { contentType, body: octets.subarray(end + (isCrlf ? 4 : 2)) }
}

/** The SOAP text of a posted message, and the message with another in its place. */
export function soapOf(posted: Posted): { readonly text: string; with(text: string): Posted } {
  const start = posted.body.indexOf('<?xml')
  const boundary = /boundary="?([^";]+)"?/.exec(posted.contentType)?.[1] ?? ''
  const end = posted.body.indexOf(`\r\n--${boundary}`, start)
  const text = posted.body.toString('utf8', start, end)
  return {
    text,
    with: replaced => ({
      contentType: posted.contentType,
      body: Buffer.concat([posted.body.subarray(0, start), Buffer.from(replaced), posted.body.subarray(end)]),
    }),
  }
}

/** Changes the SOAP text of a message and leaves everything else. */
export function altered(posted: Posted, change: (text: string) => string): Posted {
  const soap = soapOf(posted)
  const text = change(soap.text)
  if (text === soap.text) throw new Error('the change changed nothing')
  return soap.with(text)
}

/** As `altered`, and signs the result anew: only the change is wrong with it. */
export function resealed(posted: Posted, change: (text: string) => string, key: Signer = sender): Posted {
  return altered(posted, text => resign(change(text), key))
}

interface Signer {
  readonly privateKey: KeyObject
}

/** Recomputes the digest of every same-document reference by its own transforms, then the signature value. */
export function resign(text: string, by: Signer): string {
  let current = text
  for (const reference of readSignature(signatureIn(current)).references) {
    if (!reference.uri.startsWith('#')) continue
    const target = findById(parseXml(current).root, reference.uri.slice(1))
    const canonical = canonicalize(target, {
      method: 'exclusive',
      inclusivePrefixes: reference.transforms[0]?.prefixes ?? [],
    })
    const digest = createHash('sha256').update(canonical).digest('base64')
    const place = new RegExp(`(URI="${reference.uri}"(?:(?!DigestValue)[^])*<(?:\\w+:)?DigestValue>)[^<]*`)
    current = current.replace(place, `$1${digest}`)
  }
  const { signedInfo, canonicalization } = readSignature(signatureIn(current))
  const octets = canonicalize(signedInfo, { method: 'exclusive', inclusivePrefixes: canonicalization.prefixes })
  const value = sign('sha256', Buffer.from(octets), by.privateKey).toString('base64')
  return current.replace(/(<(?:\w+:)?SignatureValue>)[^<]*/, `$1${value}`)
}

function signatureIn(text: string): XmlElement {
  const found = find(parseXml(text).root, element => element.local === 'Signature')
  if (found === undefined) throw new Error('no signature')
  return found
}

function findById(root: XmlElement, id: string): XmlElement {
  const found = find(root, element => element.attributes.some(({ local, value }) => local === 'Id' && value === id))
  if (found === undefined) throw new Error(`no element with the id ${id}`)
  return found
}

function find(element: XmlElement, wanted: (element: XmlElement) => boolean): XmlElement | undefined {
  if (wanted(element)) return element
  for (const child of element.children) {
    const found = child.kind === 'element' ? find(child, wanted) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

/** A key of the official test data. */
export function sharedKeys(name: string): SigningKey & DecryptionKey {
  const [certificate] = readCertificates(sharedData(`as4/generated/pki/${name}.cert.pem`).toString())
  if (certificate === undefined) throw new Error(`no certificate ${name}`)
  return keysOf(createPrivateKey(sharedData(`as4/generated/pki/${name}.key.pem`)), certificate)
}
