import { basename } from 'node:path'
import type { Condition } from './pack.ts'

/** What is not told by the files themselves, or is told otherwise. */
export interface ImportOptions {
  readonly name?: string | undefined
  readonly version?: string | undefined
  readonly validFrom?: string | undefined
  readonly validTo?: string | undefined
  readonly order?: number | undefined
  /** For which documents the packs are chosen, in place of what is known of them. */
  readonly applies?: readonly Condition[] | undefined
  /** Just one kind of what is found. */
  readonly kind?: 'rules' | 'schema' | undefined
  /** Packs whose own unit tests fail become active too. */
  readonly force?: boolean | undefined
}

/** What tells the version, in this order: the options, the name of the file, its content, the name of its folder, its hash. */
interface VersionSigns {
  readonly options: ImportOptions
  /** Of the file, in a source of that name. */
  readonly path: string
  readonly source: string
  readonly told: string | undefined
  readonly sha256: string
}

export function versionOf({ options, path, source, told, sha256 }: VersionSigns): string {
  const folder = path.includes('/') ? path.split('/').at(-2) : source
  return options.version ?? versionInName(path) ?? told ?? versionInName(`${folder}.`) ?? sha256.slice(0, 8)
}

/** `rules-1.2.3.sch`, or `rules_v0_2.sch` as the portal writes it. */
function versionInName(path: string): string | undefined {
  const name = basename(path).replace(/\.\w*$/, '')
  return /\d+(?:\.\d+)+/.exec(name)?.[0] ?? /_v(\d+(?:_\d+)+)$/i.exec(name)?.[1]?.replaceAll('_', '.')
}

/** A name without the version that ends it, for paths and command lines. */
export function nameOf(path: string): string {
  return slug(
    basename(path)
      .replace(/\.\w+$/, '')
      .replace(/[-_]?v?\d+(?:[._]\d+)+$/i, ''),
  )
}

export function slug(name: string): string {
  return (
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9.]+/g, '-')
      .replaceAll(/^[-.]+|[-.]+$/g, '') || 'rules'
  )
}

/** The bounds in days, as a manifest has them. */
export function daysOf(
  { validFrom, validTo }: ImportOptions,
  firstDay: string | undefined,
): { readonly validFrom?: string; readonly validTo?: string } {
  const from = validFrom ?? firstDay
  return { ...(from === undefined ? {} : { validFrom: from }), ...(validTo === undefined ? {} : { validTo }) }
}
