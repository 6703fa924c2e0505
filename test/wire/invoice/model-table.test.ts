import { expect, it } from 'vitest'
import type { Entry, Group } from '../../../src/wire/invoice/table.ts'
import { invoiceFields } from '../../../src/wire/invoice/terms.ts'

/** Made from the table of terms: `vitest run test/wire/invoice/model-table.test.ts -u` writes it again. */
const path = '../../../docs/invoice-model.md'

function rowsOf(fields: Group['fields'], around: string): string[] {
  const rows: string[] = []
  for (const [key, entry] of Object.entries(fields)) {
    const field = `${around}${key}${entry.shape === 'many' ? '[]' : ''}`
    rows.push(rowOf(field, entry))
    if (entry.shape !== 'leaf') rows.push(...rowsOf(entry.fields, `${field}.`))
  }
  return rows
}

function rowOf(field: string, entry: Entry): string {
  const { term, name, ubl, creditNote, cii } = entry
  const inUbl = creditNote === undefined ? code(ubl) : `${code(ubl)}; credit note: ${code(creditNote)}`
  return `| \`${field}\` | ${term} | ${name}${noteOf(entry)} | ${inUbl} | ${code(cii)} |`
}

function noteOf(entry: Entry): string {
  const notes = [
    entry.derived === undefined ? '' : 'computed when left out',
    entry.missing?.replace('value.missing', 'demanded') ?? '',
    entry.shape === 'leaf' && entry.codes !== undefined ? entry.codes.rule : '',
  ].filter(note => note !== '')
  return notes.length === 0 ? '' : ` (${notes.join(', ')})`
}

function code(place: string): string {
  return place === '' ? '–' : `\`${place.replaceAll('|', String.raw`\|`)}\``
}

it('the page about the model says what the table of terms says', async () => {
  const page = `# The invoice as JSON, UBL and CII

Every field of the JSON form, its business term in EN 16931-1 or EXTENDED-CTC-FR (EXT-FR-FE), the rule that demands it or its code list, and
where it stands in UBL 2.1 and CII. Places are relative to the group around; \`.\` is the group's own element, \`/\` begins at the root,
\`[…]\` is a condition, and of several places the first that fits is written. The JSON Schema is at \`/api/v1/openapi.json\`.

Amounts are strings or JSON numbers with up to 15 digits, dates \`YYYY-MM-DD\`, files base64. A line that is part of another one names it in
\`parentId\`; its \`kind\` is \`DETAIL\`, \`GROUP\` (sums up its parts) or \`INFORMATION\`, and only details, and lines without a kind, count in the
totals.

| field | term | name | UBL | CII |
| --- | --- | --- | --- | --- |
${rowsOf(invoiceFields, '').join('\n')}
`
  await expect(page).toMatchFileSnapshot(path)
})
