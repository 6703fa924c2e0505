import type { Brand } from '../../kernel/index.ts'
import { findIllegalCharacter } from './characters.ts'
import { XmlError } from './error.ts'

/** Well-formed XML content, made by `text` and `tag` only. */
export type Markup = Brand<string, 'Markup'>

/** Character data. Throws `illegal-character`. */
export function text(value: string): Markup {
  return escapeText(value) as Markup
}

/**
 * One element. Attributes are written in the given order, undefined ones left out; an element without children is
 * written as `<a></a>`: with the attributes in C14N order the output is its own canonical form. Names are the program's own
 * and not checked. Throws `illegal-character` for an attribute value.
 */
export function tag(
  name: string,
  attributes: Readonly<Record<string, string | undefined>>,
  ...children: readonly (Markup | undefined)[]
): Markup {
  let start = `<${name}`
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) start += ` ${key}="${escapeAttribute(value)}"`
  }
  let content = ''
  for (const child of children) if (child !== undefined) content += child
  return `${start}>${content}</${name}>` as Markup
}

/** Escapes of [C14N §2.3] for text nodes. Throws `illegal-character`. */
export function escapeText(value: string): string {
  checkCharacters(value)
  return canonicalText(value)
}

/** Escapes of [C14N §2.3] for attribute nodes, to stand between double quotes. Throws `illegal-character`. */
export function escapeAttribute(value: string): string {
  checkCharacters(value)
  return canonicalAttribute(value)
}

/** As escapeText, for characters that have been checked. */
export function canonicalText(value: string): string {
  if (!/[&<>\r]/.test(value)) return value
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#xD;')
}

/** As escapeAttribute, for characters that have been checked. */
export function canonicalAttribute(value: string): string {
  if (!/[&<"\t\n\r]/.test(value)) return value
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\t', '&#x9;')
    .replaceAll('\n', '&#xA;')
    .replaceAll('\r', '&#xD;')
}

function checkCharacters(value: string): void {
  const illegal = findIllegalCharacter(value)
  if (illegal !== undefined) throw new XmlError('illegal-character', `${illegal.name} cannot be written in XML`)
}
