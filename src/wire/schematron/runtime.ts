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
import { isListed, lengthOf, normalizeSpace, substring, substringAfter, substringBefore, translate } from './text.ts'
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
  isListed,
  matches,
  tokenize,
  replace,
  subsequence,
  codePointsOf,
  textOfCodePoints,
  failIfFailed,
  failed,
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

interface Failures {
  readonly failures: Map<number, Error>
}

/** Throws the error that a value of the document ended with when it was first asked for. */
function failIfFailed({ failures }: Failures, slot: number): void {
  const error = failures.get(slot)
  if (error !== undefined) throw error
}

/** Keeps what the document is to blame for; a stack that is full would not be so elsewhere. */
function failed({ failures }: Failures, slot: number, error: unknown): unknown {
  if (error instanceof DynamicError) failures.set(slot, error)
  return error
}
