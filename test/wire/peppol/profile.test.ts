import { describe, expect, it } from 'vitest'
import { instantOf } from '../../../src/kernel/index.ts'
import type { UserMessage } from '../../../src/wire/as4/index.ts'
import {
  type PeppolHeader,
  buildUserMessage,
  checkEnvelopeAgrees,
  checkPeppolProfile,
  parseDocumentTypeId,
  parseParticipantId,
  parseProcessId,
  readSbd,
} from '../../../src/wire/peppol/index.ts'
import { makeTestPki } from '../../support/pki.ts'
import { billing, billingProcess, codeOf, contentOf, envelope } from './sample.ts'

const signer = makeTestPki().issue('access-point', { commonName: 'POP000306' }).certificate

const facts: PeppolHeader = {
  messageId: 'abc@example.org',
  timestamp: instantOf('2026-11-21T10:00:00Z'),
  conversationId: 'c1',
  senderAccessPoint: 'POP000306',
  receiverAccessPoint: 'PBE000123',
  sender: parseParticipantId('9915:Sender'),
  receiver: parseParticipantId('9915:receiver'),
  documentType: parseDocumentTypeId(`busdox-docid-qns::${billing}`),
  process: parseProcessId(`cenbii-procid-ubl::${billingProcess}`),
}
const message = buildUserMessage({ ...facts, contentId: 'payload@example.org' })
const check = (userMessage: UserMessage) => checkPeppolProfile({ userMessage, signer })
const ebms = 'http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704'

describe('a user message that we build', () => {
  it('is of the processing mode of the network', () => {
    expect(message).toEqual({
      messageId: 'abc@example.org',
      timestamp: facts.timestamp,
      refToMessageId: undefined,
      mpc: undefined,
      from: { id: 'POP000306', type: 'urn:fdc:peppol.eu:2017:identifiers:ap', role: `${ebms}/initiator` },
      to: { id: 'PBE000123', type: 'urn:fdc:peppol.eu:2017:identifiers:ap', role: `${ebms}/responder` },
      agreement: {
        value: 'urn:fdc:peppol.eu:2017:agreements:tia:ap_provider',
        type: undefined,
        pmode: undefined,
      },
      service: { value: billingProcess, type: 'cenbii-procid-ubl' },
      action: `busdox-docid-qns::${billing}`,
      conversationId: 'c1',
      properties: [
        { name: 'originalSender', value: '9915:Sender', type: 'iso6523-actorid-upis' },
        { name: 'finalRecipient', value: '9915:receiver', type: 'iso6523-actorid-upis' },
      ],
      parts: [
        { contentId: 'payload@example.org', mimeType: 'application/xml', compressed: true, characterSet: undefined },
      ],
    })
  })

  it('passes the check and says what was put in', () => {
    expect(check(message)).toEqual(facts)
  })

  it('is not built for a wildcard', () => {
    const documentType = parseDocumentTypeId('peppol-doctype-wildcard::urn:x::I##a*::1')
    expect(codeOf(() => buildUserMessage({ ...facts, documentType, contentId: 'x' }))).toBe('wildcard')
  })
})

const [originalSender, finalRecipient] = message.properties as [
  UserMessage['properties'][0],
  UserMessage['properties'][0],
]
const agreement = message.agreement!

describe('the profile check', () => {
  it.each<[string, Partial<UserMessage>]>([
    ['the default MPC by name', { mpc: `${ebms}/defaultMPC` }],
    ['further message properties', { properties: [{ name: 'x', value: 'y', type: undefined }, ...message.properties] }],
    ['properties in another order', { properties: message.properties.toReversed() }],
    ['a payload that is not compressed', { parts: [{ ...message.parts[0]!, compressed: false }] }],
    ['any process scheme', { service: { value: 'bdx:noprocess', type: 'bdx-procid-transport' } }],
    ['an empty conversation id', { conversationId: '' }],
  ])('takes %s', (_, change) => {
    expect(check({ ...message, ...change }).receiverAccessPoint).toBe('PBE000123')
  })

  it('compares the certificate without regard to case', () => {
    expect(
      checkPeppolProfile({ userMessage: message, signer: { ...signer, commonName: 'pop000306' } }).senderAccessPoint,
    ).toBe('POP000306')
  })

  it.each<[string, Partial<UserMessage>]>([
    ['no agreement', { agreement: undefined }],
    ['another agreement', { agreement: { ...agreement, value: 'urn:x' } }],
    ['an agreement with a type', { agreement: { ...agreement, type: 'x' } }],
    ['an agreement with an empty type', { agreement: { ...agreement, type: '' } }],
    ['an agreement with a pmode', { agreement: { ...agreement, pmode: 'x' } }],
    ['another MPC', { mpc: 'urn:x' }],
    ['a From without type', { from: { ...message.from, type: undefined } }],
    ['a From of another type', { from: { ...message.from, type: 'urn:x' } }],
    ['a To of another type', { to: { ...message.to, type: 'urn:x' } }],
    ['a From in another role', { from: { ...message.from, role: `${ebms}/responder` } }],
    ['a To in another role', { to: { ...message.to, role: `${ebms}/initiator` } }],
    ['a From that is no Seat ID', { from: { ...message.from, id: 'APP_1000000001' } }],
    ['a To that is no Seat ID', { to: { ...message.to, id: 'PBE0001234' } }],
  ])('refuses %s as EBMS:0010', (_, change) => {
    expect(codeOf(() => check({ ...message, ...change }))).toBe('EBMS:0010')
  })

  it.each<[string, Partial<UserMessage>]>([
    ['an answer to another message', { refToMessageId: 'x@y' }],
    ['no payload', { parts: [] }],
    ['two payloads', { parts: [...message.parts, ...message.parts] }],
  ])('refuses %s as EBMS:0003', (_, change) => {
    expect(codeOf(() => check({ ...message, ...change }))).toBe('EBMS:0003')
  })

  it.each<[string, Partial<UserMessage>, string]>([
    ['a sender who is not the signer', { from: { ...message.from, id: 'POP000307' } }, ''],
    ['no originalSender', { properties: [finalRecipient] }, ''],
    ['two originalSenders', { properties: [originalSender, originalSender, finalRecipient] }, ''],
    ['an originalSender without type', { properties: [{ ...originalSender, type: undefined }, finalRecipient] }, ''],
    ['no finalRecipient', { properties: [originalSender] }, ''],
    ['a finalRecipient of another type', { properties: [originalSender, { ...finalRecipient, type: 'x' }] }, ''],
    [
      'a finalRecipient that is none',
      { properties: [originalSender, { ...finalRecipient, value: 'x' }] },
      '/identifier',
    ],
    [
      'a trackingIdentifier',
      { properties: [...message.properties, { name: 'trackingIdentifier', value: 'x', type: undefined }] },
      '',
    ],
    ['a Service without type', { service: { value: billingProcess, type: undefined } }, ''],
    ['a Service with an empty type', { service: { value: billingProcess, type: '' } }, ''],
    ['a Service that is no process', { service: { value: 'a b', type: 'x' } }, '/identifier'],
    ['an Action without scheme', { action: 'urn:x' }, '/identifier'],
    ['an Action of an unknown scheme', { action: `x::${billing}` }, '/identifier'],
    ['an Action with a wildcard', { action: 'peppol-doctype-wildcard::urn:x::I##a*::1' }, '/wildcard'],
    ['an Action that cannot be taken apart', { action: 'busdox-docid-qns::urn:x' }, '/document-type'],
  ])('refuses %s as EBMS:0004', (_, change, cause) => {
    expect(codeOf(() => check({ ...message, ...change }))).toBe(`EBMS:0004${cause}`)
  })
})

describe('header and envelope', () => {
  const { sbdh } = readSbd(contentOf(envelope()))

  it('agree when they name the same, participants in any case', () => {
    expect(codeOf(() => checkEnvelopeAgrees(check(message), sbdh))).toBe('nothing was thrown')
  })

  it.each<[string, Partial<PeppolHeader>]>([
    ['senders', { sender: parseParticipantId('9915:other') }],
    ['receivers', { receiver: parseParticipantId('9915:other') }],
    ['document types', { documentType: { ...facts.documentType, value: `${billing}0` } }],
    ['schemes of the document type', { documentType: { ...facts.documentType, scheme: 'peppol-doctype-wildcard' } }],
    ['processes', { process: { ...facts.process, value: `${billingProcess}0` } }],
    ['schemes of the process', { process: { ...facts.process, scheme: 'x' } }],
  ])('with different %s are refused as EBMS:0004', (_, change) => {
    expect(codeOf(() => checkEnvelopeAgrees({ ...facts, ...change }, sbdh))).toBe('EBMS:0004')
  })
})
