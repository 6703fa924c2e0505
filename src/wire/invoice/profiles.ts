import { creditNoteTypes } from './code-lists.ts'

/*
 * The specifications an invoice may say it follows (BT-24), and what follows from that when it is sent over Peppol.
 * [BIS Billing 3.0.21; BIS Self-Billing 3; eDEC code lists 9.7; france.md §2.1]
 */

interface Profile {
  readonly name: string
  /** BT-24 begins with this, or is this when `exact`. */
  readonly customization: string
  readonly exact: boolean
  /** BT-23: its pattern, and the value of a new invoice. */
  readonly process: RegExp
  /** The Peppol document type's customization, when it is not BT-24 itself. */
  readonly documentCustomization: string | undefined
  /** The Peppol process, when it is not BT-23 itself. */
  readonly peppolProcess: string | undefined
  /** The version of CII in the Peppol document type. */
  readonly ciiVersion: 'D16B' | 'D22B'
  /** The buyer writes the invoice and sends it. */
  readonly selfBilled: boolean
  /** The rules PEPPOL-EN16931-* apply. */
  readonly peppolRules: boolean
  /** The rules BR-FR-* apply. */
  readonly frenchRules: boolean
}

export const billingCustomization = 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0'
export const billingProcess = 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0'

/** BT-23 of an invoice of the reform; which of them exist is said by BR-FR-08. */
const frenchCadre = /^[BSM][1-9]$/

export const peppolBilling: Profile = {
  name: 'Peppol BIS Billing 3',
  customization: billingCustomization,
  exact: false,
  process:
    /^(urn:fdc:peppol\.eu:2017:poacc:billing:01:1\.0|urn:peppol:france:billing:(non-)?regulated|urn:peppol:bis:billing_with_response)$/,
  documentCustomization: undefined,
  peppolProcess: undefined,
  ciiVersion: 'D16B',
  selfBilled: false,
  peppolRules: true,
  frenchRules: false,
}

const profiles: readonly Profile[] = [
  peppolBilling,
  {
    name: 'Peppol BIS Self-Billing 3',
    customization: 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:selfbilling:3.0',
    exact: false,
    process: /^urn:fdc:peppol\.eu:2017:poacc:selfbilling:\d\d:1\.0$/,
    documentCustomization: undefined,
    peppolProcess: undefined,
    ciiVersion: 'D16B',
    selfBilled: true,
    peppolRules: true,
    frenchRules: false,
  },
  {
    name: 'French CIUS',
    customization: 'urn:cen.eu:en16931:2017',
    exact: true,
    process: frenchCadre,
    documentCustomization: 'urn:cen.eu:en16931:2017#compliant#urn:peppol:france:billing:cius:1.0',
    peppolProcess: 'urn:peppol:france:billing:regulated',
    ciiVersion: 'D22B',
    selfBilled: false,
    peppolRules: false,
    frenchRules: true,
  },
  {
    name: 'EXTENDED-CTC-FR',
    customization: 'urn:cen.eu:en16931:2017#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr',
    exact: true,
    process: frenchCadre,
    documentCustomization: 'urn:cen.eu:en16931:2017#conformant#urn:peppol:france:billing:extended:1.0',
    peppolProcess: 'urn:peppol:france:billing:regulated',
    ciiVersion: 'D22B',
    selfBilled: false,
    peppolRules: false,
    frenchRules: true,
  },
]

/** The profile of an invoice; undefined for a specification that is not in the table (sent under its own BT-24 and BT-23). */
export function profileOf(invoice: { customization?: string; process?: string }): Profile | undefined {
  const { customization = '', process = '' } = invoice
  return profiles.find(profile =>
    profile.exact
      ? customization === profile.customization && profile.process.test(process)
      : customization.startsWith(profile.customization),
  )
}

/**
 * Specifications that France uses without adding a rule of its own country to their name: EN 16931 itself and the profiles of
 * Factur-X. [france.md §2.1]
 */
const neutralSpecifications: ReadonlySet<string> = new Set([
  'urn:cen.eu:en16931:2017',
  'urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended',
  'urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic',
])

/**
 * Whether the French rules BR-FR-* apply: where the profile is a French one, and between parties that are both in France under a
 * specification that names no other rules. An invoice under Peppol BIS Billing is judged by the rules of Peppol alone, also between
 * French parties, because that is what the network and its receivers hold it against.
 */
export function followsFrenchRules(invoice: {
  customization?: string
  process?: string
  seller?: { address?: { country?: string } }
  buyer?: { address?: { country?: string } }
}): boolean {
  if (profileOf(invoice)?.frenchRules) return true
  const { customization = '', seller, buyer } = invoice
  return neutralSpecifications.has(customization) && isFrench(seller) && isFrench(buyer)
}

/** ISO 3166-1 codes where French VAT is due: Guyane and Mayotte, for example, have their own codes and no VAT. [CGI art. 294] */
const frenchCountries: ReadonlySet<string> = new Set(['FR', 'GP', 'MQ', 'RE'])

function isFrench(party: { address?: { country?: string } } | undefined): boolean {
  return frenchCountries.has(party?.address?.country ?? '')
}

/** What Factur-X calls its specifications that have no lines; ZUGFeRD 2.0 had names of its own. [Factur-X 1.08 §3] */
const withoutLines: ReadonlyMap<string, string> = new Map([
  ['urn:factur-x.eu:1p0:minimum', 'MINIMUM'],
  ['urn:zugferd.de:2p0:minimum', 'MINIMUM'],
  ['urn:factur-x.eu:1p0:basicwl', 'BASIC WL'],
  ['urn:zugferd.de:2p0:basicwl', 'BASIC WL'],
])

/** The profile of Factur-X that keeps the document from being an invoice by EN 16931; undefined for every other specification. */
export function profileWithoutLines({ customization = '' }: { customization?: string }): string | undefined {
  return withoutLines.get(customization)
}

/** Whether UBL writes this type (BT-3) as a CreditNote. [BR-CL-01] */
export function isCreditNote(typeCode: string | undefined): boolean {
  return typeCode !== undefined && creditNoteTypes.has(typeCode)
}

/** Whether the invoice follows an extension of EN 16931 instead of its core: it may say more, and some things several times. */
export function isExtended({ customization = '' }: { customization?: string }): boolean {
  return customization.includes('#conformant#')
}

/** Whether the extension is the French one, whose rules have names of their own (BR-FREXT-*). */
export function isFrenchExtension({ customization = '' }: { customization?: string }): boolean {
  return isExtended({ customization }) && customization.includes('extended-ctc-fr')
}
