import type { PartialInvoice } from '../invoice/index.ts'
import { calculationText } from './adjustments.ts'
import { isIban } from './iban.ts'
import type { Label } from './labels.ts'
import { paymentMeans } from './names-document.ts'
import { facts } from './parties.ts'
import { units } from './names-item.ts'
import type { Condition, Means } from './parts.ts'
import { datedText, joined } from './references.ts'
import type { Speech } from './speech.ts'
import type { ViewFact } from './types.ts'

/** BG-16 and the terms of payment. CII says some terms once for all ways of paying, and so does the view. */
export function paymentOf(invoice: PartialInvoice, speech: Speech): ViewFact[] {
  const { paymentMeans: means = [], bankCreditorId, paymentTerms, prepayments = [] } = invoice
  const { partialPaymentAmount, furtherPaymentTerms = [] } = invoice
  const once = new Set<string>()
  const isNews = ({ label, value }: ViewFact) => {
    const said = `${label}\n${value}`
    if (once.has(said) || !labelsOnce.some(key => speech.label(key) === label)) return !once.has(said)
    once.add(said)
    return true
  }
  return [
    ...means.flatMap(each => meansFacts(each, speech)).filter(isNews),
    ...facts(speech, [
      ['creditorId', bankCreditorId],
      ['paymentTerms', paymentTerms],
      ['instalment', partialPaymentAmount && speech.money(partialPaymentAmount)],
      ...furtherPaymentTerms.map(
        ({ text, dueDate, amount }) =>
          ['instalment', datedText(joined([text, amount && speech.money(amount)]), dueDate, speech)] as const,
      ),
      ['discount', invoice.paymentDiscount && conditionText(invoice.paymentDiscount, speech)],
      ['penalty', invoice.paymentPenalty && conditionText(invoice.paymentPenalty, speech)],
      ...prepayments.map(
        ({ amount, date }) => ['prepayment', datedText(amount && speech.money(amount), date, speech)] as const,
      ),
    ]),
  ]
}

/** `2 % de 1 000,00 20,00 (10 jour, 21/11/2026)`: the share, the amount, and the days within or after which it counts. */
function conditionText({ from, period, periodUnit, base, percentage, amount }: Condition, speech: Speech): string {
  const within = joined([period && speech.quantity(period), periodUnit && speech.code(units, periodUnit)])
  const when = joined([within, from && speech.date(from)], ', ')
  const share = calculationText({ ...(base && { base }), ...(percentage && { percentage }) }, speech)
  return joined([share, amount && speech.amount(amount), when && `(${when})`])
}

/** Of these a second mention with the same value says nothing; the holder of a second account does. */
const labelsOnce: readonly Label[] = ['paymentMeans', 'remittance', 'mandate']

function meansFacts(
  { code, text, remittanceInformation, transfer, card, directDebit }: Means,
  speech: Speech,
): ViewFact[] {
  const name = code === undefined ? undefined : speech.code(paymentMeans, code)
  const account = transfer?.account
  return facts(speech, [
    ['paymentMeans', [name, text === name ? undefined : text].filter(Boolean).join(' – ')],
    [account !== undefined && isIban(account) ? 'iban' : 'account', account && groupedIban(account)],
    ['account', transfer?.proprietaryAccount],
    ['bank', transfer?.bank],
    ['accountName', transfer?.accountName],
    ['remittance', remittanceInformation],
    ['card', [card?.number, card?.network].filter(Boolean).join(' ')],
    ['cardHolder', card?.holder],
    ['mandate', directDebit?.mandate],
    ['debitedAccount', directDebit?.debitedAccount && groupedIban(directDebit.debitedAccount)],
  ])
}

/** In groups of four, as people compare it; other account numbers stay as they are. [ISO 13616-1 §5] */
function groupedIban(account: string): string {
  return isIban(account) ? account.replaceAll(' ', '').replaceAll(/.{4}(?=.)/g, '$& ') : account
}
