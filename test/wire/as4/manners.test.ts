import { describe, expect, it } from 'vitest'
import { instantOf } from '../../../src/kernel/index.ts'
import { buildReceipt, readAnswer } from '../../../src/wire/as4/index.ts'
import { canonicalize, parseXml } from '../../../src/wire/xml/index.ts'
import { digestOf } from './forge.ts'
import { oxalisMessage, oxalisReceipt, phase4Message, phase4Receipt } from './manners.ts'
import { referencesListedIn } from './receipts.ts'
import { at, chunked, numbers, open, receiver, seal, sender, soapOf } from './support.ts'

const content = Buffer.from('<StandardBusinessDocument  xmlns="urn:x"  b="1" a="2"><empty/></StandardBusinessDocument>')
const soapType = 'application/soap+xml;charset=UTF-8'

describe('a message in the manner of phase4', () => {
  for (const serializer of ['saxon', 'jdk'] as const) {
    it(`opens as ${serializer} spells it, in irregular chunks`, async () => {
      const posted = phase4Message({ serializer, content })
      const next = numbers(3)
      const message = await open(posted, { chunks: chunked(posted.body, () => next(2000)) })
      expect(message.payloads[0]!.content.head).toEqual(content)
      expect(message.signer.fingerprint).toBe(sender.certificate.fingerprint)
      expect(message.userMessage).toMatchObject({ messageId: '1-2-3@host.example', conversationId: '9@host.example' })
    })
  }

  it('is hashed over its canonical form when the document is not compressed', async () => {
    const uncompressedDigest = digestOf(canonicalize(parseXml(content).root, { method: 'exclusive' }))
    const message = await open(phase4Message({ serializer: 'jdk', content, uncompressedDigest }))
    expect(message.payloads[0]).toMatchObject({ part: { compressed: false }, content: { head: content } })
  })

  it('gets a receipt that repeats its prefix lists', async () => {
    const message = await open(phase4Message({ serializer: 'saxon', content }))
    expect(message.references[0]!.prefixLists).toEqual([['S12']])
    const receipt = await buildReceipt(message, receiver.keys, { messageId: 'r@ap.example', at })
    expect(receipt.toString()).toContain(
      '<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"><ec:InclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="S12"></ec:InclusiveNamespaces></ds:Transform>',
    )
    const [messaging, ...others] = message.references
    expect(referencesListedIn(receipt)).toEqual([{ ...messaging, prefixLists: undefined }, ...others])
  })
})

describe('a message in the manner of Oxalis', () => {
  it('opens', async () => {
    const message = await open(oxalisMessage(content))
    expect(message.payloads[0]!.content.head).toEqual(content)
    expect(message.signer.fingerprint).toBe(sender.certificate.fingerprint)
    expect(message.userMessage.timestamp).toBe(instantOf('2026-11-21T10:00:00.000Z'))
    expect(message.userMessage.parts[0]!.characterSet).toBeUndefined()
  })

  it('opens in blocks of 8192 octets with a large payload', async () => {
    const large = Buffer.alloc(3_000_000, content)
    const posted = oxalisMessage(large)
    const message = await open(posted, { chunks: chunked(posted.body, () => 8192) })
    expect(message.payloads[0]!.content.size).toBe(large.length)
  })
})

async function sent(): Promise<{
  readonly sealed: Awaited<ReturnType<typeof seal>>['sealed']
  readonly references: string[]
}> {
  const posted = await seal(content, 'manners')
  const found = soapOf(posted).text.match(/<ds:Reference (?:(?!<\/ds:Reference>)[^])*<\/ds:Reference>/g) ?? []
  const bound = 'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'
  return { sealed: posted.sealed, references: found.map(reference => reference.replace('URI=', `${bound} URI=`)) }
}

describe('a receipt', () => {
  it('in the manner of phase4 is the receipt', async () => {
    const { sealed, references } = await sent()
    const body = Buffer.from(phase4Receipt({ refToMessageId: sealed.messageId, references }))
    expect(readAnswer({ status: 200, contentType: soapType, body }, sealed)).toMatchObject({
      kind: 'receipt',
      receiptId: 'receipt@phase4',
      timestamp: instantOf('2026-11-21T10:00:01.123Z'),
    })
  })

  it('in the manner of Oxalis is the receipt', async () => {
    const { sealed, references } = await sent()
    const body = Buffer.from(oxalisReceipt({ refToMessageId: sealed.messageId, references }))
    expect(readAnswer({ status: 200, contentType: soapType, body }, sealed)).toMatchObject({
      kind: 'receipt',
      receiptId: 'receipt@oxalis',
      signer: { fingerprint: receiver.certificate.fingerprint },
    })
  })
})
