import { cast, convert, isCastable } from './cast.ts'
import {
  compareAny,
  compareOne,
  distinctValues,
  extreme,
  isSelected,
  positionsOf,
  someAreEqual,
  someIs,
  someIsIn,
  someIsNot,
  truthOf,
  truthOfDouble,
} from './compare.ts'
import { DynamicError } from './error.ts'
import { absolute, arithmetic, average, ceiling, floor, negate, range, round, sum } from './numbers.ts'
import { matches, replace, tokenize } from './regex.ts'
import { CodeList, lengthOf, normalizeSpace, substring, substringAfter, substringBefore, translate } from './text.ts'
import { contentOf, documentOf, nameId, qualifiedName, stringOf, TreeNode } from './tree.ts'
import {
  atomize,
  decimalOf,
  integerOf,
  type Item,
  type Sequence,
  single,
  textOf,
  toDecimal,
  toDouble,
  toInteger,
} from './values.ts'
import {
  at,
  attributeNamed,
  attributesOfAll,
  childrenNamed,
  childrenOfAll,
  except,
  hasChild,
  intersect,
  hasKey,
  joined,
  keyed,
  keysOf,
  type Nodes,
  ordered,
  parentOf,
  parentsOf,
  precedingNamed,
  someBeforeIs,
  select,
  selectSome,
  someAncestor,
  someHasChild,
  textOfChild,
  textOfOnly,
  valued,
  walk,
} from './walk.ts'

/** Everything that compiled rules call; they see nothing else. */
export const runtime = {
  at,
  attributeNamed,
  attributesOfAll,
  childrenNamed,
  childrenOfAll,
  except,
  hasChild,
  intersect,
  joined,
  ordered,
  parentOf,
  parentsOf,
  precedingNamed,
  someBeforeIs,
  select,
  selectSome,
  someAncestor,
  someHasChild,
  textOfChild,
  textOfOnly,
  valued,
  walk,
  contentOf,
  documentOf,
  keysOf,
  keyed,
  hasKey,
  nameId,
  qualifiedName,
  stringOf,
  nodesOf,
  textOf,
  textOfSingle,
  textOfAll,
  atomize,
  decimalOf,
  integerOf,
  toDecimal,
  toDouble,
  toInteger,
  cast,
  isCastable,
  convert,
  arithmetic,
  negate,
  absolute,
  round,
  floor,
  ceiling,
  sum,
  average,
  range,
  compareAny,
  compareOne,
  someIs,
  someIsNot,
  someIsIn,
  someAreEqual,
  truthOf,
  truthOfDouble,
  isSelected,
  extreme,
  positionsOf,
  distinctValues,
  normalizeSpace,
  lengthOf,
  substring,
  substringAfter,
  substringBefore,
  translate,
  CodeList,
  matches,
  tokenize,
  replace,
  subsequence,
  codePointsOf,
  textOfCodePoints,
  kept,
}

/** A path can only go on from nodes. Throws DynamicError. */
function nodesOf(items: Sequence): Nodes {
  for (const item of items) {
    if (!(item instanceof TreeNode)) throw new DynamicError('XPTY0004', 'a path goes through something that is no node')
  }
  return items as Nodes
}

/** '' for nothing. Throws DynamicError when there are several. */
function textOfSingle(items: Sequence): string {
  const value = single(items, 'a string')
  return value === undefined ? '' : textOf(value)
}

/** For messages: every item, with a blank between them. */
function textOfAll(items: Sequence): string {
  return items.map(textOf).join(' ')
}

function subsequence(items: Sequence, start: number, length = Infinity): Sequence {
  const from = Math.floor(start + 0.5)
  const to = from + Math.floor(length + 0.5)
  return items.filter((_, index) => index + 1 >= from && index + 1 < to)
}

function codePointsOf(value: string): Sequence {
  return Array.from(value, character => integerOf(character.codePointAt(0) ?? 0))
}

function textOfCodePoints(items: Sequence): string {
  return items.map((item: Item) => String.fromCodePoint(toDouble([item]))).join('')
}

interface Kept {
  readonly globals: unknown[]
  readonly failures: Map<number, Error>
}

/**
 * A value that the document has once, failures too: a hostile document must not have them found out for every node. The values are in an
 * array because an object with hundreds of names is a hash table. A stack that is full would not be so elsewhere: that is not kept.
 */
function kept<Document extends Kept>(document: Document, slot: number, evaluate: (of: Document) => unknown): unknown {
  const { globals, failures } = document
  const known = globals[slot]
  if (known !== undefined) return known
  const error = failures.get(slot)
  if (error !== undefined) throw error
  try {
    return (globals[slot] = evaluate(document))
  } catch (cause) {
    if (cause instanceof DynamicError) failures.set(slot, cause)
    throw cause
  }
}
