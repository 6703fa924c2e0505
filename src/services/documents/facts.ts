import { type XmlElement, childElements, textOf } from '../../wire/xml/index.ts'
import type { DocumentFacts } from '../ports.ts'

const ublPrefix = 'urn:oasis:names:specification:ubl:schema:xsd:'
const uncefactPrefix = 'urn:un:unece:uncefact:data:standard:'

/** The roots that tell what a document is. */
const syntaxes: Readonly<Record<string, 'ubl' | 'cii' | 'cdar'>> = {
  [`{${ublPrefix}Invoice-2}Invoice`]: 'ubl',
  [`{${ublPrefix}CreditNote-2}CreditNote`]: 'ubl',
  [`{${uncefactPrefix}CrossIndustryInvoice:100}CrossIndustryInvoice`]: 'cii',
  [`{${uncefactPrefix}CrossDomainAcknowledgementAndResponse:100}CrossDomainAcknowledgementAndResponse`]: 'cdar',
}

/** Where each syntax says what decides the rules: BT-24, BT-23, and the countries of seller and buyer (BT-40, BT-55). */
interface Places {
  readonly customization: string
  readonly process: string
  readonly countries: readonly string[]
}

const ublAddress = 'Party/PostalAddress/Country/IdentificationCode'
const agreement = 'SupplyChainTradeTransaction/ApplicableHeaderTradeAgreement'
const ciiAddress = 'PostalTradeAddress/CountryID'
const context = 'ExchangedDocumentContext'

const uncefactPlaces: Places = {
  customization: `${context}/GuidelineSpecifiedDocumentContextParameter/ID`,
  process: `${context}/BusinessProcessSpecifiedDocumentContextParameter/ID`,
  countries: [`${agreement}/SellerTradeParty/${ciiAddress}`, `${agreement}/BuyerTradeParty/${ciiAddress}`],
}

const places: Readonly<Record<'ubl' | 'uncefact', Places>> = {
  ubl: {
    customization: 'CustomizationID',
    process: 'ProfileID',
    countries: [`AccountingSupplierParty/${ublAddress}`, `AccountingCustomerParty/${ublAddress}`],
  },
  uncefact: uncefactPlaces,
}

/** What decides which packs and schemas judge the document; `inPdf` says that it is the XML of a Factur-X. */
export function factsOf(root: XmlElement, inPdf: boolean): DocumentFacts {
  const name = `{${root.namespace}}${root.local}`
  const syntax = Object.hasOwn(syntaxes, name) ? (syntaxes[name] ?? 'other') : 'other'
  // Other UBL documents, such as Peppol's message level status, say their BT-24 where an invoice does.
  const { customization, process, countries } = root.namespace.startsWith(uncefactPrefix) ? places.uncefact : places.ubl
  return {
    syntax: inPdf && syntax === 'cii' ? 'facturx' : syntax,
    root: name,
    customization: textAt(root, customization),
    process: textAt(root, process),
    countries: countries.flatMap(path => textAt(root, path) ?? []),
  }
}

function textAt(root: XmlElement, path: string): string | undefined {
  let element: XmlElement | undefined = root
  for (const local of path.split('/')) {
    element = childElements(element).find(child => child.local === local)
    if (element === undefined) return undefined
  }
  return textOf(element).trim() || undefined
}
