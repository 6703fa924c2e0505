import { Worker } from 'node:worker_threads'
import { PackError, type SchemaPack } from './pack.ts'
import type { Problem } from './xsd.ts'

export interface SchemaTask {
  readonly pack: SchemaPack
  readonly root: string
  readonly document: Buffer
}

/** What goes to the thread and what comes back. */
export interface TaskMessage {
  readonly id: number
  readonly folder: string
  readonly pack: SchemaPack
  readonly root: string
  readonly octets: Uint8Array
}

export type AnswerMessage =
  | { readonly id: number; readonly problems: readonly Problem[] }
  | { readonly id: number; readonly failure: string }

interface Waiting {
  readonly resolve: (problems: readonly Problem[]) => void
  readonly reject: (error: Error) => void
}

const taskMilliseconds = 120_000
/** The memory that WebAssembly took for a large document is only given back with the thread. */
const idleMilliseconds = 20_000

/** One thread, one document after the other; it ends when it has had nothing to do for a while. */
export class SchemaWorker implements Disposable {
  private readonly folder: string
  private readonly waiting = new Map<number, Waiting>()
  private worker: Worker | undefined
  private timer: NodeJS.Timeout | undefined
  private count = 0

  constructor(folder: string) {
    this.folder = folder
  }

  /** Throws PackError `timeout` when the documents before and this one take too long, and `damaged`. */
  async check({ pack, root, document }: SchemaTask): Promise<readonly Problem[]> {
    const id = ++this.count
    const octets = new Uint8Array(document)
    const worker = (this.worker ??= this.started())
    const { promise, resolve, reject } = Promise.withResolvers<readonly Problem[]>()
    this.waiting.set(id, { resolve, reject })
    worker.ref()
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    worker.postMessage({ id, folder: this.folder, pack, root, octets } satisfies TaskMessage, [octets.buffer])
    this.watch()
    return promise
  }

  [Symbol.dispose](): void {
    this.end(new PackError('timeout', 'the program is ending'))
  }

  private started(): Worker {
    const worker = new Worker(new URL('schema-thread.ts', import.meta.url))
    worker.on('message', (answer: AnswerMessage) => {
      const waiting = this.waiting.get(answer.id)
      this.waiting.delete(answer.id)
      if ('problems' in answer) waiting?.resolve(answer.problems)
      else waiting?.reject(new PackError('damaged', answer.failure))
      if (this.waiting.size === 0) worker.unref()
      this.watch()
    })
    worker.on('error', error => this.end(error instanceof Error ? error : new Error(String(error))))
    return worker
  }

  /** Restarts the clock: for the next answer, or for the end of an idle thread. */
  private watch(): void {
    clearTimeout(this.timer)
    const isIdle = this.waiting.size === 0
    this.timer = setTimeout(
      () => this.end(new PackError('timeout', `a document was not checked within ${taskMilliseconds} ms`)),
      isIdle ? idleMilliseconds : taskMilliseconds,
    )
    if (isIdle) this.timer.unref()
  }

  private end(reason: Error): void {
    clearTimeout(this.timer)
    const { worker } = this
    this.worker = undefined
    for (const { reject } of this.waiting.values()) reject(reason)
    this.waiting.clear()
    void worker?.terminate()
  }
}
