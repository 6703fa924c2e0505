import { createHash, randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type EbmsErrorReport, type HttpAnswer, type UserMessage, readAnswer } from '../../src/wire/as4/index.ts'
import { parseDocumentTypeId, parseProcessId } from '../../src/wire/peppol/index.ts'
import { type Letter, type Posted, type SealedLetter, deliver, post, sealLetter } from '../support/access-point.ts'
import { ask } from '../support/http.ts'
import { invoiceUbl, nextNumber } from '../support/invoices.ts'
import { type TestNetwork, type TestNode, billing, startNetwork } from '../support/network.ts'
import { type TestIdentity, makeTestPki } from '../support/pki.ts'
import { received } from '../support/rest.ts'
import { filesIn, kept } from '../support/rows.ts'
import { altered, resealed } from '../wire/as4/support.ts'

const seller = '0225:391838042'
const buyer = '0225:732829320'

let network: TestNetwork
let node: TestNode
let other: TestIdentity
beforeAll(async () => {
  network = await startNetwork()
  node = await network.start('receiver', {
    participants: [buyer],
    values: {
      'data.memoryOctetsMax': 0,
      'limits.soapOctetsMax': 20_000,
      'limits.messageOctetsMax': 200_000,
      'limits.inflatedOctetsMax': 300_000,
    },
  })
  other = network.issue('access-point', { commonName: 'PFR000700' })
})
afterAll(() => network?.[Symbol.asyncDispose]())

function seal(change: Partial<Letter> = {}): Promise<SealedLetter> {
  return sealLetter({ from: other, to: node.identity.certificate, sender: seller, receiver: buyer, ...change })
}

/** What the answer says, once it is known that nothing of the message was kept. */
async function refusalOf(posted: Posted, { sealed }: SealedLetter): Promise<EbmsErrorReport> {
  const before = await kept(node)
  const answer = await post(node.url, posted)
  expect(answer.status, answer.body.toString()).toBe(200)
  const read = readAnswer(answer, sealed)
  expect(read, answer.body.toString()).toMatchObject({ kind: 'error', authenticated: true })
  expect(await kept(node)).toEqual(before)
  if (read.kind !== 'error' || read.errors[0] === undefined) throw new Error('no error')
  return read.errors[0]
}

async function refused(change: Partial<Letter>): Promise<EbmsErrorReport> {
  const letter = await seal(change)
  return await refusalOf(letter, letter)
}

/** That nothing is wrong with the messages that the tests damage. */
describe('the sound message', () => {
  it('is received', async () => {
    expect(await deliver(node.url, await seal())).toMatchObject({ kind: 'receipt' })
    await node.node.exchange.settle()
  })
})

describe('a receiver that is not served here', () => {
  it.each<[string, Partial<Letter>]>([
    ['is unknown', { receiver: '0225:nobody' }],
    [
      'does not receive this document type',
      {
        documentType: parseDocumentTypeId(
          `${billing.scheme}::${billing.value.replace('billing:3.0', 'selfbilling:3.0')}`,
        ),
      },
    ],
    ['does not take part in this process', { process: parseProcessId('cenbii-procid-ubl::urn:another:process') }],
  ])('%s', async (_, change) => {
    expect(await refused(change)).toMatchObject({
      code: 'EBMS:0004',
      severity: 'failure',
      detail: 'PEPPOL:NOT_SERVICED',
    })
  })
})

describe('a signer', () => {
  it.each<[string, () => TestIdentity]>([
    ['whose certificate has expired', () => network.issue('access-point', { validTo: '2026-01-01' })],
    ['whose certificate is not yet valid', () => network.issue('access-point', { validFrom: '2044-01-01' })],
    ['with the certificate of an SMP', () => network.issue('smp')],
    ['whose certificate another authority signed', () => network.issue('access-point', { signedBy: network.pki.root })],
  ])('%s is refused', async (_, issue) => {
    expect(await refused({ from: issue() })).toMatchObject({ code: 'EBMS:0101' })
  })

  it('with the names of a true one and the key of another authority is refused', async () => {
    const impostor = makeTestPki().issue('access-point', { commonName: other.certificate.commonName })
    expect(await refused({ from: impostor })).toMatchObject({ code: 'EBMS:0101' })
  })

  it('is not told why beyond the kind of refusal', async () => {
    const from = network.issue('access-point', { validTo: '2026-01-01' })
    const { description, detail } = await refused({ from })
    expect(description + detail).not.toMatch(/stack|2026-01-01|Error:/)
  })
})

describe('revocation', () => {
  let receiver: TestNode
  beforeEach(async ({ task }) => {
    // A node that has fetched no list yet.
    receiver = await network.start(`revoking-${task.id}`, { participants: [buyer] })
  })

  const sealFrom = (from: TestIdentity): Promise<SealedLetter> =>
    sealLetter({ from, to: receiver.identity.certificate, sender: seller, receiver: buyer })

  it('of the signer refuses the message, and of nobody else', async () => {
    const bad = network.issue('access-point')
    const good = network.issue('access-point')
    network.pki.revoke(bad.certificate.serial)
    expect(await deliver(receiver.url, await sealFrom(bad))).toMatchObject({
      kind: 'error',
      errors: [{ code: 'EBMS:0101' }],
    })
    expect(await kept(receiver)).toMatchObject({ transmissions: 0, files: 0 })
    expect(await deliver(receiver.url, await sealFrom(good))).toMatchObject({ kind: 'receipt' })
  })

  it('unknown because the list is not to be had asks the sender to come back, and then takes the message', async () => {
    const letter = await sealFrom(network.issue('access-point'))
    network.lists.script = (_request, response) => void response.writeHead(500).end()
    const answer = await post(receiver.url, letter)
    expect(answer).toMatchObject({ status: 503, contentType: expect.stringContaining('text/plain') })
    expect(readAnswer(answer, letter.sealed).kind).toBe('unusable')
    expect(await kept(receiver)).toMatchObject({ transmissions: 0, files: 0 })
    network.lists.script = undefined
    network.clock.advance(6_000)
    expect(await deliver(receiver.url, letter)).toMatchObject({ kind: 'receipt' })
  })
})

describe('a request that is no AS4', () => {
  it.each(['text/plain', 'application/xml', 'multipart/form-data; boundary="b"'])(
    'but %s is answered with 400 and plain words',
    async contentType => {
      const { body } = await seal()
      const answer = await plain({ contentType, body })
      expect(answer).toMatchObject({ status: 400, contentType: expect.stringContaining('text/plain') })
      expect(answer.body.length).toBeGreaterThan(10)
    },
  )

  it.each<[string, (letter: SealedLetter) => Posted]>([
    ['has no boundary', ({ body }) => ({ contentType: 'multipart/related; type="application/soap+xml"', body })],
    ['has no part', ({ contentType }) => ({ contentType, body: Buffer.alloc(0) })],
    [
      'has no SOAP in its first part',
      ({ contentType, body }) => ({
        contentType,
        body: Buffer.from(
          body.toString('latin1').replace('application/soap+xml;charset', 'text/html;charset'),
          'latin1',
        ),
      }),
    ],
  ])('but multipart and %s is answered with EBMS:0007', async (_, change) => {
    const letter = await seal()
    expect((await refusalOf(change(letter), letter)).code).toBe('EBMS:0007')
  })

  it('but a GET is told what lives here', async () => {
    const { status, body } = await ask(`${node.url}/as4`)
    expect(status).toBe(200)
    expect(body.toString()).toContain('AS4')
  })

  it('nor a PUT, which is told what is allowed', async () => {
    const { status, headers } = await ask(`${node.url}/as4`, { method: 'PUT', body: 'x' })
    expect(status).toBe(405)
    expect(headers.allow).toContain('POST')
  })
})

describe('a message changed on its way', () => {
  it.each<[string, (letter: SealedLetter) => Posted, string]>([
    ['in its header', letter => altered(letter, text => text.replace('PFR000700<', 'PFR000701<')), 'EBMS:0101'],
    ['in its body', letter => altered(letter, text => text.replace(/(<(?:\w+:)?Body\b[^>]*>)/, '$1 ')), 'EBMS:0101'],
    [
      'in its signature value',
      letter =>
        altered(letter, text => text.replace(/(SignatureValue>)(.)/, (_, tag, one) => tag + (one === 'A' ? 'B' : 'A'))),
      'EBMS:0101',
    ],
    ['in its attachment', letter => flipped(letter, letter.sealed.prologue.length + 40), 'EBMS:0102'],
    [
      'in the tag of its attachment',
      letter => flipped(letter, letter.body.length - letter.sealed.epilogue.length - 1),
      'EBMS:0102',
    ],
    [
      'in its content key',
      letter =>
        altered(letter, text => text.replace(/(CipherValue>)(.)/, (_, tag, one) => tag + (one === 'A' ? 'B' : 'A'))),
      'EBMS:0102',
    ],
  ])('%s is refused', async (_, change, code) => {
    const letter = await seal()
    expect((await refusalOf(change(letter), letter)).code).toBe(code)
  })

  it('is refused in the same words whether key or cipher text is broken', async () => {
    const letter = await seal()
    const [key, octets] = [
      altered(letter, text => text.replace(/(CipherValue>)(.)/, (_, tag, one) => tag + (one === 'A' ? 'B' : 'A'))),
      flipped(letter, letter.sealed.prologue.length + 40),
    ]
    const first = await refusalOf(key, letter)
    const second = await refusalOf(octets, letter)
    expect([first.description, first.detail]).toEqual([second.description, second.detail])
  })
})

describe('a message whose parts do not fit', () => {
  it('for want of its attachment is refused', async () => {
    const letter = await seal()
    const boundary = /boundary="([^"]+)"/.exec(letter.contentType)![1]!
    const end = letter.body.indexOf(`\r\n--${boundary}`, 100)
    const body = Buffer.concat([letter.body.subarray(0, end), Buffer.from(`\r\n--${boundary}--\r\n`)])
    expect((await refusalOf({ contentType: letter.contentType, body }, letter)).code).toBe('EBMS:0011')
  })

  it('because the digest is of other octets is refused', async () => {
    const packed = gzipSync('<other/>')
    expect((await refused({ packed, enciphered: gzipSync('<another/>') })).code).toBe('EBMS:0101')
  })

  it('because the payload is no gzip is refused', async () => {
    expect((await refused({ packed: Buffer.from('not compressed at all') })).code).toBe('EBMS:0303')
  })

  it('because the payload is cut off within its compression is refused', async () => {
    const whole = gzipSync(randomBytes(5000))
    expect((await refused({ packed: whole.subarray(0, 3000) })).code).toBe('EBMS:0303')
  })

  it('because the payload inflates beyond every measure is refused before it does', async () => {
    const bomb = gzipSync(Buffer.alloc(100_000_000))
    expect(bomb.length).toBeLessThan(200_000)
    const before = process.memoryUsage().rss
    expect((await refused({ packed: bomb })).code).toBe('EBMS:0303')
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000)
  })

  it('because its SOAP part is too large is refused', async () => {
    const letter = await seal()
    const large = altered(letter, text => text.replace(/(<\?xml[^>]*\?>)?</, `$&!--${'x'.repeat(30_000)}--><`))
    expect((await refusalOf(large, letter)).code).toBe('EBMS:0202')
  })

  it('because the whole is too large is refused', async () => {
    expect((await refused({ packed: gzipSync(randomBytes(250_000)) })).code).toBe('EBMS:0202')
  })

  it('because it has a document type declaration is refused', async () => {
    const letter = await seal()
    const posted = altered(letter, text => text.replace(/^<\?xml[^>]*\?>|^/, '$&<!DOCTYPE x [<!ENTITY a "b">]>'))
    expect((await refusalOf(posted, letter)).code).toBe('EBMS:0009')
  })
})

describe('a message that contradicts itself', () => {
  it('because From is not the signer is refused', async () => {
    expect((await refused({ header: fromAnother })).code).toBe('EBMS:0004')
  })

  it('because originalSender is not what the envelope says is refused', async () => {
    expect((await refused({ header: fromAnotherSender })).code).toBe('EBMS:0004')
  })

  it.each<[string, (sbd: string) => string]>([
    ['receiver', sbd => sbd.replace(`>${buyer}<`, '>0225:another<')],
    ['sender', sbd => sbd.replace(`>${seller}<`, '>0225:another<')],
    ['document type', sbd => sbd.replace('billing:3.0::2.1</', 'selfbilling:3.0::2.1</')],
    ['process', sbd => sbd.replace('billing:01:1.0</', 'billing:02:1.0</')],
  ])('because the envelope names another %s is refused', async (_, change) => {
    const content = (sbd: Buffer): Buffer => {
      const changed = change(sbd.toString())
      expect(changed).not.toBe(sbd.toString())
      return Buffer.from(changed)
    }
    expect((await refused({ content })).code).toBe('EBMS:0004')
  })

  it('because the payload is no envelope is refused', async () => {
    expect((await refused({ content: () => Buffer.from('<nothing/>') })).code).toBe('EBMS:0004')
  })

  it('because it announces a payload that the signature does not know is refused', async () => {
    const letter = await seal()
    const posted = resealed(
      letter,
      text => text.replace(/<eb:PartInfo [^]*<\/eb:PartInfo>/, part => part + part.replace('payload-1', 'payload-2')),
      other,
    )
    expect((await refusalOf(posted, letter)).code).toBe('EBMS:0101')
  })
})

describe('how a message comes over the wire', () => {
  it.each([1, 7, 100, 4096])('in chunks of %i octets does not matter', async size => {
    const letter = await seal({ document: invoiceUbl({ number: nextNumber(), seller, buyer, lines: 1 }) })
    const chunks: Buffer[] = []
    // The first thousand octets are enough to cut through every boundary and header.
    const until = size < 100 ? 1500 : letter.body.length
    for (let at = 0; at < until; at += size) chunks.push(letter.body.subarray(at, Math.min(at + size, until)))
    if (until < letter.body.length) chunks.push(letter.body.subarray(until))
    const answer = await post(node.url, letter, chunks)
    expect(readAnswer(answer, letter.sealed).kind).toBe('receipt')
  })

  it.each([0.1, 0.5, 0.9, 0.999])('and ends after %f of it leaves nothing behind', async share => {
    const letter = await seal({ document: invoiceUbl({ number: nextNumber(), seller, buyer, lines: 100 }) })
    await node.node.exchange.settle()
    const before = await kept(node)
    await cutOff(letter, Math.floor(letter.body.length * share))
    await expect.poll(() => filesIn(node.blobFolder).length, { timeout: 5000 }).toBe(before['files'])
    expect(await kept(node)).toEqual(before)
    // The same message is taken when it comes whole.
    expect(await deliver(node.url, letter)).toMatchObject({ kind: 'receipt' })
  })

  it('with the digest of its content kept beside it', async () => {
    const letter = await seal()
    await deliver(node.url, letter)
    const transmission = await received(node, letter.sealed.messageId)
    expect(transmission).toMatchObject({
      contentSize: letter.content.length,
      contentSha256: createHash('sha256').update(letter.content).digest('hex'),
    })
  })
})

async function plain(posted: Posted): Promise<HttpAnswer> {
  const before = await kept(node)
  const answer = await post(node.url, posted)
  expect(await kept(node)).toEqual(before)
  return answer
}

function flipped(letter: SealedLetter, at: number): Posted {
  const body = Buffer.from(letter.body)
  body[at]! ^= 1
  return { contentType: letter.contentType, body }
}

function fromAnotherSender(message: UserMessage): UserMessage {
  const properties = message.properties.map(property =>
    property.name === 'originalSender' ? { ...property, value: '0225:another' } : property,
  )
  return { ...message, properties }
}

function fromAnother(message: UserMessage): UserMessage {
  return { ...message, from: { ...message.from, id: 'PFR000001' } }
}

/** Sends so many octets under the length of all, waits until they are read, and breaks the connection. */
async function cutOff({ contentType, body }: SealedLetter, octets: number): Promise<void> {
  const { hostname, port } = new URL(node.url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  const head = `POST /as4 HTTP/1.1\r\nHost: x\r\nContent-Type: ${contentType}\r\nContent-Length: ${body.length}\r\n\r\n`
  socket.write(head)
  await new Promise<void>(resolve => socket.write(body.subarray(0, octets), () => resolve()))
  const broken = node.log.events.length
  socket.destroy()
  await expect.poll(() => node.log.events.length, { timeout: 5000 }).toBeGreaterThan(broken)
}
