import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import PDFKitDocument from 'pdfkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { importPacks } from '../../src/adapters/rules/index.ts'
import { openEngine } from '../../src/engine/index.ts'
import { systemClock } from '../../src/kernel/index.ts'
import type { Verdict } from '../../src/services/documents/index.ts'
import { invoiceCii, invoiceUbl } from '../support/invoices.ts'
import { hasSharedData, itShared, sharedPath } from '../support/shared.ts'

/* What strangers send, through the whole engine: with nothing imported, and with the official schema and rules. */

const folder = mkdtempSync(join(tmpdir(), 'passerelle-bad-input-'))
const facts = { number: 'F-1', seller: '0225:391838042', buyer: '0225:732829320' }
const ubl = String(invoiceUbl(facts))

function engineOn(rulesFolder: string): ReturnType<typeof openEngine> {
  return openEngine({
    rulesFolder,
    clock: systemClock,
    threads: { count: 1, secondsMax: 60, megabytesMax: 1024 },
    threadedFrom: 1024 * 1024,
  })
}

const bare = engineOn(join(folder, 'none'))
const official = engineOn(join(folder, 'official'))
afterAll(() => Promise.all([bare[Symbol.asyncDispose](), official[Symbol.asyncDispose]()]))

beforeAll(async () => {
  if (!hasSharedData) return
  for (const path of ['en16931/schematron', 'en16931/xsd/ubl-2.1', 'peppol-bis/3.0.21']) {
    await importPacks(join(folder, 'official'), sharedPath(path), {})
  }
}, 60_000)

/** Rules that make it invalid, each once, in order. */
function broken({ findings }: Verdict): readonly string[] {
  return [
    ...new Set(findings.filter(({ severity }) => severity === 'fatal' || severity === 'error').map(({ rule }) => rule)),
  ]
}

interface Bad {
  readonly title: string
  readonly document: string
  /** What the model alone says, and what schema and packs say. */
  readonly model: readonly string[]
  readonly official: readonly string[]
}

const value = (element: string, text: string): string =>
  ubl.replace(new RegExp(`(<cbc:${element}[^>]*>)[^<]*`), `$1${text}`)

const inputs: readonly Bad[] = [
  {
    title: 'a document type',
    document: ubl.replace('<Invoice', '<!DOCTYPE Invoice [<!ENTITY a SYSTEM "file:///etc/passwd">]><Invoice'),
    model: ['xml'],
    official: ['xml'],
  },
  {
    title: 'another root',
    document: '<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>',
    model: ['document.root'],
    official: ['document.root'],
  },
  {
    title: 'the root of an invoice in another namespace',
    document: ubl.replace('ubl:schema:xsd:Invoice-2', 'ubl:schema:xsd:Invoice-3'),
    model: ['document.root'],
    official: ['document.root'],
  },
  {
    title: 'elements of another namespace among its own',
    document: ubl.replace('<cbc:ID>F-1</cbc:ID>', '<x:ID xmlns:x="urn:x">F-1</x:ID>'),
    model: ['BR-02'],
    official: ['xsd', 'BR-02'],
  },
  {
    title: 'two values where one is allowed',
    document: ubl.replace('<cbc:IssueDate>', '<cbc:ID>F-2</cbc:ID><cbc:IssueDate>'),
    model: ['ubl.structure'],
    official: ['xsd'],
  },
  {
    title: 'letters as an amount',
    document: value('PayableAmount', 'abc'),
    model: ['value.amount'],
    official: ['xsd'],
  },
  {
    title: 'a number that XPath knows and invoices do not',
    document: value('PayableAmount', 'INF'),
    model: ['value.amount'],
    official: ['xsd'],
  },
  {
    title: 'a day that does not exist',
    document: value('IssueDate', '2026-02-30'),
    model: ['PEPPOL-EN16931-F001'],
    official: ['xsd', 'PEPPOL-EN16931-F001'],
  },
  {
    title: 'a currency of no list',
    document: ubl.replaceAll('EUR', 'EUX'),
    model: ['BR-CL-04'],
    official: ['BR-CL-03', 'BR-CL-04', 'PEPPOL-EN16931-CL007'],
  },
  {
    title: 'a country of no list',
    document: ubl.replace('<cbc:IdentificationCode>FR', '<cbc:IdentificationCode>XX'),
    model: ['BR-CL-14'],
    official: ['BR-CL-14'],
  },
  {
    title: 'a unit of no list',
    document: ubl.replace('unitCode="HUR"', 'unitCode="HOURS"'),
    model: ['BR-CL-23'],
    official: ['BR-CL-23'],
  },
  {
    title: 'a type of no list',
    document: value('InvoiceTypeCode', '999'),
    model: ['BR-CL-01', 'PEPPOL-EN16931-P0100'],
    official: ['BR-CL-01', 'PEPPOL-EN16931-P0100'],
  },
]

describe('bad input', () => {
  it.each(inputs)('has exact findings by the model: $title', async ({ document, model }) => {
    expect(broken(await bare.validate(Buffer.from(document)))).toEqual(model)
  })

  const withOfficial = it.skipIf(!hasSharedData).each(inputs)
  withOfficial('has exact findings by the official schema and rules: $title', async ({ document, official: rules }) => {
    expect(broken(await official.validate(Buffer.from(document)))).toEqual(rules)
  })

  itShared('says where the schema found it', async () => {
    const { findings } = await official.validate(Buffer.from(value('PayableAmount', 'abc').replaceAll('><', '>\n<')))
    expect(findings.find(({ rule }) => rule === 'xsd')).toMatchObject({
      severity: 'error',
      layer: 'xsd',
      location: '/Invoice/cac:LegalMonetaryTotal/cbc:PayableAmount',
    })
  })

  it('of a negative quantity is no finding: a line may take back', async () => {
    const negative = ubl.replace(/(<cbc:InvoicedQuantity[^>]*>)3/, '$1-3')
    expect(broken(await bare.validate(Buffer.from(negative)))).not.toContain('value.amount')
    expect(broken(await bare.validate(Buffer.from(negative)))).toEqual(['PEPPOL-EN16931-R120'])
  })
})

async function pdf(
  build: (document: PDFKit.PDFDocument) => void,
  options: PDFKit.PDFDocumentOptions = {},
): Promise<Buffer> {
  const document = new PDFKitDocument({ pdfVersion: '1.7', ...options })
  const chunks: Buffer[] = []
  document.on('data', chunk => chunks.push(chunk as Buffer))
  const ended = new Promise(resolve => document.on('end', resolve))
  build(document)
  document.end()
  await ended
  return Buffer.concat(chunks)
}

const attach = (document: PDFKit.PDFDocument, name: string, xml: Buffer): void =>
  void document.file(xml, { name, type: 'text/xml' })

describe('bad PDFs', () => {
  const cii = invoiceCii(facts)
  const other = invoiceCii({ ...facts, number: 'F-2' })

  it.each([
    ['broken', async () => Buffer.from('%PDF-1.7\nnothing of it'), 'pdf.damaged'],
    ['without an invoice', () => pdf(() => undefined), 'pdf.no-invoice'],
    [
      'with two invoices',
      () => pdf(one => (attach(one, 'factur-x.xml', cii), attach(one, 'zugferd-invoice.xml', other))),
      'pdf.two-invoices',
    ],
    [
      'with a password',
      () => pdf(one => attach(one, 'factur-x.xml', cii), { userPassword: 'secret' }),
      'pdf.encrypted',
    ],
    ['whose XML is none', () => pdf(one => attach(one, 'factur-x.xml', Buffer.from('<broken'))), 'xml'],
  ])('are one fatal finding: %s', async (_, build, rule) => {
    const verdict = await bare.validate(await build())
    expect(verdict).toMatchObject({ valid: false, findings: [{ rule, severity: 'fatal', layer: 'xsd' }] })
    expect(verdict.findings).toHaveLength(1)
  })

  it('cut off somewhere never crash the engine', async () => {
    const whole = await bare.convert(cii, 'facturx')
    if (whole.kind !== 'converted') throw new Error('not converted')
    const { octets } = whole
    for (const share of [0.02, 0.3, 0.7, 0.98]) {
      const { syntax, findings } = await bare.validate(octets.subarray(0, octets.length * share))
      // What is left may still hold the whole XML.
      expect(syntax === 'facturx' || (findings.length === 1 && findings[0]?.rule.startsWith('pdf.'))).toBe(true)
    }
  })
})

describe('a document that costs too much', () => {
  it('of time is given up and told so, and the next one is judged', async () => {
    await using impatient = openEngine({
      rulesFolder: join(folder, 'none'),
      clock: systemClock,
      threads: { count: 1, secondsMax: 0.001, megabytesMax: 512 },
      threadedFrom: 10_000,
    })
    const many = invoiceUbl({ ...facts, lines: 3000 })
    const told = { rule: 'document.time', severity: 'fatal' }
    expect(await impatient.validate(many)).toMatchObject({ valid: false, findings: [told] })
    expect(await impatient.survey(many)).toEqual({ kind: 'unreadable', findings: [expect.objectContaining(told)] })
    expect(await impatient.convert(many, 'cii')).toMatchObject({ kind: 'unreadable', findings: [told] })
    expect(await impatient.files(many)).toMatchObject({ files: [], findings: [told] })
    expect(await impatient.validate(Buffer.from(ubl))).toMatchObject({ valid: true })
  })

  it('of memory is given up and told so', async () => {
    await using poor = openEngine({
      rulesFolder: join(folder, 'none'),
      clock: systemClock,
      threads: { count: 1, secondsMax: 60, megabytesMax: 48 },
      threadedFrom: 10_000,
    })
    const told = { rule: 'document.memory', severity: 'fatal' }
    expect(await poor.validate(invoiceUbl({ ...facts, lines: 10_000 }))).toMatchObject({
      valid: false,
      findings: [told],
    })
  })

  it('is judged in a thread as it is here, when the budget allows', async () => {
    const many = invoiceUbl({ ...facts, lines: 2500 })
    expect(many.length).toBeGreaterThan(1024 * 1024)
    expect(await bare.validate(many)).toMatchObject({ syntax: 'ubl', valid: true, packs: [] })
    expect(await bare.survey(many)).toMatchObject({
      kind: 'invoice',
      summary: { number: 'F-1' },
      verdict: { valid: true },
    })
    const converted = await bare.convert(many, 'cii')
    expect(converted.kind === 'converted' && converted.octets.equals(invoiceCii({ ...facts, lines: 2500 }))).toBe(true)
    expect(await bare.files(many)).toEqual({ syntax: 'ubl', files: [], findings: [] })
    await expect(bare.validate(many, { packs: ['none'] })).rejects.toMatchObject({ code: 'unknown-pack' })
  })
})
