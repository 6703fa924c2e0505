import { type Clock, isoOf } from '../../kernel/index.ts'
import type { Finding, FindingLanguage } from '../../wire/invoice/index.ts'
import {
  applyMapping,
  type MappedInvoice,
  type Mapping,
  MappingRun,
  parseMapping,
  SourceError,
} from '../../wire/mapping/index.ts'
import type { MappingKey, MappingStore } from '../ports.ts'
import type { MappedOutcome, Mappings, TrialOutcome, Unreadable } from './types.ts'

export interface MappingWorld {
  readonly clock: Clock
  readonly store: MappingStore
}

/** Of the node, and of each tenant: a list of them is one answer. */
const mappingsMax = 1000

/** Others get their turn after this many invoices of a long export. */
const invoicesPerTurn = 20

export function createMappings({ clock, store }: MappingWorld): Mappings {
  return {
    async save(key, document) {
      const read = parseMapping(document)
      if ('problems' in read) return { kind: 'invalid', problems: read.problems }
      const kept = await store.listMappings(key.tenant)
      if (kept.length >= mappingsMax && !kept.some(({ name }) => name === key.name)) {
        return { kind: 'too-many', most: mappingsMax }
      }
      const mapping = { ...key, document, changedAt: clock.now() }
      const saved = await store.saveMapping(mapping)
      return saved === 'saved' ? { kind: 'saved', mapping } : { kind: 'unknown-tenant' }
    },
    find: key => store.findMapping(key),
    list: tenant => store.listMappings(tenant),
    remove: key => store.removeMapping(key),
    async tryOn(key, source, language = 'en') {
      const mapping = await load(store, key)
      const today = isoOf(clock.now()).slice(0, 10)
      return mapping === undefined ? { kind: 'unknown' } : tryMapping(mapping, source, { today, language })
    },
    async mapOne(key, source, language = 'en') {
      const mapping = await load(store, key)
      return mapping === undefined ? { kind: 'unknown' } : mapOnly(mapping, source, language)
    },
  }
}

/** A mapping was proven when it was saved, but terms may have changed with the program since. */
async function load(store: MappingStore, key: MappingKey): Promise<Mapping | undefined> {
  const stored = await store.findMapping(key)
  if (stored === undefined) return undefined
  const read = parseMapping(stored.document)
  if ('mapping' in read) return read.mapping
  const [problem] = read.problems
  const whose = key.tenant === undefined ? '' : ` of tenant ${key.tenant}`
  const why = `${problem?.pointer ?? ''} ${problem?.message ?? ''}`
  throw new Error(`the mapping ${key.name}${whose} can no longer be used: ${why}`)
}

async function tryMapping(
  mapping: Mapping,
  source: Buffer,
  { today, language }: { readonly today: string; readonly language: FindingLanguage },
): Promise<TrialOutcome> {
  const run = new MappingRun(today, language)
  let count = 0
  try {
    for await (const mapped of applyMapping(mapping, source, language)) {
      run.add(mapped)
      if (++count % invoicesPerTurn === 0) await new Promise(resolve => setImmediate(resolve))
    }
  } catch (error) {
    return unreadable(error)
  }
  return { kind: 'tried', report: run.report() }
}

async function mapOnly(mapping: Mapping, source: Buffer, language: FindingLanguage): Promise<MappedOutcome> {
  let first: MappedInvoice | undefined
  let invoices = 0
  try {
    for await (const mapped of applyMapping(mapping, source, language)) {
      first ??= mapped
      // That there are more is all one needs to know.
      if (++invoices > 1) break
    }
  } catch (error) {
    return unreadable(error)
  }
  if (first === undefined || invoices !== 1) return { kind: 'not-one', invoices }
  const findings = first.issues.filter(({ code }) => code !== 'row.disagree').map(findingOf)
  return findings.length > 0 ? { kind: 'lost', findings } : { kind: 'mapped', json: first.json }
}

function findingOf({ code, pointer, source, message }: MappedInvoice['issues'][number]): Finding {
  const where = source === '' ? '' : `${source}: `
  return { rule: `mapping.${code}`, severity: 'fatal', pointer, message: where + message, term: undefined }
}

function unreadable(error: unknown): Unreadable {
  if (!(error instanceof SourceError)) throw error
  return { kind: 'unreadable', code: error.code, message: error.message }
}
