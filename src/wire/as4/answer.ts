import { type Instant, WireError } from '../../kernel/index.ts'
import type { Certificate } from '../pki/index.ts'
import { type XmlElement, XmlError, attributeOf, childrenNamed, findChild, onlyChild } from '../xml/index.ts'
import { EbmsFault, NotAs4Error, ebmsErrors, isEbmsCode } from './ebms.ts'
import { ns } from './names.ts'
import { checkSignature, readHeaderSignature } from './signature.ts'
import { type SoapMessage, readSoapMessage } from './soap.ts'
import type { Answer, EbmsErrorReport, HttpAnswer, SealedMessage, SignedReference, UnusableReason } from './types.ts'
import { readTimestamp } from './user-message.ts'

/**
 * What came back for a posted message; never throws for what a peer wrote. The HTTP status decides nothing: receipts come with 200,
 * errors with anything, and a 200 or 204 without a body is no receipt. The signer must be the certificate that the content key was
 * wrapped for, whose trust was proven before sealing. [peppol.md §1.6, §1.7, peers.md §2–3]
 */
export function readAnswer(answer: HttpAnswer, sealed: SealedMessage): Answer {
  try {
    if (isBlank(answer.body)) throw new Unusable('empty', `HTTP ${answer.status} without a body`)
    return readSignal(readSoapMessage(answer.body), sealed)
  } catch (error) {
    if (error instanceof Unusable) return { kind: 'unusable', reason: error.reason, message: error.message }
    if (!(error instanceof WireError)) throw error
    // A fault that an XmlError caused: the body is not even XML.
    const isSoap = !(error instanceof NotAs4Error) && !(error.cause instanceof XmlError)
    const message = `HTTP ${answer.status}: ${error.message}`
    return { kind: 'unusable', reason: isSoap ? 'not-a-signal' : 'not-soap', message }
  }
}

/** Leaves the reading at the point where it is clear that nothing can be concluded. */
class Unusable extends Error {
  readonly reason: UnusableReason

  constructor(reason: UnusableReason, message: string) {
    super(message)
    this.reason = reason
  }
}

function readSignal(soap: SoapMessage, sealed: SealedMessage): Answer {
  const signals = childrenNamed(soap.messaging, ns.eb, 'SignalMessage')
  const errors = signals.flatMap(signal => readErrors(signal))
  const receipts = signals.flatMap(signal => childrenNamed(signal, ns.eb, 'Receipt'))
  // Warnings beside a receipt take nothing from it.
  if (errors.some(error => error.severity === 'failure') || (errors.length > 0 && receipts.length === 0)) {
    return readError(errors, soap, sealed)
  }
  const [signal, otherSignal] = signals
  const [receipt, otherReceipt] = receipts
  const isOnly = otherSignal === undefined && otherReceipt === undefined
  if (signal === undefined || receipt === undefined || !isOnly || findChild(soap.messaging, ns.eb, 'UserMessage')) {
    throw new Unusable('not-a-signal', 'the answer is not exactly one receipt or error signal')
  }
  const signer = proveSigner(soap, sealed)
  const info = onlyChild(signal, ns.eb, 'MessageInfo')
  const receiptId = textIn(info, 'MessageId')
  if (receiptId === '') throw new Unusable('not-a-signal', 'the receipt has no MessageId')
  const timestamp: Instant = readTimestamp(info)
  if (textIn(info, 'RefToMessageId') !== sealed.messageId) {
    throw new Unusable('other-message', 'the RefToMessageId of the receipt is not the id of our message')
  }
  checkDigests(receipt, sealed.references)
  return { kind: 'receipt', receiptId, timestamp, signer }
}

function readError(errors: readonly EbmsErrorReport[], soap: SoapMessage, sealed: SealedMessage): Answer {
  const references = errors.map(error => error.refToMessageId)
  if (references.every(reference => reference !== undefined && reference !== sealed.messageId)) {
    throw new Unusable('other-message', `the error signal is about the message ${references[0]}`)
  }
  return { kind: 'error', errors, authenticated: isAuthenticated(soap, sealed) }
}

/** Unsigned errors, and errors of others in front of the receiver, are read too: they are failures, but prove nothing. */
function isAuthenticated(soap: SoapMessage, sealed: SealedMessage): boolean {
  try {
    proveSigner(soap, sealed)
    return true
  } catch (error) {
    if (error instanceof Unusable) return false
    throw error
  }
}

function proveSigner(soap: SoapMessage, sealed: SealedMessage): Certificate {
  const isSigned = soap.security !== undefined && childrenNamed(soap.security, ns.ds, 'Signature').length > 0
  if (!isSigned) throw new Unusable('unsigned', 'the answer is not signed')
  const signer = signerOf(soap)
  if (signer.fingerprint !== sealed.receiverFingerprint) {
    throw new Unusable(
      'foreign-signer',
      `the answer is signed by ${signer.commonName}, not with the receiver's certificate`,
    )
  }
  return signer
}

function signerOf(soap: SoapMessage): Certificate {
  try {
    // Some stacks sign their token or a timestamp as well; what is signed beyond the header and the Body does no harm here.
    return checkSignature(soap, readHeaderSignature(soap), [], { extraElements: 'checked' }).signer
  } catch (error) {
    if (!(error instanceof EbmsFault)) throw error
    const cause = error.cause instanceof Error ? `: ${error.cause.message}` : ''
    throw new Unusable('bad-signature', error.message + cause)
  }
}

/**
 * The receipt must list exactly our references: URI, transforms, digest algorithm and digest. Prefix lists are not compared,
 * because Holodeck leaves them out. [peppol.md §1.6]
 */
function checkDigests(receipt: XmlElement, expected: readonly SignedReference[]): void {
  const information = findChild(receipt, ns.ebbp, 'NonRepudiationInformation')
  const parts = information === undefined ? [] : childrenNamed(information, ns.ebbp, 'MessagePartNRInformation')
  const listed = new Map<string, XmlElement>()
  for (const part of parts) {
    const reference = onlyChild(part, ns.ds, 'Reference')
    listed.set(attributeOf(reference, 'URI') ?? '', reference)
  }
  if (parts.length !== expected.length || listed.size !== expected.length) {
    throw new Unusable('digest-mismatch', `the receipt lists ${parts.length} digests, not ${expected.length}`)
  }
  for (const reference of expected) {
    const element = listed.get(reference.uri)
    if (element === undefined || !isSameReference(element, reference)) {
      throw new Unusable('digest-mismatch', `the receipt does not list our digest of ${reference.uri}`)
    }
  }
}

function isSameReference(element: XmlElement, { transforms, digestAlgorithm, digest }: SignedReference): boolean {
  const container = findChild(element, ns.ds, 'Transforms')
  const algorithms = container === undefined ? [] : childrenNamed(container, ns.ds, 'Transform').map(algorithmOf)
  return (
    algorithms.length === transforms.length &&
    algorithms.every((algorithm, index) => algorithm === transforms[index]) &&
    algorithmOf(onlyChild(element, ns.ds, 'DigestMethod')) === digestAlgorithm &&
    textIn(element, 'DigestValue', ns.ds).replaceAll(/\s+/g, '') === digest.toString('base64')
  )
}

function algorithmOf(element: XmlElement): string | undefined {
  return attributeOf(element, 'Algorithm')
}

/** Spelling varies in the wild: `severity="Failure"`, `"error"`; an unknown value never gets in the way. [peppol.md §1.7] */
function readErrors(signal: XmlElement): EbmsErrorReport[] {
  const info = findChild(signal, ns.eb, 'MessageInfo')
  const reference = info === undefined ? '' : textIn(info, 'RefToMessageId')
  return childrenNamed(signal, ns.eb, 'Error').map(error => {
    const code = attributeOf(error, 'errorCode')?.trim() ?? ''
    const isWarning = attributeOf(error, 'severity')?.trim().toLowerCase() === 'warning'
    const known = isEbmsCode(code) ? ebmsErrors[code].shortDescription : ''
    return {
      code,
      severity: isWarning ? 'warning' : 'failure',
      shortDescription: attributeOf(error, 'shortDescription') ?? known,
      description: textIn(error, 'Description'),
      detail: textIn(error, 'ErrorDetail'),
      refToMessageId: attributeOf(error, 'refToMessageInError')?.trim() || reference || undefined,
    }
  })
}

/** The trimmed text of the first child of that name, '' when there is none. */
function textIn(parent: XmlElement, local: string, namespace: string = ns.eb): string {
  const [child] = childrenNamed(parent, namespace, local)
  let value = ''
  for (const node of child?.children ?? []) if (node.kind === 'text') value += node.value
  return value.trim()
}

function isBlank(body: Buffer): boolean {
  return body.every(octet => octet === 0x20 || octet === 0x0d || octet === 0x0a || octet === 0x09)
}
