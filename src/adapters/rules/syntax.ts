import type { XmlElement } from '../../wire/xml/index.ts'

export type Syntax = 'ubl' | 'cii' | 'cdar' | 'other'

const ublPrefix = 'urn:oasis:names:specification:ubl:schema:xsd:'

/** The root namespaces that tell what a document is. */
const namespaces: Readonly<Record<string, Syntax>> = {
  [`${ublPrefix}Invoice-2`]: 'ubl',
  [`${ublPrefix}CreditNote-2`]: 'ubl',
  'urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100': 'cii',
  'urn:un:unece:uncefact:data:standard:CrossDomainAcknowledgementAndResponse:100': 'cdar',
}

/** Of a document by its root. */
export function syntaxOf(root: XmlElement): Syntax {
  return Object.hasOwn(namespaces, root.namespace) ? (namespaces[root.namespace] ?? 'other') : 'other'
}

/** What rules are about: the first of the namespaces that their file mentions. */
export function syntaxOfRules(text: string): Syntax {
  return Object.entries(namespaces).find(([namespace]) => text.includes(namespace))?.[1] ?? 'other'
}
