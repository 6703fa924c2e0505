import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { missingTool } from '../peers/build-copy.ts'

/*
 * Others who run the official stylesheets: Saxon-HE on Java and saxon-js on Node, both of Saxonica. They are installed by their package
 * managers into a folder of the bench when it first runs, together with the stylesheets as the validators of this field carry them, and are
 * no part of this project.
 */

const home = fileURLToPath(new URL('../../.passerelle/bench/saxon', import.meta.url))
const versions = { saxonHe: '9.9.1-8', saxonJs: '2.7.0', phiveRules: '4.3.7', dependencyPlugin: '3.8.1' }

/** The official stylesheets: EN 16931 1.3.16 and Peppol BIS 3.0.21, in archives of phive-rules on Maven Central. */
const stylesheets = {
  en: { artifact: 'phive-rules-en16931', path: 'external/schematron/1.3.16/ubl/EN16931-UBL-validation.xslt' },
  peppol: {
    artifact: 'phive-rules-peppol',
    path: 'external/schematron/openpeppol/2026.5/xslt/PEPPOL-EN16931-UBL.xslt',
  },
} as const
export type Stylesheet = keyof typeof stylesheets

export interface Cost {
  /** Of processor time, for one file. */
  readonly milliseconds: number
  /** In all files. */
  readonly findings: number
}

export interface Run {
  readonly stylesheets: readonly Stylesheet[]
  readonly files: readonly string[]
  /** How long it repeats its work; 0: once. */
  readonly milliseconds: number
  /** When it is stopped, start and warming included. */
  readonly limitMilliseconds: number
}

export interface Peer {
  readonly name: string
  /** Text: why there are no figures. */
  run(run: Run): Promise<Cost | string>
}

/** Installs what is missing. Text: why it cannot be run here. */
export async function openPeers(progress: (text: string) => void): Promise<readonly Peer[] | string> {
  const missing = await missingTool([
    ['java', '-version'],
    ['javac', '-version'],
    ['jar', '--version'],
    ['mvn', '--version'],
    ['npm', '--version'],
  ])
  if (missing !== undefined) return `${missing} is not installed (they need a JDK 17 or newer, Maven and npm)`
  try {
    await install(progress)
  } catch (error) {
    return `they cannot be installed: ${(error as Error).message.trim().split('\n').at(-1)}`
  }
  return [saxonHe, saxonJs]
}

const saxonHe: Peer = {
  name: `Java Saxon-HE ${versions.saxonHe}`,
  run: ({ stylesheets: names, ...run }) => {
    const path = [join(home, jarOf('Saxon-HE', versions.saxonHe)), join(home, 'classes')].join(delimiter)
    const words = ['-cp', path, 'SaxonBench', `${run.milliseconds}`, names.map(sourceOf).join(), ...run.files]
    return costOf('java', words, run.limitMilliseconds)
  },
}

const saxonJs: Peer = {
  name: `saxon-js ${versions.saxonJs}`,
  run: ({ stylesheets: names, ...run }) => {
    const script = fileURLToPath(new URL('saxon-js.ts', import.meta.url))
    const words = [script, home, `${run.milliseconds}`, names.map(compiledOf).join(), ...run.files]
    return costOf(process.execPath, words, run.limitMilliseconds)
  },
}

async function costOf(program: string, words: readonly string[], timeout: number): Promise<Cost | string> {
  try {
    const { stdout } = await promisify(execFile)(program, words, { timeout, killSignal: 'SIGKILL' })
    return JSON.parse(stdout) as Cost
  } catch (error) {
    const { killed = false, stderr = '' } = error as { readonly killed?: boolean; readonly stderr?: string }
    if (killed) return `> ${(timeout / 1000).toFixed(0)} s, stopped`
    return `failed: ${/^.*(?:Error|Exception).*$/m.exec(stderr)?.[0] ?? String(error)}`
  }
}

function jarOf(artifact: string, version: string): string {
  return `${artifact}-${version}.jar`
}

function sourceOf(name: Stylesheet): string {
  return join(home, stylesheets[name].path)
}

function compiledOf(name: Stylesheet): string {
  return join(home, `${basename(stylesheets[name].path, '.xslt')}.sef.json`)
}

/* ── Installing ────────────────────────────────────────────────────────────────────────────── */

const installMilliseconds = 180_000

async function install(progress: (text: string) => void): Promise<void> {
  const marker = join(home, 'installed')
  const source = fileURLToPath(new URL('saxon/SaxonBench.java', import.meta.url))
  const wanted = JSON.stringify(versions) + readFileSync(source, 'utf8')
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return
  mkdirSync(home, { recursive: true })
  progress('fetching Saxon-HE and the official stylesheets with Maven …')
  await fetchJar('net.sf.saxon', 'Saxon-HE', versions.saxonHe)
  for (const { artifact, path } of Object.values(stylesheets)) {
    await fetchJar('com.helger.phive.rules', artifact, versions.phiveRules)
    await tool('jar', ['xf', jarOf(artifact, versions.phiveRules), path])
  }
  await tool('javac', ['-cp', jarOf('Saxon-HE', versions.saxonHe), '-d', 'classes', source])
  progress('installing saxon-js with npm …')
  writeFileSync(join(home, 'package.json'), '{ "private": true }\n')
  const packages = [`saxon-js@${versions.saxonJs}`, `xslt3@${versions.saxonJs}`]
  await tool('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', ...packages])
  for (const name of ['en', 'peppol'] as const) {
    progress(`compiling ${basename(sourceOf(name))} with xslt3 …`)
    const words = ['-t', `-xsl:${sourceOf(name)}`, `-export:${compiledOf(name)}`, '-nogo']
    await tool(process.execPath, [join(home, 'node_modules/xslt3/xslt3.js'), ...words])
  }
  writeFileSync(marker, wanted)
}

async function fetchJar(group: string, artifact: string, version: string): Promise<void> {
  const goal = `org.apache.maven.plugins:maven-dependency-plugin:${versions.dependencyPlugin}:copy`
  const what = [`-Dartifact=${group}:${artifact}:${version}`, `-DoutputDirectory=${home}`]
  await tool('mvn', ['--batch-mode', '--quiet', goal, ...what])
}

async function tool(program: string, words: readonly string[]): Promise<void> {
  await promisify(execFile)(program, words, { cwd: home, timeout: installMilliseconds, maxBuffer: 1e8 })
}
