import { describe, expect, it } from 'vitest'
import { EbmsFault, parseEnvelope } from '../../../src/wire/as4/index.ts'
import { type Posted, altered, codeOf, open, resealed, resign, seal, sender, soapOf } from './support.ts'

const posted = await seal(Buffer.from('<document/>'), 'header')
const soap = soapOf(posted)

/** Signed anew, so that only the header is wrong. */
async function changed(change: (text: string) => string): Promise<string> {
  return await codeOf(() => open(resealed(posted, change)))
}

function replace(from: string | RegExp, to: string): (text: string) => string {
  return text => text.replace(from, to)
}

function without(element: string): (text: string) => string {
  return replace(new RegExp(`<${element}[ >](?:(?!</${element}>)[^])*</${element}>`), '')
}

function twice(element: string): (text: string) => string {
  return replace(new RegExp(`<${element}[ >](?:(?!</${element}>)[^])*</${element}>`), '$&$&')
}

function withOtherPrefix(text: string): string {
  return text.replaceAll('<eb:', '<other:').replaceAll('</eb:', '</other:').replace('xmlns:eb=', 'xmlns:other=')
}

describe('the header of a user message', () => {
  it('is accepted as it is sealed', async () => {
    expect(await changed(replace('conversation', 'talk'))).toBe('none')
  })

  for (const name of [
    'eb:MessageInfo',
    'eb:Timestamp',
    'eb:MessageId',
    'eb:PartyInfo',
    'eb:From',
    'eb:To',
    'eb:PartyId',
    'eb:Role',
    'eb:CollaborationInfo',
    'eb:Service',
    'eb:Action',
    'eb:ConversationId',
  ]) {
    it(`is refused without ${name}: EBMS:0009`, async () => {
      expect(await changed(without(name))).toBe('EBMS:0009')
    })
  }

  for (const name of [
    'eb:MessageInfo',
    'eb:MessageId',
    'eb:From',
    'eb:Role',
    'eb:AgreementRef',
    'eb:Service',
    'eb:Action',
    'eb:MessageProperties',
    'eb:PayloadInfo',
  ]) {
    it(`is refused with ${name} twice: EBMS:0009`, async () => {
      expect(await changed(twice(name))).toBe('EBMS:0009')
    })
  }

  for (const [defect, change, code] of [
    ['in another order', replace(/(<eb:From>.*<\/eb:From>)(<eb:To>.*<\/eb:To>)/, '$2$1'), 'EBMS:0009'],
    [
      'with an element that the schema does not know',
      replace('<eb:PartyInfo>', '<eb:Other></eb:Other><eb:PartyInfo>'),
      'EBMS:0009',
    ],
    [
      'with a foreign element inside',
      replace('<eb:PartyInfo>', '<x:y xmlns:x="urn:x"></x:y><eb:PartyInfo>'),
      'EBMS:0009',
    ],
    ['with text between the elements', replace('<eb:PartyInfo>', 'text<eb:PartyInfo>'), 'EBMS:0009'],
    ['with an element inside a value', replace('>POP000111<', '>POP<eb:x></eb:x>000111<'), 'EBMS:0009'],
    ['with an empty PartyId', replace('>POP000111<', '><'), 'EBMS:0009'],
    ['with two PartyId', twice('eb:PartyId'), 'EBMS:0010'],
    ['with an empty type', replace('type="cenbii-procid-ubl"', 'type=""'), 'EBMS:0009'],
    ['with a property without name', replace('name="originalSender" ', ''), 'EBMS:0009'],
    ['with a Timestamp that is none', replace('2026-11-21T10:00:00.000Z', '2026-11-21'), 'EBMS:0009'],
    ['with a Timestamp on no day', replace('2026-11-21T10:00:00.000Z', '2026-13-45T10:00:00Z'), 'EBMS:0009'],
    ['with a MessageId without @', replace('000000000001@ap.example<', '000000000001<'), 'EBMS:0009'],
    ['with a MessageId in brackets', replace(/<eb:MessageId>([^<]*)</, '<eb:MessageId>&lt;$1&gt;<'), 'EBMS:0009'],
    ['with a MessageId with two @', replace('000000000001@ap', '000000000001@x@ap'), 'EBMS:0009'],
    ['with a MessageId with white space', replace('000000000001@ap', '000000000001 @ap'), 'EBMS:0009'],
    ['with a MessageId of 300 characters', replace('000000000001@ap', `${'a'.repeat(300)}@ap`), 'EBMS:0009'],
    ['with a reference to a web page for a payload', replace('href="cid:', 'href="http:'), 'EBMS:0009'],
    ['without MimeType', replace(/<eb:Property name="MimeType">[^<]*<\/eb:Property>/, ''), 'EBMS:0003'],
    [
      'with another CompressionType',
      replace('>application/gzip</eb:Property>', '>application/zip</eb:Property>'),
      'EBMS:0003',
    ],
    ['with a part property twice', replace(/<eb:Property name="MimeType">[^<]*<\/eb:Property>/, '$&$&'), 'EBMS:0003'],
    ['with the same href twice', twice('eb:PartInfo'), 'EBMS:0003'],
    ['with a PartInfo that means the Body', replace(/ href="cid:[^"]*"/, ''), 'EBMS:0003'],
    ['without payload', without('eb:PayloadInfo'), 'EBMS:0003'],
    ['with a payload in the Body', replace('</S12:Body>', '<x></x></S12:Body>'), 'EBMS:0003'],
    ['with two user messages', twice('eb:UserMessage'), 'EBMS:0003'],
    [
      'with a signal beside the user message',
      replace('<eb:UserMessage>', '<eb:SignalMessage></eb:SignalMessage><eb:UserMessage>'),
      'EBMS:0003',
    ],
    ['with an empty eb:Messaging', without('eb:UserMessage'), 'EBMS:0003'],
    ['without eb:Messaging', replace(/<eb:Messaging[^]*<\/eb:Messaging>/, ''), 'EBMS:0003'],
    [
      'with two eb:Messaging',
      replace(
        '</S12:Header>',
        '<eb:Messaging xmlns:eb="http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/"></eb:Messaging></S12:Header>',
      ),
      'EBMS:0003',
    ],
    [
      'with two wsse:Security',
      replace(
        '</S12:Header>',
        '<wsse:Security xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"></wsse:Security></S12:Header>',
      ),
      'EBMS:0009',
    ],
    ['without a SOAP header', replace(/<S12:Header>[^]*<\/S12:Header>/, ''), 'EBMS:0003'],
    ['without a Body', replace(/<S12:Body[^]*<\/S12:Body>/, ''), 'EBMS:0009'],
    ['with two Bodies', replace('</S12:Envelope>', '<S12:Body></S12:Body></S12:Envelope>'), 'EBMS:0009'],
    [
      'with a mandatory header that is not understood',
      replace('</S12:Header>', '<x:y xmlns:x="urn:x" S12:mustUnderstand="true"></x:y></S12:Header>'),
      'EBMS:0009',
    ],
    [
      'with a mandatory header spelled 1',
      replace('</S12:Header>', '<x:y xmlns:x="urn:x" S12:mustUnderstand="1"></x:y></S12:Header>'),
      'EBMS:0009',
    ],
    [
      'in SOAP 1.1',
      (text: string) =>
        text.replaceAll('http://www.w3.org/2003/05/soap-envelope', 'http://schemas.xmlsoap.org/soap/envelope/'),
      'EBMS:0009',
    ],
    [
      'in no SOAP at all',
      (text: string) => text.replaceAll('http://www.w3.org/2003/05/soap-envelope', 'urn:other'),
      'not-as4',
    ],
    ['with a document type', replace('<S12:Envelope', '<!DOCTYPE x><S12:Envelope'), 'EBMS:0009'],
    ['that is not well-formed', replace('</S12:Envelope>', '</S12:Envelop>'), 'EBMS:0009'],
    ['with an id on two elements', replace('Id="KI-', 'Id="body-'), 'EBMS:0009'],
    [
      'with a wsu:Timestamp that is no time',
      replace('<ds:Signature ', '<wsu:Timestamp><wsu:Created>today</wsu:Created></wsu:Timestamp><ds:Signature '),
      'EBMS:0009',
    ],
    [
      'with a wsu:Timestamp that ends before it begins',
      replace(
        '<ds:Signature ',
        '<wsu:Timestamp><wsu:Created>2026-11-21T10:00:00Z</wsu:Created><wsu:Expires>2026-11-21T09:00:00Z</wsu:Expires></wsu:Timestamp><ds:Signature ',
      ),
      'EBMS:0009',
    ],
    [
      'with two wsu:Timestamp',
      replace('<ds:Signature ', '<wsu:Timestamp></wsu:Timestamp><wsu:Timestamp></wsu:Timestamp><ds:Signature '),
      'EBMS:0009',
    ],
  ] as const) {
    it(`is refused ${defect}: ${code}`, async () => {
      // What cannot be signed anew is refused before anyone looks at the signature.
      const text = change(soap.text)
      expect(text).not.toBe(soap.text)
      const signed = signedIfPossible(text)
      expect(await codeOf(() => open(soap.with(signed)))).toBe(code)
    })
  }

  for (const [spelling, change] of [
    [
      'with an offset and seven fraction digits',
      replace('2026-11-21T10:00:00.000Z', '2026-11-21T11:00:00.0004567+01:00'),
    ],
    ['without an offset', replace('2026-11-21T10:00:00.000Z', '2026-11-21T10:00:00')],
  ] as const) {
    it(`may write its Timestamp ${spelling}`, async () => {
      expect((await open(resealed(posted, change))).userMessage.timestamp).toBe(Date.UTC(2026, 10, 21, 10))
    })
  }

  for (const [liberty, change] of [
    ['white space between the elements', (text: string) => text.replaceAll('><eb:', '>\n\t<eb:')],
    ['comments', replace('<eb:PartyInfo>', '<!-- parties --><eb:PartyInfo>')],
    ['a comment within a value, which does not end it', replace('>POP000111<', '>POP<!-- -->000111<')],
    ['an optional header of others', replace('</S12:Header>', '<x:y xmlns:x="urn:x"></x:y></S12:Header>')],
    [
      'a role on eb:Messaging',
      replace(
        '<eb:Messaging ',
        '<eb:Messaging S12:role="http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/defaultRole" ',
      ),
    ],
    [
      'a valid wsu:Timestamp',
      replace(
        '<ds:Signature ',
        '<wsu:Timestamp wsu:Id="TS"><wsu:Created>2026-11-21T10:00:00Z</wsu:Created><wsu:Expires>2026-11-21T10:05:00Z</wsu:Expires></wsu:Timestamp><ds:Signature ',
      ),
    ],
    ['a byte order mark', replace('<?xml', '\uFEFF<?xml')],
    ['no AgreementRef', without('eb:AgreementRef')],
    ['no MessageProperties', without('eb:MessageProperties')],
  ] as const) {
    it(`may have ${liberty}`, async () => {
      expect(await changed(change)).toBe('none')
    })
  }

  it('reads a value that a comment splits as one', async () => {
    const { userMessage } = await open(resealed(posted, replace('>POP000111<', '>POP<!-- -->000111<')))
    expect(userMessage.from.id).toBe('POP000111')
  })

  it('is read by namespace, never by prefix', async () => {
    expect(await changed(withOtherPrefix)).toBe('none')
    expect(await changed(replace('xmlns:eb="http://docs', 'xmlns:eb="https://docs'))).toBe('EBMS:0009')
  })

  it('has attributes without namespace, never foreign ones of the same name', async () => {
    expect(await changed(replace(' href="cid:', ' xmlns:x="urn:x" x:href="cid:'))).toBe('EBMS:0003')
  })

  it('names the message in a fault that comes before it is read to its end', () => {
    const fault = faultOf(() => parseEnvelope(mimeOf(altered(posted, without('eb:Action')))))
    expect(fault).toMatchObject({
      code: 'EBMS:0009',
      refToMessageId: '7c1c5a1e-0001-4000-8000-000000000001@ap.example',
    })
    expect(fault.message).toContain('eb:Action')
  })
})

function signedIfPossible(text: string): string {
  try {
    return resign(text, sender)
  } catch {
    return text
  }
}

function mimeOf(message: Posted): Parameters<typeof parseEnvelope>[0] {
  const attachments = { next: () => Promise.resolve({ done: true as const, value: undefined }) }
  return { root: Buffer.from(soapOf(message).text), attachments }
}

function faultOf(step: () => unknown): EbmsFault {
  try {
    step()
  } catch (error) {
    if (error instanceof EbmsFault) return error
  }
  throw new Error('no fault')
}
