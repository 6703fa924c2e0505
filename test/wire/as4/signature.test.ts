import { describe, expect, it } from 'vitest'
import { type Posted, altered, codeOf, open, pki, receiver, resealed, resign, seal, sender, soapOf } from './support.ts'

const posted = await seal(Buffer.from('<document/>'), 'signature')
const { text } = soapOf(posted)
const reference = {
  messaging: /<ds:Reference URI="#messaging(?:(?!<\/ds:Reference>)[^])*<\/ds:Reference>/,
  body: /<ds:Reference URI="#body(?:(?!<\/ds:Reference>)[^])*<\/ds:Reference>/,
  attachment: /<ds:Reference URI="cid:(?:(?!<\/ds:Reference>)[^])*<\/ds:Reference>/,
}
const messaging = /<eb:Messaging[^]*<\/eb:Messaging>/
const senderToken = /<wsse:BinarySecurityToken [^>]*Id="X509-[^>]*>[^<]*<\/wsse:BinarySecurityToken>/
const soapNamespace = 'http://www.w3.org/2003/05/soap-envelope'

function replace(from: string | RegExp, to: string | ((...found: string[]) => string)): (text: string) => string {
  return text => text.replace(from, to as string)
}

/** Signed anew by the sender: only what was changed is wrong. */
async function changed(change: (text: string) => string): Promise<string> {
  return await codeOf(() => open(resealed(posted, change)))
}

async function tampered(change: (text: string) => string): Promise<string> {
  return await codeOf(() => open(altered(posted, change)))
}

describe('a signature is refused', () => {
  it('never, when it is good', async () => {
    expect(await changed(replace('conversation', 'talk'))).toBe('none')
  })

  for (const [defect, change] of [
    ['when the header was changed after signing', replace('conversation', 'talk')],
    ['when the Body was changed after signing', replace('<S12:Body ', '<S12:Body x="y" ')],
    [
      'when its value was changed',
      replace(/(<ds:SignatureValue>)(.)/, (_, tag, first) => `${tag}${first === 'A' ? 'B' : 'A'}`),
    ],
    ['when a digest was changed', replace(/(<ds:DigestValue>)./, '$1/')],
    ['when there is none', replace(/<ds:Signature [^]*<\/ds:Signature>/, '')],
    ['when there is no security header', replace(/<wsse:Security [^]*<\/wsse:Security>/, '')],
    ['when its value is not base64', replace(/<ds:SignatureValue>[^<]*/, '<ds:SignatureValue>*')],
    ['when it has no SignedInfo', replace(/<ds:SignedInfo[^]*<\/ds:SignedInfo>/, '')],
  ] as const) {
    it(`${defect}: EBMS:0101`, async () => {
      expect(await tampered(change)).toBe('EBMS:0101')
    })
  }

  for (const [defect, change] of [
    [
      'with two ds:Signature',
      replace(
        '</ds:Signature>',
        '</ds:Signature><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"></ds:Signature>',
      ),
    ],
    ['without eb:Messaging', replace(reference.messaging, '')],
    ['without S12:Body', replace(reference.body, '')],
    ['without the attachment', replace(reference.attachment, '')],
    [
      'over an attachment that the header does not name',
      replace(
        reference.attachment,
        '$&<ds:Reference URI="cid:other@x"><ds:Transforms><ds:Transform Algorithm="http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1#Attachment-Content-Signature-Transform"></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod><ds:DigestValue>AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=</ds:DigestValue></ds:Reference>',
      ),
    ],
    ['over the attachment twice', replace(reference.attachment, '$&$&')],
    ['over the Body twice', replace(reference.body, '$&$&')],
    [
      'over more elements',
      text =>
        text.replace(
          reference.body,
          found => found + found.replace(/#body-[^"]*/, `#${/Id="(EK-[^"]*)/.exec(text)![1]}`),
        ),
    ],
    ['over an element that is not there', replace('URI="#body-', 'URI="#nobody-')],
    ['over the whole document', replace(/URI="#body-[^"]*"/, 'URI=""')],
    ['over a web page', replace(/URI="#body-[^"]*"/, 'URI="http://example.org/"')],
    [
      'with inclusive canonicalisation of SignedInfo',
      replace(
        '<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#">',
        '<ds:CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315">',
      ),
    ],
    [
      'with inclusive canonicalisation of the Body',
      text =>
        text.replace(reference.body, found =>
          found.replace('http://www.w3.org/2001/10/xml-exc-c14n#', 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'),
        ),
    ],
    [
      'with canonicalisation that keeps comments',
      text => text.replace(reference.body, found => found.replace('xml-exc-c14n#', 'xml-exc-c14n#WithComments')),
    ],
    [
      'with the attachment’s transform on the Body',
      text =>
        text.replace(reference.body, found =>
          found.replace(
            'http://www.w3.org/2001/10/xml-exc-c14n#',
            'http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1#Attachment-Content-Signature-Transform',
          ),
        ),
    ],
    [
      'with the complete transform on the attachment',
      text =>
        text.replace(reference.attachment, found =>
          found.replace('Attachment-Content-Signature', 'Attachment-Complete-Signature'),
        ),
    ],
    [
      'with an enveloped-signature transform',
      text =>
        text.replace(reference.body, found =>
          found.replace(
            '<ds:Transforms>',
            '<ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform>',
          ),
        ),
    ],
    [
      'with no transform',
      text => text.replace(reference.body, found => found.replace(/<ds:Transforms>.*<\/ds:Transforms>/, '')),
    ],
    [
      'with RSA-SHA1',
      replace('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', 'http://www.w3.org/2000/09/xmldsig#rsa-sha1'),
    ],
    ['with RSA-SHA512', replace('xmldsig-more#rsa-sha256', 'xmldsig-more#rsa-sha512')],
    [
      'with SHA-1 digests',
      replace(
        'http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod><ds:DigestValue>',
        'http://www.w3.org/2000/09/xmldsig#sha1"></ds:DigestMethod><ds:DigestValue>',
      ),
    ],
    ['with a certificate that is none', replace(senderToken, found => (found ?? '').replace(/>[^<]*</, '>AAAA<'))],
  ] as const satisfies readonly (readonly [string, (text: string) => string])[]) {
    it(`${defect}: EBMS:0101`, async () => {
      const forged = change(text)
      expect(forged).not.toBe(text)
      expect(await codeOf(() => open(soapOf(posted).with(signedIfPossible(forged))))).toBe('EBMS:0101')
    })
  }

  it('with the key of another than its token: EBMS:0101', async () => {
    expect(await codeOf(() => open(resealed(posted, replace('conversation', 'talk'), receiver)))).toBe('EBMS:0101')
  })

  for (const [defect, change] of [
    [
      'by its issuer and serial',
      replace(/<wsse:Reference URI="#X509-[^>]*><\/wsse:Reference>/, '<ds:X509Data></ds:X509Data>'),
    ],
    [
      'by a key identifier',
      replace(/<wsse:Reference URI="#X509-[^>]*><\/wsse:Reference>/, '<wsse:KeyIdentifier>AAAA</wsse:KeyIdentifier>'),
    ],
    ['by a key value beside the reference', replace(/(<ds:KeyInfo Id="KI-[^>]*>)/, '$1<ds:KeyValue></ds:KeyValue>')],
    ['by a token of another type', replace(/(URI="#X509-[^>]*)#X509v3/, '$1#X509PKIPathv1')],
    ['by a token that is not there', replace('URI="#X509-', 'URI="#nowhere-')],
    [
      'by an element that is no token',
      text => text.replace(/URI="#X509-[^"]*/, `URI="#${/Id="(EK-[^"]*)/.exec(text)![1]}`),
    ],
    [
      'by a token outside the security header',
      text => {
        const token = senderToken.exec(text)![0]
        const moved = token.replace(
          '<wsse:BinarySecurityToken',
          '<wsse:BinarySecurityToken xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd" xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"',
        )
        return text.replace(token, '').replace('</S12:Header>', `${moved}</S12:Header>`)
      },
    ],
    [
      'by a token without EncodingType',
      text => text.replace(senderToken, found => found.replace(/EncodingType="[^"]*"/, '')),
    ],
    [
      'by a token with another ValueType',
      text => text.replace(senderToken, found => found.replace('#X509v3', '#X509PKIPathv1')),
    ],
    ['by a token that is not base64', text => text.replace(senderToken, found => found.replace(/>[^<]*</, '>***<'))],
    ['by nothing', replace(/<ds:KeyInfo Id="KI-[^]*?<\/ds:KeyInfo>/, '')],
  ] as const satisfies readonly (readonly [string, (text: string) => string])[]) {
    it(`when its key is named ${defect}: EBMS:0103`, async () => {
      expect(await changed(change)).toBe('EBMS:0103')
    })
  }
})

describe('a signature is accepted', () => {
  for (const [liberty, change] of [
    [
      'without prefix lists',
      (text: string) => text.replaceAll(/<ec:InclusiveNamespaces[^>]*><\/ec:InclusiveNamespaces>/g, ''),
    ],
    [
      'with prefixes that nobody uses',
      (text: string) => text.replaceAll('PrefixList="S12"', 'PrefixList="S12 xsd #default wsu nowhere"'),
    ],
    ['with an empty prefix list', (text: string) => text.replaceAll('PrefixList="S12"', 'PrefixList=""')],
    [
      'with a prefix list on the Body',
      (text: string) =>
        text.replace(reference.body, found =>
          found.replace(
            '></ds:Transform>',
            '><ec:InclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="S12 eb"></ec:InclusiveNamespaces></ds:Transform>',
          ),
        ),
    ],
    [
      'with its references in another order',
      (text: string) =>
        text.replace(reference.messaging, '').replace(reference.attachment, `$&${reference.messaging.exec(text)![0]}`),
    ],
    [
      'with line ends in its base64',
      (text: string) =>
        text.replace(senderToken, found => found.replace(/>[^<]*/, base64 => base64.replaceAll(/.{76}/g, '$&&#13;\n'))),
    ],
    [
      'with its token after it',
      (text: string) =>
        text.replace(senderToken, '').replace('</ds:Signature>', `</ds:Signature>${senderToken.exec(text)![0]}`),
    ],
    [
      'with eb:Messaging before wsse:Security',
      (text: string) =>
        text.replace(messaging, '').replace('<S12:Header>', () => `<S12:Header>${messaging.exec(text)![0]}`),
    ],
  ] as const) {
    it(liberty, async () => {
      expect(await changed(change)).toBe('none')
    })
  }
})

async function refused(wrapped: string): Promise<void> {
  expect(wrapped).toContain('forged')
  expect(await codeOf(() => open(soapOf(posted).with(wrapped)))).toMatch(/^EBMS:(0003|0009|0101)$/)
}

describe('a signature that was wrapped', () => {
  const genuine = messaging.exec(text)![0]
  const forged = genuine.replace('conversation', 'forged')
  const withoutId = forged.replace(/ wsu:Id="[^"]*"/, '')

  it('from a header that now stands in the Body', async () => {
    await refused(text.replace(messaging, withoutId).replace('</S12:Body>', `${genuine}</S12:Body>`))
  })

  it('from a header that now stands in another header block', async () => {
    await refused(text.replace(messaging, `${withoutId}<x:y xmlns:x="urn:x">${genuine}</x:y>`))
  })

  it('from a header that now stands in the security header', async () => {
    await refused(text.replace(messaging, withoutId).replace('</wsse:Security>', `${genuine}</wsse:Security>`))
  })

  it('from a header that stands beside the forged one', async () => {
    await refused(text.replace(messaging, withoutId + genuine))
  })

  it('from a header whose id the forged one has as well', async () => {
    await refused(text.replace(messaging, `${forged}<x:y xmlns:x="urn:x">${genuine}</x:y>`))
  })

  it('from a Body that now stands in a header block', async () => {
    const body = /<S12:Body[^]*<\/S12:Body>/.exec(text)![0]
    const moved = text.replace(body, '<S12:Body><forged></forged></S12:Body>')
    await refused(moved.replace('</S12:Header>', `<x:y xmlns:x="urn:x">${body}</x:y></S12:Header>`))
  })

  it('with another attachment of the same Content-ID before the signed one', async () => {
    const { body, contentType } = posted
    const boundary = /boundary="([^"]+)"/.exec(contentType)![1]!
    const at = body.indexOf(`--${boundary}`, 10)
    const extra = Buffer.from(`--${boundary}\r\nContent-ID: <payload-1@ap.example>\r\n\r\nforged\r\n`)
    const doubled: Posted = { contentType, body: Buffer.concat([body.subarray(0, at), extra, body.subarray(at)]) }
    expect(await codeOf(() => open(doubled))).toBe('EBMS:0102')
  })
})

describe('who signed', () => {
  it('is told by the reference of KeyInfo, whatever tokens stand before', async () => {
    const other = pki.issue('access-point')
    const token = `<wsse:BinarySecurityToken EncodingType="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary" ValueType="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3" wsu:Id="first">${other.certificate.der.toString('base64')}</wsse:BinarySecurityToken>`
    const message = await open(resealed(posted, replace(/(<wsse:Security [^>]*>)/, `$1${token}`)))
    expect(message.signer.fingerprint).toBe(sender.certificate.fingerprint)
    expect(text).toContain(`xmlns:S12="${soapNamespace}"`)
  })
})

function signedIfPossible(forged: string): string {
  try {
    return resign(forged, sender)
  } catch {
    return forged
  }
}
