import { describe, expect, it } from 'vitest'
import { type Entry, invoiceFields, readDocument, readInvoice } from '../../../src/wire/invoice/index.ts'
import { frenchNameOf } from '../../../src/wire/invoice/term-names-french.ts'
import { filled } from '../../../src/wire/invoice/text.ts'
import { texts } from '../../../src/wire/invoice/texts.ts'
import { sample } from './sample.ts'

function* entries(fields: Readonly<Record<string, Entry>>): Generator<Entry> {
  for (const entry of Object.values(fields)) {
    yield entry
    if (entry.shape !== 'leaf') yield* entries(entry.fields)
  }
}

function placeholders(text: string): Set<string> {
  return new Set(text.match(/\{\w+\}/g))
}

describe('the texts of findings', () => {
  it.each(Object.entries(texts))('%s stands in both languages with the same placeholders', (_key, { en, fr }) => {
    expect(en).not.toBe('')
    expect(fr).not.toBe('')
    expect(fr).not.toBe(en)
    expect(placeholders(fr)).toEqual(placeholders(en))
  })

  it('are filled in, values of both languages each with its own', () => {
    const text = { en: '{a} is {b}', fr: '{a} : {b}' }
    const values = { a: { en: 'it', fr: 'cela' }, b: '1' }
    expect([filled(text, 'en', values), filled(text, 'fr', values)]).toEqual(['it is 1', 'cela : 1'])
  })

  it('name every business term in French', () => {
    const nameless = [...entries(invoiceFields)].filter(({ term, name }) => frenchNameOf(term, name) === undefined)
    expect(nameless.map(({ term, name }) => `${term} ${name}`)).toEqual([])
  })

  it('speak the language that is asked for, English by default', () => {
    const json = sample(invoice => delete invoice.number)
    const messageOf = (options?: Parameters<typeof readInvoice>[1]) => {
      const reading = readInvoice(json, options)
      return 'findings' in reading ? reading.findings.map(({ message }) => message) : []
    }
    expect(messageOf()).toEqual(['Invoice number (BT-1) is missing'])
    expect(messageOf({ language: 'fr' })).toEqual(['Numéro de facture (BT-1) : cette information est obligatoire'])
  })

  it('say in French what is wrong with a document that cannot be read', () => {
    const reading = readDocument(Buffer.from('<x/>'), { language: 'fr' })
    expect('findings' in reading && reading.findings.map(({ message }) => message)).toEqual([
      'Le document n’est ni une facture ou un avoir UBL ni une facture CII : sa racine est {}x',
    ])
  })
})
