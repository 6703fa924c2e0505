import { createHash, constants, publicEncrypt } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { type BlobKey, type Spool, inMemory } from '../../../src/kernel/index.ts'
import { packPayload, sealMessage, sealedBody } from '../../../src/wire/as4/index.ts'
import { canonicalize, parseXml } from '../../../src/wire/xml/index.ts'
import { digestOf, encipher, withAttachments } from './forge.ts'
import {
  type OpenOptions,
  type Posted,
  bytesOf,
  chunked,
  codeOf,
  memorySpool,
  open,
  receiver,
  resealed,
  seal,
  seededRandom,
  sender,
  userMessage,
} from './support.ts'

const content = Buffer.from('<?xml version="1.0"?>\n<!-- a --><document  b="2" a="1">\n<empty/></document>')
const posted = await seal(content, 'payloads')
const large = 600_000

/** Refused with that code, and nothing of it stays in the spool. */
async function refused(code: string, message: Posted, options: OpenOptions = {}): Promise<void> {
  const spool = memorySpool()
  expect(await codeOf(() => open(message, { spool, ...options }))).toBe(code)
  expect(spool.finished).toBe(0)
  expect(spool.discarded).toBe(spool.created)
}

function uncompressed(text: string): string {
  return text.replace('<eb:Property name="CompressionType">application/gzip</eb:Property>', '')
}

function announced(mimeType: string): (text: string) => string {
  return text => uncompressed(text).replace('MimeType="application/gzip"', `MimeType="${mimeType}"`)
}

function change(from: string | RegExp, to: string): (text: string) => string {
  return text => text.replace(from, to)
}

describe('the encryption of an attachment is refused', () => {
  for (const [defect, code, alter] of [
    ['with AES-256', 'EBMS:0103', change('xmlenc11#aes128-gcm', 'xmlenc11#aes256-gcm')],
    [
      'with AES-CBC',
      'EBMS:0103',
      change('http://www.w3.org/2009/xmlenc11#aes128-gcm', 'http://www.w3.org/2001/04/xmlenc#aes128-cbc'),
    ],
    [
      'with RSA 1.5',
      'EBMS:0103',
      change('http://www.w3.org/2009/xmlenc11#rsa-oaep', 'http://www.w3.org/2001/04/xmlenc#rsa-1_5'),
    ],
    [
      'with RSA-OAEP of XMLEnc 1.0',
      'EBMS:0103',
      change('http://www.w3.org/2009/xmlenc11#rsa-oaep', 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p'),
    ],
    [
      'with a SHA-1 label digest',
      'EBMS:0103',
      change(
        'Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod><xenc11',
        'Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"></ds:DigestMethod><xenc11',
      ),
    ],
    ['without a label digest', 'EBMS:0103', change(/<ds:DigestMethod [^>]*><\/ds:DigestMethod>(<xenc11)/, '$1')],
    ['with a SHA-1 mask', 'EBMS:0103', change('mgf1sha256', 'mgf1sha1')],
    ['without a mask', 'EBMS:0103', change(/<xenc11:MGF [^]*<\/xenc11:MGF>/, '')],
    [
      'with a label',
      'EBMS:0103',
      change('<ds:DigestMethod xmlns:ds', '<xenc:OAEPparams>AAAA</xenc:OAEPparams><ds:DigestMethod xmlns:ds'),
    ],
    ['of the whole part', 'EBMS:0103', change('Attachment-Content-Only', 'Attachment-Complete')],
    ['with another transform', 'EBMS:0103', change('Attachment-Ciphertext-Transform', 'Other-Transform')],
    [
      'with two transforms',
      'EBMS:0103',
      change(/<xenc:Transforms>(.*)<\/xenc:Transforms>/, '<xenc:Transforms>$1$1</xenc:Transforms>'),
    ],
    [
      'with a cipher value instead of a reference',
      'EBMS:0103',
      change(/<xenc:CipherReference [^]*<\/xenc:CipherReference>/, '<xenc:CipherValue>AAAA</xenc:CipherValue>'),
    ],
    [
      'with a reference to a web page',
      'EBMS:0103',
      change('<xenc:CipherReference URI="cid:', '<xenc:CipherReference URI="http:'),
    ],
    ['without an EncryptedData', 'EBMS:0102', change(/<xenc:EncryptedData [^]*<\/xenc:EncryptedData>/, '')],
    ['without an EncryptedKey', 'EBMS:0102', change(/<xenc:EncryptedKey [^]*<\/xenc:EncryptedKey>/, '')],
    [
      'with two EncryptedData for it',
      'EBMS:0102',
      change(/(<xenc:EncryptedData [^]*<\/xenc:EncryptedData>)/, '$1<!-- -->$1'),
    ],
    [
      'about another attachment',
      'EBMS:0102',
      change('<xenc:CipherReference URI="cid:payload-1', '<xenc:CipherReference URI="cid:payload-9'),
    ],
    [
      'with a key that does not list it',
      'EBMS:0102',
      change('<xenc:DataReference URI="#ED-', '<xenc:DataReference URI="#XX-'),
    ],
    ['with a key that is not there', 'EBMS:0102', change(/<wsse:Reference URI="#EK-/, '<wsse:Reference URI="#XX-')],
    [
      'with a key that is no EncryptedKey',
      'EBMS:0102',
      change(/<wsse:Reference URI="#EK-[^"]*/, '<wsse:Reference URI="#body-'),
    ],
    [
      'with a key name instead of a reference',
      'EBMS:0103',
      change(/<wsse:Reference URI="#EK-[^>]*><\/wsse:Reference>/, '<wsse:KeyIdentifier></wsse:KeyIdentifier>'),
    ],
    [
      'with a key without KeyInfo',
      'EBMS:0103',
      change(
        /(<\/xenc:EncryptionMethod>)<ds:KeyInfo(?:(?!<\/ds:KeyInfo>)[^])*<\/ds:KeyInfo>(<xenc:CipherData><xenc:CipherValue)/,
        '$1$2',
      ),
    ],
    ['with a key whose value is not base64', 'EBMS:0103', change(/<xenc:CipherValue>[^<]*/, '<xenc:CipherValue>*')],
    ['with a key whose value was changed', 'EBMS:0102', change(/<xenc:CipherValue>.{8}/, '<xenc:CipherValue>AAAAAAAA')],
    ['with a key whose value is too short', 'EBMS:0102', change(/<xenc:CipherValue>[^<]*/, '<xenc:CipherValue>AAAA')],
  ] as const) {
    it(`${defect}: ${code}`, async () => {
      const forged = withAttachments(posted, [{ octets: gzipSync(content) }], text => {
        const changed = alter(text)
        // Two EncryptedData must differ in their ids, or they are refused for that.
        const [head, second] = changed.split('<!-- -->')
        if (second !== undefined) return `${head}${second.replace('Id="ED-', 'Id="EX-')}`
        expect(changed).not.toBe(text)
        return changed
      })
      await refused(code, forged)
    })
  }

  it('never, when it is good', async () => {
    const message = await open(withAttachments(posted, [{ octets: gzipSync(content) }]))
    expect(message.payloads[0]!.content.head).toEqual(content)
  })

  it('for a key of 32 octets: EBMS:0102', async () => {
    const oaep = { key: receiver.certificate.publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }
    const wrapped = publicEncrypt(oaep, Buffer.alloc(32)).toString('base64')
    await refused(
      'EBMS:0102',
      resealed(posted, text => text.replace(/(<xenc:CipherValue>)[^<]*/, `$1${wrapped}`)),
    )
  })

  it('for a receiver that is not us: EBMS:0102, with the same words as for any other reason', async () => {
    const reasons = new Set<string>()
    const tampered = Buffer.from(posted.body)
    tampered[posted.sealed.prologue.length + 20]! ^= 1
    const cases: [Posted, OpenOptions][] = [
      [posted, { keys: [] }],
      [posted, { keys: [sender.keys] }],
      [{ ...posted, body: tampered }, {}],
      [resealed(posted, text => text.replace(/<xenc:CipherValue>.{8}/, '<xenc:CipherValue>AAAAAAAA')), {}],
      [withAttachments(posted, [{ octets: content, wire: Buffer.alloc(5) }]), {}],
    ]
    for (const [message, options] of cases) {
      await open(message, options).catch((error: { code: string; message: string; detail: string }) => {
        reasons.add([error.code, error.message, error.detail].join('|'))
      })
    }
    expect([...reasons]).toEqual(['EBMS:0102|the message could not be decrypted|the message could not be decrypted'])
  })

  it('never, for any of our certificates', async () => {
    await expect(open(posted, { keys: [sender.keys, receiver.keys] })).resolves.toBeDefined()
  })

  for (const octets of [0, 11, 12, 27]) {
    it(`when only ${octets} octets arrive: EBMS:0102`, async () => {
      await refused('EBMS:0102', withAttachments(posted, [{ octets: content, wire: Buffer.alloc(octets) }]))
    })
  }

  it('when a large one is tampered with at its end: EBMS:0102', async () => {
    const wire = encipher(gzipSync(seededRandom('a').bytes(large)), posted.sealed.contentKey)
    wire[wire.length - 1]! ^= 1
    await refused('EBMS:0102', withAttachments(posted, [{ octets: wire, wire }]))
  })
})

describe('the attachments', () => {
  const first = gzipSync(content)
  const second = gzipSync(seededRandom('second').bytes(large))

  it('may be several, and come in the order of the header', async () => {
    const message = await open(withAttachments(posted, [{ octets: first }, { octets: second }, { octets: first }]))
    expect(message.payloads.map(({ part }) => part.contentId)).toEqual([
      'payload-1@ap.example',
      'payload-2@ap.example',
      'payload-3@ap.example',
    ])
    expect((await bytesOf(message.payloads[1]!.octets)).equals(second)).toBe(true)
  })

  it('may arrive in another order than the header names them', async () => {
    const message = await open(
      withAttachments(
        posted,
        [{ octets: first }, { octets: second }],
        change(/(<eb:PartInfo (?:(?!<\/eb:PartInfo>)[^])*<\/eb:PartInfo>)(<eb:PartInfo [^]*<\/eb:PartInfo>)/, '$2$1'),
      ),
    )
    expect(message.payloads.map(({ part }) => part.contentId)).toEqual(['payload-2@ap.example', 'payload-1@ap.example'])
    expect(message.payloads[1]!.content.head).toEqual(content)
  })

  it('are discarded together when one of them is wrong', async () => {
    const wrong = { octets: second, digest: digestOf('other') }
    await refused('EBMS:0101', withAttachments(posted, [{ octets: first }, { octets: second }, wrong]))
  })

  it('are refused when one is missing: EBMS:0011', async () => {
    const message = withAttachments(posted, [{ octets: first }, { octets: first }])
    const boundary = /boundary="([^"]+)"/.exec(message.contentType)![1]!
    const last = message.body.lastIndexOf(`\r\n--${boundary}\r\n`)
    const body = Buffer.concat([message.body.subarray(0, last), Buffer.from(`\r\n--${boundary}--\r\n`)])
    await refused('EBMS:0011', { contentType: message.contentType, body })
  })

  it('are refused when all are missing, the message being mere SOAP: EBMS:0011', async () => {
    const soap = posted.body.subarray(posted.body.indexOf('<?xml'), posted.body.indexOf('</S12:Envelope>') + 15)
    await refused('EBMS:0011', { contentType: 'application/soap+xml', body: soap })
  })

  it('are refused when one is more than the header names: EBMS:0003', async () => {
    const boundary = /boundary="([^"]+)"/.exec(posted.contentType)![1]!
    const end = posted.body.lastIndexOf(`--${boundary}--`)
    const extra = `--${boundary}\r\nContent-ID: <more@x>\r\n\r\nmore\r\n--${boundary}--\r\n`
    const body = Buffer.concat([posted.body.subarray(0, end), Buffer.from(extra)])
    await refused('EBMS:0003', { contentType: posted.contentType, body })
  })

  it('are found by Content-ID, percent-encoded in the references or not', async () => {
    await expect(
      open(
        withAttachments(posted, [{ octets: first }], text => text.replaceAll('cid:payload-1@ap', 'cid:payload-1%40ap')),
      ),
    ).resolves.toBeDefined()
  })

  for (const size of ['small', 'large'] as const) {
    const octets = size === 'small' ? first : second

    it(`are refused when a ${size} one has another digest: EBMS:0101`, async () => {
      await refused('EBMS:0101', withAttachments(posted, [{ octets, digest: digestOf('other') }]))
    })

    it(`are refused when a ${size} one is no gzip: EBMS:0303`, async () => {
      const plain = size === 'small' ? content : seededRandom('plain').bytes(large)
      await refused('EBMS:0303', withAttachments(posted, [{ octets: plain }]))
    })

    it(`are refused when a ${size} gzip is cut off: EBMS:0303`, async () => {
      await refused('EBMS:0303', withAttachments(posted, [{ octets: octets.subarray(0, -4) }]))
    })

    it(`are refused when a ${size} gzip is followed by something else: EBMS:0303`, async () => {
      await refused('EBMS:0303', withAttachments(posted, [{ octets: Buffer.concat([octets, Buffer.from('more')]) }]))
    })

    it(`are refused when a ${size} one was tampered with, before anyone looks into it`, async () => {
      // No gzip either: the tag speaks first, so that the compression says nothing about the plain text.
      const wire = encipher(Buffer.alloc(octets.length, 'no gzip'), posted.sealed.contentKey)
      wire[40]! ^= 1
      await refused('EBMS:0102', withAttachments(posted, [{ octets, wire }]))
    })
  }

  it('are refused past the limit of their content, to the octet: EBMS:0303', async () => {
    for (const octets of [content, seededRandom('limit').bytes(large)]) {
      const message = withAttachments(posted, [{ octets: gzipSync(octets) }])
      await expect(open(message, { limits: { inflatedOctetsMax: octets.length } })).resolves.toBeDefined()
      await refused('EBMS:0303', message, { limits: { inflatedOctetsMax: octets.length - 1 } })
      const plain = withAttachments(posted, [{ octets }], announced('application/octet-stream'))
      await expect(open(plain, { limits: { inflatedOctetsMax: octets.length } })).resolves.toBeDefined()
      await refused('EBMS:0303', plain, { limits: { inflatedOctetsMax: octets.length - 1 } })
    }
  })

  it('are not inflated beyond the limit: a bomb costs nothing', async () => {
    const member = gzipSync(Buffer.alloc(50_000_000))
    for (const members of [2, 8]) {
      const bomb = Buffer.alloc(members * member.length, member)
      const before = process.memoryUsage().rss
      await refused('EBMS:0303', withAttachments(posted, [{ octets: bomb }]), {
        limits: { inflatedOctetsMax: 1_000_000 },
      })
      expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000)
    }
  })

  it('are discarded when the connection dies in the middle', async () => {
    const message = withAttachments(posted, [{ octets: second }])
    async function* dying(): AsyncGenerator<Buffer> {
      yield* chunked(message.body.subarray(0, 500_000), () => 10_000)
      throw new Error('connection reset')
    }
    const spool = memorySpool()
    await expect(open(message, { chunks: dying(), spool })).rejects.toThrow('connection reset')
    expect(spool).toMatchObject({ created: 1, discarded: 1, finished: 0 })
  })

  it('are discarded when the spool fails', async () => {
    let discarded = 0
    const spool: Spool = {
      create: () => ({
        write: () => Promise.reject(new Error('disk full')),
        finish: () => Promise.reject(new Error('unreachable')),
        discard: () => Promise.resolve(void discarded++),
      }),
    }
    await expect(open(withAttachments(posted, [{ octets: second }]), { spool })).rejects.toThrow('disk full')
    await expect(open(posted, { spool })).rejects.toThrow('disk full')
    expect(discarded).toBe(2)
  })
})

describe('the digest of an attachment that is not compressed', () => {
  const document = parseXml(content)
  const canonical = canonicalize(document.root, { method: 'exclusive', document })

  for (const type of ['application/xml', 'text/xml', 'application/vnd.x+xml', 'Application/XML; charset=UTF-8']) {
    it(`is over the canonical form for ${type}`, async () => {
      const attachment = { octets: content, digest: digestOf(canonical) }
      const message = await open(withAttachments(posted, [attachment], announced(type)))
      expect(message.payloads[0]).toMatchObject({ part: { compressed: false }, content: { head: content } })
      await refused('EBMS:0101', withAttachments(posted, [{ octets: content }], announced(type)))
    })
  }

  it('is over the canonical form for a large document too', async () => {
    const big = Buffer.from(`<d>${'<line b="2"  a="1"/>'.repeat(40_000)}</d>`)
    const digest = digestOf(canonicalize(parseXml(big).root, { method: 'exclusive' }))
    const message = await open(withAttachments(posted, [{ octets: big, digest }], announced('application/xml')))
    expect(message.payloads[0]!.content.size).toBe(big.length)
  })

  it('is over the octets for a PDF, and where no type is announced', async () => {
    for (const change of [
      announced('application/pdf'),
      (text: string) => uncompressed(text).replace(/ MimeType="[^"]*"/, ''),
    ]) {
      await expect(open(withAttachments(posted, [{ octets: content }], change))).resolves.toBeDefined()
    }
  })

  it('is over CRLF line ends for other text, wherever the chunks end', async () => {
    const text = Buffer.from('a\nb\r\nc\rd\r\r\n\n')
    const attachment = { octets: text, digest: digestOf('a\r\nb\r\nc\r\nd\r\n\r\n\r\n') }
    const message = withAttachments(posted, [attachment], announced('text/plain'))
    await expect(open(message)).resolves.toBeDefined()
    const big = Buffer.alloc(60_000 * 11, 'line\r\nline\n')
    const normal = createHash('sha256').update(big.toString().replaceAll(/\r?\n/g, '\r\n')).digest('base64')
    const bigMessage = withAttachments(posted, [{ octets: big, digest: normal }], announced('text/csv'))
    const chunks = chunked(bigMessage.body, () => 4_099)
    await expect(open(bigMessage, { chunks })).resolves.toBeDefined()
  })

  it('is not computed for more XML than fits in memory: EBMS:0202', async () => {
    const octets = Buffer.alloc(10 * 1024 * 1024 + 1, ' ')
    await refused('EBMS:0202', withAttachments(posted, [{ octets }], announced('application/xml')))
  })

  it('is refused for announced XML that is none: EBMS:0101', async () => {
    await refused('EBMS:0101', withAttachments(posted, [{ octets: Buffer.from('<a>') }], announced('application/xml')))
  })

  it('is over the octets of a compressed document, whatever type is announced', async () => {
    const octets = gzipSync(content)
    await expect(
      open(withAttachments(posted, [{ octets }], change('MimeType="application/gzip"', 'MimeType="application/xml"'))),
    ).resolves.toBeDefined()
  })
})

describe('a payload of 20 MB', () => {
  it('goes both ways through a spool that keeps nothing in memory', async () => {
    const line = Buffer.from('<line id="1">some text that compresses well, but not too well</line>\n'.repeat(1000))
    async function* document(): AsyncGenerator<Buffer> {
      for (let index = 0; index < 290; index++) yield Buffer.concat([Buffer.from(`<!-- ${index} -->`), line])
    }
    const octets: Buffer[] = []
    const packed = await packPayload(document(), {
      create: () => ({
        write: chunk => void octets.push(chunk),
        finish: () => {
          const size = octets.reduce((sum, { length }) => sum + length, 0)
          return Promise.resolve({
            kind: 'stored',
            size,
            key: 'k' as BlobKey,
            open: () => chunked(Buffer.concat(octets), () => 65_536),
          })
        },
        discard: () => Promise.resolve(),
      }),
    })
    const options = { key: sender.keys, receiver: receiver.certificate, random: seededRandom('20 MB') }
    const sealed = await sealMessage(userMessage, packed, options)
    const body = sealedBody(sealed, packed.octets)
    if (Buffer.isBuffer(body)) throw new Error('a large body is a stream')
    const hash = createHash('sha256')
    const spool: Spool = {
      create: () => ({
        write: chunk => void hash.update(chunk),
        finish: () => Promise.resolve(inMemory(Buffer.alloc(0))),
        discard: () => Promise.resolve(),
      }),
    }
    const message = await open({ contentType: sealed.contentType, body: Buffer.alloc(0) }, { chunks: body, spool })
    expect(hash.digest()).toEqual(packed.digest)
    expect(message.payloads[0]!.content).toMatchObject({ size: packed.content.size, sha256: packed.content.sha256 })
    expect(packed.content.size).toBeGreaterThan(19_000_000)
  })
})
