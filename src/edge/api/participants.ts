import type { Directory, LookupResult, ParticipantCard } from '../../services/directory/index.ts'
import {
  parseDocumentTypeId,
  type ParticipantId,
  parseParticipantId,
  parseProcessId,
  PeppolError,
} from '../../wire/peppol/index.ts'
import { Problem, readQuery, type RouteContext, type RouteEntry } from '../http/index.ts'
import { cardJson, endpointJson, stepsJson } from './representation.ts'

/** Seconds after which a look-up that failed is worth another try. */
const retryAfterSeconds = '30'

/** What others publish: whether a participant is registered, and where a document for it goes. */
export function participantRoutes(directory: Directory): readonly RouteEntry[] {
  return [
    {
      method: 'get',
      path: '/participants/{participant}',
      handle: (ctx, parameters) => show(directory, ctx, parameters['participant'] ?? ''),
    },
  ]
}

async function show(directory: Directory, ctx: RouteContext, text: string): Promise<void> {
  const participant = parameter('participant', () => parseParticipantId(text))
  const query = readQuery(ctx, ['documentType', 'process', 'fresh'])
  if (query.fresh !== undefined && query.fresh !== 'true' && query.fresh !== 'false') {
    throw new Problem('invalid-parameter', 'fresh must be true or false')
  }
  const { documentType, process } = query
  if (documentType === undefined && process === undefined) {
    const card = await directory.describe(participant)
    ctx.body = card.kind === 'found' ? cardJson(participant, card) : refuse(card)
    return
  }
  if (documentType === undefined || process === undefined) {
    throw new Problem('invalid-parameter', 'documentType and process must be given together')
  }
  const question = {
    participant,
    documentType: parameter('documentType', () => parseDocumentTypeId(documentType)),
    process: parameter('process', () => parseProcessId(process)),
  }
  ctx.body = found(participant, await directory.lookup(question, { fresh: query.fresh === 'true' }))
}

function found(participant: ParticipantId, result: LookupResult): Record<string, unknown> {
  return result.kind === 'found' ? endpointJson(participant, result) : refuse(result)
}

function refuse(result: Exclude<LookupResult | ParticipantCard, { kind: 'found' }>): never {
  const members = { steps: stepsJson(result.steps), failure: result.failure }
  if (result.kind === 'unregistered') throw new Problem('unregistered', result.failure.message, { members })
  throw new Problem('unavailable', result.failure.message, { members, headers: { 'Retry-After': retryAfterSeconds } })
}

function parameter<T>(name: string, parse: () => T): T {
  try {
    return parse()
  } catch (cause) {
    if (cause instanceof PeppolError) throw new Problem('invalid-parameter', `${name}: ${cause.message}`, { cause })
    throw cause
  }
}
