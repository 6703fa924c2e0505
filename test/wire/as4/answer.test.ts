import { describe, expect, it } from 'vitest'
import { EbmsFault, buildErrorSignal, buildReceipt, readAnswer } from '../../../src/wire/as4/index.ts'
import { referencesListedIn, sampleReceipt } from './receipts.ts'
import { at, open, pki, receiver, resign, seal, sender, userMessage } from './support.ts'

const { body, sealed } = await sampleReceipt()
const text = body.toString()
const stamp = { messageId: 'signal-1@ap.example', at }

function answer(soap: string | Buffer, status = 200): ReturnType<typeof readAnswer> {
  return readAnswer({ status, contentType: 'application/soap+xml', body: Buffer.from(soap) }, sealed)
}

/** The receipt changed and signed anew by the receiver. */
function changed(from: string | RegExp, to: string): ReturnType<typeof readAnswer> {
  const forged = text.replace(from, to)
  expect(forged).not.toBe(text)
  return answer(resign(forged, receiver))
}

async function errorSignal(
  fault: EbmsFault,
  key: typeof receiver.keys | undefined,
  refToMessageId: string | undefined = sealed.messageId,
): Promise<Buffer> {
  return await buildErrorSignal(fault, { refToMessageId, key, stamp })
}

describe('our receipt', () => {
  it('is the receipt for whoever sealed the message', () => {
    expect(answer(body)).toEqual({
      kind: 'receipt',
      receiptId: 'receipt-1@ap.example',
      timestamp: at,
      signer: receiver.certificate,
    })
  })

  it('lists exactly what was signed, in that order', async () => {
    expect(referencesListedIn(body)).toEqual(sealed.references)
  })

  it('has an empty Body and no attachment in its own signature', () => {
    expect(text).toMatch(/<S12:Body [^>]*><\/S12:Body><\/S12:Envelope>$/)
    const signedInfo = /<ds:SignedInfo[^]*<\/ds:SignedInfo>/.exec(text)![0]
    expect(signedInfo.match(/<ds:Reference /g)).toHaveLength(2)
    expect(signedInfo).not.toContain('cid:')
  })

  it('is the same for the same message, key and stamp', async () => {
    const message = await open(await seal(Buffer.from('<document/>')))
    const again = await buildReceipt(message, receiver.keys, { messageId: 'receipt-1@ap.example', at })
    expect(again.equals(body)).toBe(true)
  })
})

describe('an answer is unusable', () => {
  for (const [what, soap, reason] of [
    ['that is empty', '', 'empty'],
    ['of white space', ' \r\n', 'empty'],
    ['in HTML', '<html><body>502</body></html>', 'not-soap'],
    ['in HTML that is not even XML', '<html><body><br>502', 'not-soap'],
    ['in plain text', 'OK', 'not-soap'],
    ['with a document type', `<!DOCTYPE x>${text.slice(text.indexOf('<S12'))}`, 'not-soap'],
    [
      'that is a SOAP Fault alone',
      '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><e:Fault/></e:Body></e:Envelope>',
      'not-a-signal',
    ],
    [
      'that is a SOAP Fault with an empty header',
      '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Header/><e:Body><e:Fault/></e:Body></e:Envelope>',
      'not-a-signal',
    ],
  ] as const) {
    it(`${what}: ${reason}`, () => {
      for (const status of [200, 204, 500]) expect(answer(soap, status)).toMatchObject({ kind: 'unusable', reason })
    })
  }

  it('when its signature is missing: unsigned', () => {
    expect(answer(text.replace(/<wsse:Security [^]*<\/wsse:Security>/, ''))).toMatchObject({ reason: 'unsigned' })
    expect(answer(text.replace(/<ds:Signature [^]*<\/ds:Signature>/, ''))).toMatchObject({ reason: 'unsigned' })
  })

  for (const [what, from, to] of [
    ['was changed', 'receipt-1@', 'receipt-2@'],
    ['has another value', /(<ds:SignatureValue>)./, '$1/'],
    ['has no token', /<wsse:BinarySecurityToken [^]*?<\/wsse:BinarySecurityToken>/, ''],
    ['uses SHA-1', 'xmldsig-more#rsa-sha256', 'xmldsig-more#rsa-sha1'],
    ['has a repeated id', 'Id="SIG-', 'Id="body-'],
  ] as const) {
    it(`when what was signed ${what}`, () => {
      const forged = text.replace(from, to)
      expect(forged).not.toBe(text)
      expect(answer(forged)).toMatchObject({
        kind: 'unusable',
        reason: what.includes('id') ? 'not-a-signal' : 'bad-signature',
      })
    })
  }

  it('when its Body is not signed: bad-signature', () => {
    expect(changed(/<ds:Reference URI="#body(?:(?!<\/ds:Reference>)[^])*<\/ds:Reference>/, '')).toMatchObject({
      reason: 'bad-signature',
    })
  })

  it('when it signs an attachment: bad-signature', () => {
    const attachment = /<ds:Reference (xmlns:ds="[^"]*" )(URI="cid:(?:(?!<\/ds:Reference>)[^])*<\/ds:Reference>)/.exec(
      text,
    )!
    expect(changed('</ds:SignedInfo>', `<ds:Reference ${attachment[2]}</ds:SignedInfo>`)).toMatchObject({
      reason: 'bad-signature',
    })
  })

  it('when another signed it: foreign-signer', async () => {
    const message = await open(await seal(Buffer.from('<document/>')))
    for (const { keys } of [sender, pki.issue('access-point', { commonName: 'POP000222' })]) {
      expect(answer(await buildReceipt(message, keys, stamp))).toMatchObject({
        kind: 'unusable',
        reason: 'foreign-signer',
      })
    }
  })

  for (const [what, from, to, reason] of [
    ['is about another message', /(<eb:RefToMessageId>)[^<]*/, '$1other@ap.example', 'other-message'],
    ['says not which message it is about', /<eb:RefToMessageId>[^<]*<\/eb:RefToMessageId>/, '', 'other-message'],
    [
      'lists no digests',
      /<ebbp:NonRepudiationInformation[^]*<\/ebbp:NonRepudiationInformation>/,
      '<x xmlns="urn:x"></x>',
      'digest-mismatch',
    ],
    [
      'lists one digest less',
      /<ebbp:MessagePartNRInformation>(?:(?!<\/ebbp:M)[^])*<\/ebbp:MessagePartNRInformation>/,
      '',
      'digest-mismatch',
    ],
    [
      'lists one digest twice',
      /(<ebbp:MessagePartNRInformation>(?:(?!<\/ebbp:M)[^])*<\/ebbp:MessagePartNRInformation>)/,
      '$1$1',
      'digest-mismatch',
    ],
    [
      'lists one digest twice instead of another',
      /(<ebbp:MessagePartNRInformation>(?:(?!<\/ebbp:M)[^])*<\/ebbp:MessagePartNRInformation>)<ebbp:MessagePartNRInformation>(?:(?!<\/ebbp:M)[^])*<\/ebbp:MessagePartNRInformation>/,
      '$1$1',
      'digest-mismatch',
    ],
    ['lists another URI', /(<ebbp:[^]*URI="cid:)payload/, '$1other', 'digest-mismatch'],
    ['lists another digest', /(<ebbp:[^]*<ds:DigestValue>)[^<]*/, '$1AAAA', 'digest-mismatch'],
    ['lists another digest method', /(<ebbp:[^]*)xmlenc#sha256/, '$1xmlenc#sha512', 'digest-mismatch'],
    [
      'lists another transform',
      /(<ebbp:[^]*)#Attachment-Content-Signature/,
      '$1#Attachment-Complete-Signature',
      'digest-mismatch',
    ],
    ['lists no transform', /(<ebbp:[^]*)<ds:Transforms>.*?<\/ds:Transforms>/, '$1', 'digest-mismatch'],
    ['holds two receipts', /(<eb:Receipt>[^]*<\/eb:Receipt>)/, '$1$1', 'not-a-signal'],
    ['holds two signals', /(<eb:SignalMessage>[^]*<\/eb:SignalMessage>)/, '$1$1', 'not-a-signal'],
    [
      'holds a user message as well',
      '</eb:Messaging>',
      '<eb:UserMessage></eb:UserMessage></eb:Messaging>',
      'not-a-signal',
    ],
    ['holds nothing', /<eb:SignalMessage>[^]*<\/eb:SignalMessage>/, '', 'not-a-signal'],
    ['has no time', /<eb:Timestamp>[^<]*/, '<eb:Timestamp>now', 'not-a-signal'],
    ['has no id of its own', /<eb:MessageId>[^<]*<\/eb:MessageId>/, '', 'not-a-signal'],
    ['has no MessageInfo', /<eb:MessageInfo>[^]*<\/eb:MessageInfo>/, '', 'not-a-signal'],
    [
      'has two Messaging',
      '</S12:Header>',
      '<eb:Messaging xmlns:eb="http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/"></eb:Messaging></S12:Header>',
      'not-a-signal',
    ],
  ] as const) {
    it(`when the receipt ${what}: ${reason}`, () => {
      expect(changed(from, to)).toMatchObject({ kind: 'unusable', reason })
    })
  }
})

describe('a receipt may', () => {
  for (const [what, from, to] of [
    ['hold unknown children', '</eb:Receipt>', '<phase4 xmlns="urn:x"></phase4></eb:Receipt>'],
    [
      'have prefix lists that we did not sign with',
      /(<ebbp:[^]*?<ds:Transform Algorithm="[^"]*">)/,
      '$1<ec:InclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="S12"></ec:InclusiveNamespaces>',
    ],
    [
      'list the digests in another order',
      /(<ebbp:MessagePartNRInformation>(?:(?!<\/ebbp:M)[^])*<\/ebbp:MessagePartNRInformation>)(<ebbp:MessagePartNRInformation>(?:(?!<\/ebbp:M)[^])*<\/ebbp:MessagePartNRInformation>)/,
      '$2$1',
    ],
    ['break the lines of its digests', /(<ebbp:[^]*<ds:DigestValue>.{20})/, '$1\n'],
    [
      'come with a warning',
      '</eb:SignalMessage>',
      '<eb:Error errorCode="EBMS:0002" severity="Warning"></eb:Error></eb:SignalMessage>',
    ],
  ] as const) {
    it(what, () => {
      expect(changed(from, to)).toMatchObject({ kind: 'receipt' })
    })
  }

  it('sign its token as well', () => {
    const token = /wsu:Id="(X509-[^"]*)"/.exec(text)![1]!
    const body = /<ds:Reference URI="#body(?:(?!<\/ds:Reference>)[^])*<\/ds:Reference>/.exec(text)![0]
    expect(changed(body, body + body.replace(/#body-[^"]*/, `#${token}`))).toMatchObject({ kind: 'receipt' })
  })
})

describe('our error signal', () => {
  const fault = new EbmsFault('EBMS:0004', 'the receiver is not <served> here', { detail: 'PEPPOL:NOT_SERVICED' })

  it('says what the table says of its code', async () => {
    const signal = (await errorSignal(fault, receiver.keys)).toString()
    expect(signal).toContain(
      `<eb:Error category="Content" errorCode="EBMS:0004" origin="ebms" refToMessageInError="${userMessage.messageId}" severity="failure" shortDescription="Other">` +
        '<eb:Description xml:lang="en">the receiver is not &lt;served&gt; here</eb:Description><eb:ErrorDetail>PEPPOL:NOT_SERVICED</eb:ErrorDetail></eb:Error>',
    )
    expect(signal).toContain(`<eb:RefToMessageId>${userMessage.messageId}</eb:RefToMessageId>`)
  })

  it('is authenticated when the receiver signed it', async () => {
    expect(answer(await errorSignal(fault, receiver.keys), 500)).toEqual({
      kind: 'error',
      authenticated: true,
      errors: [
        {
          code: 'EBMS:0004',
          severity: 'failure',
          shortDescription: 'Other',
          description: 'the receiver is not <served> here',
          detail: 'PEPPOL:NOT_SERVICED',
          refToMessageId: userMessage.messageId,
        },
      ],
    })
  })

  it('proves nothing when nobody or another signed it, or when it was changed', async () => {
    const signed = (await errorSignal(fault, receiver.keys)).toString()
    for (const signal of [
      await errorSignal(fault, undefined),
      await errorSignal(fault, sender.keys),
      signed.replace('not &lt;served', 'never &lt;served'),
    ]) {
      expect(answer(signal)).toMatchObject({ kind: 'error', authenticated: false, errors: [{ code: 'EBMS:0004' }] })
    }
  })

  it('may leave open which message it is about', async () => {
    const signal = await buildErrorSignal(fault, { refToMessageId: undefined, key: receiver.keys, stamp })
    expect(signal.toString()).not.toContain('RefToMessageId')
    expect(answer(signal)).toMatchObject({
      kind: 'error',
      authenticated: true,
      errors: [{ refToMessageId: undefined }],
    })
  })

  it('names the message that the fault knows', async () => {
    const early = new EbmsFault('EBMS:0009', 'eb:Action is missing', { refToMessageId: sealed.messageId })
    const signal = await buildErrorSignal(early, { refToMessageId: undefined, key: undefined, stamp })
    expect(answer(signal)).toMatchObject({ errors: [{ refToMessageId: sealed.messageId }] })
  })

  it('about another message says nothing about ours', async () => {
    const signal = await errorSignal(fault, receiver.keys, 'other@ap.example')
    expect(answer(signal)).toMatchObject({ kind: 'unusable', reason: 'other-message' })
  })

  it('can be written whatever it quotes, and never grows long', async () => {
    const wild = `control \u0000\u0007\uFFFF, half a pair \uD800, ${'long '.repeat(1000)}`
    const given = answer(await errorSignal(new EbmsFault('EBMS:0007', wild), receiver.keys))
    expect(given).toMatchObject({ kind: 'error', authenticated: true })
    expect(given.kind === 'error' && given.errors[0]!.detail.slice(0, 30)).toBe('control ???, half a pair ?, lo')
    expect(given.kind === 'error' && given.errors[0]!.detail.length).toBeLessThanOrEqual(1000)
  })

  it('has its own detail, or else the message', () => {
    expect(new EbmsFault('EBMS:0009', 'why').detail).toBe('why')
  })
})

describe('the error signal of a peer', () => {
  it('is read whatever its spelling, and unknown codes with it', async () => {
    const signal = (await errorSignal(new EbmsFault('EBMS:0004', 'x'), undefined)).toString()
    for (const [from, to, expected] of [
      ['severity="failure"', 'severity="error"', { severity: 'failure' }],
      ['severity="failure"', 'severity="FAILURE"', { severity: 'failure' }],
      ['severity="failure"', 'severity=" Warning "', { severity: 'warning' }],
      ['severity="failure"', '', { severity: 'failure' }],
      ['origin="ebms"', 'origin="ebMS"', { code: 'EBMS:0004' }],
      ['category="Content"', 'category="CONTENT"', { code: 'EBMS:0004' }],
      ['EBMS:0004', 'EBMS:4001', { code: 'EBMS:4001' }],
      ['EBMS:0004', 'OTHER:1', { code: 'OTHER:1' }],
      ['shortDescription="Other"', '', { shortDescription: 'Other' }],
      [/<eb:Description.*<\/eb:ErrorDetail>/, '', { description: '', detail: '' }],
      ['</eb:SignalMessage>', '<x xmlns="urn:x"></x></eb:SignalMessage>', { code: 'EBMS:0004' }],
      ['></S12:Body>', '><S12:Fault></S12:Fault></S12:Body>', { code: 'EBMS:0004' }],
    ] as const) {
      expect(signal.replace(from, to)).not.toBe(signal)
      expect(answer(signal.replace(from, to), 400)).toMatchObject({ kind: 'error', errors: [expected] })
    }
  })

  it('may hold several errors', async () => {
    const signal = (await errorSignal(new EbmsFault('EBMS:0004', 'x'), undefined)).toString()
    const several = signal.replace(
      /(<eb:Error [^]*<\/eb:Error>)/,
      found => found + found.replace('EBMS:0004', 'EBMS:0101'),
    )
    expect(answer(several)).toMatchObject({ errors: [{ code: 'EBMS:0004' }, { code: 'EBMS:0101' }] })
  })

  it('outweighs a receipt beside it', async () => {
    const error = '<eb:Error errorCode="EBMS:0004" severity="failure"></eb:Error></eb:SignalMessage>'
    expect(changed('</eb:SignalMessage>', error)).toMatchObject({ kind: 'error', authenticated: true })
  })
})
