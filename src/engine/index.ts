import { type Clock, WireError } from '../kernel/index.ts'
import type {
  Contents,
  Conversion,
  ConversionOptions,
  Documents,
  EmbeddedFile,
  Survey,
  Target,
  ValidationOptions,
  Verdict,
} from '../services/documents/index.ts'
import type { Finding } from '../wire/invoice/index.ts'
import { composeDocuments } from './compose.ts'
import { asBuffer } from './octets.ts'
import { type Budget, Threads, type ThreadOutcome } from './threads.ts'

export interface EngineOptions {
  /** Where imported packs and schemas lie. */
  readonly rulesFolder: string
  readonly clock: Clock
  readonly threads: Budget & { readonly count: number }
  /** Documents of this many octets and more are worked on in a thread, all with 0: smaller ones are done before a thread has them. */
  readonly threadedFrom: number
}

/** The document engine, made whole. Large documents do not hold up whoever asks, and cost no more than the budget. */
export interface Engine extends Documents, AsyncDisposable {}

/** What a thread is asked. */
export type ThreadRequest =
  | { readonly call: 'survey'; readonly document: Uint8Array }
  | { readonly call: 'validate'; readonly document: Uint8Array; readonly options: ValidationOptions }
  | {
      readonly call: 'convert'
      readonly document: Uint8Array
      readonly to: Target
      readonly options: ConversionOptions
    }
  | { readonly call: 'files'; readonly document: Uint8Array }

/** Nothing is started before it is needed. */
export function openEngine({ rulesFolder, clock, threads, threadedFrom }: EngineOptions): Engine {
  const here = composeDocuments(rulesFolder, clock)
  const { count, ...budget } = threads
  const pool = new Threads(new URL('worker.ts', import.meta.url), { data: { rulesFolder }, count, budget })
  return {
    async survey(document) {
      if (document.length < threadedFrom) return await here.survey(document)
      const outcome = await ask<Survey>(pool, { call: 'survey', document })
      return outcome.kind === 'done' ? outcome.result : unreadable(outcome.what, budget)
    },
    async validate(document, options = {}) {
      if (document.length < threadedFrom) return await here.validate(document, options)
      const outcome = await ask<Verdict>(pool, { call: 'validate', document, options })
      return outcome.kind === 'done' ? outcome.result : notJudged(outcome.what, budget)
    },
    async convert(document, to, options = {}) {
      if (document.length < threadedFrom) return await here.convert(document, to, options)
      const outcome = await ask<Conversion>(pool, { call: 'convert', document, to, options })
      if (outcome.kind === 'exceeded') return unreadable(outcome.what, budget)
      const { result } = outcome
      return result.kind === 'converted' ? { ...result, octets: asBuffer(result.octets) } : result
    },
    // An invoice cannot go between threads: its decimals would lose their kind.
    open: (document, purpose) => here.open(document, purpose),
    async files(document) {
      if (document.length < threadedFrom) return await here.files(document)
      const outcome = await ask<Contents>(pool, { call: 'files', document })
      if (outcome.kind === 'exceeded') {
        return { syntax: 'unknown', files: [], findings: [exceededFinding(outcome.what, budget)] }
      }
      const { result } = outcome
      return { ...result, files: result.files.map(withBuffer) }
    },
    appraise: (root, octets) => here.appraise(root, octets),
    async [Symbol.asyncDispose]() {
      await Promise.all([pool[Symbol.asyncDispose](), here[Symbol.asyncDispose]()])
    },
  }
}

function withBuffer(file: EmbeddedFile): EmbeddedFile {
  return { ...file, octets: asBuffer(file.octets) }
}

/** A document of this size makes garbage of many times its size. */
const heavyOctetsMin = 32 * 1024 * 1024

type Answer<Result> =
  | { readonly result: Result }
  | { readonly refused: { readonly code: string; readonly message: string } }

async function ask<Result>(pool: Threads, request: ThreadRequest): Promise<ThreadOutcome<Result>> {
  const isLast = request.document.length >= heavyOctetsMin
  const outcome = await pool.run<Answer<Result>>(request, { isLast })
  if (outcome.kind === 'exceeded') return outcome
  const answer = outcome.result
  if ('refused' in answer) throw new WireError(answer.refused.code, answer.refused.message)
  return { kind: 'done', result: answer.result }
}

interface Unreadable {
  readonly kind: 'unreadable'
  readonly findings: readonly Finding[]
}

/* ── Documents that cost too much ──────────────────────────────────────────────────────────── */

type Exceeded = 'time' | 'memory'

function sentence(what: Exceeded, { secondsMax, megabytesMax }: Budget): string {
  const budget = what === 'time' ? `${secondsMax} seconds` : `${megabytesMax} MB of memory`
  return `The document takes more than the ${budget} that one document may take`
}

function notJudged(what: Exceeded, budget: Budget): Verdict {
  const message = sentence(what, budget)
  const finding = {
    rule: `document.${what}`,
    severity: 'fatal',
    layer: 'xsd',
    location: null,
    pointer: null,
    message,
  } as const
  return { syntax: 'unknown', profile: null, valid: false, packs: [], findings: [finding] }
}

function unreadable(what: Exceeded, budget: Budget): Unreadable {
  return { kind: 'unreadable', findings: [exceededFinding(what, budget)] }
}

function exceededFinding(what: Exceeded, budget: Budget): Finding {
  return {
    rule: `document.${what}`,
    severity: 'fatal',
    pointer: '',
    message: sentence(what, budget),
    term: undefined,
  }
}
