import { describe, expect, it } from 'vitest'
import { givenAway } from '../../src/kernel/index.ts'

describe('octets that are given to another thread', () => {
  it('take their memory with them when it is all theirs', () => {
    const large = new Uint8Array(2_000_000)
    expect(givenAway([large, large])).toEqual([large.buffer])
  })

  it.each([
    ['small', new Uint8Array(100)],
    ['a part of something larger', new Uint8Array(3_000_000).subarray(0, 2_000_000)],
    ['shared already', new Uint8Array(new SharedArrayBuffer(2_000_000))],
  ])('are copied when they are %s', (_title, octets) => {
    expect(givenAway([octets])).toEqual([])
  })
})
