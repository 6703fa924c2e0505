import type { Defect } from './defects.ts'
import { jsonDefects } from './defects-en16931.ts'
import { type Json, french, sample } from './sample.ts'

/* Defects of French invoices; see defects.ts. */

const siren = (value: string, scheme = '0002') => ({ value, scheme })
const identifiers =
  (...list: Json[]) =>
  ({ seller }: Json) =>
    (seller.identifiers = list)
const drop = (code: string) => (json: Json) =>
  (json.notes = json.notes.filter(({ subjectCode }: Json) => subjectCode !== code))

/** A French invoice that was paid before it was written. */
function paid(): Json {
  return sample(json => {
    french(json)
    Object.assign(json, { process: 'B2', dueDate: '2026-11-01', totals: { paid: '570.32' } })
  })
}

/** A member of a VAT group, with its note and its representative. */
function member(): Json {
  return sample(json => {
    french(json)
    json.notes.push({ subjectCode: 'TXD', text: 'MEMBRE_ASSUJETTI_UNIQUE' })
    json.seller.identifiers = [siren('900000001', '0231')]
    json.taxRepresentative = { name: 'AU', vatId: 'FR00900000001', address: { country: 'FR' } }
  })
}

const general = jsonDefects(
  [
    ['BR-FR-01', 'a long number', json => (json.number = 'F'.repeat(36))],
    ['BR-FR-02', 'a number with a blank', json => (json.number = 'F 1')],
    ['BR-FR-03', 'a date of another century', ({ delivery }) => (delivery.date = '1999-12-31')],
    ['BR-FR-04', 'a type that France does not use', json => (json.typeCode = '751')],
    ['BR-FR-05', 'no note on the recovery fee', drop('PMT')],
    ['BR-FR-06', 'a second note on penalties', ({ notes }) => notes.push({ subjectCode: 'PMD', text: 'again' })],
    ['BR-FR-08', 'a mode that does not exist', json => (json.process = 'M7')],
    ['BR-FR-09', 'a SIRET of somebody else', identifiers(siren('12345678900011', '0009'))],
    ['BR-FR-10', 'no SIREN of the seller', ({ seller }) => delete seller.legalRegistration],
    ['BR-FR-11', 'no SIREN of the buyer', ({ buyer }) => delete buyer.legalRegistration],
    ['BR-FR-12', 'no address of the buyer', json => (drop('BAR')(json), delete json.buyer.endpoint)],
    ['BR-FR-13', 'no address of the seller', ({ seller }) => delete seller.endpoint],
    ['BR-FR-15', 'the tax of the Canaries', ({ lines }) => (lines[0].vat = { category: 'L', rate: '20' })],
    ['BR-FR-16', 'a rate of another country', ({ lines }) => (lines[0].vat.rate = '19')],
    ['BR-FR-17', 'a description in words', json => (json.attachments = [{ reference: 'A', description: 'a' }])],
    [
      'BR-FR-18',
      'two readable documents',
      json => (json.attachments = ['A', 'B'].map(reference => ({ reference, description: 'LISIBLE' }))),
    ],
    ['BR-FR-20', 'another processing', json => (json.notes.at(-1).text = 'B2X')],
    ['BR-FR-21', 'an address of somebody else', ({ buyer }) => (buyer.endpoint.value = '900000002')],
    [
      'BR-FR-22',
      'a self-billed invoice to somebody else',
      json => ((json.typeCode = '389'), (json.seller.endpoint.value = '900000002')),
    ],
    ['BR-FR-23', 'a blank in an address', ({ buyer }) => (buyer.endpoint.value += '_a b')],
    ['BR-FR-24', 'a blank in a routing code', identifiers(siren('a b', '0224'))],
    ['BR-FR-25', 'a long address', ({ buyer }) => (buyer.endpoint.value += '_'.repeat(120))],
    ['BR-FR-26', 'a long routing code', identifiers(siren('a'.repeat(101), '0224'))],
    ['BR-FR-27', 'an attribute of no name', ({ lines }) => (lines[0].item.attributes = [{ value: 'a' }]), 'BR-54'],
    [
      'BR-FR-28',
      'a value and a quantity',
      ({ lines }) => (lines[0].item.attributes = [{ name: 'a', value: 'b', quantity: '1', unit: 'C62' }]),
    ],
    [
      'BR-FR-29',
      'two numbers of one invoice',
      json => (json.invoicedObjects = ['1', '2'].map(value => siren(value, 'AFL'))),
      'UBL-SR-04',
    ],
    [
      'BR-FR-30',
      'two numbers of one line',
      ({ lines }) => (lines[0].objects = ['1', '2'].map(value => siren(value, 'AFL'))),
      'UBL-SR-52',
    ],
    ['BR-FR-31', 'two processings', ({ notes }) => notes.push({ subjectCode: 'BAR', text: 'B2C' })],
    [
      'BR-FR-32',
      'a SIREN of a payee that is too short',
      json => (json.payee = { name: 'P', legalRegistration: siren('1') }),
    ],
    ['BR-FR-CO-03', 'a global allowance without period', json => (json.typeCode = '262')],
    ['BR-FR-CO-04', 'a correction of nothing', json => (json.typeCode = '384')],
    ['BR-FR-CO-05', 'a credit note for nothing', json => (json.typeCode = '381')],
    ['BR-FR-CO-07', 'due before it was written', json => (json.dueDate = '2026-11-19')],
    ['BR-FR-CO-08', 'a final prepayment', json => Object.assign(json, { typeCode: '386', process: 'B4' })],
    ['BR-FR-CO-10', 'an identifier of no scheme', identifiers({ value: '1' })],
    ['BR-FR-CO-10', 'two identifiers of one scheme', identifiers(siren('1', '0088'), siren('2', '0088'))],
    ['BR-FR-CO-12', 'dollars without euros', json => (json.currency = 'USD')],
    ['BR-FR-DEC-01', 'a long amount', ({ lines }) => Object.assign(lines[0], { quantity: '1', net: '1'.repeat(18) })],
    ['BR-FR-DEC-02', 'five decimals of a quantity', ({ lines }) => (lines[0].quantity = '4.00001')],
    ['BR-FR-DEC-03', 'seven decimals of a price', ({ lines }) => (lines[0].price.net = '62.5000001')],
    ['BR-FR-DEC-04', 'a rate with three decimals', ({ lines }) => (lines[0].vat.rate = '20.000'), 'BR-FR-16'],
  ],
  () => sample(french),
  {},
)

const special = [
  ...jsonDefects(
    [
      ['BR-FR-CO-09', 'another amount paid', json => Object.assign(json.totals, { paid: '1', rounding: '-569.32' })],
      ['BR-FR-CO-09', 'an amount due', json => (json.totals.rounding = '1')],
      ['BR-FR-CO-09', 'no date of payment', json => delete json.dueDate],
    ],
    paid,
    {},
  ),
  ...jsonDefects(
    [
      ['BR-FR-CO-14', 'no note of the VAT group', drop('TXD')],
      ['BR-FR-CO-15', 'no representative', json => delete json.taxRepresentative],
    ],
    member,
    {},
  ),
]

function party(name: string, value: string): Json {
  return { name, legalRegistration: siren(value), address: { country: 'FR' } }
}

/** The line of a part; the amounts are net, VAT and both. */
function group(id: string, seller: Json, value: string, [net, vatAmount, amountWithVat]: string[]): Json {
  const objects = [siren(value, 'AFL'), siren('B1', 'AVV')]
  return { id, kind: 'GROUP', seller, objects, net, vatAmount, amountWithVat, item: { name: value } }
}

/** A line as one of a part. */
function detail(line: Json, { id, seller }: Json, value: string): Json {
  const vat = { ...line.vat, exemptionReason: `#${value}#` }
  return { ...line, parentId: id, kind: 'DETAIL', seller: { ...seller }, objects: [siren(value, 'AFL')], vat }
}

/** A good invoice of two sellers: one group with one line each. */
export function multiSeller(json: Json): void {
  french(json)
  const one = group('G1', party('One', '900000001'), json.number, ['250.00', '50.00', '300.00'])
  const two = group('G2', party('Two', '900000027'), 'F-2', ['256.23', '14.09', '270.32'])
  const [first, second] = json.lines
  Object.assign(json, {
    customization: 'urn:cen.eu:en16931:2017#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr',
    process: 'B8',
    lines: [one, detail(first, one, json.number), two, detail(second, two, 'F-2')],
    vatBreakdown: [
      { category: 'S', rate: '20', taxable: '250.00', tax: '50.00', exemptionReason: `#${json.number}#` },
      { category: 'S', rate: '5.5', taxable: '256.23', tax: '14.09', exemptionReason: '#F-2#' },
    ],
  })
}

/** The same between two parties: what the one sells to the other, and the other way round. */
export function twoWay(json: Json): void {
  multiSeller(json)
  const buyer = { name: 'Two', legalRegistration: siren('900000019'), address: { country: 'FR' } }
  Object.assign(json, { process: 'B9', typeCode: '389' })
  for (const line of json.lines.slice(2)) line.seller = buyer
}

const grouped = [
  ...jsonDefects(
    [
      [
        'BR-FR-MV-01',
        'a line of no kind',
        ({ lines }) => delete lines[1].kind,
        'BR-FR-MV-05',
        'BR-FREXT-06',
        'BR-FREXT-08',
      ],
      [
        'BR-FR-MV-02',
        'no group',
        json => {
          json.lines = json.lines.filter(({ kind }: Json) => kind === 'DETAIL')
          for (const line of json.lines) delete line.parentId
        },
      ],
      ['BR-FR-MV-03', 'a group without VAT', ({ lines }) => delete lines[0].vatAmount, 'BR-FR-MV-09', 'BR-FR-MV-10'],
      ['BR-FR-MV-03', 'a group without a mode', ({ lines }) => lines[0].objects.pop()],
      ['BR-FR-MV-03', 'a group in the mode of the whole', ({ lines }) => (lines[0].objects[1].value = 'B8')],
      [
        'BR-FR-MV-05',
        'another sum',
        ({ lines }) => ((lines[0].net = '251.00'), delete lines[0].amountWithVat),
        'BR-FREXT-08',
      ],
      ['BR-FR-MV-06', 'a line of another seller', ({ lines }) => (lines[1].seller = lines[3].seller)],
      [
        'BR-FR-MV-07',
        'a line of another number',
        ({ lines, vatBreakdown }) => {
          lines[1].objects = [siren('F-3', 'AFL')]
          lines[1].vat.exemptionReason = '#F-3#'
          vatBreakdown[0].exemptionReason = '#F-2026-0042#'
        },
      ],
      ['BR-FR-MV-08', 'a line that does not say its number', ({ lines }) => (lines[1].vat.exemptionReason = 'x')],
      ['BR-FR-MV-09', 'another VAT', ({ lines }) => ((lines[0].vatAmount = '51.00'), delete lines[0].amountWithVat)],
      ['BR-FR-MV-10', 'another amount with VAT', ({ lines }) => (lines[0].amountWithVat = '301.00')],
      [
        'BR-FR-MV-11',
        'no group of the seller with the number',
        ({ lines, vatBreakdown }) => {
          for (const line of lines.slice(0, 2)) line.objects[0].value = 'F-3'
          lines[1].vat.exemptionReason = '#F-3#'
          vatBreakdown[0].exemptionReason = '#F-3#'
        },
      ],
      [
        'BR-FR-MV-12',
        'two groups of one number',
        ({ number, lines, vatBreakdown }) => {
          for (const line of lines.slice(2)) line.objects[0].value = number
          lines[3].vat.exemptionReason = `#${number}#`
          vatBreakdown[1].exemptionReason = `#${number}#`
          lines[0].vatAmount = lines[2].vatAmount = '64.09'
          for (const line of lines) delete line.amountWithVat
        },
      ],
      ['BR-FR-MV-13', 'a self-billed one', json => (json.typeCode = '389')],
      [
        'BR-FR-MV-14',
        'a correction of nothing',
        json => Object.assign(json, { typeCode: '384', precedingInvoices: [{ number: '1', issueDate: '2026-01-01' }] }),
      ],
    ],
    () => sample(multiSeller),
    {},
  ),
  ...jsonDefects(
    [
      [
        'BR-FR-BD-02',
        'a buyer of no group',
        ({ buyer }) => ((buyer.legalRegistration.value = '900000027'), (buyer.endpoint.value = '900000027')),
      ],
      ['BR-FR-BD-13', 'one that is not self-billed', json => (json.typeCode = '380')],
      [
        'BR-FR-BD-14',
        'a credit note for nothing',
        json => Object.assign(json, { typeCode: '261', precedingInvoices: [{ number: '1', issueDate: '2026-01-01' }] }),
      ],
    ],
    () => sample(twoWay),
    {},
  ),
]

function subgroup(id: string, parentId: string): Json {
  return { id, parentId, kind: 'GROUP', item: { name: 'x' } }
}

function attribute(lines: Json, one: Json): void {
  lines[0].item.attributes = [one]
}

const lineTree = jsonDefects(
  [
    ['BR-FREXT-06', 'a part of no kind', ({ lines }) => delete lines[1].kind, 'BR-FREXT-08'],
    ['BR-FREXT-08', 'another sum of parts', ({ lines }) => (lines[0].net = '250.01')],
    [
      'BR-FREXT-12',
      'a group without a sum in a group that has one',
      ({ lines }) => {
        // A contains itself, so that its sum cannot be computed.
        lines.push({ id: 'T', kind: 'GROUP', net: '0.00', item: { name: 'x' } })
        lines.push(subgroup('A', 'T'), subgroup('A', 'B'), subgroup('B', 'A'))
      },
    ],
    [
      'BR-FREXT-05',
      'a line of an unknown kind',
      ({ lines }) => (lines[1].kind = 'PART'),
      'BR-FREXT-08',
      'BR-FREXT-S-08',
    ],
    ['BR-FREXT-04', 'an attribute of an unknown code', ({ lines }) => attribute(lines, { code: '§', value: 'x' })],
    ['BR-FREXT-54-1', 'an attribute without a name', ({ lines }) => attribute(lines, { value: 'x' })],
    ['BR-FREXT-54-2', 'an attribute without a value', ({ lines }) => attribute(lines, { name: 'x' })],
    [
      'BR-FREXT-54-2',
      'an attribute with a value and a quantity',
      ({ lines }) => attribute(lines, { name: 'x', value: '1', quantity: '1', unit: 'C62' }),
    ],
    [
      'BR-FREXT-54-2',
      'an attribute with a quantity of no unit',
      ({ lines }) => attribute(lines, { name: 'x', quantity: '1' }),
    ],
    ['BR-FREXT-CL-27', 'unknown terms of delivery', json => (json.deliveryTerms = { code: 'XYZ' })],
    [
      'BR-57',
      'a place of delivery of a line in no country',
      ({ lines }) => (lines[0].delivery = { address: { city: 'Lyon' } }),
    ],
    [
      'BR-FREXT-CL-10',
      'a buyer’s agent of an unknown scheme',
      json => (json.buyerAgent = { identifiers: [siren('1', '§')] }),
    ],
    ['BR-CO-25', 'an amount that is due at no time', json => (delete json.dueDate, delete json.paymentTerms)],
    ['BR-FREXT-S-09', 'a tax of another amount', ({ vatBreakdown }) => (vatBreakdown[0].tax = '50.02')],
    ['BR-FREXT-11', 'a part of nothing', ({ lines }) => Object.assign(lines[1], { parentId: 'X' }), 'BR-FREXT-08'],
  ],
  () => sample(multiSeller),
  { rules: [] },
)

/** A good invoice to a French public body. */
export function toPublicBody(json: Json): void {
  french(json)
  json.seller.identifiers = [siren('90000000100011', '0009')]
  json.buyer.identifiers = [siren('90000001900011', '0009')]
}

const text = (length: number) => 'x'.repeat(length)
const publicSector = jsonDefects(
  [
    ['BR-FR-CPRO-01', 'another type of contract', json => (json.contractType = 'frame')],
    ['BR-FR-CPRO-02', 'a long number', json => (json.number = text(21))],
    ['BR-FR-CPRO-03', 'no identifier of the seller', ({ seller }) => delete seller.identifiers, 'BR-FR-CPRO-09'],
    ['BR-FR-CPRO-04', 'a long VAT number', ({ seller }) => seller.identifiers.push(siren(text(19), '0223'))],
    ['BR-FR-CPRO-05', 'a long foreign number', ({ seller }) => seller.identifiers.push(siren(text(19), '0227'))],
    ['BR-FR-CPRO-06', 'a short RIDET', ({ seller }) => seller.identifiers.push(siren('1', '0228'))],
    ['BR-FR-CPRO-07', 'a short TAHITI', ({ seller }) => seller.identifiers.push(siren('1', '0229'))],
    ['BR-FR-CPRO-08', 'a person without digits', ({ seller }) => seller.identifiers.push(siren('Morel', '0226'))],
    ['BR-FR-CPRO-09', 'a SIREN without SIRET', ({ seller }) => (seller.identifiers = [siren('DE1', '0223')])],
    ['BR-FR-CPRO-10', 'no SIRET of the buyer', ({ buyer }) => delete buyer.identifiers],
    ['BR-FR-CPRO-14', 'a long contract', json => (json.contractReference = text(51))],
    ['BR-FR-CPRO-15', 'a long order', json => (json.purchaseOrderReference = text(51))],
    [
      'BR-FR-CPRO-17',
      'a payee without SIRET',
      json => (json.payee = { name: 'P', legalRegistration: siren('900000035') }),
    ],
    ['BR-FR-CPRO-20', 'two preceding invoices', json => (json.precedingInvoices = [{ number: '1' }, { number: '2' }])],
    ['BR-FR-CPRO-24', 'the mode S5', json => (json.process = 'S5')],
    ['BR-FR-CPRO-30', 'a long document reference', json => (json.attachments = [{ reference: text(51) }])],
    ['BR-FR-CPRO-31', 'a long description', ({ lines }) => (lines[0].item.description = text(1025))],
    ['BR-FR-CPRO-32', 'a long street', ({ seller }) => (seller.address.line1 = text(401))],
    ['BR-FR-CPRO-33', 'a long city', ({ seller }) => (seller.address.city = text(401))],
    ['BR-FR-CPRO-34', 'a long trading name of the buyer', ({ buyer }) => (buyer.tradingName = text(100))],
    ['BR-FR-CPRO-35', 'long payment terms', json => (json.paymentTerms = text(1025))],
    ['BR-FR-CPRO-36', 'a long trading name of the seller', ({ seller }) => (seller.tradingName = text(100))],
    ['BR-FR-CPRO-37', 'a long payee', json => (json.payee = { name: text(100) })],
    ['BR-FR-CPRO-38', 'a long place', ({ delivery }) => (delivery.location = siren(text(21), '0088'))],
    ['BR-FR-CPRO-39', 'a long account', ({ paymentMeans }) => (paymentMeans[0].transfer.account = text(28))],
    [
      'BR-FR-CPRO-41',
      'a long file name',
      json =>
        (json.attachments = [{ reference: 'A', file: { content: 'YWJj', mimeType: 'text/csv', filename: text(51) } }]),
    ],
    ['BR-FR-CPRO-42', 'a long note', ({ notes }) => (notes[0].text = text(1025))],
    ['BR-FR-CPRO-43', 'a long name of the seller', ({ seller }) => (seller.name = text(100))],
    ['BR-FR-CPRO-44', 'a long name of the buyer', ({ buyer }) => (buyer.name = text(100))],
  ],
  () => sample(toPublicBody),
  { rules: ['auto', 'france-b2g'] },
)

export const frenchRules: readonly Defect[] = [...general, ...special, ...grouped, ...lineTree, ...publicSector]
