import { type CheckingOptions, readDocumentToSend, writeUbl } from '../../../src/wire/invoice/index.ts'
import { type Defect, asJson } from './defects.ts'
import { type Json, readGood, sample } from './sample.ts'

/* Defects of amounts, of VAT and of terms together; see defects.ts. */

type Row = readonly [rule: string, name: string, change: (json: Json) => unknown, ...also: string[]]

/** Defects of a JSON invoice. */
export function jsonDefects(rows: readonly Row[], base: () => Json, options: CheckingOptions): Defect[] {
  return rows.map(([rule, name, change, ...also]) => {
    const json = () => {
      const broken = base()
      change(broken)
      return broken
    }
    return { rule, name, also, json, find: language => asJson(json(), { ...options, language }) }
  })
}

/** The sample with all amounts said. */
function computed(json: Json = sample()): Json {
  return JSON.parse(JSON.stringify(readGood(json)))
}

const s20 = { category: 'S', rate: '20' }
const general: readonly Row[] = [
  ['BR-27', 'a negative price', ({ lines }) => Object.assign(lines[0], { quantity: '-4', price: { net: '-62.50' } })],
  ['BR-28', 'a negative gross price', ({ lines }) => (lines[0].price.gross = '-1')],
  ['BR-29', 'a period that ends first', json => (json.period = { start: '2026-11-02', end: '2026-11-01' })],
  [
    'BR-30',
    'a line period that ends first',
    ({ lines }) => (lines[0].period = { start: '2026-11-02', end: '2026-11-01' }),
  ],
  ['BR-33', 'an allowance without reason', json => (json.allowances = [{ amount: '1', vat: s20 }]), 'BR-CO-21'],
  ['BR-CO-21', 'an allowance without reason', json => (json.allowances = [{ amount: '1', vat: s20 }]), 'BR-33'],
  ['BR-38', 'a charge without reason', json => (json.charges = [{ amount: '1', vat: s20 }]), 'BR-CO-22'],
  ['BR-CO-22', 'a charge without reason', json => (json.charges = [{ amount: '1', vat: s20 }]), 'BR-38'],
  ['BR-42', 'a line allowance without reason', ({ lines }) => (lines[0].allowances = [{ amount: '1' }]), 'BR-CO-23'],
  ['BR-CO-23', 'a line allowance without reason', ({ lines }) => (lines[0].allowances = [{ amount: '1' }]), 'BR-42'],
  ['BR-44', 'a line charge without reason', ({ lines }) => (lines[0].charges = [{ amount: '1' }]), 'BR-CO-24'],
  ['BR-CO-24', 'a line charge without reason', ({ lines }) => (lines[0].charges = [{ amount: '1' }]), 'BR-44'],
  ['BR-51', 'a whole card number', ({ paymentMeans }) => (paymentMeans[0].card = { number: '4111111111111111' })],
  ['BR-53', 'an accounting currency without its amount', json => (json.vatCurrency = 'USD')],
  ['BR-54', 'an attribute without a name', ({ lines }) => (lines[0].item.attributes = [{ value: 'x' }])],
  ['BR-61', 'a credit transfer without an account', ({ paymentMeans }) => delete paymentMeans[0].transfer],
  [
    'BR-CO-03',
    'a tax point date and its code',
    json => Object.assign(json, { vatPointDate: '2026-11-20', vatPointDateCode: '35' }),
  ],
  ['BR-CO-09', 'a VAT identifier without a country', ({ seller }) => (seller.vatId = '??1')],
  ['BR-CO-10', 'another sum of lines', json => (json.totals = { lineNet: '500' })],
  [
    'BR-CO-11',
    'another sum of allowances',
    json => Object.assign(json, { allowances: [{ amount: '1', reason: 'r', vat: s20 }], totals: { allowances: '2' } }),
  ],
  [
    'BR-CO-12',
    'another sum of charges',
    json => Object.assign(json, { charges: [{ amount: '1', reason: 'r', vat: s20 }], totals: { charges: '2' } }),
  ],
  ['BR-CO-13', 'another total without VAT', json => (json.totals = { withoutVat: '500' })],
  ['BR-CO-14', 'another VAT total', json => (json.totals = { vat: '64.10' })],
  ['BR-CO-15', 'another total with VAT', json => (json.totals = { withVat: '500' })],
  ['BR-CO-16', 'another amount due', json => (json.totals = { payable: '500' })],
  ['BR-CO-19', 'an empty period', json => (json.period = {})],
  ['BR-CO-20', 'an empty line period', ({ lines }) => (lines[0].period = {})],
  [
    'BR-CO-26',
    'a seller without an identifier',
    ({ seller }) => (delete seller.vatId, delete seller.legalRegistration, (seller.taxRegistrationId = 'T')),
  ],
  [
    'BR-DEC-06',
    'a charge base with three decimals',
    json => (json.charges = [{ amount: '1', base: '10.000', percentage: '10', reason: 'r', vat: s20 }]),
  ],
]

/** The sample with one category on all lines, and everything that the category demands. */
function all(category: string): Json {
  return sample(json => {
    const rate = { S: '20', L: '7', M: '7', B: '22' }[category]
    for (const line of json.lines) line.vat = rate === undefined ? { category } : { category, rate }
    if (category === 'E') json.vatBreakdown = [{ category, exemptionReason: 'Exempt' }]
    if (category === 'K') json.delivery.address = { country: 'DE' }
    if (category === 'O') unregistered(json)
    if (category === 'B') italian(json)
  })
}

/** Neither party has a VAT identifier, and the seller another one, so that every category but K and G is content with it. */
function unregistered({ seller, buyer }: Json): void {
  delete seller.vatId
  delete buyer.vatId
}

function italian({ seller, buyer, delivery }: Json): void {
  seller.address.country = 'IT'
  buyer.address.country = 'IT'
  delivery.address = { country: 'IT' }
}

const free = { id: '3', quantity: '1', unit: 'C62', net: '0.00', price: { net: '0' }, item: { name: 'gift' } }
const families = { S: 'S', Z: 'Z', E: 'E', AE: 'AE', K: 'IC', G: 'G', O: 'O', L: 'AF', M: 'AG' } as const

function vatOf(category: string): Json {
  const rate = { S: '20', L: '7', M: '7', O: undefined }[category] ?? (category === 'O' ? undefined : '0')
  return rate === undefined ? { category } : { category, rate }
}

function family(category: keyof typeof families): Defect[] {
  const prefix = `BR-${families[category]}`
  const taxed = category === 'S' || category === 'L' || category === 'M'
  const badRate = { S: '0', L: '-1', M: '-1', O: '0' }[category as string] ?? '20'
  const bad = { category, rate: badRate }
  // Of lines in a category without a family, only what is said of the allowance counts.
  const aside = (json: Json, key: 'allowances' | 'charges') => {
    Object.assign(json, all('B'), { [key]: [{ amount: '10', reason: 'r', vat: vatOf(category) }] })
    if (category === 'E') json.vatBreakdown = [{ category, exemptionReason: 'Exempt' }]
    if (category === 'O') delete json.buyer.vatId
    else delete json.seller.vatId
  }
  const mixed = { S: ['BR-B-02'], O: ['BR-O-11', 'BR-O-12'] }[category as string] ?? []
  const rows: Row[] = [
    [
      `${prefix}-02`,
      category === 'O' ? 'a VAT identifier of the seller' : 'no VAT identifier of the seller',
      ({ seller }) => (category === 'O' ? (seller.vatId = 'FR1') : delete seller.vatId),
    ],
    [`${prefix}-03`, 'the same for an allowance', json => aside(json, 'allowances'), ...mixed],
    [`${prefix}-04`, 'the same for a charge', json => aside(json, 'charges'), ...mixed],
  ]
  const exact: Row[] = [
    [`${prefix}-05`, 'a line at another rate', ({ lines }) => lines.push({ ...free, vat: bad })],
    [
      `${prefix}-06`,
      'an allowance at another rate',
      json => ((json.allowances = [{ amount: '0.00', reason: 'r', vat: bad }]), (json.totals.allowances = '0.00')),
    ],
    [
      `${prefix}-07`,
      'a charge at another rate',
      json => ((json.charges = [{ amount: '0.00', reason: 'r', vat: bad }]), (json.totals.charges = '0.00')),
    ],
    [`${prefix}-08`, 'another taxable amount', ({ vatBreakdown }) => (vatBreakdown[0].taxable = '510.23')],
    [`${prefix}-09`, 'another tax', json => ((json.vatBreakdown[0].tax = '200.00'), delete json.totals), 'BR-CO-17'],
    [
      `${prefix}-10`,
      taxed || category === 'Z' ? 'a reason for an exemption' : 'no reason for the exemption',
      ({ vatBreakdown: [part] }) => {
        if (taxed || category === 'Z') part.exemptionReason = 'x'
        else {
          delete part.exemptionReason
          delete part.exemptionReasonCode
        }
      },
    ],
  ]
  const uncounted: Row[] = [
    [
      `${prefix}-01`,
      'no breakdown of a category that a line has',
      ({ lines }) => lines.push({ ...free, vat: vatOf(category) }),
    ],
  ]
  return [
    ...jsonDefects(uncounted, () => computed(otherThan(category)), { rules: [] }),
    ...jsonDefects(rows, () => all(category), { rules: [] }),
    // JSON computes the reasons of the categories that have but one.
    ...exact.flatMap(row =>
      row[0] === `${prefix}-10` && !taxed && category !== 'Z'
        ? ublDefects([row], () => readGood(all(category)))
        : jsonDefects([row], () => computed(all(category)), { rules: [] }),
    ),
  ]
}

/** A good invoice in which a line may be of this category, and no other thing is. */
function otherThan(category: string): Json {
  const json = all(category === 'S' ? 'Z' : 'S')
  if (category === 'O') {
    unregistered(json)
    json.seller.taxRegistrationId = 'T1'
  }
  return json
}

/** Defects of an invoice that is written as UBL, where nothing is computed. */
function ublDefects(rows: readonly Row[], base: () => Json): Defect[] {
  return rows.map(([rule, name, change, ...also]) => ({
    rule,
    name,
    also,
    find: language => {
      const invoice = base()
      change(invoice)
      return documentFindings(writeUbl(invoice).toString(), { rules: [], language })
    },
  }))
}

/** The findings of a document, a text of which is replaced. */
export function documentFindings(document: string, options: CheckingOptions) {
  const reading = readDocumentToSend(Buffer.from(document), options)
  return 'findings' in reading ? reading.findings : reading.warnings
}

const special: Defect[] = [
  ...jsonDefects(
    [
      [
        'BR-CL-22',
        'an exemption reason code that is none',
        json => (json.vatBreakdown[0] = { category: 'E', exemptionReasonCode: 'VATEX-X' }),
      ],
    ],
    () => all('E'),
    { rules: [] },
  ),
  ...jsonDefects(
    [
      [
        'BR-CO-17',
        'a tax that is not the rate of its base',
        json => ((json.vatBreakdown[0].tax = '200.00'), delete json.totals),
      ],
      ['BR-B-01', 'split payment outside Italy', ({ buyer }) => (buyer.address.country = 'FR')],
      [
        'BR-B-02',
        'split payment beside the standard rate',
        ({ lines, vatBreakdown }) => {
          lines.push({ ...free, vat: s20 })
          vatBreakdown.push({ ...s20, taxable: '0.00', tax: '0.00' })
        },
      ],
    ],
    () => computed(all('B')),
    { rules: [] },
  ),
  ...jsonDefects(
    [['BR-48', 'a breakdown without a rate', ({ vatBreakdown }) => delete vatBreakdown[0].rate]],
    () => {
      const json = all('B')
      json.lines = [{ ...free, vat: { category: 'B', rate: '22' } }]
      return computed(json)
    },
    { rules: [] },
  ),
  ...jsonDefects(
    [
      ['BR-IC-11', 'no date and no period', ({ delivery }) => delete delivery.date],
      ['BR-IC-12', 'no country of delivery', ({ delivery }) => delete delivery.address],
    ],
    () => all('K'),
    { rules: [] },
  ),
  ...jsonDefects(
    [
      [
        'BR-O-11',
        'another breakdown',
        ({ vatBreakdown }) => vatBreakdown.push({ category: 'Z', rate: '0', taxable: '0.00', tax: '0.00' }),
      ],
      [
        'BR-O-12',
        'another category on a line',
        ({ lines }) => lines.push({ ...free, vat: { category: 'B', rate: '22' } }),
      ],
      [
        'BR-O-13',
        'another category on an allowance',
        json => {
          json.allowances = [{ amount: '0.00', reason: 'r', vat: { category: 'B', rate: '22' } }]
          json.totals.allowances = '0.00'
        },
      ],
      [
        'BR-O-14',
        'another category on a charge',
        json => {
          json.charges = [{ amount: '0.00', reason: 'r', vat: { category: 'B', rate: '22' } }]
          json.totals.charges = '0.00'
        },
      ],
    ],
    () => {
      const json = all('O')
      italian(json)
      return computed(json)
    },
    { rules: [] },
  ),
  {
    rule: 'BR-24',
    name: 'a line without net amount',
    also: [],
    find: language => {
      const document = writeUbl(readGood(sample(json => (json.lines = [{ ...free, vat: s20 }])))).toString()
      const [line = ''] = /<cac:InvoiceLine>[^]*<\/cac:InvoiceLine>/.exec(document) ?? []
      const broken = line.replace(/<cbc:LineExtensionAmount.*?<\/cbc:LineExtensionAmount>/, '')
      return documentFindings(document.replace(line, broken), { rules: [], language })
    },
  },
]

export const en16931Rules: readonly Defect[] = [
  ...jsonDefects(general, sample, { rules: [] }),
  ...(Object.keys(families) as (keyof typeof families)[]).flatMap(family),
  ...special,
]
