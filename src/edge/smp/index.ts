import type Koa from 'koa'
import type { DocumentTypeId, ParticipantId } from '../../wire/peppol/index.ts'
import { SmpError, type SmpResource, parseSmpPath } from '../../wire/smp/index.ts'

/** What our SMP publishes; undefined for what it does not. */
export interface Publisher {
  serviceGroup(participant: ParticipantId): Promise<Buffer | undefined>
  serviceMetadata(participant: ParticipantId, documentType: DocumentTypeId): Promise<Buffer | undefined>
}

/** How long others may keep an answer; a changed endpoint must not be missed for longer. */
const maxAgeSeconds = 300

/** What an SMP is asked for begins with the scheme of participants; every other path is left to who comes next. [peppol.md §5.1] */
const begins = /^\/iso6523-actorid-upis(?:::|%3a%3a)/i

/** Answers for participants and their document types, each as it was signed. */
export function smpDoor(publisher: Publisher): Koa.Middleware {
  return async (ctx, next) => {
    if (!begins.test(ctx.path)) {
      await next()
      return
    }
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return refuse(ctx, 405, 'only GET is known here')
    const body = await publish(publisher, ctx.path)
    if (body === undefined) return refuse(ctx, 404, 'not published here')
    ctx.set('Cache-Control', `max-age=${maxAgeSeconds}`)
    ctx.body = body
    ctx.set('Content-Type', 'text/xml;charset=UTF-8')
  }
}

async function publish(publisher: Publisher, path: string): Promise<Buffer | undefined> {
  const asked = resourceOf(path)
  if (asked === undefined) return undefined
  if (asked.kind === 'group') return await publisher.serviceGroup(asked.participant)
  return await publisher.serviceMetadata(asked.participant, asked.documentType)
}

/** Something that is no identifier is published by nobody. */
function resourceOf(path: string): SmpResource | undefined {
  try {
    return parseSmpPath(path)
  } catch (error) {
    if (error instanceof SmpError) return undefined
    throw error
  }
}

function refuse(ctx: Koa.Context, status: 404 | 405, message: string): void {
  ctx.status = status
  if (status === 405) ctx.set('Allow', 'GET, HEAD')
  ctx.type = 'text/plain'
  ctx.body = `${message}\n`
}
