import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { canonicalize } from '../../src/wire/xml/index.ts'
import { highWaterMebibytes } from '../bench/processor-time.ts'
import type { OfficialData } from './data.ts'
import { documentsOf } from './documents.ts'
import type { Official } from './rules.ts'
import { type Suite, type UnitCase, suites, unitCases, wrongOutcomes } from './unit-cases.ts'

/*
 * The official unit cases as a stranger would run them: each fragment a file, `passerelle validate --json --pack …` in one process over all
 * of them, and its lines compared with what the test sets expect.
 */

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))

/** What the command line calls the official rules. */
const packs: Readonly<Record<Official, string>> = {
  'en-ubl': 'en16931-ubl@1.3.16',
  'en-cii': 'en16931-cii@1.3.16',
  'peppol-ubl': 'peppol-en16931-ubl@3.0.21',
  'peppol-cii': 'peppol-en16931-cii@3.0.19',
}

/** What is imported: the rules of the suites, and the schemas and French rules that whole documents are judged by. */
const imports = [
  'en16931/schematron',
  'en16931/xsd',
  'peppol-bis/3.0.19',
  'peppol-bis/3.0.21',
  'france/schematron',
  'france/xsd/cii-d22b',
]

export interface SuiteFromOutside {
  readonly name: string
  readonly cases: number
  readonly seconds: number
  readonly differences: readonly string[]
}

export interface ManyFiles {
  readonly files: number
  readonly seconds: number
  /** The largest resident set, MiB; NaN where there is no /proc. */
  readonly mebibytes: number
  readonly differences: readonly string[]
}

/** A folder with a store of packs, for runs of the command line. Disposed, nothing of it is left. */
export class Outside implements Disposable {
  readonly #data: OfficialData
  readonly #folder: string

  private constructor(data: OfficialData, folder: string) {
    this.#data = data
    this.#folder = folder
  }

  /** Imports the official packs, as an operator does. */
  static async open(data: OfficialData, folder: string): Promise<Outside> {
    const outside = new Outside(data, folder)
    outside[Symbol.dispose]()
    mkdirSync(folder, { recursive: true })
    for (const source of imports) {
      await promisify(execFile)(process.execPath, [
        cli,
        'rules',
        'import',
        data.path(source),
        '--rules',
        outside.#store,
      ])
    }
    return outside
  }

  get #store(): string {
    return join(this.#folder, 'packs')
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async unitCases(): Promise<readonly SuiteFromOutside[]> {
    const results: SuiteFromOutside[] = []
    for (const suite of suites(this.#data)) results.push(await this.#suite(suite))
    return results
  }

  async #suite({ name, rules, folders }: Suite): Promise<SuiteFromOutside> {
    const cases = unitCases(this.#data, ...folders)
    const files = this.#files(name, cases.map(fileOf))
    const { lines, seconds } = await this.#validate([files, ...rules.flatMap(one => ['--pack', packs[one]])])
    const expectedPacks = rules.map(one => packs[one]).join()
    const differences = cases.flatMap((one, index) => {
      const line = lines[index]
      if (line === undefined || basename(line.file) !== nameOf(index)) return [`${one.name}: no line for it`]
      if (line.packs.join() !== expectedPacks) return [`${one.name}: judged by ${line.packs.join()}`]
      return wrongOutcomes(one, new Set(line.findings.map(({ rule }) => rule)))
    })
    if (lines.length !== cases.length) differences.push(`${name}: ${lines.length} lines for ${cases.length} files`)
    return { name, cases: cases.length, seconds, differences }
  }

  /** Whole documents by schema, packs and model, so many files in one process: official examples, again and again. */
  async manyFiles(count: number): Promise<ManyFiles> {
    const examples = [...documentsOf(this.#data, 'ubl'), ...documentsOf(this.#data, 'cii')]
    const contents = examples.map(path => this.#data.read(path))
    const files = this.#files(
      String(count),
      Array.from({ length: count }, (_, index) => contents[index % contents.length] ?? Buffer.alloc(0)),
    )
    const { lines, seconds, mebibytes } = await this.#validate([files])
    const differences = lines.flatMap((line, index) => {
      const first = lines[index % contents.length]
      const same = JSON.stringify({ ...line, file: '' }) === JSON.stringify({ ...first, file: '' })
      return same && basename(line.file) === nameOf(index) ? [] : [`${line.file}: another verdict than at first`]
    })
    if (lines.length !== count) differences.push(`${lines.length} lines for ${count} files`)
    return { files: count, seconds, mebibytes, differences }
  }

  #files(name: string, contents: readonly (string | Buffer)[]): string {
    const folder = join(this.#folder, name.replaceAll(' ', '-'))
    mkdirSync(folder)
    for (const [index, content] of contents.entries()) writeFileSync(join(folder, nameOf(index)), content)
    return folder
  }

  async #validate(words: readonly string[]): Promise<Validation> {
    const startedAt = performance.now()
    const child = spawn(process.execPath, [cli, 'validate', ...words, '--json', '--rules', this.#store], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const highWater = watchMemory(child)
    const lines: VerdictLine[] = []
    for await (const line of createInterface(child.stdout)) lines.push(JSON.parse(line) as VerdictLine)
    return { lines, seconds: (performance.now() - startedAt) / 1000, mebibytes: highWater() }
  }
}

interface VerdictLine {
  readonly file: string
  readonly packs: readonly string[]
  readonly findings: readonly { readonly rule: string }[]
}

interface Validation {
  readonly lines: readonly VerdictLine[]
  readonly seconds: number
  readonly mebibytes: number
}

/** Files are judged in the order of their names. */
function nameOf(index: number): string {
  return `${String(index).padStart(5, '0')}.xml`
}

/** The fragment as a document of its own, with the namespaces that it had within the test set. */
function fileOf({ document }: UnitCase): string {
  return canonicalize(document, { method: 'inclusive' })
}

const watchMilliseconds = 20

/** What has been the largest resident set of a process when it ended. */
function watchMemory(child: ChildProcess): () => number {
  let mebibytes = Number.NaN
  const timer = setInterval(() => {
    const seen = highWaterMebibytes(child.pid ?? 0)
    if (!Number.isNaN(seen)) mebibytes = seen
  }, watchMilliseconds)
  child.once('exit', () => clearInterval(timer))
  return () => mebibytes
}
