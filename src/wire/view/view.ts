import type { PartialInvoice } from '../invoice/index.ts'
import { epcText } from './epc.ts'
import { factsOf, legalNoticesOf, notesOf, technicalOf, titleOf } from './head.ts'
import type { Label } from './labels.ts'
import { languageOf } from './language.ts'
import { linesOf } from './lines.ts'
import { partiesOf } from './parties.ts'
import type { Attachment } from './parts.ts'
import { paymentOf } from './payment.ts'
import { Speech } from './speech.ts'
import { adjustmentsOf, totalsOf, vatOf } from './sums.ts'
import type { InvoiceView, Language, ViewFact, ViewSection } from './types.ts'

export interface ViewOptions {
  /** That of the seller's country when not given, English where that is none of ours. */
  readonly language?: Language | undefined
}

/** What a person shall see of an invoice, or of whatever there is of one. */
export function viewOf(invoice: PartialInvoice, options: ViewOptions = {}): InvoiceView {
  const language = options.language ?? languageOf(invoice.seller?.address?.country)
  const speech = new Speech(language, invoice.currency ?? '')
  const section = <Item>(key: Label, items: readonly Item[]): ViewSection<Item> | undefined =>
    items.length === 0 ? undefined : { heading: speech.label(key), items }
  const qr = epcText(invoice)
  return {
    language,
    title: titleOf(invoice, speech),
    number: invoice.number ?? '',
    currency: invoice.currency ?? '',
    facts: factsOf(invoice, speech),
    parties: partiesOf(invoice, speech),
    lines: linesOf(invoice, speech),
    adjustments: adjustmentsOf(invoice, speech),
    vat: vatOf(invoice, speech),
    totals: section('totals', totalsOf(invoice, speech)),
    payment: section('payment', paymentOf(invoice, speech)),
    paymentQr: qr === undefined ? undefined : { text: qr, caption: speech.label('paymentQr') },
    notes: section('notes', notesOf(invoice, speech)),
    legalNotices: section('legalNotices', legalNoticesOf(invoice, speech)),
    attachments: section('attachments', (invoice.attachments ?? []).map(attachmentFact)),
    technical: section('technical', technicalOf(invoice, speech)),
    pageLabel: speech.label('page'),
    colon: speech.colon,
  }
}

/** BG-24: the reference, then what it is and where. */
function attachmentFact({ reference = '', description, url, file }: Attachment): ViewFact {
  const name = file && [file.filename, file.mimeType && `(${file.mimeType})`].filter(Boolean).join(' ')
  return { label: reference, value: [description, name, url].filter(Boolean).join(' – ') }
}
