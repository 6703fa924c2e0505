import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Programs of others that lie beside this clone, are read only there and built in a copy of ours. */
export interface BuildCopy {
  /** Beside this clone: the tool, its pom.xml and src. */
  readonly source: string
  /** Ours, git-ignored and kept. */
  readonly home: string
  /** The script that builds with the argument `build`. */
  readonly tool: string
  readonly signal: AbortSignal
  readonly progress: (text: string) => void
}

/** The path of the tool in the copy; built when the source is another one than last time (a minute, with the network). */
export async function builtCopy({ source, home, tool, signal, progress }: BuildCopy): Promise<string> {
  const marker = join(home, 'built')
  const wanted = fingerprintOf(source, tool)
  if (!existsSync(marker) || readFileSync(marker, 'utf8') !== wanted) {
    progress(`building ${tool} with Maven …`)
    rmSync(home, { recursive: true, force: true })
    mkdirSync(dirname(home), { recursive: true })
    cpSync(source, home, { recursive: true, filter: path => path !== join(source, 'target') })
    await run('chmod', ['-R', 'u+w', home])
    await run(join(home, tool), ['build'], { maxBuffer: 10_000_000, signal })
    writeFileSync(marker, wanted)
  }
  return join(home, tool)
}

/** Another source is another build. */
function fingerprintOf(source: string, tool: string): string {
  const hash = createHash('sha256')
  for (const name of [tool, 'pom.xml']) hash.update(readFileSync(join(source, name)))
  const entries = readdirSync(join(source, 'src'), { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  for (const file of files.toSorted()) hash.update(readFileSync(file))
  return hash.digest('hex')
}

/** The first of these commands that is not installed. */
export async function missingTool(
  commands: readonly (readonly [tool: string, version: string])[],
): Promise<string | undefined> {
  for (const [tool, version] of commands) {
    const found = await run(tool, [version]).then(
      () => true,
      () => false,
    )
    if (!found) return tool
  }
  return undefined
}
