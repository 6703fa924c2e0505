import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Command, PostLoad, Reply } from './messages.ts'

/** A node in its own process. */
export class NodeProcess implements AsyncDisposable {
  readonly #child: ChildProcess

  constructor() {
    // One core each: with more threads for RSA than cores the two processes only interrupt each other (a fifth slower).
    const env = { ...process.env, UV_THREADPOOL_SIZE: '1' }
    this.#child = fork(fileURLToPath(new URL('node-process.ts', import.meta.url)), {
      env,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Starts a node with these settings; resolves to its URL. */
  async open(values: Readonly<Record<string, unknown>>): Promise<string> {
    const reply = await this.#ask({ kind: 'open', values })
    if (reply.kind !== 'opened') throw new Error(`unexpected ${reply.kind}`)
    return reply.url
  }

  async exchange(command: Omit<Command & { kind: 'exchange' }, 'kind'>): Promise<Reply & { kind: 'done' }> {
    const reply = await this.#ask({ kind: 'exchange', ...command })
    if (reply.kind !== 'done') throw new Error(`unexpected ${reply.kind}`)
    return reply
  }

  async post(load: PostLoad): Promise<Reply & { kind: 'done' }> {
    const reply = await this.#ask({ kind: 'post', ...load })
    if (reply.kind !== 'done') throw new Error(`unexpected ${reply.kind}`)
    return reply
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || !this.#child.connected) return
    const exited = new Promise(resolve => this.#child.once('exit', resolve))
    await this.#ask({ kind: 'stop' })
    await exited
  }

  async #ask(command: Command): Promise<Reply> {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>()
    const lost = (): void => reject(new Error(`the node process ended during ${command.kind}`))
    this.#child.once('message', (reply: Reply) => resolve(reply))
    this.#child.once('exit', lost)
    this.#child.send(command)
    const reply = await promise.finally(() => this.#child.off('exit', lost))
    if (reply.kind === 'broken') throw new Error(reply.message)
    return reply
  }
}
