import { describe, expect, it } from 'vitest'
import { readDocument } from '../../../src/wire/invoice/index.ts'
import { parseXml } from '../../../src/wire/xml/index.ts'
import { invoiceCii, invoiceUbl } from '../../support/invoices.ts'
import { type Imported, engine } from './engine.ts'

const facts = { number: 'F-1', seller: '0225:391838042', buyer: '0225:732829320' }
const ubl = invoiceUbl(facts)
const payableWrong = Buffer.from(String(ubl).replace(/(<cbc:PayableAmount[^>]*>)[^<]*/, '$11.00'))

async function appraise(document: Buffer, imported?: Imported) {
  const { documents } = engine(imported)
  let fetched = 0
  const appraisal = await documents.appraise(parseXml(document).root, async () => {
    fetched++
    return document
  })
  return { ...appraisal, fetched, validated: await documents.validate(document) }
}

describe('the appraisal of a received invoice', () => {
  it.each([
    ['UBL', ubl],
    ['CII', invoiceCii(facts)],
    ['UBL that breaks a rule', payableWrong],
  ])('says what validate says, and what the document is: %s', async (_, document) => {
    const { reading, verdict, fetched, validated } = await appraise(document)
    expect(verdict).toEqual(validated)
    expect(fetched).toBe(0)
    expect('invoice' in reading && reading.invoice).toEqual(
      (readDocument(document) as { readonly invoice: unknown }).invoice,
    )
  })

  it('finds fault with an invoice that can be read all the same', async () => {
    const { reading, verdict } = await appraise(payableWrong)
    expect('invoice' in reading).toBe(true)
    expect(verdict).toMatchObject({ valid: false, packs: [] })
    expect(verdict.findings.map(({ rule }) => rule)).toContain('BR-CO-16')
  })

  it('fetches the octets when an imported schema judges', async () => {
    const schema = { name: 'ubl@2.1', problems: [{ line: 2, message: 'no such element' }] }
    const { verdict, fetched, validated } = await appraise(ubl, { schema })
    expect(fetched).toBe(1)
    expect(verdict).toMatchObject({ valid: false, packs: ['ubl@2.1'] })
    expect(verdict).toEqual(validated)
  })

  it('has no invoice where there is none to read', async () => {
    const { reading, verdict } = await appraise(Buffer.from('<Invoice xmlns="urn:other"/>'))
    expect('findings' in reading).toBe(true)
    expect(verdict.valid).toBe(false)
  })
})
