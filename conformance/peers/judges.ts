import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { builtCopy, missingTool } from './build-copy.ts'

/** What veraPDF says of one file. */
export interface PdfaVerdict {
  readonly file: string
  readonly pdfa: string | null
  readonly compliant: boolean
  readonly failures: readonly { readonly clause: string; readonly test: number; readonly message: string }[]
  readonly error?: string
}

/** What Mustang says of one file. */
export interface FacturxVerdict {
  readonly file: string
  readonly valid: boolean
  readonly profile: string | null
  readonly errors: readonly Complaint[]
  readonly warnings: readonly Complaint[]
}

interface Complaint {
  readonly type?: string | number
  readonly rule?: string
  readonly message?: string
}

const source = fileURLToPath(new URL('../../../shared/peers/validators', import.meta.url))
const home = fileURLToPath(new URL('../../.passerelle/interop/validators', import.meta.url))

/** Why the judges cannot sit here; undefined when they can. */
export async function whyNoJudges(): Promise<string | undefined> {
  if (process.platform === 'win32') return 'the judges are started by a shell script, and this is Windows'
  if (!existsSync(join(source, 'validate'))) return `${join(source, 'validate')} is not beside this clone`
  const missing = await missingTool([
    ['bash', '--version'],
    ['java', '-version'],
    ['javac', '-version'],
    ['mvn', '--version'],
  ])
  return missing === undefined
    ? undefined
    : `${missing} is not installed (veraPDF and Mustang need a JDK 17 or newer and Maven)`
}

/** Independent judges of PDF/A and Factur-X: one call for all files, because most of the time is the start of a JVM. */
export class Judges {
  readonly #tool: string
  readonly #signal: AbortSignal

  private constructor(tool: string, signal: AbortSignal) {
    this.#tool = tool
    this.#signal = signal
  }

  /** Builds them once. */
  static async ready(options: {
    readonly signal: AbortSignal
    readonly progress: (text: string) => void
  }): Promise<Judges> {
    return new Judges(await builtCopy({ source, home, tool: 'validate', ...options }), options.signal)
  }

  /** veraPDF, by the flavour that each file claims. */
  async pdfa(files: readonly string[]): Promise<readonly PdfaVerdict[]> {
    return (await this.#lines('pdfa', files)) as readonly PdfaVerdict[]
  }

  /** Mustang, and PDFBox for the container. */
  async facturx(files: readonly string[]): Promise<readonly FacturxVerdict[]> {
    return (await this.#lines('facturx', files)) as readonly FacturxVerdict[]
  }

  /** Exit status 1 says no more than that some file does not pass. */
  async #lines(command: string, files: readonly string[]): Promise<readonly unknown[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly unknown[]>()
    const options = { maxBuffer: 64 * 1024 * 1024, signal: this.#signal }
    execFile(this.#tool, [command, ...files], options, (error, stdout, stderr) => {
      const lines = stdout.split('\n').filter(line => line.startsWith('{'))
      if (lines.length === files.length) resolve(lines.map(line => JSON.parse(line) as unknown))
      else
        reject(
          new Error(`${command} judged ${lines.length} of ${files.length} files: ${stderr.slice(0, 500)}`, {
            cause: error,
          }),
        )
    })
    return await promise
  }
}
