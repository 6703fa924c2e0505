import * as lists from './code-lists.ts'
import { isCounted, lineKinds } from './line-kinds.ts'
import type { InvoiceLine, Item } from './model.ts'
import {
  allowance,
  allowanceReasons,
  chargeReasons,
  identifier,
  identifierFields,
  inReferencedDocument,
  period,
  vat,
} from './row-groups.ts'
import { type Fields, amount, code, many, one, price, quantity, text } from './table.ts'
import { extendedLineFields } from './terms-extended.ts'

/* The rows of an invoice line: part of the table in terms.ts. */

const icd = (rule: string) => ({ rule, list: lists.icd })
const lineSettlement = 'ram:SpecifiedLineTradeSettlement'
const grossPrice = 'ram:GrossPriceProductTradePrice'
// What a line is part of stands in a reference to the invoice itself. [EXTENDED-CTC-FR, EXT-FR-FE-162 and -163]
const ownReference = 'cac:BillingReference[cac:InvoiceDocumentReference/cbc:ID=$number]'
const netPrice = 'ram:NetPriceProductTradePrice'

const item: Fields<Item> = {
  name: text('BT-153', 'Item name', ['cbc:Name', 'ram:Name'], { missing: 'BR-25' }),
  description: text('BT-154', 'Item description', ['cbc:Description', 'ram:Description'], { once: 'UBL-SR-50' }),
  sellersId: text('BT-155', "Item Seller's identifier", [
    'cac:SellersItemIdentification/cbc:ID',
    'ram:SellerAssignedID',
  ]),
  buyersId: text('BT-156', "Item Buyer's identifier", ['cac:BuyersItemIdentification/cbc:ID', 'ram:BuyerAssignedID']),
  standardId: identifier(
    'BT-157',
    'Item standard identifier',
    ['cac:StandardItemIdentification/cbc:ID', 'ram:GlobalID'],
    {
      scheme: { codes: icd('BR-CL-21'), missing: 'BR-64' },
    },
  ),
  classifications: many(
    'BT-158 Item classification identifier',
    ['cac:CommodityClassification', 'ram:DesignatedProductClassification'],
    {
      code: text('BT-158', 'Item classification identifier', ['cbc:ItemClassificationCode', 'ram:ClassCode'], {
        missing: 'value.missing',
      }),
      list: code(
        'BT-158-1',
        'Item classification scheme',
        ['cbc:ItemClassificationCode/@listID', 'ram:ClassCode/@listID'],
        {
          missing: 'BR-65',
          codes: { rule: 'BR-CL-13', list: lists.itemClassifications },
        },
      ),
      listVersion: text('BT-158-2', 'Item classification scheme version', [
        'cbc:ItemClassificationCode/@listVersionID',
        'ram:ClassCode/@listVersionID',
      ]),
    },
  ),
  originCountry: code(
    'BT-159',
    'Item country of origin',
    ['cac:OriginCountry/cbc:IdentificationCode', 'ram:OriginTradeCountry/ram:ID'],
    {
      codes: { rule: 'BR-CL-15', list: lists.countries },
    },
  ),
  attributes: many('BG-32 Item attributes', ['cac:AdditionalItemProperty', 'ram:ApplicableProductCharacteristic'], {
    name: text('BT-160', 'Item attribute name', ['cbc:Name', 'ram:Description'], {
      missing: 'BR-54',
      demandedIf: attribute => attribute['code'] === undefined,
    }),
    code: code('EXT-FR-FE-159', 'Item attribute code', ['cbc:NameCode', 'ram:TypeCode']),
    value: text('BT-161', 'Item attribute value', ['cbc:Value', 'ram:Value'], {
      missing: 'BR-54',
      demandedIf: attribute => attribute['quantity'] === undefined,
    }),
    quantity: quantity('EXT-FR-FE-160', 'Item attribute quantity', ['cbc:ValueQuantity', 'ram:ValueMeasure']),
    unit: code('EXT-FR-FE-161', 'Item attribute quantity unit', [
      'cbc:ValueQuantity/@unitCode',
      'ram:ValueMeasure/@unitCode',
    ]),
  }),
}

export const lineFields: Fields<InvoiceLine> = {
  id: text('BT-126', 'Invoice line identifier', ['cbc:ID', 'ram:AssociatedDocumentLineDocument/ram:LineID'], {
    missing: 'BR-21',
  }),
  parentId: text('EXT-FR-FE-162', 'Parent line identifier', [
    `${ownReference}/cac:BillingReferenceLine/cbc:ID`,
    'ram:AssociatedDocumentLineDocument/ram:ParentLineID',
  ]),
  kind: code(
    'EXT-FR-FE-163',
    'Invoice line subtype',
    [
      `${ownReference}/cac:InvoiceDocumentReference/cbc:DocumentStatusCode`,
      'ram:AssociatedDocumentLineDocument/ram:LineStatusReasonCode',
    ],
    { codes: { rule: 'BR-FREXT-05', list: lineKinds } },
  ),
  notes: many('BT-127 Invoice line note', ['cbc:Note', 'ram:AssociatedDocumentLineDocument/ram:IncludedNote'], {
    subjectCode: code('EXT-FR-FE', 'Invoice line note subject code', ['', 'ram:SubjectCode']),
    text: text('BT-127', 'Invoice line note', ['.', 'ram:Content'], { prefixedBy: 'subjectCode' }),
  }),
  objects: many(
    'BT-128 Invoice line object identifier',
    [
      'cac:DocumentReference[cbc:DocumentTypeCode=130]',
      `${lineSettlement}/ram:AdditionalReferencedDocument[ram:TypeCode=130]`,
    ],
    identifierFields('BT-128', 'Invoice line object identifier', {
      scheme: { codes: { rule: 'BR-CL-07', list: lists.objectSchemes } },
      inside: inReferencedDocument,
    }),
  ),
  quantity: quantity(
    'BT-129',
    'Invoiced quantity',
    ['cbc:InvoicedQuantity', 'ram:SpecifiedLineTradeDelivery/ram:BilledQuantity'],
    {
      creditNote: 'cbc:CreditedQuantity',
      missing: 'BR-22',
      demandedIf: isCounted,
    },
  ),
  unit: code(
    'BT-130',
    'Invoiced quantity unit of measure code',
    ['cbc:InvoicedQuantity/@unitCode', 'ram:SpecifiedLineTradeDelivery/ram:BilledQuantity/@unitCode'],
    {
      creditNote: 'cbc:CreditedQuantity/@unitCode',
      missing: 'BR-23',
      demandedIf: isCounted,
      codes: { rule: 'BR-CL-23', list: lists.units },
    },
  ),
  net: amount(
    'BT-131',
    'Invoice line net amount',
    [
      'cbc:LineExtensionAmount',
      `${lineSettlement}/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount`,
    ],
    {
      missing: 'BR-24',
      demandedIf: isCounted,
      derived: 'invoice',
      decimals: 'BR-DEC-23',
    },
  ),
  purchaseOrderLine: text(
    'BT-132',
    'Referenced purchase order line reference',
    [
      'cac:OrderLineReference/cbc:LineID',
      'ram:SpecifiedLineTradeAgreement/ram:BuyerOrderReferencedDocument/ram:LineID',
    ],
    {
      once: 'UBL-SR-35',
    },
  ),
  buyerAccountingReference: text('BT-133', 'Invoice line Buyer accounting reference', [
    'cbc:AccountingCost',
    `${lineSettlement}/ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID`,
  ]),
  period: one(
    'BG-26 Invoice line period',
    ['cac:InvoicePeriod', `${lineSettlement}/ram:BillingSpecifiedPeriod`],
    period('Invoice line period', 'BT-134', 'BT-135'),
    {
      once: 'UBL-SR-36',
    },
  ),
  allowances: many(
    'BG-27 Invoice line allowances',
    [
      'cac:AllowanceCharge[cbc:ChargeIndicator=false]',
      `${lineSettlement}/ram:SpecifiedTradeAllowanceCharge[ram:ChargeIndicator/udt:Indicator=false]`,
    ],
    allowance(
      'Invoice line allowance',
      ['BT-136', 'BT-137', 'BT-138', 'BT-139', 'BT-140'],
      ['BR-41', 'BR-DEC-24', 'BR-DEC-25'],
      allowanceReasons,
    ),
  ),
  charges: many(
    'BG-28 Invoice line charges',
    [
      'cac:AllowanceCharge[cbc:ChargeIndicator=true]',
      `${lineSettlement}/ram:SpecifiedTradeAllowanceCharge[ram:ChargeIndicator/udt:Indicator=true]`,
    ],
    allowance(
      'Invoice line charge',
      ['BT-141', 'BT-142', 'BT-143', 'BT-144', 'BT-145'],
      ['BR-43', 'BR-DEC-27', 'BR-DEC-28'],
      chargeReasons,
    ),
  ),
  price: one(
    'BG-29 Price details',
    ['cac:Price', 'ram:SpecifiedLineTradeAgreement'],
    {
      net: price('BT-146', 'Item net price', ['cbc:PriceAmount', `${netPrice}/ram:ChargeAmount`], {
        missing: 'BR-26',
        derived: 'group',
      }),
      discount: price(
        'BT-147',
        'Item price discount',
        [
          'cac:AllowanceCharge[cbc:ChargeIndicator=false]/cbc:Amount',
          `${grossPrice}/ram:AppliedTradeAllowanceCharge[ram:ChargeIndicator/udt:Indicator=false]/ram:ActualAmount`,
        ],
        {
          once: 'UBL-SR-37',
        },
      ),
      discountReason: text('EXT-FR-FE-195', 'Item price discount reason', [
        'cac:AllowanceCharge[cbc:ChargeIndicator=false]/cbc:AllowanceChargeReason',
        `${grossPrice}/ram:AppliedTradeAllowanceCharge[ram:ChargeIndicator/udt:Indicator=false]/ram:Reason`,
      ]),
      discountReasonCode: code(
        'EXT-FR-FE-196',
        'Item price discount reason code',
        [
          'cac:AllowanceCharge[cbc:ChargeIndicator=false]/cbc:AllowanceChargeReasonCode',
          `${grossPrice}/ram:AppliedTradeAllowanceCharge[ram:ChargeIndicator/udt:Indicator=false]/ram:ReasonCode`,
        ],
        { codes: allowanceReasons },
      ),
      gross: price('BT-148', 'Item gross price', [
        'cac:AllowanceCharge[cbc:ChargeIndicator=false]/cbc:BaseAmount',
        `${grossPrice}/ram:ChargeAmount`,
      ]),
      baseQuantity: quantity(
        'BT-149',
        'Item price base quantity',
        ['cbc:BaseQuantity', `${netPrice}/ram:BasisQuantity | ${grossPrice}/ram:BasisQuantity`],
        { ciiRepeated: true },
      ),
      baseUnit: code(
        'BT-150',
        'Item price base quantity unit of measure code',
        [
          'cbc:BaseQuantity/@unitCode',
          `${netPrice}/ram:BasisQuantity/@unitCode | ${grossPrice}/ram:BasisQuantity/@unitCode`,
        ],
        { ciiRepeated: true, codes: { rule: 'BR-CL-23', list: lists.units } },
      ),
    },
    { required: true, demandedIf: isCounted },
  ),
  vat: one(
    'BG-30 Line VAT information',
    [
      'cac:Item/cac:ClassifiedTaxCategory[cac:TaxScheme/cbc:ID=VAT]',
      `${lineSettlement}/ram:ApplicableTradeTax[ram:TypeCode=VAT]`,
    ],
    vat('Invoiced item', ['BT-151', 'BT-152', 'EXT-FR-FE-178'], { missing: 'BR-CO-04', rule: 'BR-CL-18' }),
    { required: true, demandedIf: isCounted, once: 'UBL-SR-48' },
  ),
  item: one('BG-31 Item information', ['cac:Item', 'ram:SpecifiedTradeProduct'], item, { required: true }),
  ...extendedLineFields,
}
