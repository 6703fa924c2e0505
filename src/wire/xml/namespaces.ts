import { XmlError } from './error.ts'
import type { PrefixScope } from './scope.ts'
import type { NamespaceDeclaration, XmlAttribute, XmlElement } from './types.ts'

export const xmlNamespace = 'http://www.w3.org/XML/1998/namespace'
const xmlnsNamespace = 'http://www.w3.org/2000/xmlns/'

/** The reserved names, and no undeclaring of a prefix, which only version 1.1 knows. [XML-NAMES §3, §5] */
export function checkDeclaration({ prefix, uri }: NamespaceDeclaration): void {
  if (prefix === 'xmlns') throw new XmlError('not-well-formed', 'the prefix xmlns must not be declared')
  if ((prefix === 'xml') !== (uri === xmlNamespace)) {
    throw new XmlError('not-well-formed', 'the prefix xml and its namespace belong to each other alone')
  }
  if (uri === xmlnsNamespace) throw new XmlError('not-well-formed', `${uri} must not be declared`)
  if (uri === '' && prefix !== '') throw new XmlError('not-well-formed', `the prefix ${prefix} has no namespace name`)
}

/** Of an element or attribute name with a prefix, or of an element without one. */
export function resolvePrefix(prefix: string, scope: PrefixScope): string {
  const uri = scope.uriOf(prefix)
  if (uri !== undefined) return uri
  if (prefix === '') return ''
  if (prefix === 'xml') return xmlNamespace
  throw new XmlError('not-well-formed', `the prefix ${prefix} is not bound`)
}

// Below this number comparing each with each costs less than a Set.
const pairwiseMax = 12

/** No two attributes of one element have the same expanded name, and no prefix is declared twice. [XML-NAMES §6.3] */
export function checkUnique(attributes: readonly XmlAttribute[], declarations: readonly NamespaceDeclaration[]): void {
  if (attributes.length <= pairwiseMax && declarations.length <= pairwiseMax) checkPairs(attributes, declarations)
  else checkSets(attributes, declarations)
}

function checkPairs(attributes: readonly XmlAttribute[], declarations: readonly NamespaceDeclaration[]): void {
  for (let i = 1; i < attributes.length; i++) {
    for (let j = 0; j < i; j++) {
      const one = attributes[i]
      const other = attributes[j]
      if (one?.local === other?.local && one?.namespace === other?.namespace) throw repeated(one?.local)
    }
  }
  for (let i = 1; i < declarations.length; i++) {
    for (let j = 0; j < i; j++) {
      if (declarations[i]?.prefix === declarations[j]?.prefix) throw repeated(`xmlns:${declarations[i]?.prefix}`)
    }
  }
}

function checkSets(attributes: readonly XmlAttribute[], declarations: readonly NamespaceDeclaration[]): void {
  const names = new Set<string>()
  for (const { namespace, local } of attributes) {
    // A local name has no space, so that no two expanded names meet.
    const name = `${local} ${namespace}`
    if (names.has(name)) throw repeated(local)
    names.add(name)
  }
  const prefixes = new Set<string>()
  for (const { prefix } of declarations) {
    if (prefixes.has(prefix)) throw repeated(`xmlns:${prefix}`)
    prefixes.add(prefix)
  }
}

function repeated(name: string | undefined): XmlError {
  return new XmlError('not-well-formed', `the attribute ${name} is there twice`)
}

/** Prefix → URI of every namespace in scope, '' for the default one. The prefix xml is always bound and not listed. */
export function namespacesInScope(element: XmlElement): ReadonlyMap<string, string> {
  const chain: XmlElement[] = []
  for (let at: XmlElement | undefined = element; at !== undefined; at = at.parent) chain.push(at)
  const scope = new Map<string, string>()
  for (const { declarations } of chain.toReversed()) {
    for (const { prefix, uri } of declarations) {
      if (uri === '') scope.delete(prefix)
      else if (prefix !== 'xml') scope.set(prefix, uri)
    }
  }
  return scope
}
