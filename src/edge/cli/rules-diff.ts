import { gunzipSync } from 'node:zlib'
import { type ChangedCheck, diffPacks, isFor, loadPack, type PackDiff, packName } from '../../adapters/rules/index.ts'
import { createLog } from '../../adapters/log/index.ts'
import { loadConfig } from '../../config.ts'
import type { Engine } from '../../engine/index.ts'
import { gather } from '../../kernel/index.ts'
import { createCore } from '../../node.ts'
import { factsOf } from '../../services/documents/index.ts'
import type { TransmissionReader } from '../../services/ports.ts'
import { openDocument } from '../../wire/peppol/index.ts'
import { type CheckText, type RuleSet, runRules } from '../../wire/schematron/index.ts'
import { parseXml, type XmlElement, XmlError } from '../../wire/xml/index.ts'
import type { Arguments, ExitCode } from './command.ts'
import { listFiles, readDocumentFile } from './document-files.ts'
import { engineFor } from './documents.ts'
import type { Terminal } from './terminal.ts'

interface Comparison {
  readonly given: Arguments
  readonly folder: string
  /** `name@version` of the two packs. */
  readonly old: string
  readonly next: string
  /** Files and folders with documents. */
  readonly paths: readonly string[]
  /** The configuration of a node whose documents are judged too. */
  readonly config: string | undefined
  /** How many of these. */
  readonly most: number
}

/** Says which checks differ between two releases, and for which documents that makes a difference. */
export async function showDifferences(comparison: Comparison, terminal: Terminal): Promise<ExitCode> {
  const { folder, old, next, paths, config, most } = comparison
  const diff = diffPacks(folder, old, next)
  showChecks(diff, terminal)
  const judge: Judge = { diff, old: loadPack(folder, diff.old), next: loadPack(folder, diff.new) }
  const tally = new Tally(judge, terminal)
  await using engine = engineFor(comparison.given, 1)
  for (const file of paths.length === 0 ? [] : listFiles(paths)) {
    tally.add(file, await rootOf(readDocumentFile(file), engine))
  }
  if (config !== undefined) {
    for await (const { name, document } of storedDocuments(config, most)) {
      tally.add(name, document === undefined ? undefined : await rootOf(document, engine))
    }
  }
  if (paths.length > 0 || config !== undefined) tally.end()
  return 0
}

/* ── Checks ────────────────────────────────────────────────────────────────────────────────── */

function showChecks({ old, new: next, added, removed, changed }: PackDiff, terminal: Terminal): void {
  terminal.data({ old: packName(old), new: packName(next), added, removed, changed })
  const { paint } = terminal
  const counts = `${added.length} added, ${removed.length} removed, ${changed.length} changed`
  terminal.line(paint.bold(`${packName(old)} → ${packName(next)}: ${counts}`))
  for (const check of added) terminal.line(`${paint.good('+')} ${textOf(check)}`)
  for (const check of removed) terminal.line(`${paint.bad('-')} ${textOf(check)}`)
  for (const check of changed) showChange(check, terminal)
}

function textOf({ id, severity, message }: CheckText): string {
  return `${id} (${severity}) ${message}`
}

function showChange({ id, what, old, new: next }: ChangedCheck, terminal: Terminal): void {
  terminal.line(`~ ${id}: ${what.join(', ')}`)
  for (const part of what) {
    terminal.line(`    ${part} was ${old[part]}`)
    terminal.line(`    ${part} is  ${next[part]}`)
  }
}

/* ── Documents ─────────────────────────────────────────────────────────────────────────────── */

interface Judge {
  readonly diff: PackDiff
  readonly old: RuleSet
  readonly next: RuleSet
}

/** One line for every document whose findings differ, and how many there were at the end. */
class Tally {
  private readonly judge: Judge
  private readonly terminal: Terminal
  private judged = 0
  private differing = 0
  private others = 0

  constructor(judge: Judge, terminal: Terminal) {
    this.judge = judge
    this.terminal = terminal
  }

  /** Undefined: there is no XML that the releases could judge. */
  add(document: string, found: Root | undefined): void {
    const { diff, old, next } = this.judge
    if (found === undefined || !isFor(diff.new, factsOf(found.root, found.inPdf))) {
      this.others++
      return
    }
    const { root } = found
    this.judged++
    const [before, after] = [findingsOf(root, old), findingsOf(root, next)]
    const gone = [...before].filter(one => !after.has(one))
    const come = [...after].filter(one => !before.has(one))
    if (gone.length + come.length === 0) return
    this.differing++
    const [was, is] = [isValid(before), isValid(after)]
    this.terminal.data({ document, old: { valid: was }, new: { valid: is }, added: come, removed: gone })
    const { paint } = this.terminal
    const words = (valid: boolean): string => (valid ? paint.good('valid') : paint.bad('invalid'))
    this.terminal.line(`${document}: ${was === is ? `still ${words(is)}` : `${words(was)} → ${words(is)}`}`)
    for (const one of come) this.terminal.line(`  + ${one}`)
    for (const one of gone) this.terminal.line(`  - ${one}`)
  }

  end(): void {
    const { judged, differing, others } = this
    this.terminal.data({ documents: judged, differing, others })
    const skipped = others === 0 ? '' : `; ${others} others are not of these rules`
    this.terminal.line(`${judged} documents judged, ${differing} of them differ${skipped}`)
  }
}

interface Root {
  readonly root: XmlElement
  readonly inPdf: boolean
}

/** `fatal BR-CO-15` */
function findingsOf(root: XmlElement, rules: RuleSet): ReadonlySet<string> {
  return new Set(runRules(root, [rules]).map(({ severity, rule }) => `${severity} ${rule}`))
}

function isValid(findings: ReadonlySet<string>): boolean {
  return ![...findings].some(one => one.startsWith('fatal ') || one.startsWith('error '))
}

/** As large as what a file may have. */
const documentLimits = { octetsMax: 256 * 1024 * 1024, nodesMax: 20_000_000 }

/** Of an invoice in a PDF its XML, else the document itself; undefined when that is no XML. */
async function rootOf(document: Buffer, engine: Engine): Promise<Root | undefined> {
  const opened = await engine.open(document)
  const xml = opened.kind === 'invoice' ? opened.xml : document
  if (xml === undefined) return undefined
  try {
    return { root: parseXml(xml, documentLimits).root, inPdf: opened.syntax === 'facturx' }
  } catch (error) {
    if (error instanceof XmlError) return undefined
    throw error
  }
}

/* ── What a node keeps ─────────────────────────────────────────────────────────────────────── */

const page = 100

async function* storedDocuments(
  file: string,
  most: number,
): AsyncGenerator<{ readonly name: string; readonly document: Buffer | undefined }> {
  await using core = await createCore(loadConfig({ file }), {
    log: createLog({ level: 'warn', destination: process.stderr }),
  })
  let after: Parameters<TransmissionReader['listInvoices']>[0]['after']
  for (let left = most; left > 0;) {
    const wanted = Math.min(page, left)
    const invoices = await core.reader.listInvoices({ direction: undefined, number: undefined, after, most: wanted })
    for (const invoice of invoices) {
      const content = await core.reader.findContent(invoice.transmission.id, 'payload')
      const name = `${invoice.id} ${invoice.number}`
      yield { name, document: content === undefined ? undefined : await documentIn(content) }
    }
    after = invoices.at(-1)?.id
    left -= invoices.length
    if (invoices.length < wanted) return
  }
}

type Content = NonNullable<Awaited<ReturnType<TransmissionReader['findContent']>>>

/** Larger ones are not what a comparison is for. */
const payloadOctetsMax = 512 * 1024 * 1024

async function documentIn({ octets, compressed }: Content): Promise<Buffer> {
  const stored = octets.kind === 'memory' ? octets.bytes : await gather(octets.open())
  const payload = compressed ? gunzipSync(stored, { maxOutputLength: payloadOctetsMax }) : stored
  return await gather((await openDocument(payload)).octets)
}
