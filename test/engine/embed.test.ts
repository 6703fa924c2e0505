import PDFKitDocument from 'pdfkit'
import { buffer } from 'node:stream/consumers'
import { afterAll, describe, expect, it } from 'vitest'
import { openEngine } from '../../src/engine/index.ts'
import { systemClock } from '../../src/kernel/index.ts'
import { readCii } from '../../src/wire/invoice/index.ts'
import { invoiceUbl } from '../support/invoices.ts'
import { png } from '../support/png.ts'

const engine = openEngine({
  rulesFolder: 'none',
  clock: systemClock,
  threads: { count: 1, secondsMax: 60, megabytesMax: 512 },
  threadedFrom: 1_000_000,
})
afterAll(() => engine[Symbol.asyncDispose]())

const facts = { number: 'F-77', seller: '0225:391838042', buyer: '0225:732829320' }
const invoice = invoiceUbl(facts)

function threadedEngine(): ReturnType<typeof openEngine> {
  return openEngine({
    rulesFolder: 'none',
    clock: systemClock,
    threads: { count: 1, secondsMax: 60, megabytesMax: 512 },
    threadedFrom: 0,
  })
}

async function octetsOf(to: 'pdf' | 'facturx', document: Buffer): Promise<Buffer> {
  const conversion = await engine.convert(document, to)
  if (conversion.kind !== 'converted') throw new Error(JSON.stringify(conversion.findings))
  return conversion.octets
}

async function plainPdf(): Promise<Buffer> {
  const document = new PDFKitDocument({ pdfVersion: '1.7' })
  document.end()
  return await buffer(document)
}

describe('a PDF/A that somebody brings', () => {
  it('becomes a Factur-X of the invoice, with its own pages', async () => {
    // Pages of another number, so that it can be told whose they are.
    const pages = await octetsOf('pdf', invoiceUbl({ ...facts, number: 'F-78' }))
    const conversion = await engine.convert(invoice, 'facturx', { into: pages })
    if (conversion.kind !== 'converted') throw new Error(JSON.stringify(conversion.findings))
    const opened = await engine.open(conversion.octets)
    expect(opened).toMatchObject({ kind: 'invoice', syntax: 'facturx', invoice: { number: 'F-77' } })
    expect('xml' in opened && readCii(opened.xml ?? Buffer.alloc(0))).toHaveProperty('invoice')
    expect(conversion.octets.length).not.toBe((await octetsOf('facturx', invoice)).length)
  })

  it.each<[string, () => Promise<Buffer>, string]>([
    ['is no PDF/A', plainPdf, 'pdf.not-pdf-a'],
    ['is a Factur-X already', () => octetsOf('facturx', invoice), 'pdf.already-invoice'],
    ['is no PDF', async () => Buffer.from('hello'), 'pdf.not-a-pdf'],
  ])('is refused when it %s', async (_, make, rule) => {
    const conversion = await engine.convert(invoice, 'facturx', { into: await make() })
    expect(conversion).toMatchObject({ kind: 'unreadable', findings: [{ rule, severity: 'fatal' }] })
  })

  it('goes the same way when the invoice is so large that a thread works on it', async () => {
    await using threaded = threadedEngine()
    const conversion = await threaded.convert(invoice, 'facturx', { into: await octetsOf('pdf', invoice) })
    expect(conversion.kind).toBe('converted')
  })
})

describe('a logo', () => {
  it('is shown alike when the invoice is so large that a thread works on it', async () => {
    await using threaded = threadedEngine()
    const options = { branding: { logo: png() } }
    const here = await engine.convert(invoice, 'html', options)
    expect(here).toMatchObject({ kind: 'converted' })
    expect(String('octets' in here && here.octets)).toContain('data:image/png;base64,')
    expect(await threaded.convert(invoice, 'html', options)).toEqual(here)
    expect(await threaded.convert(invoice, 'pdf', options)).toMatchObject({ kind: 'converted' })
  })
})
