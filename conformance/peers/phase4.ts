import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Where the peers lie beside this clone. */
export interface PeerFolders {
  /** `../shared/peers` */
  readonly source: string
  /** A folder of ours; the peer is built in a copy. */
  readonly work: string
}

/** Why phase4 cannot run here; undefined when it can. */
export async function whyNoPhase4(folders: PeerFolders): Promise<string | undefined> {
  if (!existsSync(join(folders.source, 'phase4', 'peer'))) return `${folders.source}/phase4 is not beside this clone`
  for (const [tool, version] of [
    ['java', '-version'],
    ['mvn', '--version'],
    ['openssl', 'version'],
    ['keytool', '-help'],
  ] as const) {
    const found = await run(tool, [version]).then(
      () => true,
      () => false,
    )
    if (!found) return `${tool} is not installed (phase4 needs a JDK 17 and Maven)`
  }
  return undefined
}

/** Builds phase4 once (a minute the first time) and makes a fresh private PKI whose revocation lists are served at `crlPort`. */
export async function preparePhase4(folders: PeerFolders, crlPort: number): Promise<Phase4> {
  mkdirSync(folders.work, { recursive: true })
  const home = join(folders.work, 'phase4')
  const pki = join(folders.work, 'pki')
  if (!existsSync(join(home, 'target', 'lib'))) {
    cpSync(join(folders.source, 'phase4'), home, { recursive: true, force: true })
    await run('chmod', ['-R', 'u+w', home])
    await run(join(home, 'peer'), ['build'], { maxBuffer: 10_000_000 })
  }
  await run('bash', [join(folders.source, 'pki', 'make-pki.sh'), pki, `http://127.0.0.1:${crlPort}`])
  return new Phase4(join(home, 'peer'), pki)
}

/** One line of JSON that the peer printed. */
export type PeerResult = Readonly<Record<string, unknown>>

export interface SendOptions {
  /** Member of the PKI. */
  readonly as: string
  readonly url: string
  /** Name in the PKI folder or a file. */
  readonly toCertificate: string
  readonly file: string
  readonly sender: string
  readonly receiver: string
  readonly more?: readonly string[]
}

export class Phase4 {
  readonly pki: string
  readonly #peer: string

  constructor(peer: string, pki: string) {
    this.#peer = peer
    this.pki = pki
  }

  /** A receiving phase4; ready when this resolves. */
  async serve(port: number, options: { as: string; inbox: string; more?: readonly string[] }): Promise<PeerServer> {
    const { as, inbox, more = [] } = options
    mkdirSync(inbox, { recursive: true })
    const parameters = ['serve', '--port', `${port}`, '--pki', this.pki, '--as', as, '--inbox', inbox, ...more]
    const child = spawn(this.#peer, parameters, { stdio: ['ignore', 'pipe', 'inherit'] })
    return await PeerServer.ready(child, inbox)
  }

  /** One message, or many with `--count`; resolves to the peer's own words, whatever they are. */
  async send(options: SendOptions): Promise<PeerResult> {
    const { as, url, toCertificate, file, sender, receiver, more = [] } = options
    const parameters = ['--pki', this.pki, '--as', as, '--url', url, '--to-cert', toCertificate, '--file', file]
    return await this.#result(['send', ...parameters, '--sender', sender, '--receiver', receiver, ...more])
  }

  /** Helger's SMP client, by SMP address or through DNS. */
  async smpLookup(participant: string, where: readonly string[]): Promise<PeerResult> {
    return await this.#result(['smp-lookup', '--pki', this.pki, '--participant', participant, ...where])
  }

  async #result(parameters: readonly string[]): Promise<PeerResult> {
    const options = { maxBuffer: 50_000_000, timeout: 180_000 }
    const { stdout, stderr } = await run(this.#peer, parameters, options).catch(
      (error: { stdout?: string; stderr?: string }) => ({ stdout: error.stdout ?? '', stderr: error.stderr ?? '' }),
    )
    const last = stdout.trim().split('\n').findLast(line => line.startsWith('{'))
    return last === undefined ? { failure: stderr.slice(0, 500) } : (JSON.parse(last) as PeerResult)
  }
}

/** A running phase4 server and what it has said so far. */
export class PeerServer implements AsyncDisposable {
  readonly inbox: string
  readonly said: PeerResult[] = []
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, inbox: string) {
    this.#child = child
    this.inbox = inbox
  }

  static async ready(child: ChildProcess, inbox: string): Promise<PeerServer> {
    const server = new PeerServer(child, inbox)
    const { stdout } = child
    if (stdout === null) throw new Error('phase4 has no standard output')
    await new Promise<void>((resolve, reject) => {
      child.once('exit', code => reject(new Error(`phase4 ended with exit code ${code} before it was ready`)))
      createInterface({ input: stdout }).on('line', line => {
        if (line.startsWith('READY')) resolve()
        else if (line.startsWith('{')) server.said.push(JSON.parse(line) as PeerResult)
      })
    })
    return server
  }

  /** Process id, for measuring. */
  get pid(): number | undefined {
    return this.#child.pid
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return
    const ended = new Promise(resolve => this.#child.once('exit', resolve))
    this.#child.kill()
    await ended
  }
}
