import { describe, expect, it } from 'vitest'
import { parseDecimal } from '../../../src/wire/invoice/index.ts'
import { renderHtml, viewOf } from '../../../src/wire/view/index.ts'
import { everyTerm, unsaid } from '../../support/every-term.ts'

describe('every term of the model', () => {
  const { invoice, said } = everyTerm()
  const view = viewOf(invoice, { language: 'fr' })

  it('has a value of its own here', () => {
    expect(said.length).toBeGreaterThan(250)
    expect(new Set(said.map(({ shown }) => shown)).size).toBe(said.length)
  })

  it('is said by the view, or is on the list of those that need not be', () => {
    const text = JSON.stringify(view)
    expect(missing(text).toSorted()).toEqual(Object.keys(unsaid).toSorted())
  })

  it('is said by the page', () => {
    expect(missing(renderHtml(view)).toSorted()).toEqual(Object.keys(unsaid).toSorted())
  })

  it('is said by its code where no words say it', () => {
    const one = parseDecimal('1')
    const reasonCode = 'Ωcode'
    const wordless = viewOf({
      ...(one && {
        allowances: [{ amount: one, reasonCode }],
        charges: [{ amount: one, reasonCode: 'FC' }],
        lines: [
          { allowances: [{ reasonCode: '95' }], charges: [{ reasonCode }], price: { discountReasonCode: 'Ωprice' } },
        ],
      }),
    })
    expect(wordless.adjustments?.rows.map(({ cells }) => cells[0])).toEqual(['Allowance – Ωcode', 'Charge – Freight'])
    expect(wordless.lines?.rows[0]?.details.map(({ text }) => text)).toEqual(['(Ωprice)', 'Discount', 'Ωcode'])
  })

  function missing(text: string): string[] {
    return said.filter(({ shown }) => !text.includes(shown)).map(({ path }) => path)
  }
})
