import { readFileSync } from 'node:fs'
import { createHttpClient } from '../../adapters/http/index.ts'
import { HttpFailure } from '../../services/ports.ts'
import type { Arguments, Option } from './command.ts'

/** The REST API of a running node, as a caller sees it. */
export interface ApiClient extends AsyncDisposable {
  get(path: string): Promise<ApiAnswer>
  post(path: string, body: Buffer, contentType: string): Promise<ApiAnswer>
}

export interface ApiAnswer {
  readonly status: number
  /** Parsed when it is JSON. */
  readonly body: unknown
}

/** The node does not answer, or answers with a problem; the message is its detail. */
export class ApiError extends Error {
  readonly code: string
  readonly answer: unknown

  constructor(code: string, message: string, answer: unknown) {
    super(message)
    this.name = 'ApiError'
    this.code = code
    this.answer = answer
  }
}

/** Options of every command that speaks to a running node. */
export const apiOptions: Readonly<Record<string, Option>> = {
  api: { type: 'string', value: 'URL', text: 'A running node, e.g. http://127.0.0.1:8410.' },
  'token-file': { type: 'string', value: 'FILE', text: 'Holds the bearer token for --api.' },
}

const answerOctetsMax = 64 * 1024 * 1024

export function openApi(url: string, given: Pick<Arguments, 'value'>): ApiClient {
  const tokenFile = given.value('token-file')
  const token = tokenFile === undefined ? undefined : readFileSync(tokenFile, 'utf8').trim()
  const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const http = createHttpClient({ connectTimeoutMilliseconds: 5000, connectionsPerOrigin: 2, allowPrivate: true })
  const base = `${url.replace(/\/$/, '')}/api/v1`

  async function call(
    method: 'GET' | 'POST',
    path: string,
    sent?: { readonly body: Buffer; readonly contentType: string },
  ): Promise<ApiAnswer> {
    try {
      const answer = await http.request({
        method,
        url: base + path,
        headers: sent === undefined ? authorization : { ...authorization, 'content-type': sent.contentType },
        body: sent === undefined ? undefined : { octets: sent.body, length: sent.body.length },
        timeoutMilliseconds: 60_000,
        answerOctetsMax,
      })
      return { status: answer.status, body: parsed(answer.contentType, answer.body) }
    } catch (cause) {
      if (cause instanceof HttpFailure)
        throw new ApiError(cause.kind, `${url} does not answer: ${cause.message}`, undefined)
      throw cause
    }
  }

  return {
    get: path => call('GET', path),
    post: (path, body, contentType) => call('POST', path, { body, contentType }),
    [Symbol.asyncDispose]: () => http[Symbol.asyncDispose](),
  }
}

/** The body of a success, which the caller takes to be as openapi.ts says. Throws ApiError with the code and detail of a problem. */
export function bodyOf(answer: ApiAnswer): unknown {
  if (answer.status < 300) return answer.body
  const problem = (answer.body ?? {}) as Partial<Record<'code' | 'detail', string>>
  const { code = `http-${answer.status}`, detail = `HTTP status ${answer.status}` } = problem
  throw new ApiError(code, detail, answer.body)
}

function parsed(contentType: string | undefined, body: Buffer): unknown {
  if (!/\bjson\b/.test(contentType ?? '')) return undefined
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
