import type { Engine } from '../../engine/index.ts'
import { WireError } from '../../kernel/index.ts'
import type { ValidationOptions } from '../../services/documents/index.ts'
import { type Arguments, type Command, findingLanguage, findingLanguageOf, UsageError } from './command.ts'
import { listFiles, readDocumentFile } from './document-files.ts'
import { engineFor } from './documents.ts'
import { inOrder } from './in-order.ts'
import { junitReport } from './report-junit.ts'
import { sarifReport } from './report-sarif.ts'
import type { FileVerdict, VerdictReport } from './report.ts'
import { dayOf, rulesFolder } from './rules.ts'
import type { Terminal } from './terminal.ts'

export const validate: Command = {
  name: 'validate',
  summary:
    'Judges documents (UBL, CII, Factur-X, JSON) by schema, by imported packs of official rules and by the rules of the model.',
  usage: 'FILE… [--as-of DATE] [--pack NAME …] [--json | --format sarif|junit]',
  positionals: { min: 1, max: Infinity },
  options: {
    pack: {
      type: 'string',
      value: 'NAME',
      multiple: true,
      text: 'Runs just this pack, name or name@version (passerelle rules list), without schema and model; may be repeated.',
    },
    'as-of': { type: 'string', value: 'DATE', text: 'Takes the rules in force on this day; today when not given.' },
    language: findingLanguage,
    format: {
      type: 'string',
      value: 'FORMAT',
      text: 'One report of all files for CI systems: sarif (2.1.0) or junit.',
    },
    rules: rulesFolder,
  },
  notes: [
    'FILE is a file, a folder (every .xml, .pdf and .json below it), a pattern such as "in/*.xml", or - for standard input.',
    'Which packs judge a document follows from its syntax, its BT-24, its countries and the day.',
    'With --json every file gives one line. The exit code is 0 when all are valid, 1 when one is not, 2 for wrong usage.',
  ],
  async run(given, terminal) {
    const report = reportOf(given, terminal)
    const options = optionsOf(given)
    const files = listFiles(given.positionals)
    await using engine = engineFor(given, files.length)
    let done = 0
    let allValid = true
    for await (const verdict of inOrder(files, engine.atOnce, file => judge(file, engine, options))) {
      allValid &&= verdict.valid
      report.add(verdict)
      showProgress(++done, files.length, terminal)
    }
    report.end()
    return allValid ? 0 : 1
  },
}

function optionsOf(given: Arguments): ValidationOptions {
  return { asOf: dayOf(given, 'as-of'), packs: given.values('pack'), language: findingLanguageOf(given) }
}

async function judge(file: string, engine: Engine, options: ValidationOptions): Promise<FileVerdict> {
  let document: Buffer
  try {
    document = readDocumentFile(file)
  } catch (error) {
    return notJudged(file, { rule: 'file', message: (error as Error).message })
  }
  try {
    return { file, ...(await engine.validate(document, options)) }
  } catch (cause) {
    // What is wrong with the packs is wrong for every file.
    if (cause instanceof WireError) throw cause
    return notJudged(file, { rule: 'internal', message: String(cause) })
  }
}

/** One file among thousands that cannot be read, or that shows a fault of ours, does not end the run. */
function notJudged(file: string, { rule, message }: { readonly rule: string; readonly message: string }): FileVerdict {
  const finding = { rule, severity: 'fatal', layer: 'xsd', location: null, pointer: null, message } as const
  return { file, syntax: 'unknown', profile: null, valid: false, packs: [], findings: [finding] }
}

/* ── What is shown ─────────────────────────────────────────────────────────────────────────── */

function reportOf(given: Arguments, terminal: Terminal): VerdictReport {
  const format = given.value('format')
  if (format === undefined) return { add: verdict => show(verdict, terminal), end: () => undefined }
  if (terminal.json) throw new UsageError('--json and --format are two reports: give one of them')
  const write = (text: string): void => terminal.raw(text)
  if (format === 'sarif') return sarifReport(write, findingLanguageOf(given))
  if (format === 'junit') return junitReport(write)
  throw new UsageError(`--format ${format}: must be sarif or junit`)
}

function show(verdict: FileVerdict, terminal: Terminal): void {
  const { file, syntax, profile, valid, packs, findings } = verdict
  terminal.data({ file, syntax, profile, valid, packs, findings })
  const { paint } = terminal
  terminal.line(`${file}: ${valid ? paint.good('valid') : paint.bad('invalid')} ${paint.dim(`(${judgesOf(verdict)})`)}`)
  for (const { rule, severity, location, pointer, message } of findings) {
    const name = severity === 'fatal' || severity === 'error' ? paint.bad(rule) : rule
    terminal.line(`  ${name}  ${location ?? pointer ?? ''}  ${message}`)
  }
}

function judgesOf({ syntax, packs }: FileVerdict): string {
  if (packs.length > 0) return packs.join(', ')
  return syntax === 'unknown' || syntax === 'other' ? 'not judged' : 'the rules of the model only'
}

const barWidth = 30

/** On a terminal only: a log would be full of it. */
function showProgress(done: number, all: number, terminal: Terminal): void {
  if (!terminal.isScreen.errors || all < 2) return
  const filled = Math.round((done / all) * barWidth)
  const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`
  terminal.progress(done === all ? '' : `${bar} ${done} of ${all}`)
}
