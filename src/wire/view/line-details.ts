import { adjustmentText, exemptionText } from './adjustments.ts'
import type { Label } from './labels.ts'
import { vatPoints } from './names-document.ts'
import { allowanceReasons, noteSubjects, units } from './names-item.ts'
import { deliveryText, partyText } from './parties.ts'
import type { Attribute, Identifier, Line, Price } from './parts.ts'
import { deliveryTermsText, identifierFact, joined, periodText, precedingText, referenceText } from './references.ts'
import type { Speech } from './speech.ts'
import type { ViewNote } from './types.ts'

/** What stands under a line: first what describes the item, unlabelled; then everything else with its label. */
export function detailsOf(line: Line, vatCurrency: string | undefined, speech: Speech): ViewNote[] {
  const { item = {}, vat = {} } = line
  return [
    ...(item.description === undefined ? [] : [{ label: undefined, text: item.description }]),
    ...(line.notes ?? []).flatMap(({ subjectCode, text = '' }) =>
      subjectCode === undefined
        ? said(speech, 'note', text)
        : [{ label: speech.code(noteSubjects, subjectCode), text }],
    ),
    ...itemDetails(line, speech),
    ...referenceDetails(line, speech),
    ...priceDetails(line.price ?? {}, speech),
    ...(line.allowances ?? []).flatMap(each => said(speech, 'allowance', adjustmentText(each, 'allowance', speech))),
    ...(line.charges ?? []).flatMap(each => said(speech, 'charge', adjustmentText(each, 'charge', speech))),
    ...said(speech, 'exemption', exemptionText(vat, speech)),
    ...said(speech, 'vatPoint', line.vatPointDateCode && speech.code(vatPoints, line.vatPointDateCode)),
    ...said(speech, 'vatAmount', line.vatAmount && speech.amount(line.vatAmount)),
    ...said(
      speech,
      'vatAmount',
      line.vatAmountInVatCurrency && speech.money(line.vatAmountInVatCurrency, vatCurrency ?? ''),
    ),
    ...said(speech, 'amountWithVat', line.amountWithVat && speech.amount(line.amountWithVat)),
  ]
}

function itemDetails({ item = {}, packageQuantity, packageUnit }: Line, speech: Speech): ViewNote[] {
  const packed = [packageQuantity && speech.quantity(packageQuantity), packageUnit && speech.code(units, packageUnit)]
  return [
    ...said(speech, 'sellersId', item.sellersId),
    ...said(speech, 'buyersId', item.buyersId),
    ...identified('identifier', item.standardId, speech),
    ...(item.attributes ?? []).map(attribute => attributeNote(attribute, speech)),
    ...(item.classifications ?? []).flatMap(({ code, list, listVersion }) =>
      said(speech, 'classification', joined([code, list && `(${joined([list, listVersion])})`])),
    ),
    ...said(speech, 'originCountry', item.originCountry && speech.country(item.originCountry)),
    ...said(speech, 'package', joined(packed)),
  ]
}

/** Its name is the label; the code stands in where there is no name. */
function attributeNote({ name, code, value, quantity, unit }: Attribute, speech: Speech): ViewNote {
  const label = name === undefined ? (code ?? speech.label('attribute')) : joined([name, code && `(${code})`])
  return { label, text: joined([value, quantity && speech.quantity(quantity), unit && speech.code(units, unit)]) }
}

function referenceDetails(line: Line, speech: Speech): ViewNote[] {
  const {
    despatchAdvice = {},
    receivingAdvice = {},
    purchaseOrder,
    purchaseOrderLine,
    salesOrder,
    salesOrderLine,
  } = line
  return [
    ...said(speech, 'period', line.period && periodText(line.period, speech)),
    ...said(speech, 'purchaseOrderReference', purchaseOrder),
    ...said(speech, 'orderLine', purchaseOrderLine),
    ...said(
      speech,
      'salesOrderReference',
      joined([salesOrder, salesOrderLine && `${speech.label('line')} ${salesOrderLine}`], ', '),
    ),
    ...said(speech, 'despatchAdviceReference', referenceText(despatchAdvice, speech)),
    ...said(speech, 'receivingAdviceReference', referenceText(receivingAdvice, speech)),
    ...(line.precedingInvoices ?? []).flatMap(each => said(speech, 'precedingInvoice', precedingText(each, speech))),
    ...(line.otherDocuments ?? []).flatMap(({ number }) => said(speech, 'otherDocument', number)),
    ...(line.objects ?? []).flatMap(object => identified('invoicedObject', object, speech)),
    ...said(speech, 'accountingReference', line.buyerAccountingReference),
    ...said(speech, 'seller', line.seller && partyText(line.seller, speech)),
    ...said(speech, 'deliverTo', line.delivery && deliveryText(line.delivery, speech)),
    ...said(speech, 'deliveryTerms', line.deliveryTerms && deliveryTermsText(line.deliveryTerms)),
  ]
}

function priceDetails({ gross, discount, discountReason, discountReasonCode }: Price, speech: Speech): ViewNote[] {
  const reason = discountReason ?? (discountReasonCode && speech.code(allowanceReasons, discountReasonCode))
  return [
    ...said(speech, 'grossPrice', gross && speech.amount(gross)),
    ...said(speech, 'priceDiscount', joined([discount && speech.amount(discount), reason && `(${reason})`])),
  ]
}

function said(speech: Speech, label: Label, text: string | undefined): ViewNote[] {
  return text === undefined || text === '' ? [] : [{ label: speech.label(label), text }]
}

function identified(label: Label, identifier: Identifier | undefined, speech: Speech): ViewNote[] {
  if (identifier === undefined) return []
  return identifierFact(speech.label(label), identifier).map(fact => ({ label: fact.label, text: fact.value }))
}
