import { describe, expect, it } from 'vitest'
import { inMemory, instantOf } from '../../../src/kernel/index.ts'
import { parseEnvelope, readMime, verifyHeader } from '../../../src/wire/as4/index.ts'
import {
  type PeppolHeader,
  buildSbd,
  buildUserMessage,
  checkEnvelopeAgrees,
  checkPeppolProfile,
  parseDocumentTypeId,
  parseParticipantId,
  parseProcessId,
  readSbd,
} from '../../../src/wire/peppol/index.ts'
import { itShared } from '../../support/shared.ts'
import { type Posted, limits, once, open, readDump, seal, sharedKeys } from '../as4/support.ts'
import { billing, billingProcess, codeOfAsync, instanceId, invoice } from './sample.ts'

/** The steps of a message from its octets to an envelope that agrees with it. [peppol.md §1.9] */
async function receive(posted: Posted, options: Parameters<typeof open>[1] = {}): Promise<PeppolHeader> {
  const message = await open(posted, options)
  const header = checkPeppolProfile(message)
  checkEnvelopeAgrees(header, readSbd(message.payloads[0]!.content).sbdh)
  return header
}

function generated(name: string): Promise<PeppolHeader> {
  return receive(readDump(`as4/generated/${name}.as4`), { keys: [sharedKeys('ap-receiver-POP999992')] })
}

describe('a message from its octets to its envelope', () => {
  itShared('is accepted in every generated manner', async () => {
    for (const name of ['usermessage-valid', 'usermessage-valid-base64-cte', 'usermessage-valid-start-param']) {
      expect(await generated(name), name).toMatchObject({
        senderAccessPoint: 'POP999991',
        receiverAccessPoint: 'POP999992',
        sender: { value: '9915:interop-sender' },
        receiver: { value: '9915:interop-receiver' },
      })
    }
  })

  itShared(
    'is refused when its finalRecipient differs from the envelope: bad-finalrecipient-differs-from-sbdh',
    async () => {
      expect(await codeOfAsync(() => generated('bad-finalrecipient-differs-from-sbdh'))).toBe('EBMS:0004')
    },
  )

  itShared('that phase4 wrote has a header in the profile', async () => {
    const { contentType, body } = readDump('as4/phase4/dump-raw.as4out')
    const signed = verifyHeader(parseEnvelope(await readMime(contentType, once(body), limits)))
    expect(checkPeppolProfile(signed)).toMatchObject({ senderAccessPoint: 'POP000306' })
  })

  it('of ours comes through whole', async () => {
    const facts = {
      sender: parseParticipantId('0225:784301772'),
      receiver: parseParticipantId('0225:123456782'),
      documentType: parseDocumentTypeId(`busdox-docid-qns::${billing}`),
      process: parseProcessId(`cenbii-procid-ubl::${billingProcess}`),
    }
    const at = instantOf('2026-11-21T10:00:00Z')
    const sbd = buildSbd({ ...facts, countryC1: 'FR', instanceId, createdAt: at }, inMemory(Buffer.from(invoice)))
    const header: PeppolHeader = {
      ...facts,
      messageId: 'a@b.example',
      timestamp: at,
      conversationId: 'c',
      senderAccessPoint: 'POP000111',
      receiverAccessPoint: 'POP000222',
    }
    if (!('bytes' in sbd)) throw new Error('not in memory')
    const sealed = await seal(sbd.bytes, 'peppol', buildUserMessage({ ...header, contentId: 'payload@b.example' }))
    expect(await receive(sealed)).toEqual(header)
  })
})
