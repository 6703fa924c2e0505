import { describe, expect, it } from 'vitest'
import { type Json, briefly, findingsOf, readGood, sample } from './sample.ts'

/** The sample with one category on all lines, and everything that the category demands. */
function all(category: string, change: (json: Json) => unknown = () => {}): Json {
  return sample(json => {
    for (const line of json.lines) line.vat = { category }
    if (category === 'S') for (const line of json.lines) line.vat.rate = '20'
    if (category === 'L' || category === 'M') for (const line of json.lines) line.vat.rate = '7'
    if (category === 'E') json.vatBreakdown = [{ category, exemptionReason: 'Exempt' }]
    if (category === 'K') json.delivery.address = { country: 'DE' }
    if (category === 'O') {
      delete json.seller.vatId
      delete json.buyer.vatId
    }
    change(json)
  })
}

const rules: Readonly<Record<string, string>> = {
  S: 'S',
  Z: 'Z',
  E: 'E',
  AE: 'AE',
  K: 'IC',
  G: 'G',
  O: 'O',
  L: 'AF',
  M: 'AG',
}
const categories = Object.keys(rules)

describe('VAT categories', () => {
  it.each(categories)('an invoice of %s is good', category => {
    const invoice = readGood(all(category))
    const [part, ...more] = invoice.vatBreakdown
    expect(more).toEqual([])
    expect(part?.taxable.toString()).toBe('506.23')
    expect(part?.tax.toString()).toBe({ S: '101.25', L: '35.44', M: '35.44' }[category] ?? '0.00')
  })

  it.each(categories)('%s: a breakdown that does not add up', category => {
    const json = JSON.parse(JSON.stringify(readGood(all(category))))
    json.vatBreakdown[0].taxable = '510.23'
    const findings = findingsOf(json).filter(({ rule }) => rule.endsWith('-08'))
    expect(findings).toMatchObject([
      {
        rule: `BR-${rules[category]}-08`,
        pointer: '/vatBreakdown/0/taxable',
        actual: '510.23',
        expected: '506.23',
        delta: '4.00',
      },
    ])
  })

  it.each(categories)('%s: a tax that is not taxable amount × rate', category => {
    const json = JSON.parse(JSON.stringify(readGood(all(category))))
    json.vatBreakdown[0].tax = '200.00'
    expect(briefly(findingsOf(json))).toEqual(
      expect.arrayContaining(['BR-CO-17 /vatBreakdown/0/tax', `BR-${rules[category]}-09 /vatBreakdown/0/tax`]),
    )
  })

  it.each(categories)('%s: no breakdown of the category', category => {
    const json = all(category, invoice => {
      invoice.vatBreakdown = [{ category: category === 'B' ? 'S' : 'B', rate: '20', taxable: '506.23', tax: '101.25' }]
    })
    expect(briefly(findingsOf(json))).toContain(`BR-${rules[category]}-01 /vatBreakdown`)
  })

  it.each(['S', 'Z', 'E', 'AE', 'K', 'G', 'L', 'M'])('%s: a rate that does not fit', category => {
    const rate = { S: '0', L: '-1', M: '-1' }[category] ?? '20'
    const json = all(category, invoice => (invoice.lines[1].vat.rate = rate))
    expect(briefly(findingsOf(json))).toContain(`BR-${rules[category]}-05 /lines/1/vat/rate`)
  })

  it('O: a rate that must not be there', () => {
    const json = all('O', invoice => (invoice.lines[1].vat.rate = '0'))
    expect(briefly(findingsOf(json))).toContain('BR-O-05 /lines/1/vat/rate')
  })

  it.each(['S', 'Z', 'L', 'M'])('%s: an exemption reason that must not be there', category => {
    const json = JSON.parse(JSON.stringify(readGood(all(category))))
    json.vatBreakdown[0].exemptionReason = 'x'
    expect(briefly(findingsOf(json))).toEqual([`BR-${rules[category]}-10 /vatBreakdown/0`])
  })

  it('E: no exemption reason', () => {
    const json = all('E', invoice => delete invoice.vatBreakdown)
    expect(briefly(findingsOf(json))).toEqual(['BR-E-10 /vatBreakdown/0'])
  })

  it.each(['S', 'Z', 'E', 'AE', 'K', 'G', 'L', 'M'])('%s: a seller without VAT identifier', category => {
    const json = all(category, ({ seller }) => delete seller.vatId)
    expect(briefly(findingsOf(json))).toEqual([`BR-${rules[category]}-02 /seller/vatId`])
  })

  it('S: another tax registration does instead', () => {
    const json = all('S', ({ seller }) => ((seller.taxRegistrationId = 'T1'), delete seller.vatId))
    expect(briefly(findingsOf(json))).toEqual([])
  })

  it('K: a buyer without VAT identifier', () => {
    expect(briefly(findingsOf(all('K', ({ buyer }) => delete buyer.vatId)))).toEqual(['BR-IC-02 /buyer/vatId'])
  })

  it('AE: a buyer without VAT or legal registration identifier', () => {
    const json = all('AE', ({ buyer }) => (delete buyer.vatId, delete buyer.legalRegistration))
    expect(briefly(findingsOf(json))).toEqual(['BR-AE-02 /buyer/vatId'])
  })

  it('O: a buyer with a VAT identifier', () => {
    expect(briefly(findingsOf(all('O', ({ buyer }) => (buyer.vatId = 'FR1'))))).toEqual(['BR-O-02 /buyer/vatId'])
  })

  it('O: another category beside it', () => {
    const json = all('O', ({ lines }) => (lines[0].vat = { category: 'Z' }))
    expect(briefly(findingsOf(json))).toEqual(
      expect.arrayContaining(['BR-O-11 /vatBreakdown/0/category', 'BR-O-12 /lines/0/vat/category']),
    )
  })

  it('K: no delivery date and no period', () => {
    const json = all('K', ({ delivery }) => delete delivery.date)
    expect(briefly(findingsOf(json))).toEqual(['BR-IC-11 /delivery/date'])
  })

  it('K: no country of delivery', () => {
    const json = all('K', ({ delivery }) => delete delivery.address)
    expect(briefly(findingsOf(json))).toEqual(['BR-IC-12 /delivery/address/country'])
  })

  it('an exemption reason code of another category', () => {
    const json = all('AE', invoice => (invoice.vatBreakdown = [{ category: 'AE', exemptionReasonCode: 'VATEX-EU-G' }]))
    expect(briefly(findingsOf(json))).toEqual(['PEPPOL-EN16931-P0104 /vatBreakdown/0/category'])
  })

  it('split payment outside Italy', () => {
    const json = sample(({ lines }) => lines.forEach((line: Json) => (line.vat = { category: 'B', rate: '22' })))
    expect(briefly(findingsOf(json))).toEqual(['BR-B-01 /lines/0/vat/category'])
  })

  it('20, 20.0 and 20.00 are one rate', () => {
    const json = sample(({ lines }) => {
      lines[0].vat.rate = '20.0'
      lines[1].vat.rate = '20.00'
    })
    expect(readGood(json).vatBreakdown).toHaveLength(1)
  })

  it('allowances lower and charges raise the taxable amount of their category', () => {
    const json = sample(invoice => {
      invoice.allowances = [{ amount: '50', reason: 'x', vat: { category: 'S', rate: '20' } }]
      invoice.charges = [{ amount: '10', reason: 'x', vat: { category: 'S', rate: '5.5' } }]
    })
    const { vatBreakdown, totals } = readGood(json)
    expect(vatBreakdown.map(({ taxable }) => taxable.toString())).toEqual(['200.00', '266.23'])
    expect(totals.withoutVat.toString()).toBe('466.23')
    expect(totals.allowances?.toString()).toBe('50.00')
  })
})

describe('the tax of a breakdown', () => {
  it('is checked also when a line has no amount to add up', () => {
    const json = sample(invoice => {
      delete invoice.lines[0].price
      invoice.vatBreakdown = [{ category: 'S', rate: '20', taxable: '100.00', tax: '1.00' }]
    })
    expect(findingsOf(json).map(({ rule }) => rule)).toContain('BR-S-09')
  })
})
