import { childElements, type XmlElement } from '../../wire/xml/index.ts'

export type Syntax = 'ubl' | 'cii' | 'cdar' | 'other'

const ublPrefix = 'urn:oasis:names:specification:ubl:schema:xsd:'

/** The root namespaces that tell what a document is. */
const namespaces: Readonly<Record<string, Syntax>> = {
  [`${ublPrefix}Invoice-2`]: 'ubl',
  [`${ublPrefix}CreditNote-2`]: 'ubl',
  'urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100': 'cii',
  'urn:un:unece:uncefact:data:standard:CrossDomainAcknowledgementAndResponse:100': 'cdar',
}

export function syntaxOf(root: XmlElement): Syntax {
  return Object.hasOwn(namespaces, root.namespace) ? (namespaces[root.namespace] ?? 'other') : 'other'
}

/** What rules are about: the first of the namespaces that their file mentions. */
export function syntaxOfRules(text: string): Syntax {
  return Object.entries(namespaces).find(([namespace]) => text.includes(namespace))?.[1] ?? 'other'
}

/** Where a document names the specification it follows (BT-24). */
const profilePaths: Readonly<Partial<Record<Syntax, readonly string[]>>> = {
  ubl: ['CustomizationID'],
  cii: ['ExchangedDocumentContext', 'GuidelineSpecifiedDocumentContextParameter', 'ID'],
  cdar: ['ExchangedDocumentContext', 'GuidelineSpecifiedDocumentContextParameter', 'ID'],
}

/** The text of BT-24; undefined when there is none. */
export function profileOf(root: XmlElement): string | undefined {
  const path = profilePaths[syntaxOf(root)]
  if (path === undefined) return undefined
  let element: XmlElement | undefined = root
  for (const name of path) {
    if (element === undefined) break
    element = childElements(element).find(({ local }) => local === name)
  }
  const text = element?.children.map(child => (child.kind === 'text' ? child.value : '')).join('')
  return text?.trim() || undefined
}
