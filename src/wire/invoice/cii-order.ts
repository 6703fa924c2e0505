/*
 * The order in which CrossIndustryInvoice D16B wants the children of each element, for the elements of the table in terms.ts; D22B
 * keeps it. Without prefixes: no name has two prefixes under one parent. Source: UN/CEFACT SCRDM (CII) D16B XSD.
 */

const party =
  'ID GlobalID Name RoleCode Description SpecifiedLegalOrganization DefinedTradeContact PostalTradeAddress URIUniversalCommunication ' +
  'SpecifiedTaxRegistration'
const referencedDocument =
  'IssuerAssignedID URIID LineID TypeCode Name AttachmentBinaryObject ReferenceTypeCode FormattedIssueDateTime'
const tradeTax =
  'CalculatedAmount TypeCode ExemptionReason BasisAmount CategoryCode ExemptionReasonCode TaxPointDate DueDateTypeCode ' +
  'RateApplicablePercent'
const price = 'ChargeAmount BasisQuantity AppliedTradeAllowanceCharge'
const allowanceCharge = 'ChargeIndicator CalculationPercent BasisAmount ActualAmount ReasonCode Reason CategoryTradeTax'

const paymentCondition = 'BasisDateTime BasisPeriodMeasure BasisAmount CalculationPercent'

export const ciiOrder: Readonly<Record<string, string>> = {
  CrossIndustryInvoice: 'ExchangedDocumentContext ExchangedDocument SupplyChainTradeTransaction',
  ExchangedDocumentContext:
    'BusinessProcessSpecifiedDocumentContextParameter GuidelineSpecifiedDocumentContextParameter',
  BusinessProcessSpecifiedDocumentContextParameter: 'ID',
  GuidelineSpecifiedDocumentContextParameter: 'ID',
  ExchangedDocument: 'ID TypeCode IssueDateTime IncludedNote',
  IncludedNote: 'Content SubjectCode',
  SupplyChainTradeTransaction:
    'IncludedSupplyChainTradeLineItem ApplicableHeaderTradeAgreement ApplicableHeaderTradeDelivery ' +
    'ApplicableHeaderTradeSettlement',
  ApplicableHeaderTradeAgreement:
    'BuyerReference SellerTradeParty BuyerTradeParty SalesAgentTradeParty SellerTaxRepresentativeTradeParty ' +
    'ApplicableTradeDeliveryTerms SellerOrderReferencedDocument BuyerOrderReferencedDocument ContractReferencedDocument ' +
    'AdditionalReferencedDocument BuyerAgentTradeParty SpecifiedProcuringProject',
  ApplicableHeaderTradeDelivery:
    'ShipToTradeParty ActualDeliverySupplyChainEvent DespatchAdviceReferencedDocument ReceivingAdviceReferencedDocument',
  ApplicableHeaderTradeSettlement:
    'CreditorReferenceID PaymentReference TaxCurrencyCode InvoiceCurrencyCode InvoicerTradeParty ' +
    'InvoiceeTradeParty PayeeTradeParty PayerTradeParty TaxApplicableTradeCurrencyExchange SpecifiedTradeSettlementPaymentMeans ApplicableTradeTax BillingSpecifiedPeriod SpecifiedTradeAllowanceCharge ' +
    'SpecifiedTradePaymentTerms SpecifiedTradeSettlementHeaderMonetarySummation InvoiceReferencedDocument ' +
    'ReceivableSpecifiedTradeAccountingAccount SpecifiedAdvancePayment',
  SellerTradeParty: party,
  BuyerTradeParty: party,
  SellerTaxRepresentativeTradeParty: party,
  ShipToTradeParty: party,
  PayeeTradeParty: party,
  SalesAgentTradeParty: party,
  BuyerAgentTradeParty: party,
  InvoicerTradeParty: party,
  InvoiceeTradeParty: party,
  PayerTradeParty: party,
  ItemSellerTradeParty: party,
  SpecifiedLegalOrganization: 'ID TradingBusinessName',
  DefinedTradeContact: 'PersonName DepartmentName TelephoneUniversalCommunication EmailURIUniversalCommunication',
  TelephoneUniversalCommunication: 'CompleteNumber',
  EmailURIUniversalCommunication: 'URIID',
  URIUniversalCommunication: 'URIID',
  PostalTradeAddress: 'PostcodeCode LineOne LineTwo LineThree CityName CountryID CountrySubDivisionName',
  SpecifiedTaxRegistration: 'ID',
  SellerOrderReferencedDocument: referencedDocument,
  BuyerOrderReferencedDocument: referencedDocument,
  ContractReferencedDocument: referencedDocument,
  AdditionalReferencedDocument: referencedDocument,
  DespatchAdviceReferencedDocument: referencedDocument,
  ReceivingAdviceReferencedDocument: referencedDocument,
  InvoiceReferencedDocument: referencedDocument,
  FormattedIssueDateTime: 'DateTimeString',
  FormattedReceivedDateTime: 'DateTimeString',
  ConversionRateDateTime: 'DateTimeString',
  ApplicableTradeDeliveryTerms: 'DeliveryTypeCode RelevantTradeLocation',
  RelevantTradeLocation: 'Name',
  TaxApplicableTradeCurrencyExchange: 'SourceCurrencyCode TargetCurrencyCode ConversionRate ConversionRateDateTime',
  SpecifiedAdvancePayment: 'PaidAmount FormattedReceivedDateTime',
  SpecifiedProcuringProject: 'ID Name',
  ActualDeliverySupplyChainEvent: 'OccurrenceDateTime',
  OccurrenceDateTime: 'DateTimeString',
  IssueDateTime: 'DateTimeString',
  StartDateTime: 'DateTimeString',
  EndDateTime: 'DateTimeString',
  DueDateDateTime: 'DateTimeString',
  TaxPointDate: 'DateString',
  SpecifiedTradeSettlementPaymentMeans:
    'TypeCode Information ApplicableTradeSettlementFinancialCard PayerPartyDebtorFinancialAccount ' +
    'PayeePartyCreditorFinancialAccount PayeeSpecifiedCreditorFinancialInstitution',
  ApplicableTradeSettlementFinancialCard: 'ID CardholderName',
  PayerPartyDebtorFinancialAccount: 'IBANID',
  PayeePartyCreditorFinancialAccount: 'IBANID AccountName ProprietaryID',
  PayeeSpecifiedCreditorFinancialInstitution: 'BICID',
  ApplicableTradeTax: tradeTax,
  CategoryTradeTax: tradeTax,
  BillingSpecifiedPeriod: 'StartDateTime EndDateTime',
  SpecifiedTradeAllowanceCharge: allowanceCharge,
  AppliedTradeAllowanceCharge: allowanceCharge,
  ChargeIndicator: 'Indicator',
  SpecifiedTradePaymentTerms:
    'Description DueDateDateTime DirectDebitMandateID PartialPaymentAmount ApplicableTradePaymentPenaltyTerms ' +
    'ApplicableTradePaymentDiscountTerms',
  ApplicableTradePaymentPenaltyTerms: `${paymentCondition} ActualPenaltyAmount`,
  ApplicableTradePaymentDiscountTerms: `${paymentCondition} ActualDiscountAmount`,
  BasisDateTime: 'DateTimeString',
  SpecifiedTradeSettlementHeaderMonetarySummation:
    'LineTotalAmount ChargeTotalAmount AllowanceTotalAmount TaxBasisTotalAmount TaxTotalAmount RoundingAmount ' +
    'GrandTotalAmount TotalPrepaidAmount DuePayableAmount',
  ReceivableSpecifiedTradeAccountingAccount: 'ID',
  IncludedSupplyChainTradeLineItem:
    'AssociatedDocumentLineDocument SpecifiedTradeProduct SpecifiedLineTradeAgreement SpecifiedLineTradeDelivery ' +
    'SpecifiedLineTradeSettlement',
  AssociatedDocumentLineDocument: 'LineID ParentLineID LineStatusReasonCode IncludedNote',
  SpecifiedTradeProduct:
    'GlobalID SellerAssignedID BuyerAssignedID Name Description ApplicableProductCharacteristic ' +
    'DesignatedProductClassification OriginTradeCountry',
  ApplicableProductCharacteristic: 'TypeCode Description ValueMeasure Value',
  DesignatedProductClassification: 'ClassCode',
  OriginTradeCountry: 'ID',
  SpecifiedLineTradeAgreement:
    'ApplicableTradeDeliveryTerms SellerOrderReferencedDocument BuyerOrderReferencedDocument GrossPriceProductTradePrice ' +
    'NetPriceProductTradePrice ItemSellerTradeParty',
  GrossPriceProductTradePrice: price,
  NetPriceProductTradePrice: price,
  SpecifiedLineTradeDelivery:
    'BilledQuantity PerPackageUnitQuantity ShipToTradeParty ActualDeliverySupplyChainEvent ' +
    'DespatchAdviceReferencedDocument ReceivingAdviceReferencedDocument',
  SpecifiedLineTradeSettlement:
    'ApplicableTradeTax BillingSpecifiedPeriod SpecifiedTradeAllowanceCharge ' +
    'SpecifiedTradeSettlementLineMonetarySummation InvoiceReferencedDocument AdditionalReferencedDocument ReceivableSpecifiedTradeAccountingAccount',
  SpecifiedTradeSettlementLineMonetarySummation: 'LineTotalAmount TaxTotalAmount GrandTotalAmount',
}
