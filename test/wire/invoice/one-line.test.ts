import { describe, expect, it } from 'vitest'
import { readDocument, readInvoice, writeCii, writeUbl } from '../../../src/wire/invoice/index.ts'
import { invoiceCii, invoiceJson, invoiceUbl } from '../../support/invoices.ts'

const facts = { number: 'F-1', seller: '0225:391838042', buyer: '0225:732829320' }

function numberIn(document: Buffer, written: string): string {
  const reading = readDocument(Buffer.from(String(document).replace('>F-1<', `>${written}<`)))
  if ('findings' in reading) throw new Error(JSON.stringify(reading.findings))
  return reading.invoice.number
}

/* xsd:normalizedString and xsd:token: what a reader of the schema sees. */

describe('an identifier', () => {
  it.each([
    ['F\n1', 'F 1', 'F 1'],
    ['F\r\n1', 'F 1', 'F 1'],
    ['F&#13;&#10;1', 'F  1', 'F 1'],
    ['F\t 1', 'F  1', 'F 1'],
    ['F  1', 'F  1', 'F 1'],
    ['\n F-2 \n', 'F-2', 'F-2'],
  ])('written as %j is read on one line', (written, inUbl, inCii) => {
    expect(numberIn(invoiceUbl(facts), written)).toBe(inUbl)
    expect(numberIn(invoiceCii(facts), written)).toBe(inCii)
  })

  it('in an attribute is read on one line', () => {
    const ubl = String(invoiceUbl(facts)).replace(/schemeID="0225"/, 'schemeID="02&#10;25"')
    const reading = readDocument(Buffer.from(ubl))
    expect('invoice' in reading && reading.invoice.seller.endpoint?.scheme).toBe('02 25')
  })
})

describe('a text', () => {
  it('has as many lines in JSON, UBL and CII as it likes', () => {
    const notes = [{ text: 'one\ntwo\tthree  four' }]
    const given = { ...invoiceJson(facts), notes, paymentTerms: 'a\nb', buyerReference: 'c\nd' }
    const reading = readInvoice(given)
    if ('findings' in reading) throw new Error(JSON.stringify(reading.findings))
    for (const written of [writeUbl(reading.invoice), writeCii(reading.invoice)]) {
      const back = readDocument(written)
      const { notes: read, paymentTerms, buyerReference } = 'invoice' in back ? back.invoice : {}
      expect({ notes: read, paymentTerms, buyerReference }).toEqual({
        notes,
        paymentTerms: 'a\nb',
        buyerReference: 'c\nd',
      })
    }
  })
})
