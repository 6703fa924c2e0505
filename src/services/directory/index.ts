import type { Clock } from '../../kernel/index.ts'
import { PkiError } from '../../wire/pki/index.ts'
import { participantKey } from '../../wire/peppol/index.ts'
import type { Step } from '../domain.ts'
import type { DnsResolver, HttpClient } from '../ports.ts'
import { StepRecorder } from '../trace/index.ts'
import type { Trust } from '../trust/index.ts'
import { SingleFlightCache } from './cache.ts'
import { type Found, type SmpWorld, Unavailable, Unregistered, findDocumentTypes, findEndpoint } from './smp.ts'
import type { Directory, LookupQuestion, LookupResult } from './types.ts'

export type * from './types.ts'
export { SingleFlightCache } from './cache.ts'

export interface DirectoryWorld {
  readonly clock: Clock
  readonly dns: DnsResolver
  readonly http: HttpClient
  readonly trust: Trust
  /** SML zone, e.g. `participant.sml.prod.tech.peppol.org`. */
  readonly zone: string
  /** Accepts http URLs: private networks only. */
  readonly insecure: boolean
  readonly timeoutMilliseconds: number
  /** Upper bounds; a shorter DNS time to live wins. */
  readonly cacheSecondsMax: number
  readonly negativeCacheSecondsMax: number
  readonly cacheEntriesMax: number
}

type Fetched =
  | { readonly kind: 'found'; readonly found: Found; readonly steps: readonly Step[] }
  | { readonly kind: 'not-found'; readonly error: Unregistered | Unavailable; readonly steps: readonly Step[] }

/** Finds others: hash → NAPTR → SMP → signature → endpoint → certificate. */
export function createDirectory(world: DirectoryWorld): Directory {
  const cache = new SingleFlightCache<Fetched>(world.clock, world.cacheEntriesMax)
  const smpWorld: SmpWorld = world

  async function fetch(question: LookupQuestion): Promise<Fetched> {
    const recorder = new StepRecorder()
    try {
      return { kind: 'found', found: await findEndpoint(smpWorld, question, recorder), steps: recorder.steps }
    } catch (error) {
      if (error instanceof Unregistered || error instanceof Unavailable) {
        return { kind: 'not-found', error, steps: recorder.steps }
      }
      throw error
    }
  }

  function ttlSeconds(fetched: Fetched): number {
    if (fetched.kind === 'found') return Math.min(fetched.found.ttlSeconds, world.cacheSecondsMax)
    // An outage is over when it is over: it is never remembered.
    return fetched.error instanceof Unregistered ? Math.min(fetched.error.ttlSeconds, world.negativeCacheSecondsMax) : 0
  }

  return {
    async lookup(question, { fresh = false } = {}): Promise<LookupResult> {
      const { value, ageSeconds } = await cache.get(keyOf(question), () => fetch(question), { ttlSeconds, fresh })
      const steps = ageSeconds === 0 ? value.steps : value.steps.map(step => fromCache(step, ageSeconds))
      if (value.kind === 'not-found') return { ...value.error.result(), steps }
      return await proveReceiver(world, value.found, steps)
    },

    async describe(participant) {
      const recorder = new StepRecorder()
      try {
        const card = await findDocumentTypes(smpWorld, participant, recorder)
        return { kind: 'found', ...card, steps: recorder.steps }
      } catch (error) {
        if (!(error instanceof Unregistered || error instanceof Unavailable)) throw error
        return { ...error.result(), steps: recorder.steps }
      }
    },
  }
}

/** Proven at each use and not once per cache entry: certificates expire and are revoked while an address is cached. */
async function proveReceiver(world: DirectoryWorld, found: Found, steps: readonly Step[]): Promise<LookupResult> {
  const recorder = new StepRecorder()
  try {
    const certificate = await world.trust.prove(found.endpoint.certificate, 'access-point')
    recorder.note('certificate', {
      subject: certificate.commonName,
      fingerprint: certificate.fingerprint,
      validTo: new Date(certificate.validTo).toISOString(),
    })
    const { address, transportProfile } = found.endpoint
    return { kind: 'found', address, certificate, transportProfile, steps: [...steps, ...recorder.steps] }
  } catch (error) {
    if (!(error instanceof PkiError)) throw error
    const kind = error.code === 'revocation-unknown' ? 'unavailable' : 'unregistered'
    const message = `the receiver's certificate ${found.endpoint.certificate.commonName}: ${error.message}`
    return { kind, failure: { code: `certificate-${error.code}`, message, retry: kind === 'unavailable' }, steps }
  }
}

function keyOf({ participant, documentType, process }: LookupQuestion): string {
  return [participantKey(participant), documentType.scheme, documentType.value, process.scheme, process.value].join(
    '\0',
  )
}

function fromCache(step: Step, ageSeconds: number): Step {
  return { ...step, microseconds: 0, detail: { ...step.detail, cached: true, ageSeconds } }
}
