import type { PartialInvoice } from '../invoice/index.ts'
import { isIban } from './iban.ts'
import type { Label } from './labels.ts'
import { paymentMeans } from './names-document.ts'
import { facts } from './parties.ts'
import type { Means } from './parts.ts'
import { datedText } from './references.ts'
import type { Speech } from './speech.ts'
import type { ViewFact } from './types.ts'

/** BG-16 and the terms of payment. CII says some terms once for all ways of paying, and so does the view. */
export function paymentOf(invoice: PartialInvoice, speech: Speech): ViewFact[] {
  const { paymentMeans: means = [], bankCreditorId, paymentTerms, prepayments = [] } = invoice
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
      ...prepayments.map(
        ({ amount, date }) => ['prepayment', datedText(amount && speech.money(amount), date, speech)] as const,
      ),
    ]),
  ]
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
