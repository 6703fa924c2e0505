import type { Decimal } from '../invoice/index.ts'
import { allowanceReasons, chargeReasons, exemptionReasons } from './names-item.ts'
import type { LineAdjustment, Vat } from './parts.ts'
import { joined } from './references.ts'
import type { Speech } from './speech.ts'

/* Allowances, charges and VAT, which document and lines have alike. */

export type Side = 'allowance' | 'charge'

/** `Fidélité (5 % de 100,00) -5,00` */
export function adjustmentText(adjustment: LineAdjustment, side: Side, speech: Speech): string {
  const calculation = calculationText(adjustment, speech)
  return joined([
    reasonText(adjustment, side, speech),
    calculation && `(${calculation})`,
    adjustment.amount && signedAmount(adjustment.amount, side, speech),
  ])
}

/** The reason in words: the seller's, or the name of his code. */
export function reasonText({ reason, reasonCode }: LineAdjustment, side: Side, speech: Speech): string {
  if (reason !== undefined || reasonCode === undefined) return reason ?? ''
  return speech.code(side === 'allowance' ? allowanceReasons : chargeReasons, reasonCode)
}

/** `5 % de 100,00`; empty for a plain amount. */
export function calculationText({ base, percentage }: LineAdjustment, speech: Speech): string {
  return joined([percentage && speech.percentage(percentage), base && speech.amount(base)], ` ${speech.label('of')} `)
}

/** An allowance is taken off: its amount is shown with the other sign. */
export function signedAmount(amount: Decimal, side: Side, speech: Speech): string {
  return speech.amount(side === 'allowance' ? negated(amount) : amount)
}

export function negated(amount: Decimal): Decimal {
  return amount.minus(amount).minus(amount)
}

/** `20 %`; with its category where that is not the ordinary one. */
export function rateText({ category, rate }: Vat, speech: Speech): string {
  return joined([category === 'S' && rate !== undefined ? undefined : category, rate && speech.percentage(rate)])
}

/** The reason in words with its code; by the name of the code where the seller says no more. */
export function exemptionText({ exemptionReason, exemptionReasonCode }: Vat, speech: Speech): string {
  if (exemptionReason === undefined && exemptionReasonCode !== undefined)
    return speech.codeAndName(exemptionReasons, exemptionReasonCode)
  return joined([exemptionReason, exemptionReasonCode && `(${exemptionReasonCode})`])
}
