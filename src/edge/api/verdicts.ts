import { isDay } from '../../kernel/index.ts'
import type { Invoice, Verdict } from '../../services/domain.ts'
import { Problem, readQuery, type RouteContext } from '../http/index.ts'
import { languageWanted } from './file-answer.ts'
import { type FileServices, takeKept } from './kept-document.ts'

/**
 * The verdict that was made when the invoice came or went; with `asOf` a new one, by the rules in force on that day, which changes
 * nothing that is kept.
 */
export async function giveVerdict(services: FileServices, ctx: RouteContext, invoice: Invoice): Promise<void> {
  const { asOf } = readQuery(ctx, ['asOf'])
  ctx.body =
    asOf === undefined ? await keptVerdict(services, invoice) : await judgeAgain(services, ctx, { invoice, asOf })
}

async function keptVerdict({ reader }: FileServices, { id }: Invoice): Promise<Verdict> {
  const verdict = await reader.findVerdict(id)
  if (verdict !== undefined) return verdict
  throw new Problem('not-found', `no verdict is kept of invoice ${id}; asOf=DAY makes one`)
}

async function judgeAgain(
  services: FileServices,
  ctx: RouteContext,
  { invoice, asOf }: { readonly invoice: Invoice; readonly asOf: string },
): Promise<Verdict> {
  if (!isDay(asOf)) throw new Problem('invalid-parameter', 'asOf must be a day, 2026-11-20')
  const language = languageWanted(ctx, ['en', 'fr']) ?? 'en'
  const { octets } = await takeKept(services, ctx, invoice, { files: 'none' })
  return await services.documents.validate(octets, { asOf, language })
}
