import type Koa from 'koa'
import {
  type DocumentTypeId,
  parseDocumentTypeId,
  type ParticipantId,
  parseParticipantId,
  PeppolError,
} from '../../wire/peppol/index.ts'

/** What our SMP publishes; undefined for what it does not. */
export interface Publisher {
  serviceGroup(participant: ParticipantId): Promise<Buffer | undefined>
  serviceMetadata(participant: ParticipantId, documentType: DocumentTypeId): Promise<Buffer | undefined>
}

/** How long others may keep an answer; a changed endpoint must not be missed for longer. */
const maxAgeSeconds = 300

/**
 * `/{participant}` and `/{participant}/services/{documentType}`, percent-encoded or not, in any case of the participant.
 * [peppol.md §5.1] Leaves every other path to who comes next.
 */
export function smpDoor(publisher: Publisher): Koa.Middleware {
  return async (ctx, next) => {
    const asked = /^\/([^/]+)(?:\/services\/(.+))?\/?$/.exec(ctx.path)
    const participantText = decode(asked?.[1])
    if (participantText === undefined || !/^iso6523-actorid-upis::/i.test(participantText)) {
      await next()
      return
    }
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return refuse(ctx, 405, 'only GET is known here')
    const body = await publish(publisher, participantText, asked?.[2])
    if (body === undefined) return refuse(ctx, 404, 'not published here')
    ctx.set('Cache-Control', `max-age=${maxAgeSeconds}`)
    ctx.body = body
    ctx.set('Content-Type', 'text/xml;charset=UTF-8')
  }
}

async function publish(
  publisher: Publisher,
  participantText: string,
  encodedType: string | undefined,
): Promise<Buffer | undefined> {
  try {
    const participant = parseParticipantId(participantText.replace(/^[^:]+/, scheme => scheme.toLowerCase()))
    if (encodedType === undefined) return await publisher.serviceGroup(participant)
    const typeText = decode(encodedType)
    if (typeText === undefined) return undefined
    return await publisher.serviceMetadata(participant, parseDocumentTypeId(typeText))
  } catch (error) {
    // Something that is no identifier is published by nobody.
    if (error instanceof PeppolError) return undefined
    throw error
  }
}

function refuse(ctx: Koa.Context, status: 404 | 405, message: string): void {
  ctx.status = status
  if (status === 405) ctx.set('Allow', 'GET, HEAD')
  ctx.type = 'text/plain'
  ctx.body = `${message}\n`
}

function decode(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
