import { Problem } from '../http/index.ts'

/** What a body says. Throws Problem `malformed-request` for what is no JSON in UTF-8. */
export function parseJson(octets: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(octets))
  } catch (cause) {
    throw new Problem('malformed-request', `the body is not JSON: ${(cause as Error).message}`, { cause })
  }
}

interface BodyProblem {
  readonly pointer: string
  readonly message: string
}

/** For what is JSON and not what the resource wants. */
export function invalidBody(resource: 'mapping' | 'tenant', problems: readonly BodyProblem[]): Problem {
  const errors = problems.map(({ pointer, message }) => ({ rule: resource, pointer, message }))
  const count = errors.length === 1 ? '1 problem' : `${errors.length} problems`
  return new Problem(`invalid-${resource}`, `the ${resource} has ${count}; errors says where`, { errors })
}
