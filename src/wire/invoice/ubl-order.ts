/*
 * The order in which UBL 2.1 wants the children of each element, for the elements of the table in terms.ts.
 * Without prefixes: no name is both a group and a value under one parent. Source: OASIS UBL 2.1 XSD.
 */

const party =
  'EndpointID IndustryClassificationCode PartyIdentification PartyName PostalAddress PartyTaxScheme PartyLegalEntity Contact ' +
  'AgentParty ServiceProviderParty'
const address = 'StreetName AdditionalStreetName CityName PostalZone CountrySubentity AddressLine Country'
const documentReference = 'ID IssueDate DocumentTypeCode DocumentType DocumentStatusCode DocumentDescription Attachment'
const taxCategory = 'ID Percent TaxExemptionReasonCode TaxExemptionReason TaxScheme'
const financialAccount = 'ID Name FinancialInstitutionBranch'

export const ublOrder: Readonly<Record<string, string>> = {
  Invoice:
    'CustomizationID ProfileID ID IssueDate DueDate InvoiceTypeCode Note TaxPointDate DocumentCurrencyCode TaxCurrencyCode ' +
    'AccountingCost BuyerReference InvoicePeriod OrderReference BillingReference DespatchDocumentReference ' +
    'ReceiptDocumentReference OriginatorDocumentReference ContractDocumentReference AdditionalDocumentReference ' +
    'ProjectReference AccountingSupplierParty AccountingCustomerParty PayeeParty TaxRepresentativeParty Delivery ' +
    'DeliveryTerms PaymentMeans PaymentTerms PrepaidPayment AllowanceCharge TaxExchangeRate TaxTotal LegalMonetaryTotal InvoiceLine',
  CreditNote:
    'CustomizationID ProfileID ID IssueDate TaxPointDate CreditNoteTypeCode Note DocumentCurrencyCode TaxCurrencyCode ' +
    'AccountingCost BuyerReference InvoicePeriod OrderReference BillingReference DespatchDocumentReference ' +
    'ReceiptDocumentReference ContractDocumentReference AdditionalDocumentReference OriginatorDocumentReference ' +
    'AccountingSupplierParty AccountingCustomerParty PayeeParty TaxRepresentativeParty Delivery ' +
    'DeliveryTerms PaymentMeans PaymentTerms TaxExchangeRate AllowanceCharge TaxTotal LegalMonetaryTotal CreditNoteLine',
  InvoiceLine:
    'ID Note InvoicedQuantity LineExtensionAmount AccountingCost InvoicePeriod OrderLineReference DespatchLineReference ' +
    'ReceiptLineReference BillingReference DocumentReference Delivery AllowanceCharge TaxTotal Item Price DeliveryTerms',
  CreditNoteLine:
    'ID Note CreditedQuantity LineExtensionAmount AccountingCost InvoicePeriod OrderLineReference DespatchLineReference ' +
    'ReceiptLineReference BillingReference DocumentReference Delivery TaxTotal AllowanceCharge Item Price DeliveryTerms',
  AccountingSupplierParty: 'Party',
  AccountingCustomerParty: 'Party',
  Party: party,
  PayeeParty: party,
  TaxRepresentativeParty: party,
  DeliveryParty: party,
  AgentParty: party,
  PayerParty: party,
  ManufacturerParty: party,
  ServiceProviderParty: 'Party',
  PartyIdentification: 'ID',
  PartyName: 'Name',
  PartyTaxScheme: 'CompanyID TaxScheme',
  PartyLegalEntity: 'RegistrationName CompanyID CompanyLegalForm',
  Contact: 'Name Telephone ElectronicMail',
  PostalAddress: address,
  Address: address,
  AddressLine: 'Line',
  Country: 'IdentificationCode',
  OriginCountry: 'IdentificationCode',
  TaxScheme: 'ID',
  TaxCategory: taxCategory,
  ClassifiedTaxCategory: taxCategory,
  TaxTotal: 'TaxAmount TaxSubtotal',
  TaxSubtotal: 'TaxableAmount TaxAmount TaxCategory',
  LegalMonetaryTotal:
    'LineExtensionAmount TaxExclusiveAmount TaxInclusiveAmount AllowanceTotalAmount ChargeTotalAmount PrepaidAmount ' +
    'PayableRoundingAmount PayableAmount',
  AllowanceCharge:
    'ChargeIndicator AllowanceChargeReasonCode AllowanceChargeReason MultiplierFactorNumeric Amount BaseAmount TaxCategory',
  InvoicePeriod: 'StartDate EndDate DescriptionCode',
  OrderReference: 'ID SalesOrderID IssueDate',
  OrderLineReference: 'LineID SalesOrderLineID OrderReference',
  DespatchLineReference: 'LineID DocumentReference',
  ReceiptLineReference: 'LineID DocumentReference',
  BillingReference: 'InvoiceDocumentReference BillingReferenceLine',
  BillingReferenceLine: 'ID',
  InvoiceDocumentReference: documentReference,
  DespatchDocumentReference: documentReference,
  ReceiptDocumentReference: documentReference,
  OriginatorDocumentReference: documentReference,
  ContractDocumentReference: documentReference,
  AdditionalDocumentReference: documentReference,
  DocumentReference: documentReference,
  ProjectReference: 'ID',
  Attachment: 'EmbeddedDocumentBinaryObject ExternalReference',
  ExternalReference: 'URI',
  Delivery: 'ActualDeliveryDate DeliveryLocation DeliveryParty',
  DeliveryLocation: 'ID Name Address',
  DeliveryTerms: 'ID DeliveryLocation',
  PrepaidPayment: 'PaidAmount ReceivedDate',
  TaxExchangeRate: 'SourceCurrencyCode TargetCurrencyCode CalculationRate Date',
  PaymentMeans:
    'PaymentMeansCode PaymentDueDate PaymentID CardAccount PayerFinancialAccount PayeeFinancialAccount PaymentMandate',
  PaymentTerms:
    'Note SettlementDiscountPercent PenaltySurchargePercent SettlementDiscountAmount PenaltyAmount SettlementPeriod PenaltyPeriod',
  SettlementPeriod: 'StartDate DurationMeasure',
  PenaltyPeriod: 'StartDate DurationMeasure',
  PaymentMandate: 'ID PayerParty PayerFinancialAccount',
  CardAccount: 'PrimaryAccountNumberID NetworkID HolderName',
  PayerFinancialAccount: financialAccount,
  PayeeFinancialAccount: financialAccount,
  FinancialInstitutionBranch: 'ID',
  Item:
    'Description PackQuantity Name BuyersItemIdentification SellersItemIdentification StandardItemIdentification OriginCountry ' +
    'CommodityClassification ClassifiedTaxCategory AdditionalItemProperty ManufacturerParty',
  BuyersItemIdentification: 'ID',
  SellersItemIdentification: 'ID',
  StandardItemIdentification: 'ID',
  CommodityClassification: 'ItemClassificationCode',
  AdditionalItemProperty: 'Name NameCode Value ValueQuantity',
  Price: 'PriceAmount BaseQuantity AllowanceCharge',
}
