import { describe, expect, it } from 'vitest'
import { SourceError } from '../../../src/wire/mapping/index.ts'
import { all, csvMapping, mappingOf } from './support.ts'

const invoice = { '/number': 'N', '/buyer/name': 'Name' }
const grouped = { kind: 'grouped', key: 'N' }

function csv(source: object, targets: object = invoice): ReturnType<typeof mappingOf> {
  return mappingOf(csvMapping(targets, { source }))
}

/** The code and message of the error with which the source is refused. */
async function refusal(mapping: ReturnType<typeof mappingOf>, source: string | Buffer): Promise<string> {
  try {
    await all(mapping, source)
  } catch (error) {
    if (error instanceof SourceError) return `${error.code} ${error.message}`
    throw error
  }
  return 'none'
}

async function* pieces(octets: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < octets.length; at += size) yield octets.subarray(at, at + size)
}

describe('CSV', () => {
  const text = 'N;Name\n1;Société "Été" €\n2;"a;b\n""c"""\n'
  const names = ['Société "Été" €', 'a;b\n"c"']
  const windows1252 = Buffer.from(text.replace('€', '\u0080'), 'latin1')
  const bigEndian = Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()

  it.each([
    ['utf-8', 'utf-8', Buffer.from(text)],
    ['utf-8 with its mark', 'utf-8', Buffer.from(`\uFEFF${text}`)],
    ['windows-1252', 'windows-1252', windows1252],
    ['utf-16, little end first', 'utf-16', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['utf-16, big end first', 'utf-16', bigEndian],
  ])('is read in %s, whole or octet by octet', async (_, encoding, octets) => {
    const mapping = csv({ encoding })
    for (const source of [octets, pieces(octets, 1), pieces(octets, 7)]) {
      const found = await all(mapping, source)
      expect(found.map(({ json }) => (json['buyer'] as { name: string }).name)).toEqual(names)
      expect(found.map(({ place }) => place)).toEqual(['line 2', 'line 4'])
    }
  })

  it('in another encoding than the mapping says is refused', async () => {
    expect(await refusal(csv({}), windows1252)).toBe(
      'source.encoding behind octet 0 the source is not utf-8: is it windows-1252 or utf-16?',
    )
  })

  it.each([
    ['a comma', { delimiter: ',' }, 'N,Name\n1,x\n'],
    ['a tab', { delimiter: '\t' }, 'N\tName\n1\tx\n'],
    ['lines of DOS', {}, 'N;Name\r\n1;x\r\n'],
    ['lines before the first', { skip: 2 }, 'Export "of today\n\nN;Name\n1;x\n'],
    ['another quote', { quote: "'" }, "N;Name\n1;'x'\n"],
    ['column numbers', { columns: 'numbers' }, '1;x\n'],
    ['names in the mapping', { columns: ['N', 'Name'] }, '1;x\n'],
    ['empty rows', {}, 'N;Name\n\n;;\n1;x\n'],
    ['blanks around names', {}, ' N ; Name \n1;x\n'],
  ])('may have %s', async (_, source, text) => {
    const targets =
      'columns' in source && source.columns === 'numbers' ? { '/number': '#1', '/buyer/name': '#2' } : invoice
    const found = await all(csv(source, targets), text)
    expect(found.map(({ json }) => json)).toEqual([{ number: '1', buyer: { name: 'x' } }])
  })

  it('without quotes takes them as they are, and inside a cell they are inch signs', async () => {
    expect((await all(csv({ quote: '' }), 'N;Name\n1;"x\n'))[0]?.json).toEqual({ number: '1', buyer: { name: '"x' } })
    expect((await all(csv({}), 'N;Name\n1;pipe 5"\n'))[0]?.json).toEqual({ number: '1', buyer: { name: 'pipe 5"' } })
  })

  it('gives a second column of one name its number', async () => {
    const found = await all(csv({}, { '/number': 'N', '/buyer/name': 'Name (2)' }), 'N;Name;Name\n1;x;y\n')
    expect(found[0]?.json).toEqual({ number: '1', buyer: { name: 'y' } })
  })

  it('that lacks columns is refused with all of them', async () => {
    expect(await refusal(csv({}), 'No;name\n1;x\n')).toBe(
      'source.columns the file has no column "N"; did you mean No?, and no column "Name"; did you mean name?',
    )
  })

  it('with a quote that is never closed is refused', async () => {
    expect(await refusal(csv({}), 'N;Name\n1;"x\n2;y\n')).toMatch(
      /^source\.csv the file is no CSV as the mapping describes it: /,
    )
    expect(await refusal(csv({}), `N;Name\n1;"${'x'.repeat(1_000_001)}`)).toMatch(/^source\.too-large /)
  })

  it('with nothing in it has no invoices', async () => {
    expect(await all(csv({}), '')).toEqual([])
    expect(await all(csv({}), 'N;Name\n')).toEqual([])
  })

  it('names a row with more cells than columns', async () => {
    const [{ issues } = { issues: [] }] = await all(csv({}), 'N;Name\n1;x;y;\n')
    expect(issues).toEqual([
      {
        code: 'row.cells',
        pointer: '',
        source: 'line 2',
        value: 'y ',
        message: 'line 2 has 4 cells where 2 are named: is a delimiter inside a cell that is not quoted?',
      },
    ])
    expect((await all(csv({}), 'N;Name\n1;x;;\n'))[0]?.issues).toEqual([])
  })

  it('tells columns that hold something and are not read', async () => {
    const found = await all(csv({ ignore: ['B'] }), 'N;Name;A;B;C\n1;x;a;b;\n')
    expect(found[0]?.unused).toEqual(new Map([['A', 'a']]))
  })

  it('groups rows by a key of several columns', async () => {
    const mapping = csv({ rows: { kind: 'grouped', key: ['N', 'Name'] } })
    const found = await all(mapping, 'N;Name\n1;x\n1;x\n1;y\n2;y\n')
    expect(found.map(({ place }) => place)).toEqual(['lines 2 to 3', 'line 4', 'line 5'])
  })

  it('says that rows of an invoice stand apart, unless the mapping allows it', async () => {
    const text = 'N;Name\n1;x\n2;y\n1;x\n'
    const apart = await all(csv({ rows: grouped }), text)
    expect(apart.map(({ issues }) => issues.map(({ code, value }) => `${code} ${value}`))).toEqual([
      [],
      [],
      ['row.apart 1'],
    ])
    const scattered = await all(csv({ rows: { ...grouped, scattered: true } }), text)
    expect(scattered.map(({ json, issues }) => [json['number'], issues.length])).toEqual([
      ['1', 0],
      ['2', 0],
    ])
  })

  it('names rows that belong to no invoice', async () => {
    const [, last] = await all(csv({ rows: grouped }), 'N;Name\n1;x\n;total\n')
    expect(last?.issues.map(({ code }) => code)).toEqual(['row.no-key'])
  })

  it('names a column of the invoice that says something else further down; empty cells say nothing', async () => {
    const [{ issues } = { issues: [] }] = await all(csv({ rows: grouped }), 'N;Name\n1;x\n1;\n1;y\n1;z\n')
    expect(issues).toEqual([
      {
        code: 'row.disagree',
        pointer: '',
        source: 'Name',
        value: 'y',
        message: 'line 4 says something else than line 2, whose value is taken: x',
      },
    ])
  })

  describe('with rows of several types', () => {
    const mapping = mappingOf({
      mapping: 1,
      source: {
        kind: 'csv',
        columns: { H: ['type', 'no', 'remark'], L: ['type', 'what', 'qty'], T: ['type', 'text'] },
        rows: { kind: 'records', type: 'type', invoice: 'H' },
      },
      invoice: {
        '/number': 'no',
        '/notes': { each: 'T', fields: { '/text': 'text' } },
        '/lines': {
          each: 'L',
          fields: { '/id': { position: true }, '/item/name': 'what', '/purchaseOrderLine': { fromInvoice: 'no' } },
        },
      },
    })

    it('makes an invoice of each that begins one', async () => {
      const found = await all(mapping, 'H;1;r\nL;Book;3\nT;Hello\nL;Pen;1\nH;2;\nX;?\n')
      expect(found.map(({ json }) => json)).toEqual([
        {
          number: '1',
          notes: [{ text: 'Hello' }],
          lines: [
            { id: '1', item: { name: 'Book' }, purchaseOrderLine: '1' },
            { id: '2', item: { name: 'Pen' }, purchaseOrderLine: '1' },
          ],
        },
        { number: '2' },
      ])
      expect(found.map(({ unused }) => Array.from(unused))).toEqual([
        [
          ['H remark', 'r'],
          ['L qty', '3'],
        ],
        [['rows X', 'X ?']],
      ])
    })

    it('names rows before the first invoice', async () => {
      const [first, second] = await all(mapping, 'L;Book\nH;1\n')
      expect(first?.issues.map(({ code, value }) => `${code} ${value}`)).toEqual(['row.stray L'])
      expect(second?.issues).toEqual([])
    })
  })
})

function json(source: object, targets: object = { '/number': 'no' }): ReturnType<typeof mappingOf> {
  return mappingOf({ mapping: 1, source: { kind: 'json', ...source }, invoice: targets })
}

describe('JSON', () => {
  it.each([
    ['at the top', {}, '{"no":"1"}', ['the document']],
    ['in a list at the top', {}, '[{"no":"1"},{"no":"1"}]', ['/0', '/1']],
    ['somewhere inside', { invoices: '/a~1b/0/c' }, '{"a/b":[{"c":[{"no":"1"}]}]}', ['/a~1b/0/c/0']],
    ['one a line', { format: 'lines' }, '{"no":"1"}\n\n[{"no":"1"}]\r\n', ['line 1 the document', 'line 3 /0']],
  ])('has its invoices %s', async (_, source, text, places) => {
    const found = await all(json(source), text)
    expect(found.map(one => one.place)).toEqual(places)
    expect(found.every(one => one.json['number'] === '1')).toBe(true)
    expect((await all(json(source), pieces(Buffer.from(text), 1))).map(one => one.place)).toEqual(places)
  })

  it('keeps every digit of a number, and reads an exponent', async () => {
    const targets = { '/totals/paid': 'a', '/totals/rounding': 'b', '/totals/payable': 'c', '/number': 'd' }
    const [found] = await all(json({ decimal: ',' }, targets), '{"a":1.10,"b":12345678901234567890.12,"c":1e2,"d":7}')
    expect(found?.json).toEqual({
      number: '7',
      totals: { paid: '1.10', rounding: '12345678901234567890.12', payable: '100' },
    })
  })

  it('takes null and empty texts for nothing, true for true, and says where a value is none', async () => {
    const targets = {
      '/number': 'a',
      '/dueDate': 'b',
      '/buyerReference': 'c',
      '/paymentTerms': 'd',
      '/projectReference': 'e/x',
    }
    const [found] = await all(json({}, targets), '{"a":null,"b":" ","c":true,"d":{"x":1},"e":"text"}')
    expect(found?.json).toEqual({ buyerReference: 'true' })
    expect(found?.issues).toEqual([
      {
        code: 'value.composite',
        pointer: '/paymentTerms',
        source: 'd',
        value: '',
        message: 'd is an object, not a value',
      },
    ])
  })

  it('loops in loops, over one thing as over a list, and over nothing', async () => {
    const targets = {
      '/lines': {
        each: 'items',
        fields: {
          '/id': 'id',
          '/purchaseOrderLine': { fromInvoice: 'no' },
          '/allowances': { each: 'off', fields: { '/amount': 'sum', '/reason': { fromDocument: 'why' } } },
        },
      },
    }
    const text = '{"why":"w","all":[{"no":"n","items":[{"id":"1","off":{"sum":2}},{"id":"2","off":null}]}]}'
    const [found] = await all(json({ invoices: '/all' }, targets), text)
    expect(found?.json).toEqual({
      lines: [
        { id: '1', purchaseOrderLine: 'n', allowances: [{ amount: '2', reason: 'w' }] },
        { id: '2', purchaseOrderLine: 'n' },
      ],
    })
  })

  it.each([
    ['1.5', '1.5'],
    ['123456789012345', '123456789012345'],
    ['1234567890123456789', '1234567890123456789'],
    ['0.00000012', '0.00000012'],
    ['1e2', '100'],
    ['-0.3', '-0.3'],
  ])('reads the number %s', async (number, value) => {
    const [found] = await all(json({}, { '/totals/paid': 'p' }), `{"p":${number}}`)
    expect(found?.json).toEqual({ totals: { paid: value } })
  })

  it('reads a date that is a number', async () => {
    const [found] = await all(json({ dates: 'YYYYMMDD' }, { '/issueDate': 'd' }), '{"d":20261103}')
    expect([found?.json, found?.issues]).toEqual([{ issueDate: '2026-11-03' }, []])
  })

  it('loops over values, and finds one by its position', async () => {
    const targets = { '/number': 'nos/1', '/notes': { each: 'notes', fields: { '/text': { from: '' } } } }
    const [found] = await all(json({}, targets), '{"nos":["a","b"],"notes":["x","y"]}')
    expect(found?.json).toEqual({ number: 'b', notes: [{ text: 'x' }, { text: 'y' }] })
    expect(found?.unused).toEqual(new Map())
  })

  it('tells paths that hold something and are not read', async () => {
    const targets = { '/number': 'no', '/lines': { each: 'items', fields: { '/id': 'id' } } }
    const text = '{"no":"1","a/b":{"c":true},"n":null,"items":[{"id":1,"x":2},{"x":3}],"skip":{"y":1}}'
    const [found] = await all(json({ ignore: ['skip'] }, targets), text)
    expect(found?.unused).toEqual(
      new Map([
        ['a~1b/c', 'true'],
        ['items/*/x', '2'],
      ]),
    )
  })

  it.each([
    ['no JSON', {}, '{', /^source\.json is no JSON: /],
    ['no JSON in a line', { format: 'lines' }, '{"no":1}\n{', /^source\.json line 2 is no JSON: /],
    ['no invoices', { invoices: '/a' }, '{"b":[]}', /^source\.json has no invoices at \/a$/],
    ['a value for invoices', {}, '7', /^source\.json has no invoices at its top$/],
    ['brackets without end', {}, '['.repeat(100_000), /^source\.json the document is nested deeper than 64 levels$/],
  ])('with %s is refused', async (_, source, text, message) => {
    expect(await refusal(json(source), text)).toMatch(message)
  })
})
