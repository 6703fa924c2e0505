import { describe, expect, it } from 'vitest'
import { parseEnvelope, readMime, receivePayloads, verifyHeader } from '../../../src/wire/as4/index.ts'
import { limits, memorySpool, once, open, receiver, seal } from './support.ts'

const posted = await seal(Buffer.from('<document/>'), 'steps')

describe('the steps of the inbound journey', () => {
  it('cannot be skipped with an object that only looks right', async () => {
    const mime = await readMime(posted.contentType, once(posted.body), limits)
    const envelope = parseEnvelope(mime)
    expect(() => verifyHeader({ ...envelope })).toThrow(TypeError)
    const signed = verifyHeader(envelope)
    const input = { mime, keys: [receiver.keys], spool: memorySpool(), limits }
    await expect(receivePayloads({ ...signed }, input)).rejects.toThrow(TypeError)
  })

  it('cost a stranger neither an RSA private operation nor a spooled octet before his signature is proven', async () => {
    let unwrapped = 0
    const keys = [
      {
        certificate: receiver.certificate,
        unwrap: (wrapped: Buffer) => {
          unwrapped++
          return receiver.keys.unwrap(wrapped)
        },
      },
    ]
    const spool = memorySpool()
    const forged = Buffer.from(posted.body)
    forged[forged.indexOf('POP000111')]! ^= 1
    await expect(open({ contentType: posted.contentType, body: forged }, { keys, spool })).rejects.toThrow('signature')
    expect({ unwrapped, created: spool.created }).toEqual({ unwrapped: 0, created: 0 })
    await open(posted, { keys, spool })
    expect({ unwrapped, created: spool.created }).toEqual({ unwrapped: 1, created: 1 })
  })

  it('give the SOAP part back as it was received, for the record', async () => {
    const { envelope } = await open(posted)
    expect(posted.body.includes(envelope)).toBe(true)
    expect(envelope.toString()).toMatch(/^<\?xml[^]*<\/S12:Envelope>$/)
  })
})
