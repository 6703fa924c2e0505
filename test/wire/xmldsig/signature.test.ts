import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  type Markup,
  type XmlElement,
  attributeOf,
  canonicalize,
  childElements,
  decodeBase64,
  onlyChild,
  parseXml,
  tag,
  text,
  textOf,
} from '../../../src/wire/xml/index.ts'
import { readCertificate } from '../../../src/wire/pki/index.ts'
import {
  type Transform,
  SignatureError,
  algorithms,
  checkDigest,
  checkSignatureValue,
  digestXml,
  readSignature,
  writeReference,
  writeSignature,
  writeSignedInfo,
} from '../../../src/wire/xmldsig/index.ts'
import { itShared, sharedData } from '../../support/shared.ts'

const ds = 'http://www.w3.org/2000/09/xmldsig#'
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const exclusive: Transform = { algorithm: algorithms.exclusiveC14n, prefixes: [] }
const inclusive: Transform = { algorithm: algorithms.inclusiveC14n, prefixes: [] }
const enveloped: Transform = { algorithm: algorithms.envelopedSignature, prefixes: [] }

function codeOf(work: () => unknown): string {
  try {
    work()
    return 'accepted'
  } catch (error) {
    if (error instanceof SignatureError) return error.code
    throw error
  }
}

function sha256(value: string): Buffer {
  return createHash('sha256').update(value).digest()
}

/** A ds:Signature over one digest; `replace` forges its text before it is read. */
function signatureText(transform = exclusive): string {
  const reference = writeReference({ uri: '#a', transforms: [exclusive], digest: sha256('a') })
  const signedInfo = writeSignedInfo({ canonicalization: transform, references: [reference] })
  const value = sign('sha256', Buffer.from(signedInfo), privateKey)
  return writeSignature({ id: 's', signedInfo, value, keyInfo: tag('ds:KeyInfo', {}, text('k')) })
}

function forged(pattern: string | RegExp, replacement: string): string {
  const source = signatureText()
  const changed = source.replace(pattern, replacement)
  expect(changed).not.toBe(source)
  return codeOf(() => readSignature(parseXml(changed).root))
}

describe('a signature', () => {
  it('is taken apart as it was written', () => {
    const { root } = parseXml(signatureText({ algorithm: algorithms.exclusiveC14n, prefixes: ['S12', '#default'] }))
    const signature = readSignature(root)
    expect(signature.element).toBe(root)
    expect(signature.canonicalization).toEqual({ algorithm: algorithms.exclusiveC14n, prefixes: ['S12', '#default'] })
    expect(signature.signatureAlgorithm).toBe(algorithms.rsaSha256)
    expect(signature.references).toMatchObject([
      { uri: '#a', transforms: [exclusive], digestAlgorithm: algorithms.sha256, digest: sha256('a') },
    ])
    expect(signature.value).toHaveLength(256)
    expect(signature.keyInfo && textOf(signature.keyInfo)).toBe('k')
  })

  it('holds for its key and no other', () => {
    const signature = readSignature(parseXml(signatureText()).root)
    expect(codeOf(() => checkSignatureValue(signature, publicKey))).toBe('accepted')
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey
    expect(codeOf(() => checkSignatureValue(signature, other))).toBe('value')
    const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey
    expect(codeOf(() => checkSignatureValue(signature, elliptic))).toBe('algorithm')
  })

  it('does not hold when SignedInfo or the value has changed', () => {
    const otherUri = readSignature(parseXml(signatureText().replace('URI="#a"', 'URI="#b"')).root)
    expect(codeOf(() => checkSignatureValue(otherUri, publicKey))).toBe('value')
    const { root } = parseXml(signatureText())
    const signature = readSignature(root)
    expect(codeOf(() => checkSignatureValue({ ...signature, value: Buffer.alloc(256) }, publicKey))).toBe('value')
    expect(codeOf(() => checkSignatureValue({ ...signature, value: Buffer.alloc(0) }, publicKey))).toBe('value')
  })

  it('may have white space between elements, in base64 and carriage returns there', () => {
    const source = signatureText()
      .replace('<ds:SignatureValue>', '\n<!-- value --><ds:SignatureValue>&#13;\n ')
      .replace(/(<ds:SignatureValue>[^<]{60})/, '$1&#13;\n')
    const signature = readSignature(parseXml(source).root)
    expect(codeOf(() => checkSignatureValue(signature, publicKey))).toBe('accepted')
  })

  it('proves each digest by comparison', () => {
    const [reference] = readSignature(parseXml(signatureText()).root).references
    expect(codeOf(() => checkDigest(reference!, sha256('a')))).toBe('accepted')
    expect(codeOf(() => checkDigest(reference!, sha256('b')))).toBe('digest')
    expect(codeOf(() => checkDigest(reference!, sha256('a').subarray(1)))).toBe('digest')
  })
})

describe('a malformed signature is refused', () => {
  const object = '<ds:Object><a xmlns=""/></ds:Object></ds:Signature>'
  it.each<[string, string | RegExp, string]>([
    ['another element', /ds:Signature(?=[ >])/g, 'ds:Signatur'],
    ['another namespace', 'xmldsig#" Id', 'xmldsig#2" Id'],
    ['no SignedInfo', /<ds:SignedInfo.*<\/ds:SignedInfo>/, ''],
    ['two SignedInfo', /(<ds:SignedInfo.*<\/ds:SignedInfo>)/, '$1$1'],
    [
      'SignedInfo after the value',
      /(<ds:SignedInfo.*<\/ds:SignedInfo>)(<ds:SignatureValue>.*<\/ds:SignatureValue>)/,
      '$2$1',
    ],
    ['no SignatureValue', /<ds:SignatureValue>.*<\/ds:SignatureValue>/, ''],
    ['two SignatureValue', /(<ds:SignatureValue>.*<\/ds:SignatureValue>)/, '$1$1'],
    ['two KeyInfo', /(<ds:KeyInfo>.*<\/ds:KeyInfo>)/, '$1$1'],
    ['an Object', '</ds:Signature>', object],
    ['text', '<ds:SignatureValue>', 'x<ds:SignatureValue>'],
    ['a value that is not base64', '<ds:SignatureValue>', '<ds:SignatureValue>*'],
    ['an element in the value', '<ds:SignatureValue>', '<ds:SignatureValue><a/>'],
    ['no CanonicalizationMethod', /<ds:Can.*?<\/ds:CanonicalizationMethod>/, ''],
    [
      'a CanonicalizationMethod without Algorithm',
      '<ds:CanonicalizationMethod Algorithm',
      '<ds:CanonicalizationMethod A',
    ],
    [
      'a CanonicalizationMethod with something inside',
      '</ds:CanonicalizationMethod>',
      '<a/></ds:CanonicalizationMethod>',
    ],
    ['no SignatureMethod', /<ds:SignatureMethod.*<\/ds:SignatureMethod>/, ''],
    [
      'a SignatureMethod with a parameter',
      '</ds:SignatureMethod>',
      '<ds:HMACOutputLength>1</ds:HMACOutputLength></ds:SignatureMethod>',
    ],
    ['no Reference', /<ds:Reference.*<\/ds:Reference>/, ''],
    ['101 References', /(<ds:Reference.*<\/ds:Reference>)/, '$1'.repeat(101)],
    ['a Reference without URI', ' URI="#a"', ''],
    ['an element after the References', '</ds:SignedInfo>', '<ds:Manifest/></ds:SignedInfo>'],
    ['Transforms without Transform', /<ds:Transform .*<\/ds:Transform>/, ''],
    ['Transforms twice', /(<ds:Transforms>.*<\/ds:Transforms>)/, '$1$1'],
    ['five Transforms', /(<ds:Transform .*<\/ds:Transform>)/, '$1$1$1$1$1'],
    ['a Transform with an XPath', '</ds:Transform>', '<ds:XPath>//a</ds:XPath></ds:Transform>'],
    ['no DigestMethod', /<ds:DigestMethod.*<\/ds:DigestMethod>/, ''],
    ['no DigestValue', /<ds:DigestValue>.*<\/ds:DigestValue>/, ''],
    ['two DigestValues', /(<ds:DigestValue>.*<\/ds:DigestValue>)/, '$1$1'],
    [
      'a DigestValue of another length',
      /<ds:DigestValue>.*<\/ds:DigestValue>/,
      '<ds:DigestValue>AAAA</ds:DigestValue>',
    ],
  ])('%s', (_, pattern, replacement) => {
    expect(forged(pattern, replacement)).toBe('malformed')
  })
})

describe('an algorithm outside the table is refused', () => {
  it.each<[string, string | RegExp, string]>([
    ['RSA with SHA-1', algorithms.rsaSha256, `${ds}rsa-sha1`],
    ['RSA with SHA-512', algorithms.rsaSha256, 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512'],
    ['HMAC', algorithms.rsaSha256, `${ds}hmac-sha1`],
    ['a digest as signature method', algorithms.rsaSha256, algorithms.sha256],
    ['SHA-1', algorithms.sha256, `${ds}sha1`],
    ['a signature method as digest', algorithms.sha256, algorithms.rsaSha256],
    ['C14N with comments', algorithms.exclusiveC14n, `${algorithms.exclusiveC14n}WithComments`],
    ['C14N 1.1', algorithms.exclusiveC14n, 'http://www.w3.org/2006/12/xml-c14n11'],
    ['a transform as CanonicalizationMethod', algorithms.exclusiveC14n, algorithms.envelopedSignature],
    ['an XPath transform', /(<ds:Transform Algorithm=")[^"]*/, '$1http://www.w3.org/TR/1999/REC-xpath-19991116'],
    ['an XSLT transform', /(<ds:Transform Algorithm=")[^"]*/, '$1http://www.w3.org/TR/1999/REC-xslt-19991116'],
    ['a base64 transform', /(<ds:Transform Algorithm=")[^"]*/, `$1${ds}base64`],
    [
      'the ciphertext transform in a Reference',
      /(<ds:Transform Algorithm=")[^"]*/,
      `$1${algorithms.attachmentCiphertext}`,
    ],
    ['no algorithm at all', algorithms.sha256, ''],
  ])('%s', (_, pattern, replacement) => {
    expect(forged(pattern, replacement)).toBe('algorithm')
  })

  it('also when a digest is asked for', () => {
    const { root } = parseXml('<a/>')
    expect(codeOf(() => digestXml(root, enveloped))).toBe('algorithm')
  })
})

describe('what is written', () => {
  it('is in canonical form where it stands, exclusive with a prefix list', () => {
    const canonicalization: Transform = { algorithm: algorithms.exclusiveC14n, prefixes: ['S12', 'a'] }
    const transforms: Transform[] = [{ algorithm: algorithms.exclusiveC14n, prefixes: ['S12'] }]
    const attachment = { algorithm: algorithms.attachmentContent, prefixes: [] }
    const references = [
      writeReference({ uri: '#é&', transforms, digest: sha256('1') }),
      writeReference({ uri: 'cid:x', transforms: [attachment], digest: sha256('2') }),
      writeReference({ uri: '#none', transforms: [], digest: sha256('3') }),
    ]
    const namespaces = { S12: 'urn:soap', a: 'urn:a' }
    const signedInfo = writeSignedInfo({ canonicalization, references, namespaces })
    const value = sign('sha256', Buffer.from(signedInfo), privateKey)
    const message = tag('S12:E', { 'xmlns:S12': 'urn:soap', 'xmlns:a': 'urn:a' }, writeSignature({ signedInfo, value }))
    const signature = readSignature(childElements(parseXml(message).root)[0]!)
    expect(canonicalize(signature.signedInfo, { method: 'exclusive', inclusivePrefixes: ['S12', 'a'] })).toBe(
      signedInfo,
    )
    expect(codeOf(() => checkSignatureValue(signature, publicKey))).toBe('accepted')
    expect(signature.references.map(({ uri }) => uri)).toEqual(['#é&', 'cid:x', '#none'])
    expect(signature.keyInfo).toBeUndefined()
  })

  it('a reference that stands alone binds its prefix', () => {
    const reference = writeReference({ uri: '#a', transforms: [exclusive], digest: sha256('a') }, true)
    const { root } = parseXml(tag('n', { xmlns: 'urn:n' }, reference))
    expect(canonicalize(childElements(root)[0]!, { method: 'exclusive' })).toBe(reference)
  })

  it('an enveloped signature over a whole document holds, inclusive, and covers the instructions outside', () => {
    const content = tag('p', { b: '1' }, text('content'))
    const document = (signature: Markup | undefined): string =>
      `<?a b?>${tag('d', { xmlns: 'urn:d', 'xmlns:x': 'urn:x' }, content, signature)}`
    const bare = parseXml(document(undefined))
    const digest = digestXml(bare.root, inclusive, undefined, bare)
    const references = [writeReference({ uri: '', transforms: [enveloped], digest })]
    const namespaces = { '': 'urn:d', x: 'urn:x' }
    const signedInfo = writeSignedInfo({ canonicalization: inclusive, references, namespaces })
    const value = sign('sha256', Buffer.from(signedInfo), privateKey)
    const read = (source: string): string =>
      codeOf(() => {
        const parsed = parseXml(source)
        const signature = readSignature(onlyChild(parsed.root, ds, 'Signature'))
        checkSignatureValue(signature, publicKey)
        checkDigest(signature.references[0]!, digestXml(parsed.root, inclusive, signature.element, parsed))
      })
    const sound = document(writeSignature({ signedInfo, value }))
    expect(read(sound)).toBe('accepted')
    expect(read(sound.replace('>content<', '>contents<'))).toBe('digest')
    expect(read(sound.replace('<?a b?>', ''))).toBe('digest')
    expect(read(sound.replace('xmlns:x="urn:x">', 'xmlns:x="urn:x" xmlns:y="urn:y">'))).toBe('value')
  })
})

function descendants(element: XmlElement): XmlElement[] {
  return [element, ...childElements(element).flatMap(descendants)]
}

interface Outcome {
  readonly value: string
  /** Per reference with a fragment, in order. */
  readonly digests: readonly string[]
}

function outcomeOf(file: string): Outcome {
  const envelope = /<(\w+):Envelope[^]*<\/\1:Envelope>/.exec(sharedData(`as4/${file}`).toString('latin1'))?.[0] ?? ''
  const elements = descendants(parseXml(Buffer.from(envelope, 'latin1')).root)
  const byId = (uri: string): XmlElement =>
    elements.find(({ attributes }) => attributes.some(({ local, value }) => local === 'Id' && `#${value}` === uri))!
  const signature = readSignature(elements.find(({ local, namespace }) => local === 'Signature' && namespace === ds)!)
  const tokenReference = descendants(signature.keyInfo!).find(({ local }) => local === 'Reference')!
  const token = byId(attributeOf(tokenReference, 'URI')!)
  const { publicKey } = readCertificate(decodeBase64(textOf(token), 'the token'))
  return {
    value: codeOf(() => checkSignatureValue(signature, publicKey)),
    digests: signature.references
      .filter(({ uri }) => uri.startsWith('#'))
      .map(reference => codeOf(() => checkDigest(reference, digestXml(byId(reference.uri), reference.transforms[0]!)))),
  }
}

describe('signatures of other products, over their SOAP envelopes', () => {
  const good = ['accepted', 'accepted']
  const outcomes: readonly [string, string, readonly string[]][] = [
    ['phase4/dump-raw.as4out', 'accepted', good],
    ['phase4/TestReceipt12.xml', 'accepted', good],
    ['phase4/receipt-phase4-2022-helger.as4in', 'accepted', good],
    ['holodeck/governikus.as4in', 'accepted', good],
    ['holodeck/dataport1-mustunderstand.as4in', 'accepted', good],
    ['holodeck/dataport1.as4in', 'accepted', ['digest', 'accepted']],
    ['generated/usermessage-valid.as4', 'accepted', good],
    ['generated/bad-messaging-tampered.as4', 'accepted', ['digest', 'accepted']],
    ['generated/bad-signaturevalue.as4', 'value', good],
    ['generated/receipt-valid.as4', 'accepted', good],
  ]
  for (const [file, value, digests] of outcomes) {
    itShared(`${file}: value ${value}, digests ${digests.join(' and ')}`, () => {
      expect(outcomeOf(file)).toEqual({ value, digests })
    })
  }

  for (const file of ['WrongSigningAlgorithm.xml', 'WrongSigningDigestAlgorithm.xml']) {
    itShared(`phase4/${file} is refused for its algorithm`, () => {
      expect(codeOf(() => outcomeOf(`phase4/${file}`))).toBe('algorithm')
    })
  }
})
