import { Worker } from 'node:worker_threads'

/** What one document may cost. */
export interface Budget {
  readonly secondsMax: number
  /** Of the JavaScript heap of one thread. */
  readonly megabytesMax: number
}

/** time, memory: the budget was used up; the thread was ended and another one takes its place. */
export type ThreadOutcome<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'exceeded'; readonly what: 'time' | 'memory' }

/** Over thousands of documents a larger one costs 200 MB more of memory for the same speed. */
const maxYoungGenerationSizeMb = 24

interface Job {
  readonly request: object
  /** The thread ends with it, which gives the memory back at once that it would keep until it has collected its garbage. */
  readonly isLast: boolean
  readonly resolve: (outcome: ThreadOutcome<unknown>) => void
  readonly reject: (error: Error) => void
}

/**
 * Worker threads that take one request each at a time, in the order of the requests. Threads are made when they are needed, and none
 * keeps the process alive on its own.
 */
export class Threads implements AsyncDisposable {
  private readonly entry: URL
  private readonly data: object
  private readonly count: number
  private readonly budget: Budget
  private readonly waiting: Job[] = []
  private readonly idle: Worker[] = []
  private readonly all = new Set<Worker>()
  private isDisposed = false

  /** `data` is the workerData of every thread. */
  constructor(
    entry: URL,
    { data, count, budget }: { readonly data: object; readonly count: number; readonly budget: Budget },
  ) {
    this.entry = entry
    this.data = data
    this.count = count
    this.budget = budget
  }

  /** Rejects with what the thread threw. After a request with `isLast` another thread takes the place of this one. */
  async run<Result>(request: object, { isLast = false } = {}): Promise<ThreadOutcome<Result>> {
    return await new Promise((resolve, reject) => {
      this.waiting.push({ request, isLast, resolve: resolve as Job['resolve'], reject })
      this.next()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isDisposed = true
    for (const { reject } of this.waiting.splice(0)) reject(new Error('the threads were stopped'))
    await Promise.all([...this.all].map(worker => worker.terminate()))
  }

  private next(): void {
    if (this.waiting.length === 0 || this.isDisposed) return
    const worker = this.idle.pop() ?? (this.all.size < this.count ? this.start() : undefined)
    const job = worker === undefined ? undefined : this.waiting.shift()
    if (worker !== undefined && job !== undefined) this.give(worker, job)
  }

  private start(): Worker {
    const resourceLimits = { maxOldGenerationSizeMb: this.budget.megabytesMax, maxYoungGenerationSizeMb }
    const worker = new Worker(this.entry, { workerData: this.data, resourceLimits, execArgv: [] })
    this.all.add(worker)
    return worker
  }

  private give(worker: Worker, { request, isLast, resolve, reject }: Job): void {
    const end = (isAlive: boolean): void => {
      clearTimeout(deadline)
      // Only our own: terminate() listens for the exit as well, and would never know of it.
      worker.off('message', answered).off('error', failed).off('exit', exited)
      if (isAlive) {
        worker.unref()
        this.idle.push(worker)
      } else {
        this.all.delete(worker)
        worker.on('error', ignored)
        void worker.terminate()
      }
      this.next()
    }
    const answered = (answer: { readonly result?: unknown; readonly error?: Error }): void => {
      end(!isLast)
      if (answer.error === undefined) resolve({ kind: 'done', result: answer.result })
      else reject(answer.error)
    }
    const failed = (error: NodeJS.ErrnoException): void => {
      end(false)
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') resolve({ kind: 'exceeded', what: 'memory' })
      else reject(error)
    }
    const exited = (code: number): void => {
      end(false)
      reject(new Error(`a thread ended with ${code}`))
    }
    const deadline = setTimeout(() => {
      end(false)
      resolve({ kind: 'exceeded', what: 'time' })
    }, this.budget.secondsMax * 1000)
    worker.ref()
    worker.once('message', answered).once('error', failed).once('exit', exited)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    worker.postMessage(request)
  }
}

/** A thread that is being ended has nothing more to tell. */
function ignored(): void {}
