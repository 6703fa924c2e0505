import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { builtCopy, missingTool } from './build-copy.ts'

const run = promisify(execFile)

/** Where the peers lie beside this clone. */
export interface PeerFolders {
  /** `../shared/peers`, read only. */
  readonly source: string
  /** The peer is built in a copy of ours, which is kept. */
  readonly build: string
  /** Of this run: the PKI and what else comes and goes. */
  readonly work: string
}

/** The folders of this clone; everything of ours is git-ignored. */
export function peerFolders(work: string): PeerFolders {
  return {
    source: fileURLToPath(new URL('../../../shared/peers', import.meta.url)),
    build: fileURLToPath(new URL('../../.passerelle/interop/phase4', import.meta.url)),
    work,
  }
}

/** Why phase4 cannot run here; undefined when it can. */
export async function whyNoPhase4(folders: PeerFolders): Promise<string | undefined> {
  if (process.platform === 'win32') return 'the peer is started by a shell script, and this is Windows'
  for (const file of ['phase4/peer', 'pki/make-pki.sh']) {
    if (!existsSync(join(folders.source, file))) return `${join(folders.source, file)} is not beside this clone`
  }
  const missing = await missingTool([
    ['bash', '--version'],
    ['java', '-version'],
    ['mvn', '--version'],
    ['openssl', 'version'],
    ['keytool', '-help'],
  ])
  return missing === undefined
    ? undefined
    : `${missing} is not installed (phase4 needs a JDK 17 or newer, Maven and openssl)`
}

export interface PrepareOptions {
  /** The certificates name this port as the place of their revocation lists. */
  readonly crlPort: number
  /** Ends every process of the peer. */
  readonly signal: AbortSignal
  readonly progress: (text: string) => void
}

/** Builds phase4 once (a minute, with the network, the first time) and makes a fresh private PKI. */
export async function preparePhase4(folders: PeerFolders, options: PrepareOptions): Promise<Phase4> {
  const { crlPort, signal, progress } = options
  mkdirSync(folders.work, { recursive: true })
  const source = join(folders.source, 'phase4')
  const peer = await builtCopy({ source, home: folders.build, tool: 'peer', signal, progress })
  progress('making a private PKI …')
  const pki = join(folders.work, 'pki')
  await run('bash', [join(folders.source, 'pki', 'make-pki.sh'), pki, `http://127.0.0.1:${crlPort}`], { signal })
  return new Phase4(peer, pki, signal)
}

/** A port of loopback for another process to take. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

/** One line of JSON that the peer printed; its README says what is in it. */
export type PeerResult = Readonly<Record<string, unknown>>

/** The first ebMS error that the peer names; empty strings where there is none. */
export function firstError(result: PeerResult): PeerError {
  const [first] = (result['errors'] ?? []) as readonly Partial<PeerError>[]
  return { code: '', description: '', detail: '', ...first }
}

export interface PeerError {
  readonly code: string
  readonly description: string
  readonly detail: string
}

export interface ServeOptions {
  readonly port: number
  /** Member of the PKI. */
  readonly as: string
  readonly inbox: string
  readonly more?: readonly string[]
}

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

/** A send gives up after two minutes by itself; many of them take longer. */
const resultMilliseconds = 600_000

export class Phase4 {
  readonly pki: string
  readonly #peer: string
  readonly #signal: AbortSignal

  constructor(peer: string, pki: string, signal: AbortSignal) {
    this.#peer = peer
    this.pki = pki
    this.#signal = signal
  }

  /** A receiving phase4; it takes messages when this resolves. */
  async serve({ port, as, inbox, more = [] }: ServeOptions): Promise<PeerServer> {
    mkdirSync(inbox, { recursive: true })
    const options = ['--port', `${port}`, '--pki', this.pki, '--as', as, '--inbox', inbox]
    return await PeerServer.ready(this.#start(['serve', ...options, ...more]), `http://127.0.0.1:${port}/as4`)
  }

  /** One message, or many with `--count`; resolves to the peer's own words, whatever they are. */
  async send({ as, url, toCertificate, file, sender, receiver, more = [] }: SendOptions): Promise<PeerResult> {
    const who = ['--pki', this.pki, '--as', as, '--sender', sender, '--receiver', receiver]
    return await this.#result(['send', ...who, '--url', url, '--to-cert', toCertificate, '--file', file, ...more])
  }

  /** Helger's SMP client, by SMP address or through DNS. */
  async smpLookup(participant: string, where: readonly string[]): Promise<PeerResult> {
    return await this.#result(['smp-lookup', '--pki', this.pki, '--participant', participant, ...where])
  }

  /** The last JSON line that a command prints; its exit code says no more than that. */
  async #result(parameters: readonly string[]): Promise<PeerResult> {
    const child = this.#start(parameters, AbortSignal.timeout(resultMilliseconds))
    const pieces: Buffer[] = []
    const complaints: Buffer[] = []
    child.stdout.on('data', (piece: Buffer) => pieces.push(piece))
    child.stderr.on('data', (piece: Buffer) => complaints.push(piece))
    await new Promise<void>(resolve => child.once('close', () => resolve()))
    const lines = Buffer.concat(pieces).toString('utf8').split('\n')
    const last = lines.findLast(line => line.startsWith('{'))
    if (last !== undefined) return JSON.parse(last) as PeerResult
    return { outcome: 'broken', failure: Buffer.concat(complaints).toString('utf8').slice(0, 500) }
  }

  #start(parameters: readonly string[], limit?: AbortSignal): Child {
    const signal = limit === undefined ? this.#signal : AbortSignal.any([this.#signal, limit])
    const child = spawn(this.#peer, parameters, { stdio: ['ignore', 'pipe', 'pipe'], signal })
    // Of an aborted process its end tells enough.
    child.on('error', () => {})
    endWithUs(child)
    return child
  }
}

type Child = ChildProcessByStdio<null, Readable, Readable>

/** Ends a child even when this process is killed outright: the standard input of the watching shell then closes. */
function endWithUs(child: Child): void {
  if (child.pid === undefined) return
  const watcher = spawn('sh', ['-c', 'read -r done || kill "$0"', `${child.pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  watcher.on('error', () => {})
  watcher.stdin.on('error', () => {})
  child.once('exit', () => watcher.stdin.end('done\n'))
}

/** A running phase4 server and what it has said so far. */
export class PeerServer implements AsyncDisposable {
  readonly url: string
  readonly said: PeerResult[] = []
  readonly #child: Child

  private constructor(child: Child, url: string) {
    this.#child = child
    this.url = url
  }

  static async ready(child: Child, url: string): Promise<PeerServer> {
    const server = new PeerServer(child, url)
    const complaints: string[] = []
    child.stderr.on('data', (piece: Buffer) => complaints.push(piece.toString('utf8')))
    await new Promise<void>((resolve, reject) => {
      child.once('exit', code => {
        reject(
          new Error(`phase4 ended with exit code ${code} before it was ready: ${complaints.join('').slice(0, 500)}`),
        )
      })
      createInterface({ input: child.stdout }).on('line', line => {
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

  /** The last thing it said about a message. */
  about(messageId: string | undefined): PeerResult | undefined {
    return this.said.findLast(result => result['messageId'] === messageId)
  }

  /** Stops the process as it stands; connections stay open and nobody answers. */
  freeze(): void {
    this.#child.kill('SIGSTOP')
  }

  /** Ends it at once; its connections are reset. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end('SIGTERM')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = new Promise(resolve => this.#child.once('exit', resolve))
    this.#child.kill(signal)
    // A frozen process gets its signals only when it goes on.
    this.#child.kill('SIGCONT')
    await ended
  }
}
