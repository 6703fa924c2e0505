import { isCreditNote, type PartialInvoice } from '../invoice/index.ts'
import { nameIn } from './language.ts'
import { documentTypes, operations, vatPoints } from './names-document.ts'
import { noteSubjects } from './names-item.ts'
import { facts, isBareDelivery } from './parties.ts'
import type { Note } from './parts.ts'
import { datedText, deliveryTermsText, joined, periodText, precedingText } from './references.ts'
import type { Speech } from './speech.ts'
import type { ViewFact, ViewNote } from './types.ts'

/* What stands above the lines, and the notes. */

type ExchangeRate = NonNullable<PartialInvoice['exchangeRate']>

/** By BT-3; a type without a name is an invoice or a credit note with its code. */
export function titleOf({ typeCode }: PartialInvoice, speech: Speech): string {
  if (typeCode === undefined) return speech.code(documentTypes, '380')
  const name = nameIn(documentTypes, typeCode, speech.language)
  return name ?? `${speech.code(documentTypes, isCreditNote(typeCode) ? '381' : '380')} (${typeCode})`
}

/** Dates first, then what the buyer finds the invoice by, then the other references. */
export function factsOf(invoice: PartialInvoice, speech: Speech): ViewFact[] {
  const day = (date: string | undefined) => date && speech.date(date)
  const { contractType, contractDate, exchangeRate } = invoice
  return facts(speech, [
    ['issueDate', day(invoice.issueDate)],
    ['dueDate', day(invoice.dueDate)],
    ['deliveryDate', isBareDelivery(invoice.delivery) ? day(invoice.delivery?.date) : undefined],
    ['period', invoice.period && periodText(invoice.period, speech)],
    ['purchaseOrderReference', datedText(invoice.purchaseOrderReference, invoice.purchaseOrderDate, speech)],
    ['buyerReference', invoice.buyerReference],
    ['contractReference', datedText(joined([contractType, invoice.contractReference]), contractDate, speech)],
    ['projectReference', invoice.projectReference],
    ...(invoice.precedingInvoices ?? []).map(each => ['precedingInvoice', precedingText(each, speech)] as const),
    ['salesOrderReference', invoice.salesOrderReference],
    ['despatchAdviceReference', datedText(invoice.despatchAdviceReference, invoice.despatchAdviceDate, speech)],
    ['receivingAdviceReference', invoice.receivingAdviceReference],
    ['tenderReference', invoice.tenderReference],
    ...(invoice.invoicedObjects ?? []).map(object => ['invoicedObject', object] as const),
    ['accountingReference', invoice.buyerAccountingReference],
    ['deliveryTerms', invoice.deliveryTerms && deliveryTermsText(invoice.deliveryTerms)],
    ['operation', operationOf(invoice, speech)],
    ['vatPointDate', day(invoice.vatPointDate)],
    ['vatPoint', invoice.vatPointDateCode && speech.code(vatPoints, invoice.vatPointDateCode)],
    ['exchangeRate', exchangeRate && exchangeText(exchangeRate, speech)],
  ])
}

/** `1 USD = 0,92 EUR (21/11/2026)` */
function exchangeText({ source, target, rate, date }: ExchangeRate, speech: Speech): string {
  const pair = joined([source && `1 ${source}`, joined([rate && speech.quantity(rate), target])], ' = ')
  return datedText(pair, date, speech)
}

/** From the French `cadre de facturation`: an invoice under French law must say it. [CGI, annex II, art. 242 nonies A I 8° bis] */
function operationOf({ process = '' }: PartialInvoice, speech: Speech): string | undefined {
  return /^[BSM][1-9]$/.test(process) ? speech.code(operations, process.slice(0, 1)) : undefined
}

/** Subjects that the law makes a seller speak of. [Code de commerce L441-9; france.md §2.4] */
const legalSubjects: ReadonlySet<string> = new Set(['PMT', 'PMD', 'AAB', 'REG', 'ABL', 'TXD', 'BLU'])

/** How a French platform shall treat the invoice: a word for programs. [france.md §2.4] */
const transactionSubject = 'BAR'

/** BG-1 but for the legal notices. */
export function notesOf({ notes = [] }: PartialInvoice, speech: Speech): ViewNote[] {
  return notes.flatMap(note =>
    isOf(note, legalSubjects) || note.subjectCode === transactionSubject ? [] : noteOf(note, speech),
  )
}

/** What the law demands: the seller's legal information (BT-33) and the notes about it. */
export function legalNoticesOf({ seller, notes = [] }: PartialInvoice, speech: Speech): ViewNote[] {
  const own = seller?.legalInformation
  return [
    ...(own === undefined ? [] : [{ label: undefined, text: own }]),
    ...notes.flatMap(note => (isOf(note, legalSubjects) ? noteOf(note, speech) : [])),
  ]
}

/** BT-24 and BT-23, which programs choose their rules by. */
export function technicalOf({ customization, process, notes = [] }: PartialInvoice, speech: Speech): ViewFact[] {
  return facts(speech, [
    ['specification', customization],
    ['process', process],
    ...notes.flatMap(({ subjectCode, text }) =>
      subjectCode === transactionSubject ? [['transaction', text] as const] : [],
    ),
  ])
}

function isOf({ subjectCode }: Note, subjects: ReadonlySet<string>): boolean {
  return subjectCode !== undefined && subjects.has(subjectCode)
}

function noteOf({ subjectCode, text }: Note, speech: Speech): ViewNote[] {
  if (text === undefined) return []
  return [{ label: subjectCode && speech.code(noteSubjects, subjectCode), text }]
}
