import { readFileSync, statSync } from 'node:fs'
import {
  choosePack,
  listPacks,
  loadPack,
  type Pack,
  packName,
  profileOf,
  syntaxOf,
} from '../../adapters/rules/index.ts'
import { isoOf, systemClock } from '../../kernel/index.ts'
import { readDocumentToSend } from '../../wire/invoice/index.ts'
import { type RuleSet, runRules } from '../../wire/schematron/index.ts'
import { parseXml, type XmlDocument, XmlError } from '../../wire/xml/index.ts'
import { type Arguments, type Command, UsageError } from './command.ts'
import { dayOf, rulesFolder, rulesFolderOf } from './rules.ts'
import type { Terminal } from './terminal.ts'

export const validate: Command = {
  name: 'validate',
  summary: 'Checks invoices: by the rules of the model, or by imported packs of official rules.',
  usage: 'FILE… [--pack NAME …] [--as-of DATE]',
  positionals: { min: 1, max: Infinity },
  options: {
    pack: {
      type: 'string',
      value: 'NAME',
      multiple: true,
      text: 'Runs just this pack, name or name@version (passerelle rules list); may be repeated.',
    },
    'as-of': { type: 'string', value: 'DATE', text: 'Takes the versions in force on this day; today when not given.' },
    rules: rulesFolder,
  },
  notes: [
    'Without --pack an invoice in UBL or CII is checked by the rules of the model.',
    'With --json every file gives one line. The exit code is 0 when all are valid, 1 when one is not.',
  ],
  async run(given, terminal) {
    const files = given.positionals
    for (const file of files) checkFile(file)
    const packs = loadPacks(given)
    let allValid = true
    for (const file of files) {
      const verdict = judge(file, packs)
      allValid &&= verdict.valid
      show(verdict, terminal)
    }
    return allValid ? 0 : 1
  },
}

/** One line of --json. */
interface Verdict {
  readonly file: string
  readonly syntax: string
  /** BT-24; null when the document does not say. */
  readonly profile: string | null
  /** No finding is fatal or an error. */
  readonly valid: boolean
  readonly packs: readonly string[]
  readonly findings: readonly VerdictFinding[]
}

interface VerdictFinding {
  readonly rule: string
  readonly severity: 'fatal' | 'error' | 'warning' | 'information'
  /** xsd: the document as XML. pack: official rules. model: our own of the EN 16931 model. */
  readonly layer: 'xsd' | 'pack' | 'model'
  /** XPath with the prefixes of the document; null when no place is meant. */
  readonly location: string | null
  /** JSON pointer into the model; null when no term is meant. */
  readonly pointer: string | null
  readonly message: string
}

interface Loaded {
  readonly pack: Pack
  readonly rules: RuleSet
}

/** A file that is not there is a wrong command line, not an invalid invoice. */
function checkFile(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false })
  if (found === undefined) throw new UsageError(`${file} is not there`)
  if (!found.isFile()) throw new UsageError(`${file} is no file`)
}

function loadPacks(given: Arguments): readonly Loaded[] {
  const folder = rulesFolderOf(given)
  const day = dayOf(given, 'as-of') ?? isoOf(systemClock.now()).slice(0, 10)
  const imported = listPacks(folder)
  const chosen = new Set(given.values('pack').map(name => wanted(imported, name, day)))
  return [...chosen].sort((a, b) => a.order - b.order).map(pack => ({ pack, rules: loadPack(folder, pack) }))
}

function wanted(imported: readonly Pack[], name: string, day: string): Pack {
  try {
    return choosePack(imported, name, day)
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause })
  }
}

function judge(file: string, packs: readonly Loaded[]): Verdict {
  const octets = readFileSync(file)
  const names = packs.map(({ pack }) => packName(pack))
  const document = read(octets)
  if (document instanceof XmlError) {
    const { message } = document
    const finding = { rule: 'xml', severity: 'fatal', layer: 'xsd', location: null, pointer: null, message } as const
    return { file, syntax: 'unknown', profile: null, valid: false, packs: names, findings: [finding] }
  }
  const { root } = document
  const findings = packs.length === 0 ? modelFindings(octets) : packFindings(document, packs)
  const valid = findings.every(({ severity }) => severity !== 'fatal' && severity !== 'error')
  return { file, syntax: syntaxOf(root), profile: profileOf(root) ?? null, valid, packs: names, findings }
}

function read(octets: Buffer): XmlDocument | XmlError {
  try {
    return parseXml(octets)
  } catch (error) {
    if (error instanceof XmlError) return error
    throw error
  }
}

function packFindings({ root }: XmlDocument, packs: readonly Loaded[]): readonly VerdictFinding[] {
  const findings = runRules(
    root,
    packs.map(({ rules }) => rules),
  )
  return findings.map(({ rule, severity, location, message }) => ({
    rule,
    severity,
    layer: 'pack',
    location,
    pointer: null,
    message,
  }))
}

function modelFindings(octets: Buffer): readonly VerdictFinding[] {
  const reading = readDocumentToSend(octets)
  const findings = 'findings' in reading ? reading.findings : reading.warnings
  return findings.map(({ rule, severity, location = null, pointer, message }) => ({
    rule,
    severity,
    layer: 'model',
    location,
    pointer,
    message,
  }))
}

function show(verdict: Verdict, terminal: Terminal): void {
  terminal.data(verdict)
  const { paint } = terminal
  const { file, valid, findings } = verdict
  terminal.line(`${file}: ${valid ? paint.good('valid') : paint.bad('invalid')}`)
  for (const { rule, severity, location, pointer, message } of findings) {
    const name = severity === 'fatal' || severity === 'error' ? paint.bad(rule) : rule
    terminal.line(`  ${name}  ${location ?? pointer ?? ''}  ${message}`)
  }
}
