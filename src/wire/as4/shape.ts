import { type XmlElement, attributeOf } from '../xml/index.ts'
import { EbmsFault } from './ebms.ts'
import { ns } from './names.ts'

/** What the ebMS schema says of one element: its children in order, or its text. Attributes it does not name are let through. */
interface Shape {
  readonly children?: readonly Child[]
  readonly text?: 'any' | 'non-empty' | 'date-time'
  readonly requiredAttributes?: readonly string[]
}

interface Child {
  readonly name: string
  readonly shape: Shape
  readonly least: 0 | 1
  readonly most: 1 | 'many'
}

const nonEmpty: Shape = { text: 'non-empty' }
const token: Shape = { text: 'any' }
const property: Shape = { text: 'non-empty', requiredAttributes: ['name'] }
const party: Shape = { children: [many('PartyId', nonEmpty), one('Role', nonEmpty)] }
const properties: Shape = { children: [many('Property', property)] }

/** Type MessageInfo of ebms-header-3_0-200704.xsd. */
const messageInfo: Shape = {
  children: [one('Timestamp', { text: 'date-time' }), one('MessageId', nonEmpty), optional('RefToMessageId', nonEmpty)],
}

/** Type UserMessage of ebms-header-3_0-200704.xsd. */
const userMessage: Shape = {
  children: [
    one('MessageInfo', messageInfo),
    one('PartyInfo', { children: [one('From', party), one('To', party)] }),
    one('CollaborationInfo', {
      children: [
        optional('AgreementRef', nonEmpty),
        one('Service', nonEmpty),
        one('Action', token),
        one('ConversationId', token),
      ],
    }),
    optional('MessageProperties', properties),
    optional('PayloadInfo', {
      children: [
        many('PartInfo', {
          children: [
            optional('Schema', { children: [], requiredAttributes: ['location'] }),
            optional('Description', nonEmpty),
            optional('PartProperties', properties),
          ],
        }),
      ],
    }),
  ],
}

/** Order, cardinality and types as in the ebMS schema; throws EBMS:0009 naming the place. [peppol.md §1.3] */
export function checkUserMessageShape(element: XmlElement): void {
  check(element, userMessage)
}

function check(element: XmlElement, shape: Shape): void {
  for (const name of shape.requiredAttributes ?? []) {
    if (!attributeOf(element, name)) throw invalid(`eb:${element.local} has no ${name} attribute`)
  }
  for (const { namespace, local, value } of element.attributes) {
    if (namespace === '' && value === '') throw invalid(`the ${local} attribute of eb:${element.local} is empty`)
  }
  if (shape.children !== undefined) checkSequence(element, shape.children)
  else checkText(element, shape.text ?? 'any')
}

function checkSequence(element: XmlElement, sequence: readonly Child[]): void {
  let position = 0
  let count = 0
  for (const child of element.children) {
    if (child.kind === 'text' && child.value.trim() !== '') throw invalid(`eb:${element.local} holds text`)
    if (child.kind !== 'element') continue
    let expected = sequence[position]
    while (expected !== undefined && !isNamed(child, expected.name)) {
      if (count < expected.least) throw invalid(`eb:${element.local} lacks eb:${expected.name}`)
      expected = sequence[++position]
      count = 0
    }
    if (expected === undefined) throw invalid(`${child.local} is out of place in eb:${element.local}`)
    if (++count > 1 && expected.most === 1) throw invalid(`eb:${element.local} has several eb:${expected.name}`)
    check(child, expected.shape)
  }
  for (const rest of sequence.slice(position)) {
    if (count < rest.least) throw invalid(`eb:${element.local} lacks eb:${rest.name}`)
    count = 0
  }
}

function checkText(element: XmlElement, kind: 'any' | 'non-empty' | 'date-time'): void {
  const value = elementText(element)
  if (kind === 'non-empty' && value === '') throw invalid(`eb:${element.local} is empty`)
  if (kind === 'date-time' && parseDateTime(value) === undefined) {
    throw invalid(`eb:${element.local} is not an xs:dateTime`)
  }
}

/** The text of an element that the schema gives no children. */
export function elementText(element: XmlElement): string {
  let value = ''
  for (const child of element.children) {
    if (child.kind === 'text') value += child.value
    else if (child.kind === 'element') throw invalid(`eb:${element.local} has a child ${child.local}`)
  }
  return value
}

/** Any offset and any number of fraction digits; without an offset it is taken as UTC. Milliseconds since 1970, or undefined. */
export function parseDateTime(value: string): number | undefined {
  const match = /^\s*(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)?\s*$/.exec(value)
  if (match === null) return undefined
  const milliseconds = Date.parse(`${match[1]}${match[2]?.slice(0, 4) ?? ''}${match[3] ?? 'Z'}`)
  return Number.isNaN(milliseconds) ? undefined : milliseconds
}

function isNamed(element: XmlElement, local: string): boolean {
  return element.local === local && element.namespace === ns.eb
}

function invalid(message: string): EbmsFault {
  return new EbmsFault('EBMS:0009', message)
}

function one(name: string, shape: Shape): Child {
  return { name, shape, least: 1, most: 1 }
}

function optional(name: string, shape: Shape): Child {
  return { name, shape, least: 0, most: 1 }
}

function many(name: string, shape: Shape): Child {
  return { name, shape, least: 1, most: 'many' }
}
