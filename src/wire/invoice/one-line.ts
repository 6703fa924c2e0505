import type { Group, Leaf } from './table.ts'
import { invoiceFields } from './terms.ts'

/*
 * Identifiers and codes stand on one line: their types are xsd:normalizedString in UBL and xsd:token in CII, whose values have no line
 * breaks and no tabs. Texts and names are xsd:string, and have as many lines as they like. [UBL 2.1 CCTS_CCT_SchemaModule; CII D16B
 * UnqualifiedDataType]
 */

/** How both syntaxes name elements and attributes of these types: PaymentID, IssuerAssignedID, schemeID, unitCode, URI. */
const oneLineName = /(?:ID|Code|URI)$/
/** Kept here, because an expression within a function is made anew for each of all values. */
const breakOrBlanks = /[\t\n\r]|  /

/** The value of an element or attribute as a reader of its schema has it: line breaks and tabs are blanks, in CII several are one. */
export function valueOnOneLine(text: string, name: string, syntax: 'ubl' | 'cii'): string {
  if (!breakOrBlanks.test(text) || !oneLineName.test(name)) return text
  const line = text.replaceAll(/[\t\n\r]/g, ' ')
  return syntax === 'cii' ? line.replaceAll(/ {2,}/g, ' ') : line
}

const leaves = new Set<Leaf>()
collect(invoiceFields, '')

/** Whether UBL, which JSON is written as, has the term in an identifier or a code. */
export function isOneLine(leaf: Leaf): boolean {
  return leaves.has(leaf)
}

/** `.` is the element of the group itself. */
function collect(fields: Group['fields'], place: string): void {
  for (const entry of Object.values(fields)) {
    if (entry.shape !== 'leaf') collect(entry.fields, entry.ubl)
    else if (namesIn(entry.ubl === '.' ? place : entry.ubl).every(name => oneLineName.test(name))) leaves.add(entry)
  }
}

/** The last name of each place, without predicates. */
function namesIn(places: string): readonly string[] {
  return places.split(' | ').map(place => /([\w.]+)$/.exec(place.replaceAll(/\[[^\]]*\]/g, ''))?.[1] ?? '')
}
