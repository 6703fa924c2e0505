import type { Direction } from '../../services/domain.ts'
import { Problem } from '../http/index.ts'

/* Parameters that several lists take. Each throws Problem `invalid-parameter`. */

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
