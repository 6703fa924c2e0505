import { parseDecimal } from '../invoice/index.ts'
import type { Formats } from './mapping.ts'
import { StepProblem, type Value, readNumber } from './value.ts'

/** A comparison of texts holds for any of the operands, isNot for none. */
const texts: Readonly<Record<string, (value: string, operands: readonly string[]) => boolean>> = {
  is: (value, operands) => operands.includes(value),
  in: (value, operands) => operands.includes(value),
  isNot: (value, operands) => !operands.includes(value),
  startsWith: (value, operands) => operands.some(operand => value.startsWith(operand)),
  endsWith: (value, operands) => operands.some(operand => value.endsWith(operand)),
  contains: (value, operands) => operands.some(operand => value.includes(operand)),
}

/** What the order of value and operand must be. */
const numbers: Readonly<Record<string, (order: number) => boolean>> = {
  less: order => order < 0,
  atMost: order => order <= 0,
  more: order => order > 0,
  atLeast: order => order >= 0,
}

/** Whether the operator compares numbers. */
export function isNumeric(operator: string): boolean {
  return Object.hasOwn(numbers, operator)
}

/** A missing value is nothing: only `isNot` holds for it. What is no number is in no order. */
export function holds(value: Value | undefined, operator: string, { operands, formats }: Comparison): boolean {
  if (value === undefined) return operator === 'isNot'
  const ordered = numbers[operator]
  if (ordered === undefined) return texts[operator]?.(value.text, operands) ?? false
  const number = readNumber(value, formats)
  const operand = parseDecimal(operands[0] ?? '')
  if (number instanceof StepProblem || operand === undefined) return false
  return ordered(number.compare(operand))
}

interface Comparison {
  readonly operands: readonly string[]
  readonly formats: Formats
}
