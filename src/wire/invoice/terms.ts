import * as lists from './code-lists.ts'
import type { Invoice, Item } from './model.ts'
import { address, allowance, contact, identifier, identifierFields, period, vat, vatCategory } from './row-groups.ts'
import { type Fields, amount, base64, code, date, many, one, percentage, price, quantity, text } from './table.ts'

/*
 * The mapping of EN 16931 to its syntaxes, once: business term, name, JSON property (the nesting of keys), UBL element
 * [CEN/TS 16931-3-2], and the rules that hang on a single term. table.ts explains the columns. Readers, writers, messages and
 * the JSON Schema are all made from it. Rule ids are those of the validation artefacts 1.3.16.
 */

const currencies = { rule: 'BR-CL-04', list: lists.currencies }
const icd = (rule: string) => ({ rule, list: lists.icd })
const allowanceReasons = { rule: 'BR-CL-19', list: lists.allowanceReasons }
const chargeReasons = { rule: 'BR-CL-20', list: lists.chargeReasons }
const vatScheme = 'cac:PartyTaxScheme[cac:TaxScheme/cbc:ID=VAT]'

const item: Fields<Item> = {
  name: text('BT-153', 'Item name', 'cbc:Name', { missing: 'BR-25' }),
  description: text('BT-154', 'Item description', 'cbc:Description', { once: 'UBL-SR-50' }),
  sellersId: text('BT-155', "Item Seller's identifier", 'cac:SellersItemIdentification/cbc:ID'),
  buyersId: text('BT-156', "Item Buyer's identifier", 'cac:BuyersItemIdentification/cbc:ID'),
  standardId: identifier('BT-157', 'Item standard identifier', 'cac:StandardItemIdentification/cbc:ID', {
    scheme: { codes: icd('BR-CL-21'), missing: 'BR-64' },
  }),
  classifications: many('BT-158 Item classification identifier', 'cac:CommodityClassification', {
    code: text('BT-158', 'Item classification identifier', 'cbc:ItemClassificationCode', { missing: 'value.missing' }),
    list: code('BT-158-1', 'Item classification scheme', 'cbc:ItemClassificationCode/@listID', {
      missing: 'BR-65',
      codes: { rule: 'BR-CL-13', list: lists.itemClassifications },
    }),
    listVersion: text('BT-158-2', 'Item classification scheme version', 'cbc:ItemClassificationCode/@listVersionID'),
  }),
  originCountry: code('BT-159', 'Item country of origin', 'cac:OriginCountry/cbc:IdentificationCode', {
    codes: { rule: 'BR-CL-15', list: lists.countries },
  }),
  attributes: many('BG-32 Item attributes', 'cac:AdditionalItemProperty', {
    name: text('BT-160', 'Item attribute name', 'cbc:Name', { missing: 'BR-54' }),
    value: text('BT-161', 'Item attribute value', 'cbc:Value', { missing: 'BR-54' }),
  }),
}

const seller = 'cac:AccountingSupplierParty/cac:Party'
const buyer = 'cac:AccountingCustomerParty/cac:Party'
const totals = 'cac:LegalMonetaryTotal'
const vatTotal = 'cac:TaxTotal[cbc:TaxAmount/@currencyID=$currency]'

export const invoiceFields: Fields<Invoice> = {
  number: text('BT-1', 'Invoice number', 'cbc:ID', { missing: 'BR-02' }),
  issueDate: date('BT-2', 'Invoice issue date', 'cbc:IssueDate', { missing: 'BR-03' }),
  typeCode: code('BT-3', 'Invoice type code', 'cbc:InvoiceTypeCode', {
    creditNote: 'cbc:CreditNoteTypeCode',
    missing: 'BR-04',
    derived: 'invoice',
    codes: { rule: 'BR-CL-01', list: lists.invoiceTypes.union(lists.creditNoteTypes) },
  }),
  currency: code('BT-5', 'Invoice currency code', 'cbc:DocumentCurrencyCode', { missing: 'BR-05', codes: currencies }),
  vatCurrency: code('BT-6', 'VAT accounting currency code', 'cbc:TaxCurrencyCode', {
    codes: { rule: 'BR-CL-05', list: lists.currencies },
  }),
  vatPointDate: date('BT-7', 'Value added tax point date', 'cbc:TaxPointDate'),
  vatPointDateCode: code('BT-8', 'Value added tax point date code', 'cac:InvoicePeriod/cbc:DescriptionCode', {
    codes: { rule: 'BR-CL-06', list: lists.vatPointDates },
    once: 'UBL-SR-49',
  }),
  dueDate: date('BT-9', 'Payment due date', 'cbc:DueDate', {
    creditNote: 'cac:PaymentMeans/cbc:PaymentDueDate',
    once: 'UBL-SR-45',
  }),
  buyerReference: text('BT-10', 'Buyer reference', 'cbc:BuyerReference'),
  projectReference: text('BT-11', 'Project reference', 'cac:ProjectReference/cbc:ID', {
    creditNote: 'cac:AdditionalDocumentReference[cbc:DocumentTypeCode=50]/cbc:ID',
    once: 'UBL-SR-39',
  }),
  contractReference: text('BT-12', 'Contract reference', 'cac:ContractDocumentReference/cbc:ID', { once: 'UBL-SR-01' }),
  purchaseOrderReference: text('BT-13', 'Purchase order reference', 'cac:OrderReference/cbc:ID'),
  salesOrderReference: text('BT-14', 'Sales order reference', 'cac:OrderReference/cbc:SalesOrderID'),
  receivingAdviceReference: text('BT-15', 'Receiving advice reference', 'cac:ReceiptDocumentReference/cbc:ID', {
    once: 'UBL-SR-02',
  }),
  despatchAdviceReference: text('BT-16', 'Despatch advice reference', 'cac:DespatchDocumentReference/cbc:ID', {
    once: 'UBL-SR-03',
  }),
  tenderReference: text('BT-17', 'Tender or lot reference', 'cac:OriginatorDocumentReference/cbc:ID', {
    once: 'UBL-SR-56',
  }),
  invoicedObject: identifier(
    'BT-18',
    'Invoiced object identifier',
    'cac:AdditionalDocumentReference[cbc:DocumentTypeCode=130]/cbc:ID',
    { scheme: { codes: { rule: 'BR-CL-07', list: lists.objectSchemes } }, once: 'UBL-SR-04' },
  ),
  buyerAccountingReference: text('BT-19', 'Buyer accounting reference', 'cbc:AccountingCost'),
  paymentTerms: text('BT-20', 'Payment terms', 'cac:PaymentTerms/cbc:Note', { once: 'UBL-SR-05' }),
  notes: many('BG-1 Invoice note', 'cbc:Note', {
    subjectCode: code('BT-21', 'Invoice note subject code', '', {
      codes: { rule: 'BR-CL-08', list: lists.noteSubjects },
    }),
    text: text('BT-22', 'Invoice note', '.', { missing: 'value.missing', prefixedBy: 'subjectCode' }),
  }),
  process: text('BT-23', 'Business process type', 'cbc:ProfileID'),
  customization: text('BT-24', 'Specification identifier', 'cbc:CustomizationID', {
    missing: 'BR-01',
    derived: 'invoice',
  }),
  precedingInvoices: many('BG-3 Preceding invoice reference', 'cac:BillingReference', {
    number: text('BT-25', 'Preceding Invoice reference', 'cac:InvoiceDocumentReference/cbc:ID', { missing: 'BR-55' }),
    issueDate: date('BT-26', 'Preceding Invoice issue date', 'cac:InvoiceDocumentReference/cbc:IssueDate'),
  }),
  seller: one(
    'BG-4 Seller',
    seller,
    {
      name: text('BT-27', 'Seller name', 'cac:PartyLegalEntity/cbc:RegistrationName', { missing: 'BR-06' }),
      tradingName: text('BT-28', 'Seller trading name', 'cac:PartyName/cbc:Name', { once: 'UBL-SR-10' }),
      identifiers: many(
        'BT-29 Seller identifier',
        'cac:PartyIdentification[cbc:ID/@schemeID!=SEPA]',
        identifierFields('BT-29', 'Seller identifier', 'cbc:ID', { codes: icd('BR-CL-10') }),
      ),
      legalRegistration: identifier(
        'BT-30',
        'Seller legal registration identifier',
        'cac:PartyLegalEntity/cbc:CompanyID',
        { scheme: { codes: icd('BR-CL-11') }, once: 'UBL-SR-11' },
      ),
      vatId: text('BT-31', 'Seller VAT identifier', `${vatScheme}/cbc:CompanyID`, { once: 'UBL-SR-12' }),
      taxRegistrationId: text(
        'BT-32',
        'Seller tax registration identifier',
        'cac:PartyTaxScheme[cac:TaxScheme/cbc:ID!=VAT]/cbc:CompanyID',
        { once: 'UBL-SR-13' },
      ),
      legalInformation: text(
        'BT-33',
        'Seller additional legal information',
        'cac:PartyLegalEntity/cbc:CompanyLegalForm',
      ),
      endpoint: identifier('BT-34', 'Seller electronic address', 'cbc:EndpointID', {
        scheme: { missing: 'BR-62', codes: { rule: 'BR-CL-25', list: lists.eas } },
      }),
      address: one(
        'BG-5 Seller postal address',
        'cac:PostalAddress',
        address('Seller', ['BT-35', 'BT-36', 'BT-162', 'BT-37', 'BT-38', 'BT-39', 'BT-40'], 'BR-09'),
        { missing: 'BR-08' },
      ),
      contact: one('BG-6 Seller contact', 'cac:Contact', contact('Seller', ['BT-41', 'BT-42', 'BT-43'])),
    },
    { required: true },
  ),
  buyer: one(
    'BG-7 Buyer',
    buyer,
    {
      name: text('BT-44', 'Buyer name', 'cac:PartyLegalEntity/cbc:RegistrationName', { missing: 'BR-07' }),
      tradingName: text('BT-45', 'Buyer trading name', 'cac:PartyName/cbc:Name', { once: 'UBL-SR-40' }),
      identifiers: many(
        'BT-46 Buyer identifier',
        'cac:PartyIdentification',
        identifierFields('BT-46', 'Buyer identifier', 'cbc:ID', { codes: icd('BR-CL-10') }),
      ),
      legalRegistration: identifier(
        'BT-47',
        'Buyer legal registration identifier',
        'cac:PartyLegalEntity/cbc:CompanyID',
        { scheme: { codes: icd('BR-CL-11') }, once: 'UBL-SR-17' },
      ),
      vatId: text('BT-48', 'Buyer VAT identifier', `${vatScheme}/cbc:CompanyID`, { once: 'UBL-SR-18' }),
      endpoint: identifier('BT-49', 'Buyer electronic address', 'cbc:EndpointID', {
        scheme: { missing: 'BR-63', codes: { rule: 'BR-CL-25', list: lists.eas } },
      }),
      address: one(
        'BG-8 Buyer postal address',
        'cac:PostalAddress',
        address('Buyer', ['BT-50', 'BT-51', 'BT-163', 'BT-52', 'BT-53', 'BT-54', 'BT-55'], 'BR-11'),
        { missing: 'BR-10' },
      ),
      contact: one('BG-9 Buyer contact', 'cac:Contact', contact('Buyer', ['BT-56', 'BT-57', 'BT-58'])),
    },
    { required: true },
  ),
  payee: one('BG-10 Payee', 'cac:PayeeParty', {
    name: text('BT-59', 'Payee name', 'cac:PartyName/cbc:Name', { missing: 'BR-17', once: 'UBL-SR-19' }),
    identifier: identifier('BT-60', 'Payee identifier', 'cac:PartyIdentification[cbc:ID/@schemeID!=SEPA]/cbc:ID', {
      scheme: { codes: icd('BR-CL-10') },
      once: 'UBL-SR-20',
    }),
    legalRegistration: identifier(
      'BT-61',
      'Payee legal registration identifier',
      'cac:PartyLegalEntity/cbc:CompanyID',
      {
        scheme: { codes: icd('BR-CL-11') },
        once: 'UBL-SR-21',
      },
    ),
  }),
  taxRepresentative: one('BG-11 Seller tax representative party', 'cac:TaxRepresentativeParty', {
    name: text('BT-62', 'Seller tax representative name', 'cac:PartyName/cbc:Name', {
      missing: 'BR-18',
      once: 'UBL-SR-22',
    }),
    vatId: text('BT-63', 'Seller tax representative VAT identifier', `${vatScheme}/cbc:CompanyID`, {
      missing: 'BR-56',
      once: 'UBL-SR-23',
    }),
    address: one(
      'BG-12 Seller tax representative postal address',
      'cac:PostalAddress',
      address('Tax representative', ['BT-64', 'BT-65', 'BT-164', 'BT-66', 'BT-67', 'BT-68', 'BT-69'], 'BR-20'),
      { missing: 'BR-19' },
    ),
  }),
  delivery: one(
    'BG-13 Delivery information',
    'cac:Delivery',
    {
      name: text('BT-70', 'Deliver to party name', 'cac:DeliveryParty/cac:PartyName/cbc:Name', { once: 'UBL-SR-25' }),
      location: identifier('BT-71', 'Deliver to location identifier', 'cac:DeliveryLocation/cbc:ID', {
        scheme: { codes: icd('BR-CL-26') },
      }),
      date: date('BT-72', 'Actual delivery date', 'cbc:ActualDeliveryDate'),
      address: one(
        'BG-15 Deliver to address',
        'cac:DeliveryLocation/cac:Address',
        address('Deliver to', ['BT-75', 'BT-76', 'BT-165', 'BT-77', 'BT-78', 'BT-79', 'BT-80'], 'BR-57'),
      ),
    },
    { once: 'UBL-SR-24' },
  ),
  period: one('BG-14 Invoicing period', 'cac:InvoicePeriod', period('Invoicing period', 'BT-73', 'BT-74'), {
    once: 'UBL-SR-08',
  }),
  paymentMeans: many('BG-16 Payment instructions', 'cac:PaymentMeans', {
    code: code('BT-81', 'Payment means type code', 'cbc:PaymentMeansCode', {
      missing: 'BR-49',
      codes: { rule: 'BR-CL-16', list: lists.paymentMeans },
      once: 'UBL-SR-27',
    }),
    text: text('BT-82', 'Payment means text', 'cbc:PaymentMeansCode/@name'),
    remittanceInformation: text('BT-83', 'Remittance information', 'cbc:PaymentID', { once: 'UBL-SR-26' }),
    transfer: one('BG-17 Credit transfer', 'cac:PayeeFinancialAccount', {
      account: text('BT-84', 'Payment account identifier', 'cbc:ID', { missing: 'BR-50' }),
      accountName: text('BT-85', 'Payment account name', 'cbc:Name'),
      bank: text('BT-86', 'Payment service provider identifier', 'cac:FinancialInstitutionBranch/cbc:ID'),
    }),
    card: one('BG-18 Payment card information', 'cac:CardAccount', {
      number: text('BT-87', 'Payment card primary account number', 'cbc:PrimaryAccountNumberID', {
        missing: 'value.missing',
      }),
      holder: text('BT-88', 'Payment card holder name', 'cbc:HolderName'),
      network: text('', 'Payment card network', 'cbc:NetworkID'),
    }),
    directDebit: one('BG-19 Direct debit', 'cac:PaymentMandate', {
      mandate: text('BT-89', 'Mandate reference identifier', 'cbc:ID', { once: 'UBL-SR-28' }),
      debitedAccount: text('BT-91', 'Debited account identifier', 'cac:PayerFinancialAccount/cbc:ID'),
    }),
  }),
  bankCreditorId: text(
    'BT-90',
    'Bank assigned creditor identifier',
    `${seller}/cac:PartyIdentification[cbc:ID/@schemeID=SEPA]/cbc:ID`,
    { alsoRead: 'cac:PayeeParty/cac:PartyIdentification[cbc:ID/@schemeID=SEPA]/cbc:ID', once: 'UBL-SR-29' },
  ),
  allowances: many('BG-20 Document level allowances', 'cac:AllowanceCharge[cbc:ChargeIndicator=false]', {
    ...allowance(
      'Document level allowance',
      ['BT-92', 'BT-93', 'BT-94', 'BT-97', 'BT-98'],
      ['BR-31', 'BR-DEC-01', 'BR-DEC-02'],
      allowanceReasons,
    ),
    vat: one(
      'BT-95 Document level allowance VAT',
      vatCategory,
      vat('Document level allowance', ['BT-95', 'BT-96'], { missing: 'BR-32', rule: 'BR-CL-17' }),
      { required: true },
    ),
  }),
  charges: many('BG-21 Document level charges', 'cac:AllowanceCharge[cbc:ChargeIndicator=true]', {
    ...allowance(
      'Document level charge',
      ['BT-99', 'BT-100', 'BT-101', 'BT-104', 'BT-105'],
      ['BR-36', 'BR-DEC-05', 'BR-DEC-06'],
      chargeReasons,
    ),
    vat: one(
      'BT-102 Document level charge VAT',
      vatCategory,
      vat('Document level charge', ['BT-102', 'BT-103'], { missing: 'BR-37', rule: 'BR-CL-17' }),
      { required: true },
    ),
  }),
  totals: one(
    'BG-22 Document totals',
    '.',
    {
      lineNet: amount('BT-106', 'Sum of Invoice line net amount', `${totals}/cbc:LineExtensionAmount`, {
        missing: 'BR-12',
        derived: 'invoice',
        decimals: 'BR-DEC-09',
      }),
      allowances: amount('BT-107', 'Sum of allowances on document level', `${totals}/cbc:AllowanceTotalAmount`, {
        decimals: 'BR-DEC-10',
      }),
      charges: amount('BT-108', 'Sum of charges on document level', `${totals}/cbc:ChargeTotalAmount`, {
        decimals: 'BR-DEC-11',
      }),
      withoutVat: amount('BT-109', 'Invoice total amount without VAT', `${totals}/cbc:TaxExclusiveAmount`, {
        missing: 'BR-13',
        derived: 'invoice',
        decimals: 'BR-DEC-12',
      }),
      vat: amount('BT-110', 'Invoice total VAT amount', `${vatTotal}/cbc:TaxAmount`, { decimals: 'BR-DEC-13' }),
      vatInVatCurrency: amount(
        'BT-111',
        'Invoice total VAT amount in accounting currency',
        'cac:TaxTotal[cbc:TaxAmount/@currencyID=$vatCurrency]/cbc:TaxAmount',
        { currency: 'vatCurrency', decimals: 'BR-DEC-15' },
      ),
      withVat: amount('BT-112', 'Invoice total amount with VAT', `${totals}/cbc:TaxInclusiveAmount`, {
        missing: 'BR-14',
        derived: 'invoice',
        decimals: 'BR-DEC-14',
      }),
      paid: amount('BT-113', 'Paid amount', `${totals}/cbc:PrepaidAmount`, { decimals: 'BR-DEC-16' }),
      rounding: amount('BT-114', 'Rounding amount', `${totals}/cbc:PayableRoundingAmount`, { decimals: 'BR-DEC-17' }),
      payable: amount('BT-115', 'Amount due for payment', `${totals}/cbc:PayableAmount`, {
        missing: 'BR-15',
        derived: 'invoice',
        decimals: 'BR-DEC-18',
      }),
    },
    { required: true, derived: 'invoice' },
  ),
  vatBreakdown: many(
    'BG-23 VAT breakdown',
    `${vatTotal}/cac:TaxSubtotal`,
    {
      taxable: amount('BT-116', 'VAT category taxable amount', 'cbc:TaxableAmount', {
        missing: 'BR-45',
        derived: 'invoice',
        decimals: 'BR-DEC-19',
      }),
      tax: amount('BT-117', 'VAT category tax amount', 'cbc:TaxAmount', {
        missing: 'BR-46',
        derived: 'invoice',
        decimals: 'BR-DEC-20',
      }),
      category: code('BT-118', 'VAT category code', `${vatCategory}/cbc:ID`, {
        missing: 'BR-47',
        codes: { rule: 'BR-CL-17', list: lists.vatCategories },
      }),
      rate: percentage('BT-119', 'VAT category rate', `${vatCategory}/cbc:Percent`, { derived: 'invoice' }),
      exemptionReason: text('BT-120', 'VAT exemption reason text', `${vatCategory}/cbc:TaxExemptionReason`, {
        once: 'UBL-SR-32',
      }),
      exemptionReasonCode: code('BT-121', 'VAT exemption reason code', `${vatCategory}/cbc:TaxExemptionReasonCode`, {
        codes: { rule: 'BR-CL-22', list: lists.exemptionReasons },
      }),
    },
    { missing: 'BR-CO-18', derived: 'invoice' },
  ),
  attachments: many('BG-24 Additional supporting documents', 'cac:AdditionalDocumentReference', {
    reference: text('BT-122', 'Supporting document reference', 'cbc:ID', { missing: 'BR-52' }),
    description: text('BT-123', 'Supporting document description', 'cbc:DocumentDescription', { once: 'UBL-SR-33' }),
    url: text('BT-124', 'External document location', 'cac:Attachment/cac:ExternalReference/cbc:URI'),
    file: one('BT-125 Attached document', 'cac:Attachment/cbc:EmbeddedDocumentBinaryObject', {
      content: base64('BT-125', 'Attached document', '.', { missing: 'value.missing' }),
      mimeType: code('BT-125-1', 'Attached document Mime code', '@mimeCode', {
        missing: 'value.missing',
        codes: { rule: 'BR-CL-24', list: lists.mimeTypes },
      }),
      filename: text('BT-125-2', 'Attached document Filename', '@filename', { missing: 'value.missing' }),
    }),
  }),
  lines: many(
    'BG-25 Invoice line',
    'cac:InvoiceLine',
    {
      id: text('BT-126', 'Invoice line identifier', 'cbc:ID', { missing: 'BR-21' }),
      note: text('BT-127', 'Invoice line note', 'cbc:Note', { once: 'UBL-SR-34' }),
      object: identifier(
        'BT-128',
        'Invoice line object identifier',
        'cac:DocumentReference[cbc:DocumentTypeCode=130]/cbc:ID',
        { scheme: { codes: { rule: 'BR-CL-07', list: lists.objectSchemes } }, once: 'UBL-SR-52' },
      ),
      quantity: quantity('BT-129', 'Invoiced quantity', 'cbc:InvoicedQuantity', {
        creditNote: 'cbc:CreditedQuantity',
        missing: 'BR-22',
      }),
      unit: code('BT-130', 'Invoiced quantity unit of measure code', 'cbc:InvoicedQuantity/@unitCode', {
        creditNote: 'cbc:CreditedQuantity/@unitCode',
        missing: 'BR-23',
        codes: { rule: 'BR-CL-23', list: lists.units },
      }),
      net: amount('BT-131', 'Invoice line net amount', 'cbc:LineExtensionAmount', {
        missing: 'BR-24',
        derived: 'invoice',
        decimals: 'BR-DEC-23',
      }),
      purchaseOrderLine: text(
        'BT-132',
        'Referenced purchase order line reference',
        'cac:OrderLineReference/cbc:LineID',
        {
          once: 'UBL-SR-35',
        },
      ),
      buyerAccountingReference: text('BT-133', 'Invoice line Buyer accounting reference', 'cbc:AccountingCost'),
      period: one('BG-26 Invoice line period', 'cac:InvoicePeriod', period('Invoice line period', 'BT-134', 'BT-135'), {
        once: 'UBL-SR-36',
      }),
      allowances: many(
        'BG-27 Invoice line allowances',
        'cac:AllowanceCharge[cbc:ChargeIndicator=false]',
        allowance(
          'Invoice line allowance',
          ['BT-136', 'BT-137', 'BT-138', 'BT-139', 'BT-140'],
          ['BR-41', 'BR-DEC-24', 'BR-DEC-25'],
          allowanceReasons,
        ),
      ),
      charges: many(
        'BG-28 Invoice line charges',
        'cac:AllowanceCharge[cbc:ChargeIndicator=true]',
        allowance(
          'Invoice line charge',
          ['BT-141', 'BT-142', 'BT-143', 'BT-144', 'BT-145'],
          ['BR-43', 'BR-DEC-27', 'BR-DEC-28'],
          chargeReasons,
        ),
      ),
      price: one(
        'BG-29 Price details',
        'cac:Price',
        {
          net: price('BT-146', 'Item net price', 'cbc:PriceAmount', { missing: 'BR-26', derived: 'group' }),
          discount: price(
            'BT-147',
            'Item price discount',
            'cac:AllowanceCharge[cbc:ChargeIndicator=false]/cbc:Amount',
            {
              once: 'UBL-SR-37',
            },
          ),
          gross: price('BT-148', 'Item gross price', 'cac:AllowanceCharge[cbc:ChargeIndicator=false]/cbc:BaseAmount'),
          baseQuantity: quantity('BT-149', 'Item price base quantity', 'cbc:BaseQuantity'),
          baseUnit: code('BT-150', 'Item price base quantity unit of measure code', 'cbc:BaseQuantity/@unitCode', {
            codes: { rule: 'BR-CL-23', list: lists.units },
          }),
        },
        { required: true },
      ),
      vat: one(
        'BG-30 Line VAT information',
        'cac:Item/cac:ClassifiedTaxCategory[cac:TaxScheme/cbc:ID=VAT]',
        vat('Invoiced item', ['BT-151', 'BT-152'], { missing: 'BR-CO-04', rule: 'BR-CL-18' }),
        { required: true, once: 'UBL-SR-48' },
      ),
      item: one('BG-31 Item information', 'cac:Item', item, { required: true }),
    },
    { creditNote: 'cac:CreditNoteLine', missing: 'BR-16' },
  ),
}

/** What UBL demands beside the terms: the value to write where the model has none. */
export const fillers: Readonly<Record<string, string>> = {
  // Any scheme but VAT says "other tax registration"; this is the name the official examples use.
  'cac:TaxScheme/cbc:ID!=VAT': 'TAX',
  // The XSD demands an order number and a card network. [BIS Billing 3, OrderReference: "NA"]
  'cac:OrderReference/cbc:ID': 'NA',
  'cac:CardAccount/cbc:NetworkID': 'NA',
}
