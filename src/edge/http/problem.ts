/**
 * Every answer of the API that is not a success, by code: the status, the title that stays the same, and whether the same
 * request may succeed later. [RFC 9457]
 */
const problems = {
  'malformed-request': { status: 400, title: 'The request cannot be read', retry: false },
  'invalid-parameter': { status: 400, title: 'A parameter has a value that it cannot have', retry: false },
  unauthorized: { status: 401, title: 'A valid bearer token is needed', retry: false },
  forbidden: { status: 403, title: 'This is not allowed', retry: false },
  'not-found': { status: 404, title: 'There is nothing here', retry: false },
  unregistered: { status: 404, title: 'The participant is not registered for this', retry: false },
  'method-not-allowed': { status: 405, title: 'The resource does not know this method', retry: false },
  'number-taken': { status: 409, title: 'An invoice with this number from this seller exists', retry: false },
  'key-reused': { status: 409, title: 'The idempotency key belongs to another request', retry: false },
  'participant-taken': { status: 409, title: 'A participant belongs to another tenant', retry: false },
  'tenant-in-use': { status: 409, title: 'The tenant keeps something that must go first', retry: false },
  'too-many-mappings': { status: 409, title: 'No further mapping can be kept here', retry: false },
  'body-too-large': { status: 413, title: 'The body is too large', retry: false },
  'unsupported-media-type': { status: 415, title: 'The body is of a type that is not understood', retry: false },
  'invalid-invoice': { status: 422, title: 'The invoice breaks rules', retry: false },
  'invalid-mapping': { status: 422, title: 'The mapping cannot be used', retry: false },
  'invalid-tenant': { status: 422, title: 'The tenant cannot be kept so', retry: false },
  'invalid-logo': { status: 422, title: 'The logo cannot be shown', retry: false },
  'unreadable-source': { status: 422, title: 'The source is not what the mapping is for', retry: false },
  'not-convertible': { status: 422, title: 'The document cannot be converted', retry: false },
  internal: { status: 500, title: 'Something failed here that is not the fault of the request', retry: true },
  unavailable: { status: 503, title: 'A service that is needed does not answer', retry: true },
} as const

export type ProblemCode = keyof typeof problems

/** One thing that is wrong with the request: where (JSON pointer), by which rule, in words, and what else is known of it. */
export interface ProblemError extends Readonly<Record<string, unknown>> {
  readonly pointer: string
  readonly rule: string
  readonly message: string
}

export interface ProblemOptions {
  readonly errors?: readonly ProblemError[]
  readonly headers?: Readonly<Record<string, string>>
  /** Further members of the problem document. */
  readonly members?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/** Thrown by a door to refuse a request; the error mapper writes it as application/problem+json. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly errors: readonly ProblemError[]
  readonly headers: Readonly<Record<string, string>>
  readonly members: Readonly<Record<string, unknown>>

  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'Problem'
    this.code = code
    this.errors = options.errors ?? []
    this.headers = options.headers ?? {}
    this.members = options.members ?? {}
  }

  get status(): number {
    return problems[this.code].status
  }
}

/** The problem document of one occurrence. */
export function problemDocument(problem: Problem, requestId: string): Record<string, unknown> {
  const { status, title, retry } = problems[problem.code]
  return {
    type: `urn:passerelle:problem:${problem.code}`,
    title,
    status,
    detail: problem.message,
    instance: `urn:passerelle:request:${requestId}`,
    code: problem.code,
    retry,
    ...(problem.errors.length === 0 ? {} : { errors: problem.errors }),
    ...problem.members,
  }
}

/** All codes, for the description of the API. */
export const problemCodes = Object.keys(problems) as readonly ProblemCode[]
