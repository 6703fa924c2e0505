import { page } from './draw-pen.ts'

/** A part of a page that is never broken: mostly one line of text. */
export interface Slice {
  readonly height: number
  draw(y: number): void
}

/** Slices that stay together where a page has room for all of them. */
export interface Unit {
  readonly slices: readonly Slice[]
  /** Space above, except at the top of a page. */
  readonly gap: number
  /** Stands above the first unit that names it, and again at the top of each page that the units with it reach. */
  readonly header?: Slice
}

interface Placed {
  readonly slice: Slice
  readonly y: number
}

/** The slices of one page with their places. */
export type PlannedPage = readonly Placed[]

/** Between the running header and the footer. The first page begins at the margin. */
const area = { firstTop: 34, top: 62, bottom: page.height - 54 } as const

/** The height that one page has for the slices of a unit, whatever page it is. */
const pageRoom = area.bottom - area.top

/** Puts the units on pages, in order. Linear in the number of slices. */
export function planPages(units: readonly Unit[]): readonly PlannedPage[] {
  const planner = new Planner()
  for (const unit of units) planner.add(unit)
  return planner.pages
}

class Planner {
  readonly pages: Placed[][] = [[]]
  #y: number = area.firstTop
  #header: Slice | undefined

  add(unit: Unit): void {
    const height = unit.slices.reduce((sum, slice) => sum + slice.height, 0)
    const headerHeight = unit.header?.height ?? 0
    const above = this.#header === unit.header ? 0 : headerHeight
    const fitsHere = this.#y + this.#gap(unit) + above + height <= area.bottom
    if (!fitsHere && headerHeight + height <= pageRoom) this.#turn()
    this.#y += this.#gap(unit)
    for (const slice of unit.slices) this.#place(slice, unit.header)
    this.#header = unit.header
  }

  #place(slice: Slice, header: Slice | undefined): void {
    if (this.#y + slice.height > area.bottom && !this.#isFresh) this.#turn()
    if (header !== undefined && this.#header !== header) {
      // A header alone at the foot of a page would promise what only the next page holds.
      if (this.#y + header.height + slice.height > area.bottom && !this.#isFresh) this.#turn()
      this.#put(header)
      this.#header = header
    }
    this.#put(slice)
  }

  #put(slice: Slice): void {
    this.pages.at(-1)?.push({ slice, y: this.#y })
    this.#y += slice.height
  }

  #turn(): void {
    this.pages.push([])
    this.#y = area.top
    this.#header = undefined
  }

  #gap(unit: Unit): number {
    return this.#isFresh ? 0 : unit.gap
  }

  get #isFresh(): boolean {
    return this.pages.at(-1)?.length === 0
  }
}

/** Two columns of slices as one slice, when a page has room for it; one under the other else. */
export function beside(left: readonly Slice[], right: readonly Slice[]): Slice[] {
  const height = Math.max(heightOf(left), heightOf(right))
  if (height > pageRoom) return [...left, ...right]
  return [
    {
      height,
      draw: y => {
        drawDown(left, y)
        drawDown(right, y)
      },
    },
  ]
}

export function heightOf(slices: readonly Slice[]): number {
  return slices.reduce((sum, slice) => sum + slice.height, 0)
}

/** One under the other, from the top. */
export function drawDown(slices: readonly Slice[], top: number): void {
  let y = top
  for (const slice of slices) {
    slice.draw(y)
    y += slice.height
  }
}
