import { isCreditNote, type PartialInvoice } from '../invoice/index.ts'
import { nameIn } from './language.ts'
import { documentTypes, operations, vatPoints } from './names-document.ts'
import { noteSubjects } from './names-item.ts'
import { facts, isBareDelivery } from './parties.ts'
import type { Period } from './parts.ts'
import type { Speech } from './speech.ts'
import type { ViewFact, ViewNote } from './types.ts'

/* What stands above the lines, and the notes. */

/** By BT-3; a type without a name is an invoice or a credit note with its code. */
export function titleOf({ typeCode }: PartialInvoice, speech: Speech): string {
  if (typeCode === undefined) return speech.code(documentTypes, '380')
  const name = nameIn(documentTypes, typeCode, speech.language)
  return name ?? `${speech.code(documentTypes, isCreditNote(typeCode) ? '381' : '380')} (${typeCode})`
}

/** Dates first, then what the buyer finds the invoice by, then the other references. */
export function factsOf(invoice: PartialInvoice, speech: Speech): ViewFact[] {
  const day = (date: string | undefined) => date && speech.date(date)
  return facts(speech, [
    ['issueDate', day(invoice.issueDate)],
    ['dueDate', day(invoice.dueDate)],
    ['deliveryDate', isBareDelivery(invoice.delivery) ? day(invoice.delivery?.date) : undefined],
    ['period', invoice.period && periodText(invoice.period, speech)],
    ['purchaseOrderReference', invoice.purchaseOrderReference],
    ['buyerReference', invoice.buyerReference],
    ['contractReference', invoice.contractReference],
    ['projectReference', invoice.projectReference],
    ...(invoice.precedingInvoices ?? []).map(
      ({ number, issueDate }) =>
        ['precedingInvoice', [number, issueDate && `(${speech.date(issueDate)})`].filter(Boolean).join(' ')] as const,
    ),
    ['salesOrderReference', invoice.salesOrderReference],
    ['despatchAdviceReference', invoice.despatchAdviceReference],
    ['receivingAdviceReference', invoice.receivingAdviceReference],
    ['tenderReference', invoice.tenderReference],
    ...(invoice.invoicedObjects ?? []).map(object => ['invoicedObject', object] as const),
    ['accountingReference', invoice.buyerAccountingReference],
    ['operation', operationOf(invoice, speech)],
    ['vatPointDate', day(invoice.vatPointDate)],
    ['vatPoint', invoice.vatPointDateCode && speech.code(vatPoints, invoice.vatPointDateCode)],
  ])
}

/** From the French `cadre de facturation`: an invoice under French law must say it. [CGI, annex II, art. 242 nonies A I 8° bis] */
function operationOf({ process = '' }: PartialInvoice, speech: Speech): string | undefined {
  return /^[BSM][1-9]$/.test(process) ? speech.code(operations, process.slice(0, 1)) : undefined
}

export function periodText({ start, end }: Period, speech: Speech): string {
  if (start !== undefined && end !== undefined) return `${speech.date(start)} – ${speech.date(end)}`
  if (start !== undefined) return `${speech.label('from')} ${speech.date(start)}`
  return end === undefined ? '' : `${speech.label('until')} ${speech.date(end)}`
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

interface Note {
  readonly subjectCode?: string
  readonly text?: string
}

function isOf({ subjectCode }: Note, subjects: ReadonlySet<string>): boolean {
  return subjectCode !== undefined && subjects.has(subjectCode)
}

function noteOf({ subjectCode, text }: Note, speech: Speech): ViewNote[] {
  if (text === undefined) return []
  return [{ label: subjectCode && speech.code(noteSubjects, subjectCode), text }]
}
