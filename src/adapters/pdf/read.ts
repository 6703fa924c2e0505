import { Worker } from 'node:worker_threads'
import type { PdfContents, PdfReader } from '../../services/ports.ts'
import { PdfError, type PdfErrorCode } from './error.ts'

export interface PdfReaderOptions {
  /** For one PDF, from when its turn comes. */
  readonly timeoutMilliseconds?: number
  /** Of JavaScript objects, which a PDF with millions of small ones makes. */
  readonly heapMegabytesMax?: number
  /** What all its attachments together, and what else must be unpacked, may have. */
  readonly contentOctetsMax?: number
}

/** Messages of the largest size that French law allows pass, as long as their attachments are not packed much smaller than they are. */
const defaults = { timeoutMilliseconds: 20_000, heapMegabytesMax: 512, contentOctetsMax: 200 * 1024 * 1024 }

export interface ReadRequest {
  readonly pdf: Uint8Array
  readonly contentOctetsMax: number
}

export type ReadAnswer =
  | { readonly kind: 'contents'; readonly contents: PdfContents }
  | { readonly kind: 'error'; readonly code: PdfErrorCode; readonly message: string }

/**
 * A reader with one worker, which is started for the first PDF and kept; after a PDF that used up its time or memory, the next one
 * gets a new worker. PDFs are read one after the other. Dispose ends the worker; who waits then gets `timeout`.
 */
export function createPdfReader(options: PdfReaderOptions = {}): PdfReader & AsyncDisposable {
  return new WorkerReader({ ...defaults, ...options })
}

class WorkerReader implements PdfReader, AsyncDisposable {
  readonly #options: Required<PdfReaderOptions>
  #worker: Worker | undefined
  #last: Promise<unknown> = Promise.resolve()
  #isClosed = false

  constructor(options: Required<PdfReaderOptions>) {
    this.#options = options
  }

  async read(pdf: Buffer): Promise<PdfContents> {
    const reading = this.#last.then(() => this.#readNow(pdf))
    this.#last = reading.catch(() => {})
    return await reading
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    await this.#discard()
  }

  async #readNow(pdf: Buffer): Promise<PdfContents> {
    if (this.#isClosed) throw new PdfError('timeout', stopped)
    const worker = (this.#worker ??= this.#start())
    const { contentOctetsMax, timeoutMilliseconds } = this.#options
    worker.ref()
    try {
      const answer = await answerOf(worker, { pdf, contentOctetsMax }, timeoutMilliseconds)
      if (answer.kind === 'error') throw new PdfError(answer.code, answer.message)
      return withBuffers(answer.contents)
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

  #start(): Worker {
    const worker = new Worker(new URL('read-worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: this.#options.heapMegabytesMax },
      execArgv: [],
      // The library complains to the console about what is wrong with a PDF.
      stdout: true,
      stderr: true,
    })
    worker.stdout.resume()
    worker.stderr.resume()
    worker.once('exit', () => {
      if (this.#worker === worker) this.#worker = undefined
    })
    // Between two PDFs nobody else listens, and an unheard error would end the program.
    worker.on('error', () => {})
    return worker
  }

  async #discard(): Promise<void> {
    const worker = this.#worker
    this.#worker = undefined
    await worker?.terminate()
  }
}

const stopped = 'The reader was stopped'

/** The worker gave no answer and is of no more use. */
class WorkerLost extends Error {
  readonly code: PdfErrorCode

  constructor(code: PdfErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

async function answerOf(worker: Worker, request: ReadRequest, milliseconds: number): Promise<ReadAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<ReadAnswer>()
  const timer = setTimeout(
    () => reject(new WorkerLost('timeout', `The PDF was not read after ${milliseconds} ms`)),
    milliseconds,
  )
  const onMessage = (answer: ReadAnswer): void => resolve(answer)
  const onError = (error: Error & { readonly code?: string }): void => {
    const isMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    const message = isMemory ? 'The PDF needs more memory than it may' : `The PDF broke its reader: ${error.message}`
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

/** What passes between threads arrives as plain Uint8Array. */
function withBuffers(contents: PdfContents): PdfContents {
  const files = contents.files.map(file => ({ ...file, octets: asBuffer(file.octets) }))
  return { ...contents, xml: asBuffer(contents.xml), files }
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}
