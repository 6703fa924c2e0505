import { describe, expect, it } from 'vitest'
import { customizationOf, facturxProfileOf, facturxProfiles, relationshipsOf } from '../../../src/wire/facturx/index.ts'
import { termsOf } from '../../../src/wire/facturx/profiles.ts'
import { type Entry, invoiceFields } from '../../../src/wire/invoice/index.ts'

function leafTerms(fields: Readonly<Record<string, Entry>>): string[] {
  return Object.values(fields).flatMap(entry => (entry.shape === 'leaf' ? [entry.term] : leafTerms(entry.fields)))
}

const modelTerms = new Set(leafTerms(invoiceFields).map(term => term.replace(/^(BT-\d+)-\d+$/v, '$1')))

describe('the profiles of Factur-X', () => {
  it('are five, from the poorest to the richest', () => {
    expect(facturxProfiles).toEqual(['MINIMUM', 'BASIC WL', 'BASIC', 'EN 16931', 'EXTENDED'])
  })

  it('have each its own value of BT-24', () => {
    expect(facturxProfiles.map(customizationOf)).toEqual([
      'urn:factur-x.eu:1p0:minimum',
      'urn:factur-x.eu:1p0:basicwl',
      'urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic',
      'urn:cen.eu:en16931:2017',
      'urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended',
    ])
  })

  it.each(facturxProfiles)('are told by BT-24: %s', profile => {
    expect(facturxProfileOf(customizationOf(profile))).toBe(profile)
  })

  it.each([
    ['urn:zugferd.de:2p0:minimum', 'MINIMUM'],
    ['urn:cen.eu:en16931:2017#compliant#urn:zugferd.de:2p0:basic', 'BASIC'],
    ['urn:cen.eu:en16931:2017#conformant#urn:zugferd.de:2p0:extended', 'EXTENDED'],
    ['urn:cen.eu:en16931:2017#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr', undefined],
    ['urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0', undefined],
    ['', undefined],
    ['constructor', undefined],
  ])('are told by BT-24 of others: %s is %s', (customization, profile) => {
    expect(facturxProfileOf(customization)).toBe(profile)
  })

  it('say each what the poorer ones say, and only terms of the model', () => {
    const [minimum, basicWl, basic, en16931, extended] = facturxProfiles.map(profile => termsOf(profile))
    expect([minimum?.size, basicWl?.size, basic?.size]).toEqual([19, 104, 126])
    for (const [poorer, richer] of [
      [minimum, basicWl],
      [basicWl, basic],
      [basic, en16931],
      [en16931, modelTerms],
    ]) {
      expect(poorer?.isSubsetOf(richer ?? new Set())).toBe(true)
    }
    expect(extended).toBeUndefined()
  })

  it('say in EN 16931 every business term of the standard', () => {
    const standard = [...modelTerms].filter(term => term.startsWith('BT-') && !term.startsWith('BT-X'))
    expect(standard.filter(term => termsOf('EN 16931')?.has(term) !== true)).toEqual([])
  })

  it('allow the XML to be more than data where it is an invoice', () => {
    expect(facturxProfiles.map(profile => relationshipsOf(profile))).toEqual([
      ['Data'],
      ['Data'],
      ['Alternative', 'Source', 'Data'],
      ['Alternative', 'Source', 'Data'],
      ['Alternative', 'Source', 'Data'],
    ])
  })

  it('are written with a relationship that every country allows', () => {
    for (const profile of facturxProfiles) {
      expect(relationshipsOf(profile, 'DE')).toContain(relationshipsOf(profile)[0])
    }
  })
})
