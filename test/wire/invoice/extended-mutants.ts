/*
 * An invoice in XML with one thing changed at a time: every value left out, put wrong by a cent and by more, every code exchanged,
 * every group left out and there twice. What comes out may be an invoice or not; the rules are asked of all of it.
 */

export interface Mutant {
  readonly name: string
  readonly document: string
}

/** The VAT categories, one of each kind of rule. */
const categories = ['S', 'Z', 'E', 'AE', 'K', 'G', 'O', 'L', 'M']
const kinds = ['GROUP', 'DETAIL', 'INFORMATION', 'OTHER']

/** What a leaf may become, by what it is. */
function valuesFor(name: string, value: string): string[] {
  if (name.endsWith('Amount'))
    return [added(value, '0.01'), added(value, '-0.03'), added(value, '10'), added(value, '0.001')]
  if (name.endsWith('Percent')) return ['0', '20', '5.50', '100']
  if (name.endsWith('Quantity')) return ['0', '-1']
  if (/(DocumentStatusCode|LineStatusReasonCode)$/.test(name)) return kinds.filter(kind => kind !== value)
  if (name.endsWith('LineID')) return ['1', '2', 'nobody']
  if (name.endsWith('CategoryCode')) return categories.filter(category => category !== value)
  if (name.endsWith('Indicator')) return [value === 'true' ? 'false' : 'true']
  if (/(Date|DateTimeString)$/.test(name)) return [value.includes('-') ? '1999-12-31' : '19991231']
  if (/(ReasonCode|TypeCode|CurrencyCode|IdentificationCode|CountryID|SubjectCode)$/.test(name))
    return ['95', 'ZZ', 'USD']
  return ['x']
}

/** A decimal plus another, in the longer number of decimals of both. */
function added(value: string, more: string): string {
  const scale = Math.max(...[value, more].map(one => one.split('.')[1]?.length ?? 0))
  return (Number(value) + Number(more)).toFixed(scale)
}

const groups =
  /<((?:cac:(?:AllowanceCharge|InvoiceLine|CreditNoteLine|TaxSubtotal|BillingReference|ClassifiedTaxCategory|TaxCategory|Price|PartyTaxScheme|PaymentMeans|PaymentTerms|AdditionalItemProperty|Delivery|InvoicePeriod|PostalAddress|DocumentReference|SubInvoiceLine))|(?:ram:(?:SpecifiedTradeAllowanceCharge|IncludedSupplyChainTradeLineItem|ApplicableTradeTax|CategoryTradeTax|NetPriceProductTradePrice|SpecifiedTaxRegistration|SpecifiedTradePaymentTerms|ApplicableProductCharacteristic|BillingSpecifiedPeriod|PostalTradeAddress|IncludedNote|AdditionalReferencedDocument|BilledQuantity)))>[^]*?<\/\1>/g

function* changes(document: string): Generator<readonly [name: string, at: number, length: number, text: string]> {
  for (const found of document.matchAll(/<([a-z]+:[A-Za-z]+)([^<>]*)>([^<>]+)<\/\1>/g)) {
    const [leaf, name = '', attributes = '', value = ''] = found
    const at = found.index
    // Of another specification, which other rules judge.
    if (value.startsWith('urn:cen.eu:')) continue
    yield [`without ${name}`, at, leaf.length, '']
    for (const other of valuesFor(categoryIn(document, at) ?? name, value))
      yield [`${name} ${value.slice(0, 12)} → ${other}`, at, leaf.length, `<${name}${attributes}>${other}</${name}>`]
    const attribute = / (schemeID|currencyID|unitCode|listID)="[^"]*"/.exec(attributes)
    if (attribute === null) continue
    for (const [title, text] of [
      ['without', ''],
      ['with another', ` ${attribute[1]}="§"`],
    ] as const)
      yield [`${name} ${title} ${attribute[1]}`, at, leaf.length, leaf.replace(attribute[0], text)]
  }
  for (const found of document.matchAll(groups)) {
    const [group, name] = found
    yield [`without ${name} (group)`, found.index, group.length, '']
    yield [`${name} twice`, found.index, group.length, group + group]
  }
}

/** The category of UBL is an ID among IDs. */
function categoryIn(document: string, at: number): string | undefined {
  return /<cac:(Classified)?TaxCategory>\s*$/.test(document.slice(Math.max(0, at - 60), at))
    ? 'CategoryCode'
    : undefined
}

/** Each change alone. */
export function* mutantsOf(name: string, document: string): Generator<Mutant> {
  for (const [title, at, length, text] of changes(document)) {
    yield { name: `${name} ${title}`, document: document.slice(0, at) + text + document.slice(at + length) }
  }
  const everywhere = /(<cac:(?:Classified)?TaxCategory>\s*<cbc:ID[^>]*>|<ram:CategoryCode>)[A-Z]+(?=<)/g
  for (const category of categories) {
    for (const rate of [undefined, '0', '20']) {
      const changed = document.replaceAll(everywhere, `$1${category}`)
      const rated =
        rate === undefined
          ? changed.replaceAll(/<(cbc:Percent|ram:RateApplicablePercent)>[^<]*<\/\1>/g, '')
          : changed.replaceAll(/(<(?:cbc:Percent|ram:RateApplicablePercent)>)[^<]*/g, `$1${rate}`)
      yield { name: `${name} all ${category} ${rate ?? 'without a rate'}`, document: rated }
    }
  }
}
