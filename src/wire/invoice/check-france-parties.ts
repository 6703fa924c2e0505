import { type Path, type Report, pointerOf } from './finding.ts'
import { schemes, selfBilledTypes } from './french-lists.ts'
import type { Draft, Identifier, InvoiceDraft } from './model.ts'
import { quoted } from './values.ts'

/* Who is who in a French invoice: SIREN, SIRET, routing codes and electronic addresses. [BR-FR-09 to 13, 21 to 26, 32, CO-10] */

type Id = Draft<Identifier>

interface Party {
  readonly key: (typeof otherParties)[number] | 'seller' | 'buyer' | 'payee'
  readonly legalRegistration: Id | undefined
  readonly endpoint: Id | undefined
  readonly identifiers: readonly { readonly identifier: Id; readonly path: Path }[]
}

const otherParties = ['sellerAgent', 'buyerAgent', 'invoicer', 'invoicee', 'payer'] as const

/** `syntax` is what the invoice is sent as. */
export function checkFrenchParties(draft: InvoiceDraft, report: Report, syntax: 'ubl' | 'cii'): void {
  for (const party of partiesOf(draft)) {
    checkSiret(party, report)
    checkIdentifiers(party, report, syntax)
    checkEndpoint(party, report)
    const { key, legalRegistration } = party
    if (legalRegistration?.scheme === schemes.siren)
      checkNineDigits(legalRegistration, [key, 'legalRegistration'], report)
  }
  checkLocations(draft, report, syntax)
  checkLineParties(draft, report, syntax)
  checkSiren('seller', draft, report)
  if (isBusiness(draft)) {
    checkSiren('buyer', draft, report)
    checkReceiver(draft, report)
  }
}

function partiesOf(draft: InvoiceDraft): Party[] {
  const parties: Party[] = []
  for (const key of ['seller', 'buyer', ...otherParties] as const) {
    const party = draft[key]
    if (party === undefined) continue
    const identifiers = (party.identifiers ?? []).map((identifier, index) => ({
      identifier,
      path: [key, 'identifiers', index],
    }))
    parties.push({ key, legalRegistration: party.legalRegistration, endpoint: party.endpoint, identifiers })
  }
  const { payee } = draft
  if (payee !== undefined) {
    const { identifier, legalRegistration, endpoint } = payee
    const identifiers = identifier === undefined ? [] : [{ identifier, path: ['payee', 'identifier'] }]
    parties.push({ key: 'payee', legalRegistration, endpoint, identifiers })
  }
  return parties
}

/** A SIRET begins with the SIREN, which only the seller and the buyer must say. */
function checkSiret({ key, legalRegistration, identifiers }: Party, report: Report): void {
  const first = identifiers.find(({ identifier }) => identifier.scheme === schemes.siret)
  if (first === undefined) return
  const value = first.identifier.value ?? ''
  const said = legalRegistration?.scheme === schemes.siren ? legalRegistration.value : undefined
  const siren = key === 'seller' || key === 'buyer' ? said : (said ?? value.slice(0, 9))
  if (/^\d{14}$/.test(value) && siren === value.slice(0, 9)) return
  report.fatal('BR-FR-09', [...first.path, 'value'], { values: { siren: siren ?? '', value: quoted(value) } })
}

/** Scheme and characters of each private identifier. UBL alone demands the scheme: CII has an element for those without. */
function checkIdentifiers({ key, identifiers }: Party, report: Report, syntax: 'ubl' | 'cii'): void {
  const seen = new Set<string>()
  for (const { identifier, path } of identifiers) {
    const { scheme, value = '' } = identifier
    if (scheme === undefined) {
      if (syntax === 'ubl') report.fatal('BR-FR-CO-10', [...path, 'scheme'], { text: 'BR-FR-CO-10/scheme' })
      continue
    }
    if (seen.has(scheme))
      report.fatal('BR-FR-CO-10', [...path, 'scheme'], { text: 'BR-FR-CO-10/unique', values: { scheme } })
    seen.add(scheme)
    checkRegistration(identifier, path, report)
    if (scheme === schemes.routingCode && (key === 'seller' || key === 'buyer'))
      checkRoutingCode(value, [...path, 'value'], report)
  }
}

function checkNineDigits({ scheme = '', value = '' }: Id, path: Path, report: Report): void {
  if (!/^\d{9}$/.test(value)) report.fatal('BR-FR-32', [...path, 'value'], { values: { scheme, value: quoted(value) } })
}

function checkRoutingCode(value: string, path: Path, report: Report): void {
  if (!isPlain(value)) report.fatal('BR-FR-24', path, { values: { value: quoted(value) } })
  if (value.length > 100) report.fatal('BR-FR-26', path, { values: { length: String(value.length) } })
}

/** The characters of electronic addresses and routing codes. */
function isPlain(value: string): boolean {
  return /^[A-Za-z0-9+\-_.]+$/.test(value)
}

const missingEndpoints = { seller: 'BR-FR-13', buyer: 'BR-FR-12' } as const

function checkEndpoint({ key, endpoint }: Party, report: Report): void {
  const path = [key, 'endpoint']
  const { scheme, value } = endpoint ?? {}
  if (value === undefined) {
    const pointer = pointerOf(path)
    const isRefused = report.refused.has(pointer) || report.refused.has(`${pointer}/value`)
    if ((key === 'seller' || key === 'buyer') && !isRefused) report.fatal(missingEndpoints[key], path)
    return
  }
  if (scheme === schemes.electronicAddress && !isPlain(value))
    report.fatal('BR-FR-23', [...path, 'value'], { values: { value: quoted(value) } })
  if (value.length > 125) report.fatal('BR-FR-25', [...path, 'value'], { values: { length: String(value.length) } })
}

/** Where it is delivered to: the document's place and those of the lines. */
function checkLocations(draft: InvoiceDraft, report: Report, syntax: 'ubl' | 'cii'): void {
  checkLocation(draft.delivery?.location, ['delivery', 'location'], report, syntax)
  for (const [index, { delivery }] of (draft.lines ?? []).entries()) {
    if (delivery !== undefined)
      checkLocation(delivery.location, ['lines', index, 'delivery', 'location'], report, syntax)
  }
}

function checkLocation(location: Id | undefined, path: Path, report: Report, syntax: 'ubl' | 'cii'): void {
  if (location === undefined) return
  const { scheme, value = '' } = location
  if (scheme === undefined && syntax === 'ubl')
    report.fatal('BR-FR-CO-10', [...path, 'scheme'], { text: 'BR-FR-CO-10/scheme' })
  if (scheme !== schemes.siret || /^\d{14}$/.test(value)) return
  report.fatal('BR-FR-09', [...path, 'value'], { values: { siren: value.slice(0, 9), value: quoted(value) } })
}

/** BR-FR-32 is for every identifier of these schemes, wherever it stands; in UBL those of places and articles are none of parties. */
function checkLineParties(draft: InvoiceDraft, report: Report, syntax: 'ubl' | 'cii'): void {
  if (syntax === 'cii') checkRegistration(draft.delivery?.location, ['delivery', 'location'], report)
  for (const [index, { seller, delivery, item }] of (draft.lines ?? []).entries()) {
    const path = ['lines', index]
    if (seller !== undefined) {
      const { legalRegistration, identifiers = [] } = seller
      if (legalRegistration?.scheme === schemes.siren)
        checkNineDigits(legalRegistration, [...path, 'seller', 'legalRegistration'], report)
      for (const [position, identifier] of identifiers.entries())
        checkRegistration(identifier, [...path, 'seller', 'identifiers', position], report)
    }
    if (syntax !== 'cii') continue
    checkRegistration(delivery?.location, [...path, 'delivery', 'location'], report)
    checkRegistration(item?.standardId, [...path, 'item', 'standardId'], report)
  }
}

function checkRegistration(identifier: Id | undefined, path: Path, report: Report): void {
  if (identifier?.scheme === schemes.siren || identifier?.scheme === schemes.vatGroup)
    checkNineDigits(identifier, path, report)
}

const missingSirens = { seller: 'BR-FR-10', buyer: 'BR-FR-11' } as const

function checkSiren(key: 'seller' | 'buyer', draft: InvoiceDraft, report: Report): void {
  if (sirenOf(draft[key]) !== undefined || report.refused.has(`/${key}/legalRegistration/value`)) return
  report.fatal(missingSirens[key], [key, 'legalRegistration'])
}

/** The SIREN of a party, when it has one that is well-formed. */
function sirenOf(party: { legalRegistration?: Id } | undefined): string | undefined {
  const { scheme, value } = party?.legalRegistration ?? {}
  return scheme === schemes.siren && value !== undefined && /^\d{9}$/.test(value) ? value : undefined
}

/** The note BAR says that the invoice is one of the reform, between taxable persons in France. */
function isBusiness({ notes = [] }: InvoiceDraft): boolean {
  return notes.some(({ subjectCode, text }) => subjectCode === 'BAR' && text === 'B2B')
}

/** The address of whoever receives the invoice is one of the French directory. */
function checkReceiver(draft: InvoiceDraft, report: Report): void {
  const [key, rule] = selfBilledTypes.has(draft.typeCode ?? '')
    ? (['seller', 'BR-FR-22'] as const)
    : (['buyer', 'BR-FR-21'] as const)
  const { scheme, value = '' } = draft[key]?.endpoint ?? {}
  const siren = draft[key]?.legalRegistration?.scheme === schemes.siren ? draft[key].legalRegistration.value : undefined
  if (scheme !== schemes.electronicAddress || !value.startsWith(siren ?? '')) report.fatal(rule, [key, 'endpoint'])
}
