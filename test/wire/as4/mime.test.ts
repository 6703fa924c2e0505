import { describe, expect, it } from 'vitest'
import { type As4Limits, EbmsFault, NotAs4Error, readMime } from '../../../src/wire/as4/index.ts'
import { chunked, codeOf, collect, limits, numbers, once } from './support.ts'

const soapPart = 'Content-Type: application/soap+xml;charset=UTF-8\r\nContent-Transfer-Encoding: binary\r\n\r\n<soap/>'
const attachment =
  'Content-Type: application/octet-stream\r\nContent-ID: <a@b>\r\n\r\n\0\r\n\r\n--\r\n--bounda octets\r'
const related = 'multipart/related; boundary="boundary"; type="application/soap+xml"'

function multipart(...parts: readonly string[]): Buffer {
  return Buffer.from(`${parts.map(part => `--boundary\r\n${part}\r\n`).join('')}--boundary--\r\n`, 'latin1')
}

interface Read {
  readonly root: string
  readonly attachments: readonly { readonly contentId: string; readonly contentType: string; readonly body: string }[]
}

async function read(
  contentType: string | undefined,
  body: Buffer | AsyncIterable<Buffer>,
  bounds: Partial<As4Limits> = {},
): Promise<Read> {
  const chunks = Buffer.isBuffer(body) ? once(body) : body
  const mime = await readMime(contentType, chunks, { ...limits, ...bounds })
  const attachments = []
  for (let next = await mime.attachments.next(); next.done !== true; next = await mime.attachments.next()) {
    const { contentId, contentType } = next.value
    attachments.push({ contentId, contentType, body: (await collect(next.value.body)).toString('latin1') })
  }
  return { root: mime.root.toString('latin1'), attachments }
}

const expected: Read = {
  root: '<soap/>',
  attachments: [
    { contentId: 'a@b', contentType: 'application/octet-stream', body: '\0\r\n\r\n--\r\n--bounda octets\r' },
  ],
}

describe('a multipart message', () => {
  const body = multipart(soapPart, attachment)

  for (const contentType of [
    related,
    'Multipart/Related; type="application/soap+xml; charset=UTF-8"; boundary=boundary',
    'multipart/related;boundary=boundary',
    'multipart/related; TYPE=application/soap+xml; BOUNDARY="bound\\ary"; start-info="x;y"',
    'multipart/related;\r\n\tboundary="boundary";\r\n\ttype="application/soap+xml"',
  ]) {
    it(`is read under ${JSON.stringify(contentType)}`, async () => {
      expect(await read(contentType, body)).toEqual(expected)
    })
  }

  it('may begin with CRLF, as Oxalis writes it', async () => {
    expect(await read(related, Buffer.concat([Buffer.from('\r\n'), body]))).toEqual(expected)
  })

  it('may have a preamble and an epilogue', async () => {
    const framed = Buffer.concat([Buffer.from('pre\r\namble\r\n'), body, Buffer.from('epi\nlogue\r\n--boundary\r\n')])
    expect(await read(related, framed)).toEqual(expected)
  })

  it('may end without a line end', async () => {
    expect(await read(related, body.subarray(0, -2))).toEqual(expected)
  })

  it('may pad its boundary lines with white space', async () => {
    const padded = Buffer.from(body.toString('latin1').replaceAll('--boundary\r\n', '--boundary \t\r\n'), 'latin1')
    expect(await read(related, padded)).toEqual(expected)
  })

  it('may have a boundary with a colon', async () => {
    const uuid = Buffer.from(body.toString('latin1').replaceAll('--boundary', '--uuid:1-2-3'), 'latin1')
    expect(await read('multipart/related; boundary="uuid:1-2-3"; type="application/soap+xml"', uuid)).toMatchObject({
      root: '<soap/>',
    })
    expect(await read('multipart/related; boundary=uuid:1-2-3', uuid)).toMatchObject({ root: '<soap/>' })
  })

  it('may name its root part with start', async () => {
    const named = multipart(`Content-ID: <root@cxf>\r\n${soapPart}`, attachment)
    expect(await read(`${related}; start="<root@cxf>"`, named)).toEqual(expected)
    expect(await read(`${related}; start="root@cxf"`, named)).toEqual(expected)
    expect(await read(`${related}; start="<root@cxf>"`, body)).toEqual(expected)
  })

  it('may carry further part headers, folded ones too', async () => {
    const headers =
      'X-A: 1\r\nX-A: 2\r\ncontent-description:\r\n\tlong\r\nCONTENT-DISPOSITION: attachment; name="x"\r\n'
    expect(await read(related, multipart(soapPart, headers + attachment))).toEqual(expected)
  })

  it('may carry an attachment without Content-Type', async () => {
    expect(await read(related, multipart(soapPart, 'Content-ID: <a@b>\r\n\r\nx'))).toMatchObject({
      attachments: [{ contentType: 'application/octet-stream', body: 'x' }],
    })
  })

  it('may carry an empty attachment', async () => {
    expect(await read(related, multipart(soapPart, 'Content-ID: <a@b>\r\n\r\n'))).toMatchObject({
      attachments: [{ body: '' }],
    })
  })

  for (const encoding of ['binary', '8bit', '7bit', 'BINARY']) {
    it(`may use the transfer encoding ${encoding}`, async () => {
      const part = `Content-Transfer-Encoding: ${encoding}\r\n${attachment}`
      expect(await read(related, multipart(soapPart, part))).toEqual(expected)
    })
  }

  it('is the same however it is cut into chunks', async () => {
    for (let size = 1; size < body.length; size++) {
      expect(
        await read(
          related,
          chunked(body, () => size),
        ),
      ).toEqual(expected)
    }
  })

  it('is the same however it is cut when it is too large to be gathered', async () => {
    const next = numbers(7)
    const filling = Buffer.alloc(400_000, '\r\n--boundar').toString('latin1')
    const large = multipart(soapPart, `Content-ID: <a@b>\r\n\r\n${filling}`, `Content-ID: <c@d>\r\n\r\n${filling}`)
    for (let round = 0; round < 12; round++) {
      const sizes = [() => 1 + next(30), () => 1 + next(3000), () => 65_536][round % 3]!
      const { root, attachments } = await read(related, chunked(large, sizes))
      expect(root).toBe('<soap/>')
      expect(attachments.map(({ body }) => body === filling)).toEqual([true, true])
    }
  })

  it('may leave an attachment unread and go on to the next', async () => {
    const mime = await readMime(related, once(multipart(soapPart, attachment, 'Content-ID: <c@d>\r\n\r\nx')), limits)
    await mime.attachments.next()
    const second = await mime.attachments.next()
    expect(second.value?.contentId).toBe('c@d')
  })
})

describe('an attachment in base64', () => {
  const octets = Buffer.from(Array.from({ length: 1000 }, (_, index) => (index * 7) % 256))
  const lines = octets.toString('base64').replaceAll(/.{76}/g, '$&\r\n')
  const part = `Content-Transfer-Encoding: base64\r\nContent-ID: <a@b>\r\n\r\n`

  it('is decoded however it is cut', async () => {
    const body = multipart(soapPart, `${part}${lines}\r\n`)
    for (const size of [1, 2, 3, 5, 77, 100_000]) {
      const { attachments } = await read(
        related,
        chunked(body, () => size),
      )
      expect(Buffer.from(attachments[0]!.body, 'latin1')).toEqual(octets)
    }
  })

  it('is decoded when it is too large to be gathered', async () => {
    const large = Buffer.alloc(500_000, octets)
    const body = multipart(soapPart, `${part}${large.toString('base64').replaceAll(/.{76}/g, '$&\r\n')}`)
    const { attachments } = await read(
      related,
      chunked(body, () => 10_007),
    )
    expect(Buffer.from(attachments[0]!.body, 'latin1').equals(large)).toBe(true)
  })

  for (const [name, text] of [
    ['other characters', 'AAAA*AAA'],
    ['padding in the middle', 'AA==AAAA'],
    ['an incomplete end', 'AAAAA'],
  ] as const) {
    it(`with ${name} is refused with EBMS:0007`, async () => {
      expect(await codeOf(() => read(related, multipart(soapPart, part + text)))).toBe('EBMS:0007')
    })
  }

  it('works for the SOAP part as well', async () => {
    const root = `Content-Type: application/soap+xml\r\nContent-Transfer-Encoding: base64\r\n\r\nPHNvYXAvPg==`
    expect(await read(related, multipart(root, attachment))).toEqual(expected)
  })
})

describe('SOAP without multipart', () => {
  it('is a message without attachments', async () => {
    const read1 = await read('application/soap+xml; charset=UTF-8', Buffer.from('<soap/>'))
    expect(read1).toEqual({ root: '<soap/>', attachments: [] })
  })
})

describe('what is not AS4 at all', () => {
  for (const contentType of [
    undefined,
    '',
    'text/html',
    'text/xml',
    'application/json',
    'multipart/form-data; boundary=b',
    'x',
  ]) {
    it(`has the Content-Type ${contentType}`, async () => {
      await expect(read(contentType, multipart(soapPart))).rejects.toBeInstanceOf(NotAs4Error)
    })
  }
})

async function refused(
  code: string,
  contentType: string,
  body: Buffer,
  bounds: Partial<As4Limits> = {},
): Promise<void> {
  await expect(read(contentType, body, bounds)).rejects.toBeInstanceOf(EbmsFault)
  expect(await codeOf(() => read(contentType, body, bounds))).toBe(code)
}

describe('packaging is refused', () => {
  const good = multipart(soapPart, attachment)

  it('without a boundary parameter', async () => {
    await refused('EBMS:0007', 'multipart/related; type="application/soap+xml"', good)
  })

  it('with an empty boundary', async () => {
    await refused('EBMS:0007', 'multipart/related; boundary=""', good)
  })

  it('with another type parameter', async () => {
    await refused('EBMS:0007', 'multipart/related; boundary=boundary; type="text/xml"', good)
  })

  it('with another first part than SOAP 1.2', async () => {
    const soap11 = 'Content-Type: text/xml\r\n\r\n<soap/>'
    await refused('EBMS:0007', related, multipart(soap11, attachment))
  })

  it('with a first part without Content-Type', async () => {
    await refused('EBMS:0007', related, multipart('\r\n<soap/>', attachment))
  })

  it('with a SOAP part in another charset', async () => {
    const latin = 'Content-Type: application/soap+xml; charset=ISO-8859-1\r\n\r\n<soap/>'
    await refused('EBMS:0007', related, multipart(latin, attachment))
  })

  it('when start names another part than the first', async () => {
    const named = multipart(`Content-ID: <root@x>\r\n${soapPart}`, attachment)
    await refused('EBMS:0007', `${related}; start="<a@b>"`, named)
  })

  it('without any part', async () => {
    await refused('EBMS:0007', related, Buffer.from('--boundary--\r\n'))
  })

  it('with bare LF after a boundary', async () => {
    await refused('EBMS:0007', related, Buffer.from(good.toString('latin1').replace('--boundary\r\n', '--boundary\n')))
  })

  it('with bare LF between the part headers', async () => {
    await refused('EBMS:0007', related, multipart(soapPart.replace('UTF-8\r\n', 'UTF-8\n'), attachment))
  })

  it('with bare LF throughout', async () => {
    const lines = `--boundary\n${soapPart}\n--boundary--\n`.replaceAll('\r\n', '\n')
    await refused('EBMS:0007', related, Buffer.from(lines))
  })

  it('with a header line that is none', async () => {
    await refused('EBMS:0007', related, multipart(`no colon\r\n${soapPart}`, attachment))
  })

  it('with a repeated Content-ID header', async () => {
    await refused('EBMS:0007', related, multipart(soapPart, `Content-ID: <x@y>\r\n${attachment}`))
  })

  it('with an attachment without Content-ID', async () => {
    await refused('EBMS:0003', related, multipart(soapPart, '\r\nx'))
  })

  it('with a Content-ID without brackets', async () => {
    await refused('EBMS:0003', related, multipart(soapPart, 'Content-ID: a@b\r\n\r\nx'))
  })

  it('with two attachments of the same Content-ID', async () => {
    await refused('EBMS:0007', related, multipart(soapPart, attachment, attachment))
  })

  it('with a transfer encoding that nobody uses', async () => {
    const quoted = `Content-Transfer-Encoding: quoted-printable\r\n${attachment}`
    await refused('EBMS:0007', related, multipart(soapPart, quoted))
  })

  it('when it is cut off anywhere', async () => {
    // Without the line end after the closing boundary nothing is missing.
    for (let size = 0; size < good.length - 2; size++) {
      await refused('EBMS:0007', related, good.subarray(0, size))
    }
  })

  it('with part headers past their limit', async () => {
    const long = `X-Long: ${'x'.repeat(200)}\r\n`
    await refused('EBMS:0007', related, multipart(long + soapPart), { partHeaderOctetsMax: 200 })
    await expect(read(related, multipart(long + soapPart), { partHeaderOctetsMax: 300 })).resolves.toBeDefined()
  })

  it('with more parts than allowed', async () => {
    await refused('EBMS:0007', related, good, { partsMax: 1 })
    await expect(read(related, good, { partsMax: 2 })).resolves.toBeDefined()
  })

  it('past the limit of the whole message, the epilogue counted', async () => {
    const octets = good.length
    await expect(read(related, good, { messageOctetsMax: octets })).resolves.toBeDefined()
    await refused('EBMS:0202', related, good, { messageOctetsMax: octets - 1 })
    await refused('EBMS:0202', related, Buffer.concat([good, Buffer.alloc(9)]), { messageOctetsMax: octets })
  })

  it('past the limit of the SOAP part', async () => {
    await expect(read(related, good, { soapOctetsMax: 7 })).resolves.toBeDefined()
    await refused('EBMS:0202', related, good, { soapOctetsMax: 6 })
    await refused('EBMS:0202', 'application/soap+xml', Buffer.from('<soap/>'), { soapOctetsMax: 6 })
  })
})

async function* broken(): AsyncGenerator<Buffer> {
  yield multipart(soapPart).subarray(0, 50)
  throw new Error('connection reset')
}

describe('a body that breaks off with an error', () => {
  it('fails with that very error', async () => {
    await expect(read(related, broken())).rejects.toThrow('connection reset')
  })
})
