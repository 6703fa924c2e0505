import { describe, expect, it } from 'vitest'
import { type AttemptOutcome, next } from '../../../src/services/exchange/states.ts'

const pauses = [10, 60]

describe('the state table of an outbound transmission', () => {
  const rows: [AttemptOutcome, string, string][] = [
    ['receipt', 'delivered', 'delivered'],
    ['error', 'refused', 'refused'],
    ['error-duplicate', 'refused', 'indeterminate'],
    ['not-sent', 'queued in 10', 'indeterminate in 10'],
    ['unsendable', 'failed', 'indeterminate'],
    ['answer-lost', 'indeterminate in 10', 'indeterminate in 10'],
  ]
  it.each(rows)('%s: queued → %s, indeterminate → %s', (outcome, fromQueued, fromIndeterminate) => {
    expect(told(next('queued', outcome, 1, pauses))).toBe(fromQueued)
    expect(told(next('indeterminate', outcome, 1, pauses))).toBe(fromIndeterminate)
  })

  it('takes the pause that stands behind the number of the attempt', () => {
    expect(next('queued', 'not-sent', 2, pauses).retryAfterSeconds).toBe(60)
  })

  it('fails what never left when the pauses are used up', () => {
    expect(told(next('queued', 'not-sent', 3, pauses))).toBe('failed')
  })

  it('never calls failed what may have arrived', () => {
    expect(told(next('indeterminate', 'not-sent', 3, pauses))).toBe('indeterminate')
    expect(told(next('queued', 'answer-lost', 3, pauses))).toBe('indeterminate')
  })
})

function told({ state, retryAfterSeconds }: ReturnType<typeof next>): string {
  return retryAfterSeconds === undefined ? state : `${state} in ${retryAfterSeconds}`
}
