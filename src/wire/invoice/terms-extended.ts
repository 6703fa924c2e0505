import * as lists from './code-lists.ts'
import type { Invoice, InvoiceLine, LineReference, OtherParty } from './model.ts'
import { address, contact, identifierFields, inPartyIdentification, optionalIdentifier } from './row-groups.ts'
import { type Fields, type GroupOptions, type Places, amount, code, date, many, one, quantity, text } from './table.ts'

/*
 * The rows of what EXTENDED-CTC-FR adds to EN 16931, from the elements that its rules allow and those of EN 16931 do not, and the
 * terms that they name [Schematron EXTENDED-CTC-FR and BR-FR Flux 2, 1.4.0.03; Factur-X EXTENDED 1.09 XSD]. A term whose number they do
 * not name has the term EXT-FR-FE. None is demanded, and what repeats beyond the model does not make a document wrong.
 */

const agreement = 'rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement'
const settlement = 'rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement'
const lineAgreement = 'ram:SpecifiedLineTradeAgreement'
const lineDelivery = 'ram:SpecifiedLineTradeDelivery'
const supplier = 'cac:AccountingSupplierParty/cac:Party'
const customer = 'cac:AccountingCustomerParty/cac:Party'

/** [BR-FREXT-CL-27] */
const incoterms: ReadonlySet<string> = new Set('1 2 CFR CIF CIP CPT DAP DDP DPU EXW FAS FCA FOB'.split(' '))

/** `FR-FE` numbers where they are known. */
interface PartyTerms {
  readonly name?: string
  readonly identifier?: string
  readonly legalRegistration?: string
  readonly vatId?: string
  readonly endpoint?: string
  readonly country?: string
}

const unnumbered = 'EXT-FR-FE'

function partyFields(whose: string, terms: PartyTerms): Fields<OtherParty> {
  const { name = unnumbered, identifier = unnumbered, legalRegistration = unnumbered } = terms
  const { vatId = unnumbered, endpoint = unnumbered, country = unnumbered } = terms
  return {
    name: text(name, `${whose} name`, ['cac:PartyLegalEntity/cbc:RegistrationName', 'ram:Name']),
    tradingName: text(unnumbered, `${whose} trading name`, [
      'cac:PartyName/cbc:Name',
      'ram:SpecifiedLegalOrganization/ram:TradingBusinessName',
    ]),
    role: code(unnumbered, `${whose} role code`, ['cbc:IndustryClassificationCode', 'ram:RoleCode'], {
      ublExtendedOnly: true,
    }),
    identifiers: many(
      `${identifier} ${whose} identifier`,
      ['cac:PartyIdentification', 'ram:GlobalID[@schemeID] | ram:ID'],
      identifierFields(identifier, `${whose} identifier`, {
        scheme: { codes: { rule: 'BR-CL-10', list: lists.icd } },
        inside: inPartyIdentification,
      }),
    ),
    legalRegistration: optionalIdentifier(
      legalRegistration,
      `${whose} legal registration identifier`,
      ['cac:PartyLegalEntity/cbc:CompanyID', 'ram:SpecifiedLegalOrganization/ram:ID'],
      { codes: { rule: 'BR-CL-11', list: lists.icd } },
    ),
    vatId: text(vatId, `${whose} VAT identifier`, [
      'cac:PartyTaxScheme[cac:TaxScheme/cbc:ID=VAT]/cbc:CompanyID',
      'ram:SpecifiedTaxRegistration[ram:ID/@schemeID=VA]/ram:ID',
    ]),
    legalInformation: text(unnumbered, `${whose} additional legal information`, [
      'cac:PartyLegalEntity/cbc:CompanyLegalForm',
      'ram:Description',
    ]),
    endpoint: optionalIdentifier(
      endpoint,
      `${whose} electronic address`,
      ['cbc:EndpointID', 'ram:URIUniversalCommunication/ram:URIID'],
      { codes: { rule: 'BR-CL-25', list: lists.eas } },
    ),
    address: one(
      `${unnumbered} ${whose} postal address`,
      ['cac:PostalAddress', 'ram:PostalTradeAddress'],
      address(whose, [...Array.from({ length: 6 }, () => unnumbered), country], undefined),
    ),
    contact: one(
      `${unnumbered} ${whose} contact`,
      ['cac:Contact', 'ram:DefinedTradeContact'],
      contact(whose, [unnumbered, unnumbered, unnumbered]),
    ),
  }
}

function party(whose: string, places: Places, { terms, options }: { terms: PartyTerms; options?: GroupOptions }) {
  return one(`${unnumbered} ${whose}`, places, partyFields(whose, terms), options)
}

function deliveryTerms(inCii: string) {
  return one(`${unnumbered} Delivery terms`, ['cac:DeliveryTerms', `${inCii}/ram:ApplicableTradeDeliveryTerms`], {
    code: code(unnumbered, 'Delivery terms code (Incoterms)', ['cbc:ID', 'ram:DeliveryTypeCode'], {
      codes: { rule: 'BR-FREXT-CL-27', list: incoterms },
    }),
    place: text(unnumbered, 'Delivery terms place', [
      'cac:DeliveryLocation/cbc:Name',
      'ram:RelevantTradeLocation/ram:Name',
    ]),
  })
}

export const extendedInvoiceFields = {
  purchaseOrderDate: date('EXT-FR-FE-197', 'Purchase order date', [
    'cac:OrderReference/cbc:IssueDate',
    `${agreement}/ram:BuyerOrderReferencedDocument/ram:FormattedIssueDateTime/qdt:DateTimeString`,
  ]),
  despatchAdviceDate: date('EXT-FR-FE-198', 'Despatch advice date', [
    'cac:DespatchDocumentReference/cbc:IssueDate',
    'rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeDelivery/ram:DespatchAdviceReferencedDocument/ram:FormattedIssueDateTime/qdt:DateTimeString',
  ]),
  contractDate: date('EXT-FR-FE-199', 'Contract date', [
    'cac:ContractDocumentReference/cbc:IssueDate',
    `${agreement}/ram:ContractReferencedDocument/ram:FormattedIssueDateTime/qdt:DateTimeString`,
  ]),
  contractType: text('EXT-FR-FE-01', 'Contract type', [
    'cac:ContractDocumentReference/cbc:DocumentType',
    `${agreement}/ram:ContractReferencedDocument/ram:ReferenceTypeCode`,
  ]),
  sellerAgent: party('Seller agent', [`${supplier}/cac:AgentParty`, `${agreement}/ram:SalesAgentTradeParty`], {
    terms: { identifier: 'EXT-FR-FE-69', endpoint: 'EXT-FR-FE-75' },
  }),
  buyerAgent: party('Buyer agent', [`${customer}/cac:AgentParty`, `${agreement}/ram:BuyerAgentTradeParty`], {
    terms: { identifier: 'EXT-FR-FE-06', endpoint: 'EXT-FR-FE-12' },
  }),
  invoicer: party(
    'Invoicer',
    [`${supplier}/cac:ServiceProviderParty/cac:Party`, `${settlement}/ram:InvoicerTradeParty`],
    { terms: { identifier: 'EXT-FR-FE-115', endpoint: 'EXT-FR-FE-121' }, options: { ublExtendedOnly: true } },
  ),
  invoicee: party(
    'Invoicee',
    [`${customer}/cac:ServiceProviderParty/cac:Party`, `${settlement}/ram:InvoiceeTradeParty`],
    { terms: { identifier: 'EXT-FR-FE-92', endpoint: 'EXT-FR-FE-98' }, options: { ublExtendedOnly: true } },
  ),
  payer: party('Payer', ['cac:PaymentMeans/cac:PaymentMandate/cac:PayerParty', `${settlement}/ram:PayerTradeParty`], {
    terms: { identifier: 'EXT-FR-FE-46', endpoint: 'EXT-FR-FE-52' },
  }),
  deliveryTerms: deliveryTerms(agreement),
  exchangeRate: one(
    `${unnumbered} Exchange rate of the VAT`,
    ['cac:TaxExchangeRate', `${settlement}/ram:TaxApplicableTradeCurrencyExchange`],
    {
      source: code(unnumbered, 'Source currency code', ['cbc:SourceCurrencyCode', 'ram:SourceCurrencyCode']),
      target: code(unnumbered, 'Target currency code', ['cbc:TargetCurrencyCode', 'ram:TargetCurrencyCode']),
      rate: quantity(unnumbered, 'Exchange rate', ['cbc:CalculationRate', 'ram:ConversionRate']),
      date: date(unnumbered, 'Exchange rate date', ['cbc:Date', 'ram:ConversionRateDateTime/udt:DateTimeString']),
    },
  ),
  prepayments: many(
    `${unnumbered} Prepayments`,
    ['cac:PrepaidPayment', `${settlement}/ram:SpecifiedAdvancePayment`],
    {
      amount: amount(unnumbered, 'Prepaid amount', ['cbc:PaidAmount', 'ram:PaidAmount']),
      date: date(unnumbered, 'Prepayment date', [
        'cbc:ReceivedDate',
        'ram:FormattedReceivedDateTime/qdt:DateTimeString',
      ]),
    },
    // A CreditNote of UBL has no prepayments.
    { creditNote: '' },
  ),
} satisfies Partial<Fields<Invoice>>

export const extendedPayeeFields = {
  role: code(unnumbered, 'Payee role code', ['cbc:IndustryClassificationCode', 'ram:RoleCode'], {
    ublExtendedOnly: true,
  }),
  vatId: text(unnumbered, 'Payee VAT identifier', [
    'cac:PartyTaxScheme[cac:TaxScheme/cbc:ID=VAT]/cbc:CompanyID',
    'ram:SpecifiedTaxRegistration[ram:ID/@schemeID=VA]/ram:ID',
  ]),
  endpoint: optionalIdentifier(
    'EXT-FR-FE-29',
    'Payee electronic address',
    ['cbc:EndpointID', 'ram:URIUniversalCommunication/ram:URIID'],
    { codes: { rule: 'BR-CL-25', list: lists.eas } },
  ),
  address: one(
    `${unnumbered} Payee postal address`,
    ['cac:PostalAddress', 'ram:PostalTradeAddress'],
    address(
      'Payee',
      Array.from({ length: 7 }, () => unnumbered),
      undefined,
    ),
  ),
  contact: one(
    `${unnumbered} Payee contact`,
    ['cac:Contact', 'ram:DefinedTradeContact'],
    contact('Payee', [unnumbered, unnumbered, unnumbered]),
  ),
} satisfies Partial<Fields<NonNullable<Invoice['payee']>>>

/** UBL names an element of the line and the document in it; CII both in one. */
function lineReference(what: string, places: Places, lineTerm: string) {
  const fields: Fields<LineReference> = {
    number: text(unnumbered, `${what} number`, ['cac:DocumentReference/cbc:ID', 'ram:IssuerAssignedID']),
    line: text(lineTerm, `${what} line`, ['cbc:LineID', 'ram:LineID']),
    date: date(unnumbered, `${what} date`, [
      'cac:DocumentReference/cbc:IssueDate',
      'ram:FormattedIssueDateTime/qdt:DateTimeString',
    ]),
  }
  return one(`${unnumbered} ${what}`, places, fields)
}

export const extendedLineFields = {
  purchaseOrder: text('EXT-FR-FE-135', 'Purchase order of the line', [
    'cac:OrderLineReference/cac:OrderReference/cbc:ID',
    `${lineAgreement}/ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID`,
  ]),
  salesOrder: text('EXT-FR-FE-144', 'Sales order of the line', [
    'cac:OrderLineReference/cac:OrderReference/cbc:SalesOrderID',
    `${lineAgreement}/ram:SellerOrderReferencedDocument/ram:IssuerAssignedID`,
  ]),
  salesOrderLine: text(unnumbered, 'Referenced sales order line', [
    'cac:OrderLineReference/cbc:SalesOrderLineID',
    `${lineAgreement}/ram:SellerOrderReferencedDocument/ram:LineID`,
  ]),
  despatchAdvice: lineReference(
    'Despatch advice of the line',
    ['cac:DespatchLineReference', `${lineDelivery}/ram:DespatchAdviceReferencedDocument`],
    'EXT-FR-FE-141',
  ),
  receivingAdvice: lineReference(
    'Receiving advice of the line',
    ['cac:ReceiptLineReference', `${lineDelivery}/ram:ReceivingAdviceReferencedDocument`],
    unnumbered,
  ),
  precedingInvoices: many(
    'EXT-FR-FE-136 Preceding invoice of the line',
    ['cac:BillingReference', 'ram:SpecifiedLineTradeSettlement/ram:InvoiceReferencedDocument'],
    {
      number: text('EXT-FR-FE-136', 'Preceding invoice of the line', [
        'cac:InvoiceDocumentReference/cbc:ID',
        'ram:IssuerAssignedID',
      ]),
      typeCode: code('EXT-FR-FE-137', 'Preceding invoice type code', [
        'cac:InvoiceDocumentReference/cbc:DocumentTypeCode',
        'ram:TypeCode',
      ]),
      issueDate: date('EXT-FR-FE-138', 'Preceding invoice issue date', [
        'cac:InvoiceDocumentReference/cbc:IssueDate',
        'ram:FormattedIssueDateTime/qdt:DateTimeString',
      ]),
      line: text(unnumbered, 'Preceding invoice line', ['cac:BillingReferenceLine/cbc:ID', 'ram:LineID']),
    },
  ),
  otherDocuments: many(
    `${unnumbered} Other document of the line`,
    ['cac:DocumentReference', 'ram:SpecifiedLineTradeSettlement/ram:AdditionalReferencedDocument'],
    { number: text(unnumbered, 'Other document of the line', ['cbc:ID', 'ram:IssuerAssignedID']) },
  ),
  delivery: one(`${unnumbered} Delivery of the line`, ['cac:Delivery', lineDelivery], {
    name: text(unnumbered, 'Deliver to party name of the line', [
      'cac:DeliveryParty/cac:PartyName/cbc:Name',
      'ram:ShipToTradeParty/ram:Name',
    ]),
    location: optionalIdentifier(
      'EXT-FR-FE-146',
      'Deliver to location identifier of the line',
      ['cac:DeliveryLocation/cbc:ID', 'ram:ShipToTradeParty/ram:GlobalID[@schemeID] | ram:ShipToTradeParty/ram:ID'],
      { codes: { rule: 'BR-CL-26', list: lists.icd } },
    ),
    date: date('EXT-FR-FE-158', 'Actual delivery date of the line', [
      'cbc:ActualDeliveryDate',
      'ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime/udt:DateTimeString',
    ]),
    address: one(
      `${unnumbered} Deliver to address of the line`,
      ['cac:DeliveryLocation/cac:Address', 'ram:ShipToTradeParty/ram:PostalTradeAddress'],
      address(
        'Deliver to',
        Array.from({ length: 7 }, () => unnumbered),
        undefined,
      ),
    ),
  }),
  deliveryTerms: deliveryTerms(lineAgreement),
  seller: one(
    'EXT-FR-FE-BG-12 Seller of the line',
    ['cac:Item/cac:ManufacturerParty', `${lineAgreement}/ram:ItemSellerTradeParty`],
    partyFields('Seller of the line', {
      name: 'EXT-FR-FE-164',
      identifier: 'EXT-FR-FE-166',
      legalRegistration: 'EXT-FR-FE-167',
      vatId: 'EXT-FR-FE-168',
      country: 'EXT-FR-FE-177',
    }),
    { ublExtendedOnly: true },
  ),
  vatPointDateCode: code(
    'EXT-FR-FE-180',
    'Value added tax point date code of the line',
    [
      'cac:InvoicePeriod/cbc:DescriptionCode',
      'ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax[ram:TypeCode=VAT]/ram:DueDateTypeCode',
    ],
    { codes: { rule: 'BR-CL-06', list: lists.vatPointDates }, ciiCodes: { '3': '5', '35': '29', '432': '72' } },
  ),
  vatAmount: amount('EXT-FR-FE-181', 'Invoice line VAT amount', [
    'cac:TaxTotal[cbc:TaxAmount/@currencyID=$currency]/cbc:TaxAmount',
    'ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:TaxTotalAmount[@currencyID=$currency]',
  ]),
  vatAmountInVatCurrency: amount(
    'EXT-FR-FE-182',
    'Invoice line VAT amount in accounting currency',
    [
      'cac:TaxTotal[cbc:TaxAmount/@currencyID=$vatCurrency]/cbc:TaxAmount',
      'ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:TaxTotalAmount[@currencyID=$vatCurrency]',
    ],
    { currency: 'vatCurrency' },
  ),
  amountWithVat: amount('EXT-FR-FE-184', 'Invoice line amount with VAT', [
    // UBL says it as net amount (BT-131) and VAT amount only.
    '',
    'ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:GrandTotalAmount',
  ]),
  packageQuantity: quantity('EXT-FR-FE-191', 'Quantity per package', [
    'cac:Item/cbc:PackQuantity',
    `${lineDelivery}/ram:PerPackageUnitQuantity`,
  ]),
  packageUnit: code(
    'EXT-FR-FE-191-1',
    'Quantity per package unit of measure code',
    ['cac:Item/cbc:PackQuantity/@unitCode', `${lineDelivery}/ram:PerPackageUnitQuantity/@unitCode`],
    { codes: { rule: 'BR-CL-23', list: lists.units } },
  ),
} satisfies Partial<Fields<InvoiceLine>>
