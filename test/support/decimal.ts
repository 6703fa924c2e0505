import { type Decimal, parseDecimal } from '../../src/wire/invoice/index.ts'

export function decimal(text: string): Decimal {
  const value = parseDecimal(text)
  if (value === undefined) throw new Error(`${text} is no decimal`)
  return value
}
