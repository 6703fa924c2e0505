import { describe, expect, it } from 'vitest'
import { type Decimal, decimalOfNumber, parseDecimal, sum } from '../../../src/wire/invoice/decimal.ts'

function decimal(text: string): Decimal {
  const value = parseDecimal(text)
  if (value === undefined) throw new Error(text)
  return value
}

describe('decimals', () => {
  it.each([
    ['1200.50', '1200.50'],
    ['-0.01', '-0.01'],
    ['+7', '7'],
    ['007.10', '7.10'],
    ['-0.00', '0.00'],
    ['999999999999.99', '999999999999.99'],
    ['-99999999999.99', '-99999999999.99'],
    ['9999999999999999.99', '9999999999999999.99'],
    ['-12345678901234567890.5', '-12345678901234567890.5'],
  ])('%s is read and written as %s', (given, written) => {
    expect(decimal(given).toString()).toBe(written)
  })

  it.each([
    '',
    ' 1',
    '1e3',
    '1,5',
    '.5',
    '5.',
    '-.5',
    '-5.',
    '-',
    '.',
    '1.2.3',
    '--1',
    'NaN',
    'Infinity',
    '0x10',
    '1 000',
    '٣',
    '9'.repeat(60),
  ])('%j is no decimal', text => {
    expect(parseDecimal(text)).toBeUndefined()
  })

  it.each([
    ['0.005', '0.01'],
    ['-0.005', '-0.01'],
    ['2.675', '2.68'],
    ['1.0049999', '1.00'],
    ['-1.115', '-1.12'],
    ['3', '3.00'],
  ])('%s rounds to %s, halves away from zero', (given, rounded) => {
    expect(decimal(given).rounded(2).toString()).toBe(rounded)
  })

  it('adds, subtracts and multiplies without loss', () => {
    expect(decimal('0.1').plus(decimal('0.2')).toString()).toBe('0.3')
    expect(decimal('1').minus(decimal('0.9')).toString()).toBe('0.1')
    expect(decimal('1.10').times(decimal('-1.1')).toString()).toBe('-1.210')
    expect(sum(Array.from({ length: 1000 }, () => decimal('0.001'))).toString()).toBe('1.000')
  })

  it.each([
    ['10', '3', '3.33'],
    ['20', '3', '6.67'],
    ['-20', '3', '-6.67'],
    ['1', '0.8', '1.25'],
    ['0.0005', '0.1', '0.01'],
  ])('%s divided by %s is %s in two places', (a, b, quotient) => {
    expect(decimal(a).dividedBy(decimal(b), 2).toString()).toBe(quotient)
  })

  it('refuses to divide by zero', () => {
    expect(() => decimal('1').dividedBy(decimal('0.00'), 2)).toThrow(RangeError)
  })

  it('compares by value, whatever the scale', () => {
    expect(decimal('1.50').equals(decimal('1.5'))).toBe(true)
    expect(decimal('-2').compare(decimal('-1.99'))).toBeLessThan(0)
  })

  it('takes a JSON number that still is what was written', () => {
    expect(decimalOfNumber(0.1)?.toString()).toBe('0.1')
    expect(decimalOfNumber(1200)?.toString()).toBe('1200')
    expect(decimalOfNumber(999_999_999_999.99)?.toString()).toBe('999999999999.99')
  })

  it.each([0.1 + 0.2, 1e21, 0.123_456_789_012_345_6, Number.NaN])('refuses the JSON number %d', value => {
    expect(decimalOfNumber(value)).toBeUndefined()
  })
})
