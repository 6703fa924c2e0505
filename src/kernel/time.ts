import type { Brand } from './brand.ts'

/** A point in time: milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = Brand<number, 'Instant'>

/** The only source of "now"; a test hands in one that it turns by hand. */
export interface Clock {
  now(): Instant
}

export const systemClock: Clock = { now: () => Date.now() as Instant }

export function instantOf(date: Date | string): Instant {
  const milliseconds = typeof date === 'string' ? Date.parse(date) : date.getTime()
  if (Number.isNaN(milliseconds)) throw new RangeError(`not a date: ${String(date)}`)
  return milliseconds as Instant
}

/** `2026-11-21T10:00:00.000Z` */
export function isoOf(at: Instant): string {
  return new Date(at).toISOString()
}

/** Whether the text is a day of the calendar, `2026-11-21`. */
export function isDay(text: string): boolean {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}
