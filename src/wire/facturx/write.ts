import {
  type Entry,
  type Finding,
  type FindingLanguage,
  type Group,
  type Invoice,
  type PartialInvoice,
  type Text,
  filled,
  frenchNameOf,
  invoiceFields,
  writeCii,
} from '../invoice/index.ts'
import { customizationOf, termsOf } from './profiles.ts'
import type { FacturxProfile } from './types.ts'

/**
 * The invoice as the XML of a Factur-X of exactly this profile (CII in UTF-8): BT-24 is the profile's, and what it cannot say is left
 * out, which lostIn() names beside what cannotCarry() names for every CII. Throws XmlError as writeCii.
 */
export function writeFacturxXml(invoice: PartialInvoice, profile: FacturxProfile): Buffer {
  const customization = customizationOf(profile)
  const terms = termsOf(profile)
  if (terms === undefined) return writeCii(invoice, { customization })
  const { lines = [] } = invoice
  return writeCii({ ...invoice, lines: lines.filter(isCounted) }, { customization, only: term => terms.has(term) })
}

/**
 * Where a line cannot say what it is a part of, a group beside its parts would count twice, and information has no amount.
 * [EN 16931-1, BR-CO-10; EXT-FR-FE-163]
 */
function isCounted({ kind }: { readonly kind?: string | undefined }): boolean {
  return kind === undefined || kind === 'DETAIL'
}

/**
 * What the profile cannot say of this invoice, each as a finding `facturx.cannot-carry`; a group of which nothing can be said is one
 * finding. Fatal where the document would be wrong without it: amounts that no longer add up, invoices of several sellers in one. BT-24 is
 * always the profile's and not named.
 */
export function lostIn(
  invoice: Invoice,
  profile: FacturxProfile,
  language: FindingLanguage = 'en',
): readonly Finding[] {
  const terms = termsOf(profile)
  if (terms === undefined) return []
  const walk = new Walk(profile, terms, language)
  if (severalSellers.test(invoice.process ?? '')) walk.lostSellers()
  walk.group(invoiceFields, invoice as unknown as Bag, '')
  return walk.findings
}

/**
 * BT-23 of an invoice that holds those of several sellers: it says their numbers in the VAT breakdown, where EN 16931 has reasons for
 * exemption and allows none at a standard rate. [france.md §2.2; BR-FR-MV-*; BR-S-10]
 */
const severalSellers = /^[BSM]8$/v

type Bag = Readonly<Record<string, unknown>>

const rule = 'facturx.cannot-carry'

const texts = {
  term: {
    en: '{title} cannot be said in the Factur-X profile {profile}',
    fr: '{title} ne peut pas être exprimé dans le profil Factur-X {profile}',
  },
  sellers: {
    en: 'An invoice of several sellers (BT-23) cannot be said in the Factur-X profile {profile}',
    fr: 'Une facture de plusieurs vendeurs (BT-23) ne peut pas être exprimée dans le profil Factur-X {profile}',
  },
} as const satisfies Readonly<Record<string, Text>>

class Walk {
  readonly findings: Finding[] = []
  readonly #profile: FacturxProfile
  readonly #terms: ReadonlySet<string>
  readonly #language: FindingLanguage

  constructor(profile: FacturxProfile, terms: ReadonlySet<string>, language: FindingLanguage) {
    this.#profile = profile
    this.#terms = terms
    this.#language = language
  }

  group(fields: Group['fields'], bag: Bag, pointer: string): void {
    for (const [key, entry] of Object.entries(fields)) {
      const value = bag[key]
      if (value === undefined) continue
      const at = `${pointer}/${key}`
      if (!this.#says(entry)) this.#lost(entry, at)
      else if (entry.shape === 'one') this.group(entry.fields, value as Bag, at)
      else if (entry.shape === 'many') this.#items(entry, value as readonly Bag[], at)
    }
  }

  #items(entry: Group, items: readonly Bag[], pointer: string): void {
    for (const [index, item] of items.entries()) {
      const at = `${pointer}/${index}`
      if (entry === invoiceFields.lines && !isCounted(item)) this.#lost(entry, at)
      else this.group(entry.fields, item, at)
    }
  }

  /** MINIMUM has no VAT breakdown, and so nothing that would be wrong in it. */
  lostSellers(): void {
    if (this.#profile === 'MINIMUM') return
    const message = filled(texts.sellers, this.#language, { profile: this.#profile })
    this.findings.push({ rule, severity: 'fatal', pointer: '/process', message, term: 'BT-23' })
  }

  /** Of a group: whether anything in it. */
  #says(entry: Entry): boolean {
    if (entry.shape !== 'leaf') return Object.values(entry.fields).some(inner => inner.term !== '' && this.#says(inner))
    return entry.term === '' || this.#terms.has(wholeTerm(entry.term))
  }

  #lost({ term, name }: Entry, pointer: string): void {
    // MINIMUM has just the amount to pay and nothing that it is computed from.
    const severity = term === 'BT-114' && this.#profile !== 'MINIMUM' ? 'fatal' : 'warning'
    const title = { en: `${name} (${term})`, fr: `${frenchNameOf(term, name) ?? name} (${term})` }
    const message = filled(texts.term, this.#language, { title, profile: this.#profile })
    this.findings.push({ rule, severity, pointer, message, term })
  }
}

/** `BT-30-1`, the scheme of BT-30, goes with it. */
function wholeTerm(term: string): string {
  return term.replace(/^(BT-\d+)-\d+$/v, '$1')
}
