import { describe, expect, it } from 'vitest'
import { type Slice, type Unit, beside, planPages } from '../../../src/adapters/pdf/draw-pages.ts'

// A page after the first has room for 725 points, the first for 753.
const lines = (count: number, height = 10): Slice[] => Array.from({ length: count }, () => slice(height))
const unit = (slices: readonly Slice[], options: Partial<Unit> = {}): Unit => ({ slices, gap: 0, ...options })

describe('pages', () => {
  it('take units one under the other, with the gap above each but the first', () => {
    const [page = []] = planPages([unit(lines(1), { gap: 50 }), unit(lines(1), { gap: 5 })])
    expect(page.map(({ y }) => y)).toEqual([34, 49])
  })

  it('get a unit whole that has no room on the page before, without its gap', () => {
    const pages = planPages([unit(lines(70)), unit(lines(6), { gap: 20 })])
    expect(pages.map(page => page.length)).toEqual([70, 6])
    expect(pages[1]?.[0]?.y).toBe(62)
  })

  it('count the gap as space that is needed', () => {
    expect(planPages([unit(lines(70)), unit(lines(5), { gap: 4 })])).toHaveLength(2)
    expect(planPages([unit(lines(70)), unit(lines(5), { gap: 3 })])).toHaveLength(1)
  })

  it('share a unit that no page can hold, beginning where it stands', () => {
    const pages = planPages([unit(lines(70)), unit(lines(80))])
    expect(pages.map(page => page.length)).toEqual([75, 72, 3])
  })

  it('repeat the header of a unit, and of each that follows with the same', () => {
    const header = slice(20)
    const pages = planPages([unit(lines(60)), unit(lines(5), { header }), unit(lines(10), { header }), unit(lines(1))])
    expect(pages.map(page => page.flatMap((placed, index) => (placed.slice === header ? [index] : [])))).toEqual([
      [60],
      [0],
    ])
    expect(pages.map(page => page.length)).toEqual([66, 12])
  })

  it('count a header that is not there yet as space that is needed', () => {
    const header = slice(20)
    const pages = planPages([unit(lines(70)), unit(lines(4), { header })])
    expect(pages.map(page => page.length)).toEqual([70, 5])
  })

  it('never end with a header', () => {
    const header = slice(20)
    const pages = planPages([unit(lines(73)), unit(lines(90), { header })])
    expect(pages[0]).toHaveLength(73)
    expect(pages[1]?.[0]?.slice).toBe(header)
  })

  it('hold a slice that is higher than they are, alone', () => {
    expect(planPages([unit(lines(1)), unit(lines(1, 2000)), unit(lines(1))]).map(page => page.length)).toEqual([
      1, 1, 1,
    ])
  })

  it('number at least one', () => {
    expect(planPages([])).toEqual([[]])
  })
})

describe('columns beside each other', () => {
  it('are one slice as high as the higher of them', () => {
    expect(beside(lines(3), lines(5)).map(({ height }) => height)).toEqual([50])
  })

  it('are one under the other where no page could hold them', () => {
    expect(beside(lines(3), lines(73))).toHaveLength(76)
  })
})

function slice(height: number): Slice {
  return { height, draw: () => undefined }
}
