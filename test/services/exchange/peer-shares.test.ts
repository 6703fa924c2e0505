import { describe, expect, it } from 'vitest'
import { PeerShares } from '../../../src/services/exchange/peer-shares.ts'
import { handClock } from '../../support/clock.ts'

describe('the share of a peer', () => {
  it('is everything as long as it answers in time', () => {
    const { clock, shares } = bed()
    for (let message = 0; message < 10; message++) expect(shares.enter('https://fast')).toBeDefined()
    clock.advance(999)
    expect(shares.enter('https://fast')).toBeDefined()
  })

  it('is bounded once a message has waited too long, and nobody else pays for it', () => {
    const { clock, shares } = bed()
    for (let message = 0; message < 2; message++) shares.enter('https://slow')
    clock.advance(1000)
    expect(shares.enter('https://slow')).toBeUndefined()
    expect(shares.enter('https://other')).toBeDefined()
  })

  it('may be used up while it is slow', () => {
    const { clock, shares } = bed()
    shares.enter('https://slow')
    clock.advance(1000)
    expect(shares.enter('https://slow')).toBeDefined()
    expect(shares.enter('https://slow')).toBeUndefined()
  })

  it('is everything again when what had waited has ended', () => {
    const { clock, shares } = bed()
    const turns = [shares.enter('https://slow'), shares.enter('https://slow'), shares.enter('https://slow')]
    clock.advance(1000)
    expect(shares.enter('https://slow')).toBeUndefined()
    for (const turn of turns) turn?.[Symbol.dispose]()
    for (let message = 0; message < 10; message++) expect(shares.enter('https://slow')).toBeDefined()
  })
})

function bed() {
  const clock = handClock('2026-11-21T10:00:00Z')
  return { clock, shares: new PeerShares(clock, { share: 2, slowAfterMilliseconds: 1000 }) }
}
