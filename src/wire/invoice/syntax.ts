import { ciiOrder } from './cii-order.ts'
import type { Entry } from './table.ts'
import type { TextKey } from './texts.ts'
import { ublOrder } from './ubl-order.ts'

/* What distinguishes the syntaxes beside the column of the table: everything that plan, reader and writer need to know of them. */

/** The three documents that are invoices, by their root. */
export type DocumentRoot = 'Invoice' | 'CreditNote' | 'CrossIndustryInvoice'

/** One element on a path. */
export interface Step {
  readonly namespace: string
  readonly local: string
}

export interface Syntax {
  readonly name: 'ubl' | 'cii'
  readonly root: DocumentRoot
  /** The root as it is written and as locations begin: `rsm:CrossIndustryInvoice`. */
  readonly rootName: string
  readonly rootNamespace: string
  /** Namespace declarations of the root. */
  readonly declarations: string
  readonly prefixes: Readonly<Record<string, string>>
  /** Children of each element in the order of the XSD, by local names. */
  readonly order: Readonly<Record<string, string>>
  /** What the XSD demands beside the terms: the text to write where the model has none. */
  readonly fillers: Readonly<Record<string, string>>
  /** Elements whose meaning hangs on a condition: when none holds, the document is wrong, not merely richer than the model. */
  readonly mustMatch: Readonly<Record<string, { readonly rule: string; readonly text: TextKey }>>
  /** `parent/child`: the rule that allows the element once where the XSD allows more; the table's column `once` is UBL's. */
  readonly onceRules: Readonly<Record<string, string>>
  /** `parent/child`: the XSD allows several, EN 16931 one, and no fatal rule forbids more. The model takes the first. */
  readonly mayRepeat: ReadonlySet<string>
  /** `parent/child` that is about the document and not about the invoice: nothing is lost without it. */
  readonly saysNothing: ReadonlySet<string>
  /** Mandatory in the XSD, so often there without content. */
  readonly mayBeEmpty: ReadonlySet<string>
  readonly rules: { readonly root: string; readonly structure: string; readonly cannotCarry: string }
  /** Every amount has the attribute currencyID; else only those that a condition on it tells apart. */
  readonly currencyOnAmounts: boolean
  /** The value of `format` for dates, which are then YYYYMMDD; undefined for YYYY-MM-DD without it. */
  readonly dateFormat: string | undefined
}

const cac = 'urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2'
const cbc = 'urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2'
const uncefact = 'urn:un:unece:uncefact:data:standard'

const chargeIndicator = { rule: 'PEPPOL-EN16931-R043', text: 'PEPPOL-EN16931-R043' } as const
const vatCurrencies = { rule: 'PEPPOL-EN16931-R051', text: 'PEPPOL-EN16931-R051/total' } as const

function ubl(root: 'Invoice' | 'CreditNote'): Syntax {
  const rootNamespace = `urn:oasis:names:specification:ubl:schema:xsd:${root}-2`
  return {
    name: 'ubl',
    root,
    rootName: root,
    rootNamespace,
    declarations: ` xmlns="${rootNamespace}" xmlns:cac="${cac}" xmlns:cbc="${cbc}"`,
    prefixes: { cac, cbc },
    order: ublOrder,
    fillers: {
      // Any scheme but VAT says "other tax registration"; this is the name the official examples use.
      'cac:TaxScheme/cbc:ID!=VAT': 'TAX',
      // The XSD demands an order number and a card network. [BIS Billing 3, OrderReference: "NA"]
      'cac:OrderReference/cbc:ID': 'NA',
      'cac:CardAccount/cbc:NetworkID': 'NA',
      'cac:DespatchDocumentReference/cbc:ID': 'NA',
      'cac:ContractDocumentReference/cbc:ID': 'NA',
      'cac:OrderLineReference/cbc:LineID': 'NA',
      'cac:DespatchLineReference/cbc:LineID': 'NA',
      'cac:ReceiptLineReference/cbc:LineID': 'NA',
      'cac:DocumentReference/cbc:ID': 'NA',
      'cac:AdditionalItemProperty/cbc:Name': 'NA',
    },
    mustMatch: { 'cac:AllowanceCharge': chargeIndicator, 'cac:TaxTotal': vatCurrencies },
    onceRules: {},
    mayRepeat: new Set(),
    saysNothing: new Set(['Invoice/cbc:UBLVersionID', 'CreditNote/cbc:UBLVersionID']),
    mayBeEmpty: new Set(),
    rules: { root: 'ubl.root', structure: 'ubl.structure', cannotCarry: 'ubl.cannot-carry' },
    currencyOnAmounts: true,
    dateFormat: undefined,
  }
}

const ciiPrefixes = {
  rsm: `${uncefact}:CrossIndustryInvoice:100`,
  ram: `${uncefact}:ReusableAggregateBusinessInformationEntity:100`,
  udt: `${uncefact}:UnqualifiedDataType:100`,
  qdt: `${uncefact}:QualifiedDataType:100`,
}

const summation = 'ram:SpecifiedTradeSettlementHeaderMonetarySummation'

/** The fatal ones among CII-SR-*. [EN16931-CII 1.3.16] */
const ciiOnceRules: Readonly<Record<string, string>> = {
  'rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter': 'CII-SR-009',
  'rsm:ExchangedDocument/ram:TypeCode': 'CII-SR-014',
  'ram:ApplicableProductCharacteristic/ram:Description': 'CII-SR-069',
  'ram:ApplicableProductCharacteristic/ram:Value': 'CII-SR-072',
  'ram:AppliedTradeAllowanceCharge/ram:ActualAmount': 'CII-SR-440',
  'ram:NetPriceProductTradePrice/ram:ChargeAmount': 'CII-SR-441',
  'ram:SellerTradeParty/ram:DefinedTradeContact': 'CII-SR-455',
  'ram:BuyerTradeParty/ram:DefinedTradeContact': 'CII-SR-456',
  'ram:SellerTradeParty/ram:URIUniversalCommunication': 'CII-SR-459',
  'ram:BuyerTradeParty/ram:URIUniversalCommunication': 'CII-SR-460',
  'ram:ApplicableTradeTax/ram:DueDateTypeCode': 'CII-SR-462',
  'ram:ApplicableHeaderTradeSettlement/ram:PaymentReference': 'CII-SR-469',
  'ram:SpecifiedTradeAllowanceCharge/ram:CategoryTradeTax': 'CII-SR-472',
  'ram:SpecifiedTradeAllowanceCharge/ram:ActualAmount': 'CII-SR-473',
  [`${summation}/ram:LineTotalAmount`]: 'CII-SR-477',
  [`${summation}/ram:ChargeTotalAmount`]: 'CII-SR-478',
  [`${summation}/ram:AllowanceTotalAmount`]: 'CII-SR-479',
  [`${summation}/ram:TaxBasisTotalAmount`]: 'CII-SR-480',
  [`${summation}/ram:RoundingAmount`]: 'CII-SR-481',
  [`${summation}/ram:GrandTotalAmount`]: 'CII-SR-482',
  [`${summation}/ram:TotalPrepaidAmount`]: 'CII-SR-484',
  [`${summation}/ram:DuePayableAmount`]: 'CII-SR-487',
}

const cii: Syntax = {
  name: 'cii',
  root: 'CrossIndustryInvoice',
  rootName: 'rsm:CrossIndustryInvoice',
  rootNamespace: ciiPrefixes.rsm,
  declarations: Object.entries(ciiPrefixes)
    .map(([prefix, namespace]) => ` xmlns:${prefix}="${namespace}"`)
    .join(''),
  prefixes: ciiPrefixes,
  order: ciiOrder,
  fillers: {
    'rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeDelivery': '',
    'ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeSettlement': '',
    // The XSD demands a name of the project. [CEN/TS 16931-3-3, BT-11]
    'ram:Name!=': 'Project reference',
  },
  mustMatch: { 'ram:SpecifiedTradeAllowanceCharge': chargeIndicator, 'ram:TaxTotalAmount': vatCurrencies },
  onceRules: ciiOnceRules,
  mayRepeat: new Set([
    'ram:PayeeTradeParty/ram:ID',
    'ram:PayeeTradeParty/ram:GlobalID',
    'ram:ShipToTradeParty/ram:ID',
    'ram:ShipToTradeParty/ram:GlobalID',
    'ram:ApplicableHeaderTradeAgreement/ram:AdditionalReferencedDocument',
    'ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradePaymentTerms',
    'ram:SpecifiedTradePaymentTerms/ram:Description',
    'ram:SpecifiedTradePaymentTerms/ram:DirectDebitMandateID',
    'ram:ApplicableHeaderTradeSettlement/ram:ReceivableSpecifiedTradeAccountingAccount',
    'ram:AssociatedDocumentLineDocument/ram:IncludedNote',
    'ram:SpecifiedTradeProduct/ram:Name',
    'ram:GrossPriceProductTradePrice/ram:AppliedTradeAllowanceCharge',
    'ram:SpecifiedLineTradeSettlement/ram:AdditionalReferencedDocument',
    'ram:SpecifiedLineTradeSettlement/ram:ReceivableSpecifiedTradeAccountingAccount',
  ]),
  saysNothing: new Set(),
  mayBeEmpty: new Set(['ram:ApplicableHeaderTradeDelivery', 'ram:SpecifiedLineTradeSettlement']),
  rules: { root: 'cii.root', structure: 'cii.structure', cannotCarry: 'cii.cannot-carry' },
  currencyOnAmounts: false,
  // UNTDID 2379: CCYYMMDD.
  dateFormat: '102',
}

export const syntaxes: Readonly<Record<DocumentRoot, Syntax>> = {
  Invoice: ubl('Invoice'),
  CreditNote: ubl('CreditNote'),
  CrossIndustryInvoice: cii,
}

/** The syntax of a document with this root element; undefined for any other. */
export function syntaxOf(namespace: string, local: string): Syntax | undefined {
  return Object.values(syntaxes).find(syntax => syntax.root === local && syntax.rootNamespace === namespace)
}

/** The elements of a path without conditions. Throws RangeError for an unknown prefix: a bug in the table. */
export function stepsOf(path: string, { prefixes }: Syntax): readonly Step[] {
  return path.split('/').map(step => {
    const [prefix = '', local] = step.split(':')
    const namespace = prefixes[prefix]
    if (namespace === undefined || local === undefined) throw new RangeError(`not a step of a path: ${step}`)
    return { namespace, local }
  })
}

/** The places of a row in a syntax, first the one that is written; none when it has no place. */
export function placesOf(entry: Entry, { name, root }: Syntax): readonly string[] {
  const column = name === 'cii' ? entry.cii : root === 'CreditNote' ? (entry.creditNote ?? entry.ubl) : entry.ubl
  return column === '' ? [] : column.split(' | ')
}

/** The place of a row as a message shows it: without conditions on the document's own currencies. */
export function placeShown(entry: Entry, syntax: Syntax): string {
  return (placesOf(entry, syntax)[0] ?? '.').replaceAll(/\[[^\]]*\$[^\]]*\]/g, '')
}
