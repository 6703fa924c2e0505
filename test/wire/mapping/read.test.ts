import { describe, expect, it } from 'vitest'
import { parseMapping } from '../../../src/wire/mapping/index.ts'
import { csvMapping, mappingOf, problemsOf } from './support.ts'

const single = { kind: 'csv', rows: { kind: 'single' } }
const line = (fields: object, more: object = {}): object => ({ '/lines': { each: 'rows', fields, ...more } })

/** What is wrong with one target or expression of an otherwise sound mapping. */
const targets: readonly (readonly [title: string, invoice: object, problem: string])[] = [
  [
    'an unknown term',
    { '/sellr/name': 'A' },
    '/invoice/~1sellr~1name is no term: the model has no "sellr"; did you mean seller?',
  ],
  [
    'an unknown term in a group',
    { '/seller/nam': 'A' },
    '/invoice/~1seller~1nam is no term: /seller has no "nam"; did you mean name?',
  ],
  [
    'a term that is like none',
    { '/qqqqqqqqqqqqqqqq': 'A' },
    '/invoice/~1qqqqqqqqqqqqqqqq is no term: the model has no "qqqqqqqqqqqqqqqq"',
  ],
  [
    'a target without a slash',
    { number: 'A' },
    '/invoice/number must be a JSON pointer into the model: it begins with /',
  ],
  ['a group', { '/seller': 'A' }, '/invoice/~1seller is a group: name a term in it, /seller/name for one'],
  [
    'a way through a list',
    { '/lines/id': 'A' },
    '/invoice/~1lines~1id goes through the list /lines: map it as "/lines": {"each": …, "fields": {…}}',
  ],
  [
    'an expression for a list',
    { '/lines': 'A' },
    '/invoice/~1lines is a list: it takes {"each": …, "fields": {…}}, or several of these in an array',
  ],
  [
    'a list for a term',
    { '/number': [{ fields: { '/id': 'A' } }] },
    '/invoice/~1number is one term, not a list: it takes an expression',
  ],
  [
    'a list of an unknown each',
    { '/lines': { each: 'row', fields: { '/id': 'A' } } },
    '/invoice/~1lines/each must be "rows": the rows of the invoice',
  ],
  [
    'a loop in a loop',
    line({ '/allowances': { each: 'rows', fields: { '/amount': 'A' } } }),
    '/invoice/~1lines/fields/~1allowances/each is a loop in a loop, which rows of CSV cannot have',
  ],
  [
    'an unknown key of an item',
    { '/lines': { each: 'rows', fields: { '/id': 'A' }, steps: [] } },
    '/invoice/~1lines/steps is unknown here',
  ],
  [
    'an unknown key of an expression',
    { '/number': { from: 'A', step: [] } },
    '/invoice/~1number/step is unknown here; did you mean steps?',
  ],
  [
    'no value',
    { '/number': { steps: [] } },
    '/invoice/~1number says no value: from, constant, position, template, join, first, when or sum',
  ],
  ['a companion without its word', { '/number': { from: 'A', by: '-' } }, '/invoice/~1number/by goes with join only'],
  [
    'two values',
    { '/number': { first: [{ from: 'A', constant: 'B' }] } },
    '/invoice/~1number/first/0 must have exactly one of from, fromInvoice, fromDocument, constant, position, template, join, first, when, sum, and has from, constant',
  ],
  [
    'a position outside of a list',
    { '/number': { position: true } },
    '/invoice/~1number/position is for what fills a list',
  ],
  ['a column without a name', { '/number': { from: '' } }, '/invoice/~1number/from is empty: it must be a column'],
  [
    'a document of CSV',
    { '/number': { fromDocument: 'A' } },
    '/invoice/~1number/fromDocument is for JSON: a CSV file says nothing beside its rows',
  ],
  [
    'an open brace',
    { '/number': { template: 'A {B' } },
    '/invoice/~1number/template has a { at 3 that names nothing; a brace is written {{',
  ],
  [
    'an unknown step',
    { '/number': { from: 'A', steps: ['uper'] } },
    '/invoice/~1number/steps/0 names no step: trim, squeeze, compact, upper, lower, digits, negate, absolute, date, decimal, round, shift, substring, pad, replace, split, lookup',
  ],
  [
    'an unknown step with an argument',
    { '/number': { from: 'A', steps: [{ roun: 2 }] } },
    '/invoice/~1number/steps/0/roun is unknown here; did you mean round?',
  ],
  [
    'a step without its argument',
    { '/number': { from: 'A', steps: ['round'] } },
    '/invoice/~1number/steps/0 round wants an argument',
  ],
  [
    'an argument out of bounds',
    { '/number': { from: 'A', steps: [{ round: 99 }] } },
    '/invoice/~1number/steps/0/round must be at most 12',
  ],
  [
    'a date pattern without a year',
    { '/issueDate': { from: 'A', steps: [{ date: 'DD/MM' }] } },
    '/invoice/~1issueDate/steps/0/date must name day, month and year once each: DD/MM/YYYY',
  ],
  [
    'one separator for both',
    { '/number': { from: 'A', steps: [{ decimal: { decimal: ',', grouping: ',' } }] } },
    '/invoice/~1number/steps/0/decimal has one separator for both',
  ],
  [
    'part 0',
    { '/number': { from: 'A', steps: [{ split: { by: '-', take: 0 } }] } },
    '/invoice/~1number/steps/0/split takes part 0: the first is 1, the last -1',
  ],
  [
    'an unknown table',
    { '/number': { from: 'A', steps: [{ lookup: 'types' }] } },
    '/invoice/~1number/steps/0/lookup names the table "types", which is not there; there are @units, @countries, flat, deep',
  ],
  [
    'a field of a text',
    { '/number': { from: 'A', steps: [{ lookup: { table: 'flat', field: 'x' } }] } },
    '/invoice/~1number/steps/0/lookup asks for the field "x", and "a" of flat is a text',
  ],
  [
    'no field of an entry',
    { '/number': { from: 'A', steps: [{ lookup: 'deep' }] } },
    '/invoice/~1number/steps/0/lookup must say which field: "a" of deep has x',
  ],
  [
    'a field that is not there',
    { '/number': { from: 'A', steps: [{ lookup: { table: 'deep', field: 'y' } }] } },
    '/invoice/~1number/steps/0/lookup asks for the field "y", which "a" of deep has not',
  ],
  [
    'a condition without a comparison',
    { '/number': { when: [{ if: { value: 'A' }, use: 'A' }] } },
    '/invoice/~1number/when/0/if must have exactly one comparison: is, in, exists, …',
  ],
  [
    'a comparison with no number',
    { '/number': { when: [{ if: { value: 'A', more: 'x' }, use: 'A' }] } },
    '/invoice/~1number/when/0/if/more must be a number such as "100" or "-0.5"',
  ],
  ['a sum of nothing', { '/totals/paid': { sum: 'A' } }, '/invoice/~1totals~1paid lacks "each": what to add up'],
]

const sources: readonly (readonly [title: string, source: object, problem: string])[] = [
  ['no kind', {}, '/source must be an object whose kind is "json" or "csv"'],
  ['no rows', { kind: 'csv' }, '/source lacks "rows"'],
  ['an unknown key', { ...single, delimeter: ';' }, '/source/delimeter is unknown here; did you mean delimiter?'],
  ['a long delimiter', { ...single, delimiter: '||' }, '/source/delimiter is longer than 1 characters'],
  ['a line end as delimiter', { ...single, delimiter: '\n' }, '/source has an end of line as delimiter or quote'],
  ['the delimiter as quote', { ...single, quote: ';' }, '/source/quote is the delimiter too'],
  [
    'an encoding of another kind',
    { ...single, encoding: 'latin1' },
    '/source/encoding must be one of "utf-8", "utf-16", "windows-1252"',
  ],
  [
    'one separator for both',
    { ...single, decimal: ',', grouping: ',' },
    '/source/grouping is the decimal separator too',
  ],
  [
    'dates without a day',
    { ...single, dates: 'MM/YYYY' },
    '/source/dates must name day, month and year once each: DD/MM/YYYY',
  ],
  ['columns of no kind', { ...single, columns: 'none' }, '/source/columns must be "header", "numbers" or names'],
  [
    'a name where columns have numbers',
    { ...single, columns: 'numbers' },
    '/invoice/~1number must be a column number: #1, #2, …, and is "A"',
  ],
  [
    'a name that is none of the columns',
    { ...single, columns: ['B', 'AB'] },
    '/invoice/~1number names the column "A", which is none of those; did you mean B?',
  ],
  [
    'records with a header',
    { kind: 'csv', rows: { kind: 'records', type: '#1', invoice: 'H' } },
    '/source/columns must be "numbers" or the names by type of row: rows of several types have no header',
  ],
]

/** Rows of types, in these columns. */
function typed(columns: object): readonly string[] {
  return problemsOf({
    mapping: 1,
    source: { kind: 'csv', columns, rows: { kind: 'records', type: 'type', invoice: 'H' } },
    invoice: { '/number': 'no' },
  })
}

describe('readMapping', () => {
  it.each(targets)('refuses %s', (_, invoice, problem) => {
    expect(problemsOf(csvMapping(invoice, { tables: { flat: { a: 'b' }, deep: { a: { x: 'b' } } } }))).toEqual([
      problem,
    ])
  })

  it.each(sources)('refuses a source with %s', (_, source, problem) => {
    expect(problemsOf({ mapping: 1, source, invoice: { '/number': 'A' } })).toEqual([problem])
  })

  it('refuses a loop over the type that begins an invoice', () => {
    const source = { kind: 'csv', columns: 'numbers', rows: { kind: 'records', type: '#1', invoice: 'H' } }
    expect(problemsOf({ mapping: 1, source, invoice: { '/lines': { each: 'H', fields: { '/id': '#2' } } } })).toEqual([
      '/invoice/~1lines/each is the type that begins an invoice: there is one row H',
    ])
  })

  it('refuses a type of row that stands in another place for each type, or in none', () => {
    expect(typed({ H: ['type', 'no'], L: ['qty', 'type'] })).toEqual([
      '/source/rows/type stands in another place for each type of row',
    ])
    expect(typed({ H: ['type', 'no'], L: ['typ'] })).toContain(
      '/source/rows/type names the column "type", which is none of those of rows L; did you mean typ?',
    )
  })

  it('refuses a column that rows of its type do not have', () => {
    const columns = { H: ['type', 'no'], L: ['type', 'qty'] }
    const source = { kind: 'csv', columns, rows: { kind: 'records', type: 'type', invoice: 'H' } }
    expect(
      problemsOf({
        mapping: 1,
        source,
        invoice: { '/number': 'no', '/lines': { each: 'L', fields: { '/id': 'no' } } },
      }),
    ).toEqual(['/invoice/~1lines/fields/~1id names the column "no", which is none of those of rows L'])
  })

  it('refuses another version, a table that claims to be built in, and mixed expectations', () => {
    const sound = csvMapping({ '/number': 'A' })
    expect(problemsOf({ ...sound, mapping: 2 })).toEqual(['/mapping must be one of 1'])
    expect(problemsOf({ ...sound, tables: { '@own': { a: 'b' } } })).toEqual([
      '/tables/@own begins with @, as built-in tables do',
    ])
    expect(problemsOf({ ...sound, samples: [{ source: 'A\n1', expect: { '/number': '1', lines: [] } }] })).toEqual([
      '/samples/0/expect/0 mixes JSON pointers with keys of the model',
    ])
  })

  it.each([null, 1, 'text', [], {}])('refuses %j', json => {
    expect(problemsOf(json).length).toBeGreaterThan(0)
  })

  it('refuses what is nested deeper than anybody writes', () => {
    let condition: object = { value: 'A', is: 'x' }
    for (let depth = 0; depth < 50; depth++) condition = { not: condition }
    const [problem] = problemsOf(csvMapping({ '/number': { when: [{ if: condition, use: 'A' }] } }))
    expect(problem).toMatch(/is nested deeper than 40 levels$/)
  })

  it('lists a hundred problems and no more', () => {
    const invoice = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`/x${index}`, 'A']))
    expect(problemsOf(csvMapping(invoice))).toHaveLength(100)
  })

  it('refuses more expressions than anybody writes', () => {
    const first = Array.from({ length: 50 }, () => ({ first: Array.from({ length: 50 }, () => 'A') }))
    expect(problemsOf(csvMapping({ '/number': { first }, '/dueDate': { first } }))).toEqual([
      '/invoice has more than 5000 expressions',
    ])
  })

  it('has no way to the prototype of anything', () => {
    expect(problemsOf(csvMapping({ '/__proto__/x': 'A' }))).toHaveLength(1)
    expect(problemsOf(csvMapping({ '/constructor': 'A' }))).toHaveLength(1)
    expect(
      problemsOf(
        JSON.parse(
          '{"mapping":1,"__proto__":{},"source":{"kind":"csv","rows":{"kind":"single"}},"invoice":{"/number":"A"}}',
        ),
      ),
    ).toEqual(['/__proto__ is unknown here'])
  })

  it('reads the text of a file, with its byte order mark', () => {
    expect(parseMapping(`\uFEFF${JSON.stringify(csvMapping({ '/number': 'A' }))}`)).toHaveProperty('mapping')
    expect(parseMapping('{')).toMatchObject({
      problems: [{ pointer: '', message: expect.stringMatching(/^is no JSON: /) as string }],
    })
  })

  it('knows its name and its samples', () => {
    const { name, samples } = mappingOf({
      ...csvMapping({ '/number': 'A' }),
      name: 'M',
      samples: [{ source: 'A\n1', expect: [{ number: '1' }] }],
    })
    expect([name, samples]).toEqual([
      'M',
      [{ name: 'sample 1', source: { text: 'A\n1' }, expect: [{ kind: 'whole', json: { number: '1' } }] }],
    ])
  })
})
