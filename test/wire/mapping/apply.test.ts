import { describe, expect, it } from 'vitest'
import { all, csvMapping, mappingOf, valueOf } from './support.ts'

const nothing = { value: undefined, issues: [] }
const is = (value: unknown): object => ({ value, issues: [] })

describe('expressions', () => {
  it('a text is a column; what is empty is not there', async () => {
    expect(await valueOf('A', { A: ' x ' })).toEqual(is('x'))
    expect(await valueOf('A', { A: '  ' })).toEqual(nothing)
    expect(await valueOf('#2', { A: 'x', B: 'y' })).toEqual(is('y'))
  })

  it('a constant and a default need no source, and a default may be an expression', async () => {
    expect(await valueOf({ constant: 'EUR' }, { A: '' })).toEqual(is('EUR'))
    expect(await valueOf({ from: 'A', default: 'FR' }, { A: '' })).toEqual(is('FR'))
    expect(await valueOf({ from: 'A', default: 'FR' }, { A: 'DE' })).toEqual(is('DE'))
    expect(await valueOf({ from: 'A', default: { from: 'B', steps: ['upper'] } }, { A: '', B: 'x' })).toEqual(is('X'))
  })

  it('a template leaves no gaps, and is nothing when all of it is missing', async () => {
    const template = { template: '{A} {B} {{{C}}}' }
    expect(await valueOf(template, { A: 'x', B: 'y', C: 'z' })).toEqual(is('x y {z}'))
    expect(await valueOf(template, { A: 'x', B: '', C: 'z' })).toEqual(is('x {z}'))
    expect(await valueOf(template, { A: '', B: '', C: '' })).toEqual(nothing)
    expect(await valueOf({ template: 'fixed' }, { A: '' })).toEqual(is('fixed'))
  })

  it('join puts together what is there', async () => {
    const join = { join: ['A', { constant: 'and' }, 'B'], by: '-' }
    expect(await valueOf(join, { A: 'x', B: 'y' })).toEqual(is('x-and-y'))
    expect(await valueOf(join, { A: '', B: 'y' })).toEqual(is('and-y'))
  })

  it('first takes the first, and forgets what was wrong with the ones before', async () => {
    const first = { first: [{ from: 'A', steps: [{ lookup: 't' }] }, 'B'] }
    const tables = { t: { x: '1' } }
    expect(await valueOf(first, { A: 'x', B: 'y' }, { tables })).toEqual(is('1'))
    expect(await valueOf(first, { A: 'z', B: 'y' }, { tables })).toEqual(is('y'))
    expect(await valueOf(first, { A: 'z', B: '' }, { tables })).toEqual({
      value: undefined,
      issues: ['code.unmapped the code "z" has no entry in the table t'],
    })
  })

  it('a default does not hide a value that cannot be read', async () => {
    expect(await valueOf({ from: 'A', steps: ['date'], default: '2026-01-01' }, { A: 'soon' })).toEqual({
      value: undefined,
      issues: ['value.date "soon" is no date written YYYY-MM-DD'],
    })
  })

  const conditions: readonly (readonly [condition: object, holds: string, fails: string])[] = [
    [{ is: 'x' }, 'x', 'X'],
    [{ isNot: 'x' }, '', 'x'],
    [{ in: ['x', 'y'] }, 'y', 'z'],
    [{ startsWith: 'x' }, 'xy', 'yx'],
    [{ endsWith: 'x' }, 'yx', 'xy'],
    [{ contains: 'x' }, 'yxy', 'yy'],
    [{ less: '10' }, '9,5', '10'],
    [{ atMost: '10' }, '10,00', '10,01'],
    [{ more: '-1' }, '0', '-1'],
    [{ atLeast: '10' }, '10', '9,99'],
    [{ more: '10' }, '11', 'eleven'],
    [{ exists: true }, 'x', ''],
    [{ exists: false }, '', 'x'],
  ]
  it.each(conditions)('when %j holds', async (condition, holds, fails) => {
    const when = { when: [{ if: { value: 'A', ...condition }, use: { constant: 'yes' } }], else: { constant: 'no' } }
    const not = {
      when: [{ if: { not: { value: 'A', ...condition } }, use: { constant: 'no' } }],
      else: { constant: 'yes' },
    }
    const options = { source: { decimal: ',' } }
    for (const expression of [when, not]) {
      expect(await valueOf(expression, { A: holds }, options)).toEqual(is('yes'))
      expect(await valueOf(expression, { A: fails }, options)).toEqual(is('no'))
    }
  })

  it('all and any combine conditions; without a case there is nothing', async () => {
    const [a, b] = [
      { value: 'A', is: 'x' },
      { value: 'B', is: 'y' },
    ]
    const all = { when: [{ if: { all: [a, b] }, use: 'A' }] }
    const any = { when: [{ if: { any: [a, b] }, use: 'B' }] }
    expect(await valueOf(all, { A: 'x', B: 'y' })).toEqual(is('x'))
    expect(await valueOf(all, { A: 'x', B: 'z' })).toEqual(nothing)
    expect(await valueOf(any, { A: '-', B: 'y' })).toEqual(is('y'))
    expect(await valueOf(any, { A: '-', B: '-' })).toEqual(nothing)
  })

  const paid = { target: '/totals/paid' }
  it('a sum adds up what its condition lets through, exactly', async () => {
    const mapping = mappingOf({
      mapping: 1,
      source: { kind: 'csv', decimal: ',', rows: { kind: 'grouped', key: 'N' } },
      invoice: { '/totals/paid': { sum: 'Paid', each: 'rows', if: { value: 'Kind', is: 'P' } } },
    })
    const found = await all(mapping, 'N;Kind;Paid\n1;P;0,10\n1;P;0,20\n1;X;5\n1;P;\n2;X;7\n')
    expect(found.map(({ json }) => json)).toEqual([{ totals: { paid: '0.30' } }, {}])
  })

  it('a table holds numbers as the model writes them', async () => {
    const expression = { from: 'A', steps: [{ lookup: 't' }] }
    const options = { ...paid, source: { decimal: ',' }, tables: { t: { x: '5.5', y: '5,5' } } }
    expect(await valueOf(expression, { A: 'x' }, options)).toEqual(is('5.5'))
    expect((await valueOf(expression, { A: 'y' }, options)).issues).toEqual([
      'value.decimal "5,5" is no number written as 1234.56',
    ])
  })

  it('numbers and dates are read with the formats of the source, unless they are constants', async () => {
    const source = { decimal: ',', grouping: '.', dates: 'DD.MM.YYYY' }
    expect(await valueOf('A', { A: '1.234,50' }, { ...paid, source })).toEqual(is('1234.50'))
    expect(await valueOf({ constant: '1.5' }, { A: '' }, { ...paid, source })).toEqual(is('1.5'))
    expect(await valueOf('A', { A: '3.11.2026' }, { target: '/issueDate', source })).toMatchObject({ value: undefined })
    expect(await valueOf('A', { A: '03.11.2026' }, { target: '/issueDate', source })).toEqual(is('2026-11-03'))
    expect(await valueOf({ constant: '2026-11-03' }, { A: '' }, { target: '/issueDate', source })).toEqual(
      is('2026-11-03'),
    )
  })
})

const steps: readonly (readonly [step: unknown, from: string, to: string])[] = [
  ['squeeze', 'a  b   c', 'a b c'],
  ['compact', 'FR 44 39', 'FR4439'],
  ['upper', 'été', 'ÉTÉ'],
  ['lower', 'ÉTÉ', 'été'],
  ['digits', 'N° 12-34', '1234'],
  ['negate', '12,50', '-12.50'],
  ['absolute', '-12,50', '12.50'],
  ['decimal', '1 234,5', '1234.5'],
  [{ decimal: { decimal: '.', grouping: ',' } }, '1,234.5', '1234.5'],
  [{ decimal: { decimal: '.' } }, '12.5', '12.5'],
  ['date', '3/11/2026', '2026-11-03'],
  [{ date: 'YYYYMMDD' }, '20261103', '2026-11-03'],
  [{ round: 2 }, '1,005', '1.01'],
  [{ shift: 2 }, '0,055', '5.5'],
  [{ shift: -2 }, '1999', '19.99'],
  [{ shift: 3 }, '1,5', '1500'],
  [{ substring: { from: 2, length: 3 } }, 'abcdef', 'bcd'],
  [{ substring: { from: 4 } }, 'abcdef', 'def'],
  [{ pad: { length: 5, with: '0' } }, '123', '00123'],
  [{ replace: { find: '/', by: '$&' } }, 'a/b/c', 'a$&b$&c'],
  [{ split: { by: '-', take: 2 } }, 'a-b-c', 'b'],
  [{ split: { by: '-', take: -1 } }, 'a-b-c', 'c'],
  [{ lookup: 'flat' }, 'x', 'from flat'],
  [{ lookup: { table: 'flat', otherwise: 'other' } }, 'z', 'other'],
  [{ lookup: { table: 'deep', field: 'b' } }, 'x', 'from b'],
  [{ lookup: '@units' }, 'Stück', 'H87'],
  [{ lookup: '@units' }, 'HUR', 'HUR'],
  [{ lookup: '@countries' }, 'Pays-Bas', 'NL'],
  [{ lookup: '@countries' }, 'de', 'DE'],
]

describe('steps', () => {
  const options = {
    source: { decimal: ',', dates: 'D/M/YYYY' },
    tables: { flat: { x: 'from flat' }, deep: { x: { a: 'from a', b: 'from b' } } },
  }
  it.each(steps)('%j', async (step, from, to) => {
    expect(await valueOf({ from: 'A', steps: [step] }, { A: from }, options)).toEqual(is(to))
  })

  it('run one after the other, and stop where nothing is left', async () => {
    expect(await valueOf({ from: 'A', steps: ['digits', { pad: { length: 3, with: '0' } }] }, { A: 'a7' })).toEqual(
      is('007'),
    )
    expect(await valueOf({ from: 'A', steps: ['digits', { pad: { length: 3, with: '0' } }] }, { A: 'ab' })).toEqual(
      nothing,
    )
  })

  it('a part that is not there is nothing', async () => {
    expect(await valueOf({ from: 'A', steps: [{ split: { by: '-', take: 5 } }] }, { A: 'a-b' })).toEqual(nothing)
  })

  it('an entry of a table is not looked for in the prototype', async () => {
    const { issues } = await valueOf({ from: 'A', steps: [{ lookup: 'flat' }] }, { A: 'constructor' }, options)
    expect(issues).toEqual(['code.unmapped the code "constructor" has no entry in the table flat'])
  })

  it('what is very long is carried, and not transformed', async () => {
    const long = 'x'.repeat(100_001)
    expect((await valueOf('A', { A: long })).value).toHaveLength(100_001)
    expect(await valueOf({ from: 'A', steps: ['upper'] }, { A: long })).toEqual({
      value: undefined,
      issues: ['value.too-long is too long to be transformed'],
    })
  })
})

const numbers: readonly (readonly [text: string, decimal: ',' | '.', grouping: string, value: string | undefined])[] = [
  ['12', ',', '', '12'],
  ['12,', ',', '', '12'],
  [',5', ',', '', '0.5'],
  ['1 234 567,89', ',', '', '1234567.89'],
  ['1\u202F234,5', ',', '', '1234.5'],
  ["1'234.50", '.', '', '1234.50'],
  ['1.234,5', ',', '.', '1234.5'],
  ['1.23,5', ',', '.', undefined],
  ['1.234.56', ',', '.', undefined],
  ['1.234', ',', '', undefined],
  ['1,234,567.8', '.', ',', '1234567.8'],
  ['-3', ',', '', '-3'],
  ['3-', ',', '', '-3'],
  ['(3)', ',', '', '-3'],
  ['+3', ',', '', '3'],
  ['-3-', ',', '', undefined],
  ['(3', ',', '', undefined],
  ['-3)', ',', '', undefined],
  ['12,50 €', ',', '', '12.50'],
  ['20 %', ',', '', '20'],
  ['1,2,3', ',', '', undefined],
  [',', ',', '', undefined],
  ['1e3', ',', '', undefined],
  ['douze', ',', '', undefined],
  ['9'.repeat(61), ',', '', undefined],
]

const days: readonly (readonly [text: string, pattern: string, day: string | undefined])[] = [
  ['03/11/2026', 'DD/MM/YYYY', '2026-11-03'],
  ['3/11/2026', 'DD/MM/YYYY', undefined],
  ['3/1/26', 'D/M/YY', '2026-01-03'],
  ['20261103', 'YYYYMMDD', '2026-11-03'],
  ['29.02.2024', 'DD.MM.YYYY', '2024-02-29'],
  ['29.02.2026', 'DD.MM.YYYY', undefined],
  ['31/04/2026', 'DD/MM/YYYY', undefined],
  ['2026-11-03T09:30:00Z', 'YYYY-MM-DD', '2026-11-03'],
  ['2026-11-03 09:30', 'YYYY-MM-DD', '2026-11-03'],
  ['2026-11-03 soon', 'YYYY-MM-DD', undefined],
  ['2026-11-03 09:30', 'YYYY-MM-DD HH:mm', '2026-11-03'],
  ['am 03.11.2026.', 'am DD.MM.YYYY.', '2026-11-03'],
  ['03.11.2026', 'am DD.MM.YYYY', undefined],
]

describe('formats', () => {
  it.each(numbers)('%s with %s and %s is %s', async (text, decimal, grouping, value) => {
    const read = await valueOf('A', { A: text }, { source: { decimal, grouping, quote: '' }, target: '/totals/paid' })
    expect(read.value).toBe(value)
    expect(read.issues.map(issue => issue.split(' ')[0])).toEqual(value === undefined ? ['value.decimal'] : [])
  })

  it.each(days)('%s by %s is %s', async (text, pattern, day) => {
    const read = await valueOf('A', { A: text }, { source: { dates: pattern }, target: '/issueDate' })
    expect(read.value).toBe(day)
  })
})

function lookup(field: string): object {
  return { from: 'T', steps: [{ lookup: { table: 'vat', field } }] }
}

describe('lists', () => {
  it('are made of items, loops and conditions, in the order of the mapping', async () => {
    const mapping = mappingOf({
      mapping: 1,
      source: { kind: 'csv', rows: { kind: 'grouped', key: 'N' } },
      invoice: {
        '/notes': [
          { fields: { '/subjectCode': { constant: 'PMT' }, '/text': { constant: 'always' } } },
          { fields: { '/subjectCode': { constant: 'AAI' }, '/text': 'Note' } },
        ],
        '/lines': {
          each: 'rows',
          if: { value: 'Kind', isNot: 'R' },
          fields: { '/id': { position: true }, '/item/name': 'What' },
        },
        '/allowances': {
          each: 'rows',
          if: { value: 'Kind', is: 'R' },
          fields: { '/amount': { from: 'Sum', steps: ['absolute'] }, '/reason': 'What' },
        },
        '/vatBreakdown': {
          each: 'rows',
          distinct: true,
          if: { value: 'Why', exists: true },
          fields: { '/exemptionReason': 'Why' },
        },
      },
    })
    const text =
      'N;Kind;What;Sum;Note;Why\n1;L;Book;10;;\n1;R;Discount;-2;;\n1;L;Pen;3;;x\n1;L;Ink;3;;x\n2;L;Book;1;Hello;\n'
    const [first, second] = await all(mapping, text)
    expect(first?.json).toEqual({
      notes: [{ subjectCode: 'PMT', text: 'always' }],
      lines: [
        { id: '1', item: { name: 'Book' } },
        { id: '2', item: { name: 'Pen' } },
        { id: '3', item: { name: 'Ink' } },
      ],
      allowances: [{ amount: '2', reason: 'Discount' }],
      vatBreakdown: [{ exemptionReason: 'x' }],
    })
    expect(second?.json).toEqual({
      notes: [
        { subjectCode: 'PMT', text: 'always' },
        { subjectCode: 'AAI', text: 'Hello' },
      ],
      lines: [{ id: '1', item: { name: 'Book' } }],
    })
  })

  it('say where an issue is', async () => {
    const mapping = mappingOf(csvMapping({ '/lines': { each: 'rows', fields: { '/quantity': 'Q' } } }))
    const [{ issues } = { issues: [] }] = await all(mapping, 'Q\nmany\n')
    expect(issues).toEqual([
      {
        code: 'value.decimal',
        pointer: '/lines/0/quantity',
        source: 'Q',
        value: 'many',
        message: '"many" is no number with the decimal separator .',
      },
    ])
  })

  it('tell which VAT code of the source became which tax', async () => {
    const vat = { '/vat/category': lookup('c'), '/vat/rate': lookup('r') }
    const tables = { vat: { A: { c: 'S', r: '20' }, S: { c: 'S', r: '20' } } }
    const mapping = mappingOf(csvMapping({ '/lines': { each: 'rows', fields: vat } }, { tables }))
    const found = await all(mapping, 'T\nA\nS\n')
    expect(found.map(({ taxCodes }) => taxCodes)).toEqual([[{ code: 'A', category: 'S', rate: '20' }], []])
  })
})
