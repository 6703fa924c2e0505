import { PeppolError } from './errors.ts'
import { quote, sameDocumentType } from './identifiers.ts'
import type { DocumentTypeId, DocumentTypeParts } from './types.ts'

/**
 * Takes a document type value apart: `<syntax>##<customization>::<version>`, for XML the syntax is `<namespace>::<local>`.
 * The customization may hold `#`, `:` and `@`, therefore the version is taken from the right. [peppol.md §3.2]
 * @throws PeppolError `document-type`
 */
export function documentTypeParts(value: string): DocumentTypeParts {
  const split = splitValue(value)
  if (split === undefined || split.version.includes(':')) throw malformed(value)
  return { ...split, root: rootOf(split.syntax, value) }
}

/**
 * Which of the registered types answers for a document: the exact value before any wildcard, among wildcards the one with
 * most parts; types of another scheme never. Registrations that break the wildcard rules (BR-PDW) are passed over.
 * undefined when none does; for a document with a `*` or a value that cannot be taken apart none ever does.
 * [peppol.md §3.3, BR-PDM-01..04]
 */
export function selectDocumentType(
  document: DocumentTypeId,
  registered: readonly DocumentTypeId[],
): DocumentTypeId | undefined {
  if (document.value.includes('*')) return undefined
  const exact = registered.find(candidate => sameDocumentType(candidate, document))
  if (exact !== undefined || document.scheme !== 'peppol-doctype-wildcard') return exact
  const wanted = splitValue(document.value)
  if (wanted === undefined) return undefined
  let best: { id: DocumentTypeId; parts: number } | undefined
  for (const id of registered) {
    const parts = id.scheme === document.scheme ? matchedParts(id.value, wanted) : 0
    if (parts > (best?.parts ?? 0)) best = { id, parts }
  }
  return best?.id
}

/** A `*` belongs into SMP registrations only: never into SBDH, AS4 or a request. [BR-PDW-01] @throws PeppolError `wildcard` */
export function checkNoWildcard(document: DocumentTypeId): void {
  if (document.value.includes('*')) {
    throw new PeppolError(
      'wildcard',
      `document type ${quote(document.value)} has a *, which only a registration may have`,
    )
  }
}

/** How many parts of the wildcard registration the document begins with; 0 when it does not match. */
function matchedParts(registered: string, document: Omit<DocumentTypeParts, 'root'>): number {
  const wildcard = wildcardParts(registered)
  if (wildcard === undefined) return 0
  if (wildcard.syntax !== document.syntax || wildcard.version !== document.version) return 0
  const parts = document.customization.split('@')
  return wildcard.parts.every((part, index) => part === parts[index]) ? wildcard.parts.length : 0
}

/** undefined when the value is no wildcard as BR-PDC and BR-PDW allow it: one `*`, last in the customization, directly after a part. */
function wildcardParts(value: string): { syntax: string; version: string; parts: readonly string[] } | undefined {
  const split = splitValue(value)
  if (split === undefined || value.indexOf('*') !== value.lastIndexOf('::') - 1) return undefined
  const parts = split.customization.slice(0, -1).split('@')
  if (parts.includes('') || new Set(parts).size !== parts.length) return undefined
  return { syntax: split.syntax, version: split.version, parts }
}

function splitValue(value: string): Omit<DocumentTypeParts, 'root'> | undefined {
  const hashes = value.indexOf('##')
  const colons = value.lastIndexOf('::')
  if (hashes <= 0 || colons <= hashes + 2 || colons + 2 === value.length) return undefined
  return {
    syntax: value.slice(0, hashes),
    customization: value.slice(hashes + 2, colons),
    version: value.slice(colons + 2),
  }
}

function rootOf(syntax: string, value: string): DocumentTypeParts['root'] {
  const colons = syntax.lastIndexOf('::')
  if (colons < 0) return undefined
  const namespace = syntax.slice(0, colons)
  const local = syntax.slice(colons + 2)
  if (namespace === '' || !/^[A-Za-z_][A-Za-z0-9._-]*$/.test(local)) throw malformed(value)
  return { namespace, local }
}

function malformed(value: string): PeppolError {
  return new PeppolError('document-type', `document type ${quote(value)} is not <syntax>##<customization>::<version>`)
}
