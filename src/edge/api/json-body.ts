import { Problem } from '../http/index.ts'

/** What a body says. Throws Problem `malformed-request` for what is no JSON in UTF-8. */
export function parseJson(octets: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(octets))
  } catch (cause) {
    throw new Problem('malformed-request', `the body is not JSON: ${(cause as Error).message}`, { cause })
  }
}
