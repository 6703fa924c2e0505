import { Worker } from 'node:worker_threads'
import type { Instant } from '../../kernel/index.ts'
import type { PdfContents } from '../../services/ports.ts'
import type { EmbeddedInvoice } from './container.ts'
import { PdfError, type PdfErrorCode } from './error.ts'

export interface PdfWorkerOptions {
  /** For one PDF, from when its turn comes. */
  readonly timeoutMilliseconds?: number
  /** Of JavaScript objects, which a PDF with millions of small ones makes. */
  readonly heapMegabytesMax?: number
  /** What all its attachments together, and what else must be unpacked, may have. */
  readonly contentOctetsMax?: number
}

/**
 * A Factur-X with 100 MB of attachments, the size that French law allows, passes: it has them as files, and a third more in the XML, in
 * Base64.
 */
const defaults = { timeoutMilliseconds: 20_000, heapMegabytesMax: 512, contentOctetsMax: 320 * 1024 * 1024 }

/** What the worker can do with a PDF that somebody else made. */
export type PdfTask =
  | { readonly kind: 'read'; readonly pdf: Uint8Array }
  | { readonly kind: 'embed'; readonly pdf: Uint8Array; readonly invoice: EmbeddedInvoice; readonly at: Instant }

interface Answers {
  /** Octets in it are plain Uint8Array. */
  readonly read: PdfContents
  readonly embed: Uint8Array
}

export interface PdfRequest {
  readonly task: PdfTask
  readonly contentOctetsMax: number
}

export type PdfAnswer =
  | { readonly kind: 'done'; readonly result: Answers[keyof Answers] }
  | { readonly kind: 'error'; readonly code: PdfErrorCode; readonly message: string }

/** One worker thread for PDFs of strangers, started for the first one, kept, and replaced when it has died. One PDF at a time. */
export class PdfWorker implements AsyncDisposable {
  readonly #options: Required<PdfWorkerOptions>
  #running: Running | undefined
  #last: Promise<unknown> = Promise.resolve()
  #isClosed = false

  constructor(options: PdfWorkerOptions) {
    this.#options = { ...defaults, ...options }
  }

  /** Throws PdfError. */
  async ask<Task extends PdfTask>(task: Task): Promise<Answers[Task['kind']]> {
    const asking = this.#last.then(() => this.#askNow(task))
    this.#last = asking.catch(() => {})
    return (await asking) as Answers[Task['kind']]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    await this.#discard()
  }

  async #askNow(task: PdfTask): Promise<unknown> {
    if (this.#isClosed) throw new PdfError('timeout', stopped)
    const { worker, ready } = (this.#running ??= this.#start())
    const { contentOctetsMax, timeoutMilliseconds } = this.#options
    worker.ref()
    try {
      await ready
      const answer = await answerOf(worker, { task, contentOctetsMax }, timeoutMilliseconds)
      if (answer.kind === 'error') throw new PdfError(answer.code, answer.message)
      return answer.result
    } catch (error) {
      if (error instanceof WorkerLost) {
        await this.#discard()
        throw new PdfError(error.code, error.message, { cause: error })
      }
      throw error
    } finally {
      // A worker that waits for the next PDF must not keep the program from ending.
      worker.unref()
    }
  }

  #start(): Running {
    const worker = new Worker(new URL('worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: this.#options.heapMegabytesMax },
      execArgv: [],
      // The library complains to the console about what is wrong with a PDF.
      stdout: true,
      stderr: true,
    })
    worker.stdout.resume()
    worker.stderr.resume()
    const { promise: ready, resolve, reject } = Promise.withResolvers<void>()
    worker.once('message', () => resolve())
    // For good: between two PDFs nobody else listens, and an unheard error would end the program.
    worker.on('error', reject)
    worker.once('exit', () => {
      reject(new WorkerLost('timeout', stopped))
      if (this.#running?.worker === worker) this.#running = undefined
    })
    return { worker, ready }
  }

  async #discard(): Promise<void> {
    const running = this.#running
    this.#running = undefined
    await running?.worker.terminate()
  }
}

interface Running {
  readonly worker: Worker
  /** Resolves when the worker has loaded what it needs, which takes no PDF's time; rejects when it cannot. */
  readonly ready: Promise<void>
}

const stopped = 'The worker was stopped'

/** The worker gave no answer and is of no more use. */
class WorkerLost extends Error {
  readonly code: PdfErrorCode

  constructor(code: PdfErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

async function answerOf(worker: Worker, request: PdfRequest, milliseconds: number): Promise<PdfAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<PdfAnswer>()
  const timer = setTimeout(
    () => reject(new WorkerLost('timeout', `The PDF took more than ${milliseconds} ms`)),
    milliseconds,
  )
  const onMessage = (answer: PdfAnswer): void => resolve(answer)
  const onError = (error: Error & { readonly code?: string }): void => {
    const isMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    const message = isMemory ? 'The PDF needs more memory than it may' : `The PDF broke the worker: ${error.message}`
    reject(new WorkerLost(isMemory ? 'too-large' : 'damaged', message, { cause: error }))
  }
  const onExit = (): void => reject(new WorkerLost('timeout', stopped))
  worker.once('message', onMessage).once('error', onError).once('exit', onExit)
  try {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- A worker thread has no origin.
    worker.postMessage(request)
    return await promise
  } finally {
    clearTimeout(timer)
    worker.off('message', onMessage).off('error', onError).off('exit', onExit)
  }
}

/** The same octets. */
export function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}
