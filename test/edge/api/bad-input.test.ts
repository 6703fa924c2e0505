import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { apiDoor } from '../../../src/edge/api/index.ts'
import { openEngine } from '../../../src/engine/index.ts'
import { systemClock } from '../../../src/kernel/index.ts'
import { invoiceUbl } from '../../support/invoices.ts'
import { ask, serve } from '../serve.ts'
import { conforms } from './described.ts'
import { scripted } from './scripted.ts'

/* What strangers post, through the door and the whole engine behind it. */

const documents = openEngine({
  rulesFolder: join(mkdtempSync(join(tmpdir(), 'passerelle-api-bad-')), 'none'),
  clock: systemClock,
  threads: { count: 1, secondsMax: 60, megabytesMax: 1024 },
  threadedFrom: 1024 * 1024,
})
afterAll(() => documents[Symbol.asyncDispose]())

const ubl = String(invoiceUbl({ number: 'F-1', seller: '0225:391838042', buyer: '0225:732829320' }))
const file = (content: string): string =>
  ubl.replace(
    '<cac:AccountingSupplierParty>',
    `<cac:AdditionalDocumentReference><cbc:ID>A</cbc:ID><cac:Attachment><cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf" filename="a.pdf">${content}</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference><cac:AccountingSupplierParty>`,
  )

const inputs: readonly (readonly [title: string, body: string | Buffer, rules: readonly string[]])[] = [
  ['nothing', '', ['document.empty']],
  ['noise', Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256)), ['document.format']],
  ['a document type', ubl.replace('<Invoice', '<!DOCTYPE Invoice><Invoice'), ['xml']],
  ['elements in elements without end', '<a>'.repeat(100_000), ['xml']],
  ['UTF-16', Buffer.from(`\uFEFF${ubl}`, 'utf16le'), ['xml']],
  ['a PDF that is none', '%PDF-1.7', ['pdf.damaged']],
  ['letters as an amount', ubl.replace(/(<cbc:PayableAmount[^>]*>)[^<]*/, '$1abc'), ['value.amount']],
  ['half of a JSON', '{"number": "F-1"', ['json']],
  ['arrays in arrays without end', '['.repeat(100_000), ['json']],
  ['a number as a JSON', '[1]', ['json.type']],
  ['20 MB in one file', file('JVBE'.repeat(5 * 1024 * 1024)), []],
]

describe('bad input through the API', () => {
  it.each(inputs)('is a verdict with exact findings, and refused by a conversion: %s', async (_, body, rules) => {
    await using served = await serve(apiDoor({ ...scripted({ bodyOctetsMax: 30_000_000 }), documents }))
    const judged = await ask(served.url, '/api/v1/validations', { method: 'POST', body })
    const { findings } = conforms(judged, '/validations', 'post') as { findings: { rule: string; severity: string }[] }
    const broken = findings.filter(({ severity }) => severity === 'fatal').map(({ rule }) => rule)
    expect([judged.status, [...new Set(broken)].slice(0, 1)]).toEqual([200, rules])
    const converted = await ask(served.url, '/api/v1/conversions?to=cii', { method: 'POST', body })
    expect(converted.status).toBe(rules.length === 0 ? 200 : 422)
    conforms(converted, '/conversions', 'post')
    expect(served.log.events.filter(({ level }) => level === 'error')).toEqual([])
  })
})
