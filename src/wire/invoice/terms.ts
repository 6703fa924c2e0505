import * as lists from './code-lists.ts'
import type { Invoice } from './model.ts'
import {
  address,
  allowance,
  allowanceReasons,
  allowanceVat,
  chargeReasons,
  identifier,
  identifierFields,
  inReferencedDocument,
  period,
  vat,
  vatCategory,
} from './row-groups.ts'
import { type Fields, amount, base64, code, date, many, one, percentage, text } from './table.ts'
import { extendedInvoiceFields } from './terms-extended.ts'
import { lineFields } from './terms-line.ts'
import { extendedPaymentFields, paymentMeans } from './terms-payment.ts'
import { buyerFields, payeeFields, sellerFields, taxRepresentativeFields } from './terms-parties.ts'

/*
 * The mapping of EN 16931 to its syntaxes, once: business term, name, JSON property (the nesting of keys), UBL element
 * [CEN/TS 16931-3-2], CII element [CEN/TS 16931-3-3], and the rules that hang on a single term. table.ts explains the columns.
 * Readers, writers, messages and the JSON Schema are all made from it. Rule ids are those of the validation artefacts 1.3.16.
 */

const currencies = { rule: 'BR-CL-04', list: lists.currencies }
const icd = (rule: string) => ({ rule, list: lists.icd })

const seller = 'cac:AccountingSupplierParty/cac:Party'
const buyer = 'cac:AccountingCustomerParty/cac:Party'
const sepaId = 'cac:PartyIdentification[cbc:ID/@schemeID=SEPA]/cbc:ID'
const agreement = 'rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement'
const delivery = 'rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeDelivery'
const settlement = 'rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement'
const paymentTerms = `${settlement}/ram:SpecifiedTradePaymentTerms`
const headerTax = `${settlement}/ram:ApplicableTradeTax[ram:TypeCode=VAT]`
const totals = 'cac:LegalMonetaryTotal'
const vatTotal = 'cac:TaxTotal[cbc:TaxAmount/@currencyID=$currency]'

export const invoiceFields: Fields<Invoice> = {
  number: text('BT-1', 'Invoice number', ['cbc:ID', 'rsm:ExchangedDocument/ram:ID'], { missing: 'BR-02' }),
  issueDate: date(
    'BT-2',
    'Invoice issue date',
    ['cbc:IssueDate', 'rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString'],
    { missing: 'BR-03' },
  ),
  typeCode: code('BT-3', 'Invoice type code', ['cbc:InvoiceTypeCode', 'rsm:ExchangedDocument/ram:TypeCode'], {
    creditNote: 'cbc:CreditNoteTypeCode',
    missing: 'BR-04',
    derived: 'invoice',
    codes: { rule: 'BR-CL-01', list: lists.invoiceTypes.union(lists.creditNoteTypes) },
  }),
  currency: code(
    'BT-5',
    'Invoice currency code',
    ['cbc:DocumentCurrencyCode', `${settlement}/ram:InvoiceCurrencyCode`],
    { missing: 'BR-05', codes: currencies },
  ),
  vatCurrency: code(
    'BT-6',
    'VAT accounting currency code',
    ['cbc:TaxCurrencyCode', `${settlement}/ram:TaxCurrencyCode`],
    {
      codes: { rule: 'BR-CL-05', list: lists.currencies },
    },
  ),
  vatPointDate: date('BT-7', 'Value added tax point date', [
    'cbc:TaxPointDate',
    `${headerTax}/ram:TaxPointDate/udt:DateString`,
  ]),
  vatPointDateCode: code(
    'BT-8',
    'Value added tax point date code',
    ['cac:InvoicePeriod/cbc:DescriptionCode', `${headerTax}/ram:DueDateTypeCode`],
    {
      codes: { rule: 'BR-CL-06', list: lists.vatPointDates },
      once: 'UBL-SR-49',
      // UNTDID 2475 instead of 2005. [CEN/TS 16931-3-3, BT-8]
      ciiCodes: { '3': '5', '35': '29', '432': '72' },
      // [france.md §2.4, S1.13]
      ciiEverywhere: true,
    },
  ),
  dueDate: date('BT-9', 'Payment due date', ['cbc:DueDate', `${paymentTerms}/ram:DueDateDateTime/udt:DateTimeString`], {
    creditNote: 'cac:PaymentMeans/cbc:PaymentDueDate',
    once: 'UBL-SR-45',
  }),
  buyerReference: text('BT-10', 'Buyer reference', ['cbc:BuyerReference', `${agreement}/ram:BuyerReference`]),
  projectReference: text(
    'BT-11',
    'Project reference',
    ['cac:ProjectReference/cbc:ID', `${agreement}/ram:SpecifiedProcuringProject[ram:Name!=]/ram:ID`],
    {
      creditNote: 'cac:AdditionalDocumentReference[cbc:DocumentTypeCode=50]/cbc:ID',
      once: 'UBL-SR-39',
    },
  ),
  contractReference: text(
    'BT-12',
    'Contract reference',
    ['cac:ContractDocumentReference/cbc:ID', `${agreement}/ram:ContractReferencedDocument/ram:IssuerAssignedID`],
    { once: 'UBL-SR-01' },
  ),
  purchaseOrderReference: text('BT-13', 'Purchase order reference', [
    'cac:OrderReference/cbc:ID',
    `${agreement}/ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID`,
  ]),
  salesOrderReference: text('BT-14', 'Sales order reference', [
    'cac:OrderReference/cbc:SalesOrderID',
    `${agreement}/ram:SellerOrderReferencedDocument/ram:IssuerAssignedID`,
  ]),
  receivingAdviceReference: text(
    'BT-15',
    'Receiving advice reference',
    ['cac:ReceiptDocumentReference/cbc:ID', `${delivery}/ram:ReceivingAdviceReferencedDocument/ram:IssuerAssignedID`],
    {
      once: 'UBL-SR-02',
    },
  ),
  despatchAdviceReference: text(
    'BT-16',
    'Despatch advice reference',
    ['cac:DespatchDocumentReference/cbc:ID', `${delivery}/ram:DespatchAdviceReferencedDocument/ram:IssuerAssignedID`],
    {
      once: 'UBL-SR-03',
    },
  ),
  tenderReference: text(
    'BT-17',
    'Tender or lot reference',
    [
      'cac:OriginatorDocumentReference/cbc:ID',
      `${agreement}/ram:AdditionalReferencedDocument[ram:TypeCode=50]/ram:IssuerAssignedID`,
    ],
    {
      once: 'UBL-SR-56',
    },
  ),
  invoicedObjects: many(
    'BT-18 Invoiced object identifier',
    [
      'cac:AdditionalDocumentReference[cbc:DocumentTypeCode=130]',
      `${agreement}/ram:AdditionalReferencedDocument[ram:TypeCode=130]`,
    ],
    identifierFields('BT-18', 'Invoiced object identifier', {
      scheme: { codes: { rule: 'BR-CL-07', list: lists.objectSchemes } },
      inside: inReferencedDocument,
    }),
  ),
  buyerAccountingReference: text('BT-19', 'Buyer accounting reference', [
    'cbc:AccountingCost',
    `${settlement}/ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID`,
  ]),
  paymentTerms: text('BT-20', 'Payment terms', ['cac:PaymentTerms/cbc:Note', `${paymentTerms}/ram:Description`], {
    once: 'UBL-SR-05',
  }),
  notes: many('BG-1 Invoice note', ['cbc:Note', 'rsm:ExchangedDocument/ram:IncludedNote'], {
    subjectCode: code('BT-21', 'Invoice note subject code', ['', 'ram:SubjectCode'], {
      codes: { rule: 'BR-CL-08', list: lists.noteSubjects },
    }),
    text: text('BT-22', 'Invoice note', ['.', 'ram:Content'], { missing: 'value.missing', prefixedBy: 'subjectCode' }),
  }),
  process: text('BT-23', 'Business process type', [
    'cbc:ProfileID',
    'rsm:ExchangedDocumentContext/ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID',
  ]),
  customization: text(
    'BT-24',
    'Specification identifier',
    ['cbc:CustomizationID', 'rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID'],
    {
      missing: 'BR-01',
      derived: 'invoice',
    },
  ),
  precedingInvoices: many(
    'BG-3 Preceding invoice reference',
    ['cac:BillingReference', `${settlement}/ram:InvoiceReferencedDocument`],
    {
      number: text(
        'BT-25',
        'Preceding Invoice reference',
        ['cac:InvoiceDocumentReference/cbc:ID', 'ram:IssuerAssignedID'],
        { missing: 'BR-55' },
      ),
      typeCode: code('EXT-FR-FE-02', 'Preceding Invoice type code', [
        'cac:InvoiceDocumentReference/cbc:DocumentTypeCode',
        'ram:TypeCode',
      ]),
      issueDate: date('BT-26', 'Preceding Invoice issue date', [
        'cac:InvoiceDocumentReference/cbc:IssueDate',
        'ram:FormattedIssueDateTime/qdt:DateTimeString',
      ]),
    },
  ),
  seller: one('BG-4 Seller', [seller, `${agreement}/ram:SellerTradeParty`], sellerFields, { required: true }),
  buyer: one('BG-7 Buyer', [buyer, `${agreement}/ram:BuyerTradeParty`], buyerFields, { required: true }),
  payee: one('BG-10 Payee', ['cac:PayeeParty', `${settlement}/ram:PayeeTradeParty`], payeeFields),
  taxRepresentative: one(
    'BG-11 Seller tax representative party',
    ['cac:TaxRepresentativeParty', `${agreement}/ram:SellerTaxRepresentativeTradeParty`],
    taxRepresentativeFields,
  ),
  delivery: one(
    'BG-13 Delivery information',
    ['cac:Delivery', delivery],
    {
      name: text(
        'BT-70',
        'Deliver to party name',
        ['cac:DeliveryParty/cac:PartyName/cbc:Name', 'ram:ShipToTradeParty/ram:Name'],
        { once: 'UBL-SR-25' },
      ),
      location: identifier(
        'BT-71',
        'Deliver to location identifier',
        ['cac:DeliveryLocation/cbc:ID', 'ram:ShipToTradeParty/ram:GlobalID[@schemeID] | ram:ShipToTradeParty/ram:ID'],
        {
          scheme: { codes: icd('BR-CL-26') },
        },
      ),
      date: date('BT-72', 'Actual delivery date', [
        'cbc:ActualDeliveryDate',
        'ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime/udt:DateTimeString',
      ]),
      address: one(
        'BG-15 Deliver to address',
        ['cac:DeliveryLocation/cac:Address', 'ram:ShipToTradeParty/ram:PostalTradeAddress'],
        address('Deliver to', ['BT-75', 'BT-76', 'BT-165', 'BT-77', 'BT-78', 'BT-79', 'BT-80'], 'BR-57'),
      ),
    },
    { once: 'UBL-SR-24' },
  ),
  period: one(
    'BG-14 Invoicing period',
    ['cac:InvoicePeriod', `${settlement}/ram:BillingSpecifiedPeriod`],
    period('Invoicing period', 'BT-73', 'BT-74'),
    {
      once: 'UBL-SR-08',
    },
  ),
  paymentMeans,
  bankCreditorId: text(
    'BT-90',
    'Bank assigned creditor identifier',
    [`${seller}/${sepaId} | cac:PayeeParty/${sepaId}`, `${settlement}/ram:CreditorReferenceID`],
    { once: 'UBL-SR-29' },
  ),
  allowances: many(
    'BG-20 Document level allowances',
    [
      'cac:AllowanceCharge[cbc:ChargeIndicator=false]',
      `${settlement}/ram:SpecifiedTradeAllowanceCharge[ram:ChargeIndicator/udt:Indicator=false]`,
    ],
    {
      ...allowance(
        'Document level allowance',
        ['BT-92', 'BT-93', 'BT-94', 'BT-97', 'BT-98'],
        ['BR-31', 'BR-DEC-01', 'BR-DEC-02'],
        allowanceReasons,
      ),
      vat: one(
        'BT-95 Document level allowance VAT',
        allowanceVat,
        vat('Document level allowance', ['BT-95', 'BT-96'], { missing: 'BR-32', rule: 'BR-CL-17' }),
        { required: true },
      ),
    },
  ),
  charges: many(
    'BG-21 Document level charges',
    [
      'cac:AllowanceCharge[cbc:ChargeIndicator=true]',
      `${settlement}/ram:SpecifiedTradeAllowanceCharge[ram:ChargeIndicator/udt:Indicator=true]`,
    ],
    {
      ...allowance(
        'Document level charge',
        ['BT-99', 'BT-100', 'BT-101', 'BT-104', 'BT-105'],
        ['BR-36', 'BR-DEC-05', 'BR-DEC-06'],
        chargeReasons,
      ),
      vat: one(
        'BT-102 Document level charge VAT',
        allowanceVat,
        vat('Document level charge', ['BT-102', 'BT-103'], { missing: 'BR-37', rule: 'BR-CL-17' }),
        { required: true },
      ),
    },
  ),
  totals: one(
    'BG-22 Document totals',
    ['.', `${settlement}/ram:SpecifiedTradeSettlementHeaderMonetarySummation`],
    {
      lineNet: amount(
        'BT-106',
        'Sum of Invoice line net amount',
        [`${totals}/cbc:LineExtensionAmount`, 'ram:LineTotalAmount'],
        {
          missing: 'BR-12',
          derived: 'invoice',
          decimals: 'BR-DEC-09',
        },
      ),
      allowances: amount(
        'BT-107',
        'Sum of allowances on document level',
        [`${totals}/cbc:AllowanceTotalAmount`, 'ram:AllowanceTotalAmount'],
        {
          decimals: 'BR-DEC-10',
        },
      ),
      charges: amount(
        'BT-108',
        'Sum of charges on document level',
        [`${totals}/cbc:ChargeTotalAmount`, 'ram:ChargeTotalAmount'],
        {
          decimals: 'BR-DEC-11',
        },
      ),
      withoutVat: amount(
        'BT-109',
        'Invoice total amount without VAT',
        [`${totals}/cbc:TaxExclusiveAmount`, 'ram:TaxBasisTotalAmount'],
        {
          missing: 'BR-13',
          derived: 'invoice',
          decimals: 'BR-DEC-12',
        },
      ),
      vat: amount(
        'BT-110',
        'Invoice total VAT amount',
        [`${vatTotal}/cbc:TaxAmount`, 'ram:TaxTotalAmount[@currencyID=$currency]'],
        { decimals: 'BR-DEC-13' },
      ),
      vatInVatCurrency: amount(
        'BT-111',
        'Invoice total VAT amount in accounting currency',
        [
          'cac:TaxTotal[cbc:TaxAmount/@currencyID=$vatCurrency]/cbc:TaxAmount',
          'ram:TaxTotalAmount[@currencyID=$vatCurrency]',
        ],
        { currency: 'vatCurrency', decimals: 'BR-DEC-15' },
      ),
      withVat: amount(
        'BT-112',
        'Invoice total amount with VAT',
        [`${totals}/cbc:TaxInclusiveAmount`, 'ram:GrandTotalAmount'],
        {
          missing: 'BR-14',
          derived: 'invoice',
          decimals: 'BR-DEC-14',
        },
      ),
      paid: amount('BT-113', 'Paid amount', [`${totals}/cbc:PrepaidAmount`, 'ram:TotalPrepaidAmount'], {
        decimals: 'BR-DEC-16',
      }),
      rounding: amount('BT-114', 'Rounding amount', [`${totals}/cbc:PayableRoundingAmount`, 'ram:RoundingAmount'], {
        decimals: 'BR-DEC-17',
      }),
      payable: amount('BT-115', 'Amount due for payment', [`${totals}/cbc:PayableAmount`, 'ram:DuePayableAmount'], {
        missing: 'BR-15',
        derived: 'invoice',
        decimals: 'BR-DEC-18',
      }),
    },
    { required: true, derived: 'invoice' },
  ),
  vatBreakdown: many(
    'BG-23 VAT breakdown',
    [`${vatTotal}/cac:TaxSubtotal`, headerTax],
    {
      taxable: amount('BT-116', 'VAT category taxable amount', ['cbc:TaxableAmount', 'ram:BasisAmount'], {
        missing: 'BR-45',
        derived: 'invoice',
        decimals: 'BR-DEC-19',
      }),
      tax: amount('BT-117', 'VAT category tax amount', ['cbc:TaxAmount', 'ram:CalculatedAmount'], {
        missing: 'BR-46',
        derived: 'invoice',
        decimals: 'BR-DEC-20',
      }),
      category: code('BT-118', 'VAT category code', [`${vatCategory}/cbc:ID`, 'ram:CategoryCode'], {
        missing: 'BR-47',
        codes: { rule: 'BR-CL-17', list: lists.vatCategories },
      }),
      rate: percentage('BT-119', 'VAT category rate', [`${vatCategory}/cbc:Percent`, 'ram:RateApplicablePercent'], {
        derived: 'invoice',
      }),
      exemptionReason: text(
        'BT-120',
        'VAT exemption reason text',
        [`${vatCategory}/cbc:TaxExemptionReason`, 'ram:ExemptionReason'],
        {
          once: 'UBL-SR-32',
        },
      ),
      exemptionReasonCode: code(
        'BT-121',
        'VAT exemption reason code',
        [`${vatCategory}/cbc:TaxExemptionReasonCode`, 'ram:ExemptionReasonCode'],
        {
          codes: { rule: 'BR-CL-22', list: lists.exemptionReasons },
        },
      ),
    },
    { missing: 'BR-CO-18', derived: 'invoice' },
  ),
  attachments: many(
    'BG-24 Additional supporting documents',
    [
      'cac:AdditionalDocumentReference',
      `${agreement}/ram:AdditionalReferencedDocument[ram:TypeCode=916] | ${agreement}/ram:AdditionalReferencedDocument[ram:TypeCode=]`,
    ],
    {
      reference: text('BT-122', 'Supporting document reference', ['cbc:ID', 'ram:IssuerAssignedID'], {
        missing: 'BR-52',
      }),
      description: text('BT-123', 'Supporting document description', ['cbc:DocumentDescription', 'ram:Name'], {
        once: 'UBL-SR-33',
      }),
      url: text('BT-124', 'External document location', ['cac:Attachment/cac:ExternalReference/cbc:URI', 'ram:URIID']),
      file: one(
        'BT-125 Attached document',
        ['cac:Attachment/cbc:EmbeddedDocumentBinaryObject', 'ram:AttachmentBinaryObject'],
        {
          content: base64('BT-125', 'Attached document', ['.', '.'], { missing: 'value.missing' }),
          mimeType: code('BT-125-1', 'Attached document Mime code', ['@mimeCode', '@mimeCode'], {
            missing: 'value.missing',
            codes: { rule: 'BR-CL-24', list: lists.mimeTypes },
          }),
          filename: text('BT-125-2', 'Attached document Filename', ['@filename', '@filename'], {
            missing: 'value.missing',
          }),
        },
      ),
    },
  ),
  lines: many(
    'BG-25 Invoice line',
    ['cac:InvoiceLine', 'rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem'],
    lineFields,
    { creditNote: 'cac:CreditNoteLine', missing: 'BR-16' },
  ),
  ...extendedInvoiceFields,
  ...extendedPaymentFields,
}
