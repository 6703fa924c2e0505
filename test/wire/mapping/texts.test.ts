import { describe, expect, it } from 'vitest'
import { MappingRun, applyMapping, readMapping } from '../../../src/wire/mapping/index.ts'
import { say, texts } from '../../../src/wire/mapping/texts.ts'

const placeholders = (text: string): readonly string[] => (text.match(/\{\w+\}/g) ?? []).toSorted()

describe('the texts of a mapping report', () => {
  it.each(Object.entries(texts))('%s are in both languages, of the same values', (_key, { en, fr }) => {
    expect(en).not.toBe('')
    expect(fr).not.toBe(en)
    expect(placeholders(fr)).toEqual(placeholders(en))
  })

  it('have their values filled in, each in its language', () => {
    expect(say('vat-id.missing', { party: texts.buyer })).toEqual({
      en: 'the buyer has no VAT identifier',
      fr: "l'acheteur n'a pas de numéro de TVA",
    })
  })
})

const mapping = {
  mapping: 1,
  source: {
    kind: 'csv',
    delimiter: ';',
    rows: { kind: 'grouped', key: ['No'] },
    dates: 'DD/MM/YYYY',
    decimal: ',',
  },
  invoice: {
    '/number': 'No',
    '/issueDate': 'Date',
    '/currency': { constant: 'EUR' },
    '/seller/name': { constant: 'A' },
    '/seller/address/country': { constant: 'FR' },
    '/buyer/name': 'Client',
    '/lines': { each: 'rows', fields: { '/id': { position: true }, '/quantity': 'Qty', '/unit': 'Unit' } },
  },
}

describe('a report', () => {
  it('is in French from the place to the rule', async () => {
    const read = readMapping(mapping)
    if (!('mapping' in read)) throw new Error(JSON.stringify(read.problems))
    const source = Buffer.from('No;Date;Client;Qty;Unit\n1;3.11.2026;B;x;heure\n1;3.11.2026;C;1;HUR\n')
    const run = new MappingRun('2026-11-21', 'fr')
    const places: string[] = []
    for await (const invoice of applyMapping(read.mapping, source, 'fr')) places.push(run.add(invoice).place)
    expect(places).toEqual(['lignes 2 à 3'])
    const messages = run.report().entries.map(({ message }) => message)
    expect(messages).toEqual(
      expect.arrayContaining([
        '"3.11.2026" n\'est pas une date de la forme DD/MM/YYYY',
        '"x" n\'est pas un nombre dont le séparateur décimal est ,',
        "le vendeur n'a pas de numéro de TVA",
        expect.stringMatching(/^"heure" n'est pas une unité .* en fait HUR/),
        expect.stringMatching(/\(BT-146\)/),
      ]),
    )
    expect(messages.filter(message => /\b(?:the|is|must|has)\b/.test(message))).toEqual([])
  })
})
