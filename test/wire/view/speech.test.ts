import { describe, expect, it } from 'vitest'
import { languages } from '../../../src/wire/view/index.ts'
import { Speech } from '../../../src/wire/view/speech.ts'
import { decimal } from '../../support/decimal.ts'

const french = new Speech('fr', 'EUR')

describe('amounts and dates', () => {
  it('are in the manner of each language', () => {
    const said = languages.map(language => new Speech(language, 'EUR'))
    expect(said.map(speech => speech.amount(decimal('-1234.5')))).toEqual([
      '-1\u202f234,50',
      '-1,234.50',
      '-1.234,50',
      '-1.234,50',
      '-1.234,50',
      '-1.234,50',
    ])
    expect(said.map(speech => speech.money(decimal('1234.5')))).toEqual([
      '1\u202f234,50\u00a0€',
      '€1,234.50',
      '1.234,50\u00a0€',
      '1.234,50\u00a0€',
      '1.234,50\u00a0€',
      '€\u00a01.234,50',
    ])
    expect(said.map(speech => speech.percentage(decimal('5.50')))).toEqual([
      '5,5\u00a0%',
      '5.5%',
      '5,5\u00a0%',
      '5,5%',
      '5,5\u00a0%',
      '5,5%',
    ])
    expect(said.map(speech => speech.date('2026-11-01'))).toEqual([
      '01/11/2026',
      '01 November 2026',
      '01.11.2026',
      '01/11/2026',
      '01/11/2026',
      '01-11-2026',
    ])
    expect(said.map(speech => speech.country('DE'))).toEqual([
      'Allemagne',
      'Germany',
      'Deutschland',
      'Germania',
      'Alemania',
      'Duitsland',
    ])
  })

  it('are exact to the last of forty digits', () => {
    expect(french.amount(decimal('1234567890123456789012345678901234567.123'))).toBe(
      '1\u202f234\u202f567\u202f890\u202f123\u202f456\u202f789\u202f012\u202f345\u202f678\u202f901\u202f234\u202f567,123',
    )
    expect(french.quantity(decimal('0.00000000000000000000000000000000000001'))).toBe(
      '0,00000000000000000000000000000000000001',
    )
  })

  it('have the decimals of the currency at least, and those that were written', () => {
    expect(french.amount(decimal('12'))).toBe('12,00')
    expect(french.amount(decimal('12.34567'))).toBe('12,34567')
    expect(french.amount(decimal('12.34500'))).toBe('12,345')
    expect(new Speech('fr', 'JPY').amount(decimal('12'))).toBe('12')
    expect(new Speech('fr', 'KWD').amount(decimal('12'))).toBe('12,000')
    expect(french.money(decimal('12'), 'JPY')).toBe('12\u00a0JPY')
    expect(french.quantity(decimal('2.500'))).toBe('2,5')
  })

  it('stay as they are when nobody knows them', () => {
    expect(french.money(decimal('12'), 'eur?')).toBe('12,00 eur?')
    expect(french.money(decimal('12'), '')).toBe('12,00')
    expect(french.date('2026-02-30')).toBe('2026-02-30')
    expect(french.date('soon')).toBe('soon')
    expect(french.country('1A')).toBe('1A')
    expect(french.country('QQ')).toBe('QQ')
  })
})
