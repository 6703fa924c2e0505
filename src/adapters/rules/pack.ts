import { WireError } from '../../kernel/index.ts'
import type { Syntax } from './syntax.ts'

/**
 * For which documents a pack is chosen: all that is given must hold. Patterns are compared with the whole value without regard to case;
 * `*` stands for any characters, `?` for one.
 */
export interface Condition {
  readonly syntax?: 'ubl' | 'cii' | 'facturx' | 'cdar' | 'other'
  /** Of BT-24. */
  readonly profiles?: readonly string[]
  /** Of BT-23. */
  readonly processes?: readonly string[]
  /** Every country that the document names for seller and buyer is one of these. */
  readonly countries?: readonly string[]
}

/** One release of a set of rules or schemas, as the index of the store describes it. */
interface Release {
  /** As the command line names it: `peppol-en16931-ubl`. */
  readonly name: string
  readonly version: string
  /** What the files call themselves. */
  readonly title: string
  /** The file or folder it was imported from. */
  readonly source: string
  /** Of all its files, in hexadecimal: of one file just that file's. */
  readonly sha256: string
  /** Where its files lie within the store. */
  readonly folder: string
  /** Packs run from the lowest to the highest; of several schemas for one document the lowest is taken. */
  readonly order: number
  /** Any of them must hold; with none the pack is only used when it is named. */
  readonly applies: readonly Condition[]
  /** Patterns of BT-24 for which the pack is never chosen. */
  readonly except: readonly string[]
  /** Names of packs that are not run where this one is. */
  readonly instead: readonly string[]
  /** First and last day (`2026-11-20`) on which it is in force; undefined: without bound. */
  readonly validFrom?: string
  readonly validTo?: string
  /** What is not active is only used when it is named with its version. */
  readonly active: boolean
}

/** A pack of official rules. */
export interface Pack extends Release {
  readonly kind: 'rules'
  readonly syntax: Syntax
  /** The root elements it is for, `{namespace}local`; undefined: those of the syntax. */
  readonly roots?: readonly string[]
  /** How many asserts and reports it has. */
  readonly checks: number
  /** Files beside the rules that they include or look values up in. */
  readonly parts: readonly Part[]
  readonly compiled: {
    /** Of the compiler that wrote the code. */
    readonly format: number
    /** Of the code, in hexadecimal: nothing else is executed. The same rules in another layout have the same code. */
    readonly sha256: string
    /** What a V8 of this version and these flags made of the code, and its hash; another begins with the code. */
    readonly cache: { readonly v8: string; readonly sha256: string }
  }
  /** The pack's own unit tests, where some came with it. */
  readonly tests?: TestResult
}

/** A file that `from` (a name, '' for the rules themselves) asked for as `href`. */
export interface Part {
  readonly from: string
  readonly href: string
  /** Its name as the base of further references. */
  readonly name: string
  readonly file: string
  readonly sha256: string
}

export interface TestResult {
  readonly passed: number
  readonly failed: number
}

/** A pack of XML schemas. */
export interface SchemaPack extends Release {
  readonly kind: 'schema'
  /** The file that defines each root element, `{namespace}local`. */
  readonly entries: readonly { readonly root: string; readonly file: string }[]
  /** All files by their path below the folder of the pack. */
  readonly files: readonly { readonly path: string; readonly sha256: string }[]
}

export type AnyPack = Pack | SchemaPack

/** `name@version` */
export function packName({ name, version }: Pick<Pack, 'name' | 'version'>): string {
  return `${name}@${version}`
}

/**
 * nothing-to-import: no rules and no schema at the path. taken: the name and version belong to other rules. unknown-pack: no such name or
 * version. not-in-force: no version on that day. unreadable: a damaged ZIP archive, or one that is not to be trusted. damaged: the stored
 * files do not agree with the index. schema: an XML schema that cannot be compiled. tests: the pack's own unit tests failed. busy: another
 * process holds the store. timeout: a document was not checked in time.
 */
export type PackErrorCode =
  | 'nothing-to-import'
  | 'taken'
  | 'unknown-pack'
  | 'not-in-force'
  | 'unreadable'
  | 'damaged'
  | 'schema'
  | 'tests'
  | 'busy'
  | 'timeout'

export class PackError extends WireError<PackErrorCode> {}
