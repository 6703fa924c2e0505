import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { apiDoor } from '../../../src/edge/api/index.ts'
import { WireError } from '../../../src/kernel/index.ts'
import { invoiceCii, invoiceJson, invoiceUbl } from '../../support/invoices.ts'
import { png } from '../../support/png.ts'
import { type Answer, ask, serve, type ServedDoor } from '../serve.ts'
import { conforms } from './described.ts'
import { parseDocumentTypeId } from '../../../src/wire/peppol/index.ts'
import { ciiDocumentType, documentType, invoice, type Script, scripted, uuid } from './scripted.ts'

const facts = { number: 'F-1', seller: '0225:391838042', buyer: '0225:732829320' }
const ubl = invoiceUbl(facts)
const payableWrong = Buffer.from(String(ubl).replace(/(<cbc:PayableAmount[^>]*>)[^<]*/, '$11.00'))
const packs = { 'own@1': [['/ubl:Invoice', 'OWN-1', "cbc:ID = 'F-2'"]] } as const

async function api(script: Script = {}): Promise<ServedDoor> {
  return await serve(apiDoor(scripted({ bodyOctetsMax: 100_000, ...script })))
}

function post(
  served: ServedDoor,
  path: string,
  body: Buffer | string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return ask(served.url, `/api/v1${path}`, { method: 'POST', headers, body })
}

/** A form as browsers and curl write it. */
function form(...parts: readonly (readonly [disposition: string, content: Buffer | string])[]): {
  body: Buffer
  headers: Record<string, string>
} {
  const pieces = parts.flatMap(([disposition, content]) => [
    Buffer.from(`--b0undary\r\nContent-Disposition: form-data; ${disposition}\r\nContent-Type: text/plain\r\n\r\n`),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ])
  return {
    body: Buffer.concat([...pieces, Buffer.from('--b0undary--\r\n')]),
    headers: { 'content-type': 'multipart/form-data; boundary=b0undary' },
  }
}

const wrapped = (document: Buffer): Buffer =>
  gzipSync(
    `<StandardBusinessDocument xmlns="http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"><StandardBusinessDocumentHeader><HeaderVersion>1.0</HeaderVersion></StandardBusinessDocumentHeader>${String(document).replace(/^<\?xml.*\?>\n/, '')}</StandardBusinessDocument>`,
  )

const attachment = (name: string, type: string, content: string): string =>
  `<cac:AdditionalDocumentReference><cbc:ID>A-1</cbc:ID><cbc:DocumentDescription>Time sheet</cbc:DocumentDescription><cac:Attachment><cbc:EmbeddedDocumentBinaryObject mimeCode="${type}" filename="${name}">${Buffer.from(content).toString('base64')}</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>`

describe('validations', () => {
  it('give a verdict on any format, whatever it is said to be', async () => {
    await using served = await api()
    for (const [body, syntax] of [
      [ubl, 'ubl'],
      [invoiceCii(facts), 'cii'],
      [Buffer.from(JSON.stringify(invoiceJson(facts))), 'json'],
      [Buffer.from('hello'), 'unknown'],
    ] as const) {
      const answer = await post(served, '/validations', body, { 'content-type': 'image/png' })
      expect(answer.status).toBe(200)
      expect(conforms(answer, '/validations', 'post')).toMatchObject({ syntax, valid: syntax !== 'unknown' })
    }
  })

  it('have a document that breaks rules as a verdict, not as an error', async () => {
    await using served = await api()
    const answer = await post(served, '/validations', payableWrong)
    expect(conforms(answer, '/validations', 'post')).toMatchObject({
      valid: false,
      packs: [],
      findings: [{ rule: 'BR-CO-16', layer: 'model', pointer: '/totals/payable' }],
    })
  })

  it('of a form give one verdict for each file, in its order', async () => {
    await using served = await api()
    const { body, headers } = form(
      ['name="a"; filename="good.xml"', ubl],
      ['name="b"; filename="b%22ad.xml"', payableWrong],
      ['name="plain"', '\r\n'],
      ['name="empty"; filename=""', ''],
    )
    const answer = await post(served, '/validations', body, headers)
    expect(conforms(answer, '/validations', 'post')).toMatchObject({
      verdicts: [
        { file: 'good.xml', valid: true },
        { file: 'b"ad.xml', valid: false },
        { file: 'plain', findings: [{ rule: 'document.empty' }] },
      ],
    })
  })

  it('read names of a form that stand without quotation marks', async () => {
    await using served = await api()
    const { body, headers } = form(['name=file; filename=one.xml', ubl], ['name=b; filename="x; name=two"', ubl])
    const answer = await post(served, '/validations', body, headers)
    expect(conforms(answer, '/validations', 'post')).toMatchObject({
      verdicts: [{ file: 'one.xml' }, { file: 'x; name=two' }],
    })
  })

  it('run just the packs that are asked for', async () => {
    await using served = await api({ imported: { packs } })
    const answer = await post(served, '/validations?pack=own&pack=own', '<a/>')
    expect(answer.json()).toEqual({
      syntax: 'other',
      profile: null,
      valid: true,
      packs: ['own@1', 'own@1'],
      findings: [],
    })
    const missing = await post(served, '/validations?pack=none', '<a/>')
    expect(conforms(missing, '/validations', 'post')).toMatchObject({
      status: 400,
      code: 'invalid-parameter',
      detail: 'pack: there is no pack none',
    })
  })

  it('speak the language of the query, else that of the reader', async () => {
    await using served = await api()
    const say = async (query: string, headers: Record<string, string> = {}): Promise<unknown> =>
      ((await post(served, `/validations${query}`, 'hello', headers)).json() as { findings: { message: string }[] })
        .findings[0]?.message
    const [french, english] = [
      "Le document n'est ni du XML, ni un PDF, ni du JSON",
      'The document is neither XML nor PDF nor JSON',
    ]
    expect(await say('')).toBe(english)
    expect(await say('?language=fr')).toBe(french)
    expect(await say('', { 'accept-language': 'de-DE, en;q=0.1, fr-FR;q=0.5' })).toBe(french)
    expect(await say('?language=en', { 'accept-language': 'fr' })).toBe(english)
    expect(await say('', { 'accept-language': 'fr;q=0, de' })).toBe(english)
  })

  it.each([
    ['?asOf=tomorrow', 'asOf must be a day, 2026-11-20'],
    ['?asOf=2026-02-30', 'asOf must be a day, 2026-11-20'],
    ['?asOf=2026-01-01&asOf=2026-01-02', 'asOf is given more than once'],
    ['?language=de', 'language must be one of en, fr'],
    ['?rules=x', 'rules is no parameter of this resource; known are asOf, pack, language, mapping, tenant'],
  ])('refuse %s', async (query, detail) => {
    await using served = await api()
    const answer = await post(served, `/validations${query}`, '<a/>')
    expect(conforms(answer, '/validations', 'post')).toMatchObject({ status: 400, detail })
  })

  it.each([
    ['without a boundary', 'multipart/form-data', form(['name="a"', 'x']).body],
    ['whose boundary does not occur', 'multipart/form-data; boundary=other', form(['name="a"', 'x']).body],
    [
      'that ends inside a part',
      'multipart/form-data; boundary=b0undary',
      form(['name="a"', 'x']).body.subarray(0, -10),
    ],
    ['without a name', 'multipart/form-data; boundary=b0undary', form(['filename="a"', 'x']).body],
    ['without a part', 'multipart/form-data; boundary=b0undary', Buffer.from('--b0undary--\r\n')],
    ['with empty fields only', 'multipart/form-data; boundary=b0undary', form(['name="a"; filename=""', '']).body],
    [
      'with a part whose header does not end',
      'multipart/form-data; boundary=b0undary',
      Buffer.from('--b0undary\r\nA: b\r\n--b0undary--'),
    ],
  ])('refuse a form %s', async (_, type, body) => {
    await using served = await api()
    const answer = await post(served, '/validations', body, { 'content-type': type })
    expect(conforms(answer, '/validations', 'post')).toMatchObject({ status: 400, code: 'malformed-request' })
  })

  it('refuse what is too large before it has arrived', async () => {
    await using served = await api({ bodyOctetsMax: 1000 })
    const answer = await post(served, '/validations', ubl)
    expect(conforms(answer, '/validations', 'post')).toMatchObject({ status: 413, code: 'body-too-large' })
  })
})

describe('conversions', () => {
  it('answer with the document and count what it does not carry', async () => {
    await using served = await api()
    const richer = String(ubl).replace('<cbc:IssueDate>', '<cbc:UUID>1</cbc:UUID><cbc:IssueDate>')
    const answer = await post(served, '/conversions?to=cii', richer)
    conforms(answer, '/conversions', 'post')
    expect([answer.status, answer.text]).toEqual([200, String(invoiceCii(facts))])
    expect(answer.headers).toMatchObject({
      'content-type': 'application/xml',
      'passerelle-left-out': '1',
      'content-disposition': 'attachment; filename="document.cii.xml"',
      'x-content-type-options': 'nosniff',
    })
  })

  it('answer with a report when that is asked for', async () => {
    await using served = await api()
    const richer = String(ubl).replace('<cbc:IssueDate>', '<cbc:UUID>1</cbc:UUID><cbc:IssueDate>')
    const answer = await post(served, '/conversions?to=cii&report=true', richer)
    expect(conforms(answer, '/conversions', 'post')).toEqual({
      mimeType: 'application/xml',
      content: invoiceCii(facts).toString('base64'),
      unmapped: ['/Invoice/cbc:UUID'],
      lost: [],
    })
  })

  it('are refused when a parameter holds U+0000', async () => {
    await using served = await api()
    const answer = await post(served, '/conversions?to=pdf&footer=a%00b', ubl)
    expect(conforms(answer, '/conversions', 'post')).toMatchObject({ status: 400, code: 'invalid-parameter' })
  })

  it('take one document of a form, and a logo beside it', async () => {
    await using served = await api()
    const { body, headers } = form(['name="logo"; filename="l.png"', png()], ['name="file"; filename="i.xml"', ubl])
    const answer = await post(served, '/conversions?to=pdf&language=de&color=%23aa00FF&footer=x', body, headers)
    conforms(answer, '/conversions', 'post')
    expect([answer.headers['content-type'], answer.text]).toEqual(['application/pdf', '%PDF-1.7 de F-1'])
  })

  it('refuse a logo that nobody could show', async () => {
    await using served = await api()
    const { body, headers } = form(['name="logo"; filename="l.png"', 'PNG'], ['name="file"; filename="i.xml"', ubl])
    const answer = await post(served, '/conversions?to=pdf', body, headers)
    expect(conforms(answer, '/conversions', 'post')).toMatchObject({ status: 400, code: 'invalid-parameter' })
  })

  it('take the pages of a PDF that the form brings, for a Factur-X only', async () => {
    await using served = await api()
    const { body, headers } = form(
      ['name="pdf"; filename="p.pdf"', '%PDF-pages'],
      ['name="file"; filename="i.xml"', ubl],
    )
    const answer = await post(served, '/conversions?to=facturx', body, headers)
    conforms(answer, '/conversions', 'post')
    expect(answer.text).toBe('%PDF-pages')
    const refused = await post(served, '/conversions?to=cii', body, headers)
    expect(conforms(refused, '/conversions', 'post')).toMatchObject({ status: 400, code: 'invalid-parameter' })
  })

  it('write a page in the language of the reader, that runs nothing and loads nothing', async () => {
    await using served = await api()
    const answer = await post(served, '/conversions?to=html', ubl, { 'accept-language': 'it' })
    conforms(answer, '/conversions', 'post')
    expect(answer.text).toContain('lang="it"')
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-disposition': 'inline; filename="document.html"',
      vary: 'Accept-Language',
    })
    expect(answer.headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src [^;]*; img-src data:; .*sandbox$/,
    )
  })

  it('are refused in French when the language is French', async () => {
    await using served = await api()
    const missing = String(ubl).replace(/<cbc:IssueDate>.*?<\/cbc:IssueDate>/, '')
    const answer = await post(served, '/conversions?to=cii&language=fr', missing)
    expect(answer.json()).toMatchObject({
      detail: expect.stringContaining('cette information est obligatoire'),
      errors: [{ rule: 'BR-03' }],
    })
    const torn = await post(served, '/conversions?to=cii', '<a', { 'accept-language': 'fr' })
    expect(torn.json()).toMatchObject({ detail: expect.stringMatching(/^Le document ne peut pas être lu/) })
  })

  it('of what is no invoice are refused with every finding', async () => {
    await using served = await api()
    const answer = await post(served, '/conversions?to=ubl', '<Order/>')
    expect(conforms(answer, '/conversions', 'post')).toMatchObject({
      status: 422,
      code: 'not-convertible',
      errors: [{ rule: 'document.root', severity: 'fatal' }],
    })
  })

  it.each([
    ['', 'to must be given: ubl, cii, facturx, json, html, pdf'],
    ['?to=edifact', 'to must be one of ubl, cii, facturx, json, html, pdf'],
    ['?to=facturx&profile=X', 'profile must be one of MINIMUM, BASIC WL, BASIC, EN 16931, EXTENDED'],
    ['?to=ubl&profile=BASIC', 'profile goes with to=facturx'],
    ['?to=html&language=ja', 'language must be one of fr, en, de, it, es, nl'],
    ['?to=html&color=red', 'color must be # and six hexadecimal digits, the # written as %23'],
    ['?to=html&report=yes', 'report must be one of true, false'],
  ])('refuse %s', async (query, detail) => {
    await using served = await api()
    const answer = await post(served, `/conversions${query}`, ubl)
    expect(conforms(answer, '/conversions', 'post')).toMatchObject({ status: 400, code: 'invalid-parameter', detail })
  })

  it('refuse a form of two documents', async () => {
    await using served = await api()
    const { body, headers } = form(['name="a"; filename="a.xml"', ubl], ['name="b"; filename="b.xml"', ubl])
    const answer = await post(served, '/conversions?to=cii', body, headers)
    expect(conforms(answer, '/conversions', 'post')).toMatchObject({ status: 400, code: 'malformed-request' })
  })
})

describe('files of an invoice', () => {
  const path = `/api/v1/invoices/${uuid(101)}/files`
  const attached = Buffer.from(
    String(ubl).replace(
      '<cac:AccountingSupplierParty>',
      `${attachment('../é&quot;.html', 'text/html', '<script>')}${attachment('', 'no type', 'b')}<cac:AccountingSupplierParty>`,
    ),
  )

  it.each([
    ['pdf', 'application/pdf', 'inline; filename="F-1.pdf"'],
    ['facturx', 'application/pdf', 'inline; filename="F-1.facturx.pdf"'],
    ['html', 'text/html; charset=utf-8', 'inline; filename="F-1.html"'],
  ])('gives it as %s in the language of the reader', async (name, type, disposition) => {
    await using served = await api({ invoices: [invoice()], payload: wrapped(ubl) })
    const answer = await ask(served.url, `${path}/${name}`, { headers: { 'accept-language': 'nl' } })
    conforms(answer, `/invoices/{id}/files/${name}`)
    expect(answer.status).toBe(200)
    expect(answer.headers).toMatchObject({ 'content-type': type, 'content-disposition': disposition })
    expect(answer.text).toMatch(name === 'html' ? /lang="nl"/ : /^%PDF-1\.7 nl F-1$/)
  })

  it.each([
    ['facturx', /^%PDF-1\.7 es F-1$/],
    ['pdf', /^%PDF-1\.7 es F-1$/],
    ['html', /lang="es"/],
  ])('gives it as %s in the language of the query, whatever that of the reader is', async (name, text) => {
    await using served = await api({ invoices: [invoice()], payload: wrapped(ubl) })
    const answer = await ask(served.url, `${path}/${name}?language=es`, { headers: { 'accept-language': 'nl' } })
    conforms(answer, `/invoices/{id}/files/${name}`)
    expect(answer.text).toMatch(text)
  })

  it.each(['facturx', 'pdf', 'html', 'ubl', 'cii'])('refuses a language that it has not for %s', async name => {
    // As it travelled it has no language: only what is converted asks for one.
    const type = parseDocumentTypeId(name === 'ubl' ? ciiDocumentType : documentType)
    await using served = await api({ invoices: [invoice(1, { documentType: type })], payload: wrapped(ubl) })
    const answer = await ask(served.url, `${path}/${name}?language=pt`)
    expect(conforms(answer, `/invoices/{id}/files/${name}`)).toMatchObject({
      status: 400,
      code: 'invalid-parameter',
      detail: 'language must be one of fr, en, de, it, es, nl',
      errors: [{ pointer: '/language', rule: 'parameter' }],
    })
  })

  it('shows an invoice that lacks something, and writes it in no other syntax', async () => {
    const partial = Buffer.from(String(ubl).replace(/<cbc:IssueDate>.*?<\/cbc:IssueDate>/, ''))
    await using served = await api({ invoices: [invoice()], payload: wrapped(partial) })
    expect((await ask(served.url, `${path}/html`)).status).toBe(200)
    expect(conforms(await ask(served.url, `${path}/cii`), '/invoices/{id}/files/cii')).toMatchObject({
      status: 422,
      code: 'not-convertible',
      errors: [{ rule: 'BR-03' }],
    })
  })

  it('lists what is attached and gives each, for saving only', async () => {
    await using served = await api({ invoices: [invoice()], payload: wrapped(attached) })
    const list = await ask(served.url, `${path}/attachments`)
    expect(conforms(list, '/invoices/{id}/files/attachments')).toEqual({
      attachments: [
        {
          number: 1,
          name: '../é".html',
          mimeType: 'text/html',
          description: 'Time sheet',
          size: 8,
          link: `${path}/attachments/1`,
        },
        {
          number: 2,
          name: 'A-1',
          mimeType: 'no type',
          description: 'Time sheet',
          size: 1,
          link: `${path}/attachments/2`,
        },
      ],
    })
    const [first, second] = [
      await ask(served.url, `${path}/attachments/1`),
      await ask(served.url, `${path}/attachments/2`),
    ]
    conforms(first, '/invoices/{id}/files/attachments/{number}')
    expect([first.text, second.text]).toEqual(['<script>', 'b'])
    expect(first.headers).toMatchObject({
      'content-disposition': `attachment; filename="____.html"; filename*=UTF-8''__%C3%A9_.html`,
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    })
    expect(second.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment; filename="A-1"',
    })
  })

  it('refuses the list of a document whose files cannot be read, and breaks off one that turns out broken', async () => {
    const broken = Buffer.from(String(attached).replace(Buffer.from('b').toString('base64'), '*'))
    await using served = await api({ invoices: [invoice()], payload: wrapped(broken) })
    expect(conforms(await ask(served.url, `${path}/attachments`), '/invoices/{id}/files/attachments')).toMatchObject({
      status: 422,
      code: 'not-convertible',
    })
    expect((await ask(served.url, `${path}/attachments/1`)).text).toBe('<script>')
    await expect(ask(served.url, `${path}/attachments/2`)).rejects.toThrow('socket hang up')
  })

  it('gives the files of what travelled as a PDF: its XML, what is beside it, what is attached', async () => {
    const pdf = {
      xml: invoiceCii(facts),
      relationship: 'Data',
      files: [
        { name: 'a.csv', mimeType: 'text/csv', description: 'A', relationship: undefined, octets: Buffer.from('a;b') },
      ],
      conformanceLevel: 'EN 16931',
      warnings: [],
    }
    const content = `<BinaryContent xmlns="http://peppol.eu/xsd/ticc/envelope/1.0" mimeType="application/pdf" encoding="Base64Binary">${Buffer.from('%PDF-1.7').toString('base64')}</BinaryContent>`
    await using served = await api({ invoices: [invoice()], payload: wrapped(Buffer.from(content)), imported: { pdf } })
    const list = conforms(await ask(served.url, `${path}/attachments`), '/invoices/{id}/files/attachments')
    expect(list).toMatchObject({
      attachments: [
        { number: 1, name: 'factur-x.xml', mimeType: 'text/xml', relationship: 'Data' },
        { number: 2, name: 'a.csv', description: 'A', size: 3 },
      ],
    })
    expect((await ask(served.url, `${path}/attachments/2`)).text).toBe('a;b')
    expect((await ask(served.url, `${path}/attachments/3`)).status).toBe(404)
    expect((await ask(served.url, `${path}/original`)).headers['content-disposition']).toMatch(/\.pdf"$/)
  })

  it.each(['0', '3', '1e0', 'x', '00001'])('has no attachment %s', async number => {
    await using served = await api({ invoices: [invoice()], payload: wrapped(attached) })
    const answer = await ask(served.url, `${path}/attachments/${number}`)
    expect(conforms(answer, '/invoices/{id}/files/attachments/{number}')).toMatchObject({
      status: 404,
      code: 'not-found',
    })
  })

  it('does not convert what is larger than what is held in memory', async () => {
    await using served = await api({ invoices: [invoice()], payload: wrapped(ubl), documentOctetsMax: 1000 })
    for (const name of ['html', 'facturx']) {
      expect(conforms(await ask(served.url, `${path}/${name}`), `/invoices/{id}/files/${name}`)).toMatchObject({
        status: 422,
      })
    }
  })

  it('does not hide a fault of ours', async () => {
    await using served = await api({ imported: { pdf: new WireError('fault', 'a bug') } })
    const answer = await post(served, '/validations', '%PDF-1.7')
    expect(conforms(answer, '/validations', 'post')).toMatchObject({ status: 500, code: 'internal' })
  })
})
