import type { Direction } from '../../services/domain.ts'
import { Problem } from '../http/index.ts'

/* Parameters that several resources take. Each throws Problem `invalid-parameter`. */

/** One of a few values; undefined when the parameter is not given. */
export function oneOf<const Value extends string>(
  name: string,
  values: readonly Value[],
  text: string | undefined,
): Value | undefined {
  if (text === undefined) return undefined
  const value = values.find(one => one === text)
  if (value !== undefined) return value
  const message = `${name} must be one of ${values.join(', ')}`
  throw new Problem('invalid-parameter', message, { errors: [{ pointer: `/${name}`, rule: 'parameter', message }] })
}

/** The languages in which findings are said. */
export const findingLanguages = ['en', 'fr'] as const

/** Of tenants and mappings, whoever gives them one. */
export const namePattern = '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'
const name = new RegExp(namePattern)

export function isName(text: string): boolean {
  return name.test(text)
}

export function checkName(parameter: string, text: string): void {
  if (isName(text)) return
  throw new Problem('invalid-parameter', `${parameter} must be 1 to 64 letters, digits, points, hyphens or underscores`)
}

export function directionOf(text: string | undefined): Direction | undefined {
  if (text === undefined || text === 'inbound' || text === 'outbound') return text
  throw new Problem('invalid-parameter', 'direction must be inbound or outbound')
}

export function limitOf(text: string | undefined, max: number): number {
  if (text === undefined) return Math.min(50, max)
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0
  if (limit >= 1 && limit <= max) return limit
  throw new Problem('invalid-parameter', `limit must be 1 to ${max}`)
}
