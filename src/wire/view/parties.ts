import type { PartialInvoice } from '../invoice/index.ts'
import type { Label } from './labels.ts'
import type { Address, Contact, Delivery, Identifier } from './parts.ts'
import { identifierFact, joined } from './references.ts'
import type { Speech } from './speech.ts'
import type { ViewFact, ViewParty } from './types.ts'

/** What parties have in common; each says some of it. */
interface Party {
  readonly name?: string
  /** UNTDID 3035. */
  readonly role?: string
  readonly tradingName?: string
  readonly identifier?: Identifier
  readonly identifiers?: readonly Identifier[]
  readonly legalRegistration?: Identifier
  readonly vatId?: string
  readonly taxRegistrationId?: string
  readonly legalInformation?: string | undefined
  readonly endpoint?: Identifier
  readonly address?: Address
  readonly contact?: Contact
}

/** Everybody who takes part, the seller first, the place of delivery last. */
export function partiesOf(invoice: PartialInvoice, speech: Speech): ViewParty[] {
  const { seller, buyer, payee, taxRepresentative } = invoice
  const parties: ViewParty[] = []
  const add = (role: Label, party: Party | undefined) =>
    party && parties.push(partyOf(speech.label(role), party, speech))
  // What the law makes the seller say has a place of its own.
  add('seller', seller && { ...seller, legalInformation: undefined })
  add('buyer', buyer)
  add('payee', payee)
  add('taxRepresentative', taxRepresentative)
  add('invoicer', invoice.invoicer)
  add('invoicee', invoice.invoicee)
  add('payer', invoice.payer)
  add('sellerAgent', invoice.sellerAgent)
  add('buyerAgent', invoice.buyerAgent)
  const delivery = deliveryOf(invoice, speech)
  return delivery === undefined ? parties : [...parties, delivery]
}

function partyOf(role: string, party: Party, speech: Speech): ViewParty {
  const identifiers = [party.identifier, ...(party.identifiers ?? [])]
  return {
    role,
    name: party.name ?? '',
    address: addressLines(party.address, speech),
    facts: facts(speech, [
      ['role', party.role],
      ['tradingName', party.tradingName],
      ['registration', party.legalRegistration],
      ...identifiers.map(identifier => ['identifier', identifier] as const),
      ['vatId', party.vatId],
      ['taxRegistration', party.taxRegistrationId],
      ['legalInformation', party.legalInformation],
      ['contact', party.contact?.name],
      ['department', party.contact?.department],
      ['phone', party.contact?.phone],
      ['email', party.contact?.email],
      ['endpoint', electronicAddress(party.endpoint)],
    ]),
  }
}

/** A party on one line, for a place that has no more. */
export function partyText(party: Party, speech: Speech): string {
  return onOneLine(partyOf('', party, speech), speech)
}

/** A delivery on one line. */
export function deliveryText(delivery: Delivery, speech: Speech): string {
  return onOneLine(deliveryParty(delivery, speech), speech)
}

function onOneLine({ name, address, facts: said }: ViewParty, { colon }: Speech): string {
  return joined([name, ...address, ...said.map(({ label, value }) => `${label}${colon}${value}`)], ', ')
}

function deliveryOf({ delivery }: PartialInvoice, speech: Speech): ViewParty | undefined {
  if (delivery === undefined || isBareDelivery(delivery)) return undefined
  return deliveryParty(delivery, speech)
}

function deliveryParty({ name, location, date, address }: Delivery, speech: Speech): ViewParty {
  return {
    role: speech.label('deliverTo'),
    name: name ?? '',
    address: addressLines(address, speech),
    facts: facts(speech, [
      ['deliveryDate', date && speech.date(date)],
      ['location', location],
    ]),
  }
}

/** A delivery that is only a date: a fact among the others, and no place. */
export function isBareDelivery(delivery: PartialInvoice['delivery']): boolean {
  return delivery?.name === undefined && delivery?.location === undefined && delivery?.address === undefined
}

/** The lines of a postal address, the country by its name. */
function addressLines(address: Address | undefined, speech: Speech): string[] {
  if (address === undefined) return []
  const { line1, line2, line3, postCode, city, subdivision, country } = address
  const place = [postCode, city].filter(Boolean).join(' ')
  const lines = [line1, line2, line3, place, subdivision, country && speech.country(country)]
  return lines.flatMap(line => (line === undefined || line === '' ? [] : [line]))
}

/** As networks write it: `0225:123456789`. */
function electronicAddress(endpoint: Identifier | undefined): string | undefined {
  if (endpoint?.value === undefined) return undefined
  return endpoint.scheme === undefined ? endpoint.value : `${endpoint.scheme}:${endpoint.value}`
}

/** Labels with what there is to say; an identifier goes under the name of its scheme where that is known. */
export function facts(
  speech: Speech,
  rows: readonly (readonly [Label, string | Identifier | undefined])[],
): ViewFact[] {
  return rows.flatMap(([key, said]) => {
    if (said === undefined || said === '') return []
    if (typeof said === 'string') return [{ label: speech.label(key), value: said }]
    return identifierFact(speech.label(key), said)
  })
}
