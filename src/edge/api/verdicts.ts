import { isDay, isoOf } from '../../kernel/index.ts'
import type { Invoice, Verdict, VerdictFinding } from '../../services/domain.ts'
import type { FindingLanguage } from '../../wire/invoice/index.ts'
import { Problem, readQuery, type RouteContext } from '../http/index.ts'
import { languageWanted } from './file-answer.ts'
import { type FileServices, takeKept } from './kept-document.ts'
import { findingLanguages, oneOf } from './parameters.ts'

/**
 * The verdict that was made when the invoice came or went; with `asOf` a new one, by the rules in force on that day, which changes
 * nothing that is kept.
 */
export async function giveVerdict(services: FileServices, ctx: RouteContext, invoice: Invoice): Promise<void> {
  const query = readQuery(ctx, ['asOf', 'language'])
  const language = oneOf('language', findingLanguages, query.language)
  const again = (asOf: string, said: FindingLanguage): Promise<Verdict> =>
    judgeAgain(services, ctx, { invoice, asOf, language: said })
  if (query.asOf !== undefined) {
    ctx.body = await again(query.asOf, language ?? languageWanted(ctx, findingLanguages) ?? 'en')
    return
  }
  const kept = await keptVerdict(services, invoice)
  const day = isoOf(invoice.transmission.createdAt).slice(0, 10)
  ctx.body = language === undefined || kept.findings.length === 0 ? kept : said(kept, await again(day, language))
}

async function keptVerdict({ reader }: FileServices, { id }: Invoice): Promise<Verdict> {
  const verdict = await reader.findVerdict(id)
  if (verdict !== undefined) return verdict
  throw new Problem('not-found', `no verdict is kept of invoice ${id}; asOf=DAY makes one`)
}

interface Question {
  readonly invoice: Invoice
  readonly asOf: string
  readonly language: FindingLanguage
}

async function judgeAgain(
  services: FileServices,
  ctx: RouteContext,
  { invoice, asOf, language }: Question,
): Promise<Verdict> {
  if (!isDay(asOf)) throw new Problem('invalid-parameter', 'asOf must be a day, 2026-11-20')
  const { octets } = await takeKept(services, ctx, invoice, { files: 'none' })
  return await services.documents.validate(octets, { asOf, language })
}

/**
 * A kept verdict in other words. What it found stays, whatever has been imported since; just the sentences are those of a verdict on
 * the same document in the other language, and a finding that this one does not have keeps its own.
 */
function said(kept: Verdict, translated: Verdict): Verdict {
  const words = new Map(translated.findings.map(finding => [placeOf(finding), finding.message]))
  const findings = kept.findings.map(finding => ({
    ...finding,
    message: words.get(placeOf(finding)) ?? finding.message,
  }))
  return { ...kept, findings }
}

function placeOf({ rule, layer, location, pointer }: VerdictFinding): string {
  return JSON.stringify([rule, layer, location, pointer])
}
