import { describe, expect, it } from 'vitest'
import { type Names, languageOf, languages } from '../../../src/wire/view/language.ts'
import { labels } from '../../../src/wire/view/labels.ts'
import * as documents from '../../../src/wire/view/names-document.ts'
import * as items from '../../../src/wire/view/names-item.ts'
import { viewOf } from '../../../src/wire/view/index.ts'
import * as lists from '../../../src/wire/invoice/code-lists.ts'

const tables: Readonly<Record<string, Names>> = {
  labels,
  documentTypes: documents.documentTypes,
  vatCategories: documents.vatCategories,
  vatPoints: documents.vatPoints,
  operations: documents.operations,
  paymentMeans: documents.paymentMeans,
  units: items.units,
  noteSubjects: items.noteSubjects,
  allowanceReasons: items.allowanceReasons,
  chargeReasons: items.chargeReasons,
  exemptionReasons: items.exemptionReasons,
}

describe('the words of a view', () => {
  it.each(Object.entries(tables))('are there in six languages: %s', (_, table) => {
    for (const [key, words] of Object.entries(table)) {
      expect(words, key).toHaveLength(languages.length)
      for (const each of words) expect(each, key).toMatch(/^\S(.*\S)?$/u)
    }
  })

  it.each([
    ['documentTypes', lists.invoiceTypes.union(lists.creditNoteTypes)],
    ['vatCategories', lists.vatCategories],
    ['vatPoints', lists.vatPointDates],
    ['paymentMeans', lists.paymentMeans],
    ['units', lists.units],
    ['noteSubjects', lists.noteSubjects],
    ['allowanceReasons', lists.allowanceReasons],
    ['chargeReasons', lists.chargeReasons],
    ['exemptionReasons', lists.exemptionReasons],
  ] as const)('are of codes that the standard has: %s', (name, list) => {
    expect(Object.keys(tables[name] ?? {}).filter(code => !list.has(code))).toEqual([])
  })

  it('name every type of document of the French reform and every VAT category', () => {
    const french = '380 389 393 501 386 500 384 471 472 473 261 262 381 396 502 503'.split(' ')
    expect(french.filter(code => !(code in documents.documentTypes))).toEqual([])
    expect([...lists.vatCategories].filter(code => !(code in documents.vatCategories))).toEqual([])
  })

  it('are in the language of the seller’s country, unless another is asked for', () => {
    const countries = ['FR', 'BE', 'LU', 'DE', 'AT', 'CH', 'IT', 'ES', 'NL', 'GB', 'SE', undefined]
    expect(countries.map(languageOf)).toEqual('fr fr fr de de de it es nl en en en'.split(' '))
    const invoice = { typeCode: '386', seller: { address: { country: 'DE' } } }
    expect(viewOf(invoice)).toMatchObject({ language: 'de', title: 'Anzahlungsrechnung' })
    expect(viewOf(invoice, { language: 'nl' })).toMatchObject({ language: 'nl', title: 'Voorschotfactuur' })
  })

  it.each([
    ['380', 'Facture'],
    ['381', 'Avoir'],
    ['384', 'Facture rectificative'],
    ['386', 'Facture d’acompte'],
    ['389', 'Autofacture'],
    ['71', 'Facture (71)'],
    ['532', 'Avoir (532)'],
    ['toString', 'Facture (toString)'],
  ])('entitle a document of type %s %s', (typeCode, title) => {
    expect(viewOf({ typeCode }, { language: 'fr' }).title).toBe(title)
  })
})
