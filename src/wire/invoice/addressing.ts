import type { DocumentTypeId, ParticipantId, ProcessId } from '../peppol/index.ts'
import { type Finding, Report } from './finding.ts'
import { checkAddressing } from './check-peppol.ts'
import type { Identifier, Invoice } from './model.ts'
import { isCreditNote, profileOf } from './profiles.ts'
import { type Syntax, syntaxes } from './syntax.ts'
import type { FindingLanguage } from './text.ts'

/** The facts of an envelope that the invoice itself decides. */
interface InvoiceAddressing {
  readonly sender: ParticipantId
  readonly receiver: ParticipantId
  readonly documentType: DocumentTypeId
  readonly process: ProcessId
  /** ISO 3166-1 alpha-2 of the party that sends. */
  readonly countryC1: string
}

/**
 * Where the invoice goes when it is sent over Peppol in this syntax; findings when it does not say so (BT-34, BT-49, BT-23). facturx: as
 * the PDF that it came in, for which only the French network has a document type. [france.md §1.7]
 */
export function addressingOf(
  invoice: Invoice,
  syntax: Syntax['name'] | 'facturx',
  language: FindingLanguage = 'en',
): { readonly addressing: InvoiceAddressing } | { readonly findings: readonly Finding[] } {
  const report = new Report()
  checkAddressing(invoice as unknown as Parameters<typeof checkAddressing>[0], report)
  const { seller, buyer, process } = invoice
  if (seller.endpoint === undefined || buyer.endpoint === undefined || process === undefined)
    return { findings: report.findings(language) }
  const profile = profileOf(invoice)
  const selfBilled = profile?.selfBilled ?? false
  return {
    addressing: {
      sender: participant(selfBilled ? buyer.endpoint : seller.endpoint),
      receiver: participant(selfBilled ? seller.endpoint : buyer.endpoint),
      documentType: { scheme: 'busdox-docid-qns', value: documentTypeOf(invoice, syntax) },
      process: {
        scheme: 'cenbii-procid-ubl',
        value: profile?.peppolProcess ?? (syntax === 'facturx' ? regulated : process),
      },
      countryC1: (selfBilled ? buyer : seller).address.country,
    },
  }
}

const facturxType =
  'urn:peppol:doctype:pdf+xml##urn:cen.eu:en16931:2017#conformant#urn:peppol:france:billing:Factur-X:1.0::D22B'
const regulated = 'urn:peppol:france:billing:regulated'

function documentTypeOf(invoice: Invoice, syntax: Syntax['name'] | 'facturx'): string {
  if (syntax === 'facturx') return facturxType
  const profile = profileOf(invoice)
  const root = syntax === 'cii' ? 'CrossIndustryInvoice' : isCreditNote(invoice.typeCode) ? 'CreditNote' : 'Invoice'
  const version = syntax === 'cii' ? (profile?.ciiVersion ?? 'D16B') : '2.1'
  return `${syntaxes[root].rootNamespace}::${root}##${profile?.documentCustomization ?? invoice.customization}::${version}`
}

/** An electronic address is a Peppol participant of the same code. [peppol.md §3.1] */
function participant({ scheme = '', value }: Identifier): ParticipantId {
  return { scheme: 'iso6523-actorid-upis', value: `${scheme}:${value}` }
}

/** What a list of invoices shows. Amounts as written. */
export function summaryOf(invoice: Invoice) {
  return {
    number: invoice.number,
    typeCode: invoice.typeCode,
    issueDate: invoice.issueDate,
    dueDate: invoice.dueDate,
    currency: invoice.currency,
    payable: invoice.totals.payable.toString(),
    sellerName: invoice.seller.name,
    buyerName: invoice.buyer.name,
  }
}
