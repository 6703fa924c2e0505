import { WireError } from '../../kernel/index.ts'
import type { Syntax } from './syntax.ts'

/** One release of a set of rules, as its manifest describes it. */
export interface Pack {
  /** As the command line names it: `peppol-en16931-ubl`. */
  readonly name: string
  readonly version: string
  /** What the file calls itself. */
  readonly title: string
  readonly syntax: Syntax
  /** The file it was imported from. */
  readonly source: string
  /** Of the Schematron file, in hexadecimal. */
  readonly sha256: string
  /** Packs run from the lowest to the highest. */
  readonly order: number
  /** First and last day (`2026-11-20`) on which it is in force; undefined: without bound. */
  readonly validFrom?: string
  readonly validTo?: string
  /** How many asserts and reports it has. */
  readonly checks: number
  readonly compiled: {
    /** Of the compiler that wrote the code. */
    readonly format: number
    /** Of the code, in hexadecimal: nothing else is executed. */
    readonly sha256: string
  }
}

/** `name@version` */
export function packName({ name, version }: Pick<Pack, 'name' | 'version'>): string {
  return `${name}@${version}`
}

/**
 * nothing-to-import: no Schematron file at the path. taken: the name and version belong to other rules. unknown-pack: no such name or
 * version. not-in-force: no version on that day. unreadable: a damaged ZIP archive. damaged: the stored files do not agree with their manifest.
 */
export type PackErrorCode = 'nothing-to-import' | 'taken' | 'unknown-pack' | 'not-in-force' | 'unreadable' | 'damaged'

export class PackError extends WireError<PackErrorCode> {}
