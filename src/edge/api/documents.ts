import { Readable } from 'node:stream'
import { WireError, isDay } from '../../kernel/index.ts'
import type {
  Conversion,
  ConversionOptions,
  Documents,
  Target,
  ValidationOptions,
  Verdict,
} from '../../services/documents/index.ts'
import { type FacturxProfile, facturxProfiles } from '../../wire/facturx/index.ts'
import type { MappingKey } from '../../services/ports.ts'
import type { Finding } from '../../wire/invoice/index.ts'
import { type Language, isColor, languages, readLogo } from '../../wire/view/index.ts'
import {
  type BodyPart,
  bodyOf,
  Problem,
  type ProblemError,
  readParameters,
  readParts,
  type RouteContext,
  type RouteEntry,
} from '../http/index.ts'
import { languageWanted, setFile } from './file-answer.ts'
import { findingLanguages, oneOf } from './parameters.ts'
import {
  type DocumentRoom,
  type TakenDocument,
  holdStream,
  holdWhole,
  takeDocument,
  wholeDocument,
} from './taken-document.ts'
import { mappedBody, mappedDocument, mappingOf, type MappingServices } from './mappings.ts'
import { brandingNamed, unfitLogo } from './tenants.ts'

export interface DocumentServices extends MappingServices, DocumentRoom {
  readonly documents: Documents
  readonly limits: { readonly bodyOctetsMax: number }
}

/** Documents that belong to no invoice of ours: judge and convert them. Nothing of them is kept. */
export function documentRoutes(services: DocumentServices): readonly RouteEntry[] {
  return [
    { method: 'post', path: '/validations', handle: ctx => validate(services, ctx) },
    { method: 'post', path: '/conversions', handle: ctx => convert(services, ctx) },
  ]
}

/* ── Validations ───────────────────────────────────────────────────────────────────────────── */

/** A form gets one verdict for each of its files, a plain body its verdict. */
async function validate(services: DocumentServices, ctx: RouteContext): Promise<void> {
  const { options, mapping } = validationOf(ctx)
  if (!isForm(ctx)) {
    const { octets } = await takeBody(services, ctx, { mapping, files: 'none' })
    ctx.body = await judge(services.documents, octets, options)
    return
  }
  const parts = withContent(await takeForm(services, ctx))
  if (parts.length === 0) throw new Problem('malformed-request', 'the form has no file')
  const verdicts: (Verdict & { readonly file: string })[] = []
  // One after the other: a form of many files takes no more memory for it than one of one.
  for (const { name, filename, octets } of parts) {
    const document = mapping === undefined ? octets : await mappedDocument(services, ctx, mapping, octets)
    verdicts.push({ file: filename ?? name, ...(await judge(services.documents, document, options)) })
  }
  ctx.body = { verdicts }
}

async function judge(documents: Documents, octets: Buffer, options: ValidationOptions): Promise<Verdict> {
  try {
    return await documents.validate(octets, options)
  } catch (cause) {
    // Only packs that are asked for by name can be wrong: what is in a document is a finding.
    if (cause instanceof WireError && (cause.code === 'unknown-pack' || cause.code === 'not-in-force')) {
      throw new Problem('invalid-parameter', `pack: ${cause.message}`, { cause })
    }
    throw cause
  }
}

interface ValidationRequest {
  readonly options: ValidationOptions
  readonly mapping: MappingKey | undefined
}

function validationOf(ctx: RouteContext): ValidationRequest {
  const query = readParameters(ctx, { asOf: 'one', pack: 'many', language: 'one', mapping: 'one', tenant: 'one' })
  const [asOf] = query.asOf
  if (asOf !== undefined && !isDay(asOf)) throw new Problem('invalid-parameter', 'asOf must be a day, 2026-11-20')
  const language =
    oneOf('language', findingLanguages, query.language[0]) ?? languageWanted(ctx, findingLanguages) ?? 'en'
  const mapping = mappingOf(query)
  return { options: { asOf, packs: query.pack, language }, mapping }
}

/* ── Conversions ───────────────────────────────────────────────────────────────────────────── */

const targets: readonly Target[] = ['ubl', 'cii', 'facturx', 'json', 'html', 'pdf']

/** The endings of the files that targets become. */
export const endingsOf: Readonly<Record<Target, string>> = {
  ubl: '.ubl.xml',
  cii: '.cii.xml',
  facturx: '.facturx.pdf',
  json: '.json',
  html: '.html',
  pdf: '.pdf',
}

async function convert(services: DocumentServices, ctx: RouteContext): Promise<void> {
  const request = conversionOf(ctx)
  if (isForm(ctx)) {
    await convertForm(services, ctx, request)
    return
  }
  const taken = await takeBody(services, ctx, { mapping: request.mapping, files: filesOf(request.to) })
  await convertGiven(services, ctx, taken, request)
}

async function convertForm(services: DocumentServices, ctx: RouteContext, request: ConversionRequest): Promise<void> {
  const { to, options, mapping } = request
  const parts = await takeForm(services, ctx)
  const logo = parts.find(({ name }) => name === 'logo')
  const pages = parts.find(({ name }) => name === 'pdf')
  if (pages !== undefined && to !== 'facturx') throw new Problem('invalid-parameter', 'pdf goes with to=facturx')
  const [document, more] = withContent(parts.filter(part => part !== logo && part !== pages))
  if (document === undefined || more !== undefined) {
    throw new Problem(
      'malformed-request',
      'a conversion takes one document, and beside it a logo and the pdf to embed it in',
    )
  }
  // An empty field of a browser's form is no logo.
  const given = logo?.octets.length === 0 ? undefined : logo?.octets
  if (given !== undefined && readLogo(given) === undefined) throw new Problem('invalid-parameter', unfitLogo)
  const branding = { ...options.branding, ...(given === undefined ? {} : { logo: given }) }
  const asked = { ...options, branding, into: pages?.octets }
  const octets = mapping === undefined ? document.octets : await mappedDocument(services, ctx, mapping, document.octets)
  await convertGiven(services, ctx, { octets, aside: undefined }, { ...request, options: asked })
}

/** With the look of its tenant. */
async function convertGiven(
  services: DocumentServices,
  ctx: RouteContext,
  taken: TakenDocument,
  { tenant, options, to, isReport }: ConversionRequest,
): Promise<void> {
  // What the call itself says of the look goes before what is known of the tenant.
  const branding = { ...(await brandingNamed(services, tenant)), ...options.branding }
  const filename = `document${endingsOf[to]}`
  await convertTaken(services, ctx, taken, { to, isReport, options: { ...options, branding }, filename })
}

/** What is shown names the files and does not hold them. */
export function filesOf(to: Target): 'none' | 'answer' {
  return to === 'html' || to === 'pdf' ? 'none' : 'answer'
}

interface Conversing extends Pick<ConversionRequest, 'to' | 'isReport' | 'options'> {
  readonly filename: string
}

/**
 * The answer is what a document was converted to. Files that were set aside come back in as it leaves; in a Factur-X they are files of
 * the PDF too, and in a report Base64 of the whole, so that these must be held in memory.
 */
export async function convertTaken(
  services: Pick<DocumentServices, 'documents' | keyof DocumentRoom>,
  ctx: RouteContext,
  taken: TakenDocument,
  { to, isReport, options, filename }: Conversing,
): Promise<void> {
  const { aside } = taken
  const isHeld = isReport || to === 'facturx'
  const document = isHeld ? await holdWhole(services, ctx, taken) : taken.octets
  const converted = readable(await services.documents.convert(document, to, options))
  if (isReport) {
    const { octets, mimeType, unmapped, lost } = converted
    ctx.body = { mimeType, content: octets.toString('base64'), unmapped, lost }
    return
  }
  answerConverted(ctx, converted, filename)
  if (aside !== undefined && !isHeld) ctx.body = Readable.from(wholeDocument(converted.octets, aside))
}

/** What cannot be carried over is counted in a header; the report names it. */
function answerConverted(ctx: RouteContext, converted: Converted, filename: string): void {
  const { octets, mimeType, unmapped, lost } = converted
  // Of a poorer profile of Factur-X less is expected: its losses are warnings, and losses all the same.
  const losses = lost.filter(({ rule, severity }) => severity === 'fatal' || /^(?:facturx|pdf)\./.test(rule))
  const left = losses.length + unmapped.length
  ctx.set('Passerelle-Left-Out', String(left))
  setFile(ctx, { filename, mimeType, octets, isOurs: true })
}

type Converted = Extract<Conversion, { readonly kind: 'converted' }>

/** Throws Problem `not-convertible` with the findings. */
function readable(conversion: Conversion): Converted {
  if (conversion.kind === 'converted') return conversion
  throw notConvertible(conversion.findings)
}

/** The document cannot be read, for these reasons. */
export function notConvertible(findings: readonly Finding[]): Problem {
  const errors: readonly ProblemError[] = findings.map(finding => ({ ...finding }))
  const fatal = findings.find(({ severity }) => severity === 'fatal')
  return new Problem('not-convertible', fatal?.message ?? 'the document cannot be read as an invoice', { errors })
}

interface ConversionRequest {
  readonly to: Target
  readonly isReport: boolean
  readonly options: ConversionOptions
  readonly mapping: MappingKey | undefined
  readonly tenant: string | undefined
}

function conversionOf(ctx: RouteContext): ConversionRequest {
  const query = readParameters(ctx, {
    to: 'one',
    profile: 'one',
    language: 'one',
    color: 'one',
    footer: 'one',
    report: 'one',
    mapping: 'one',
    tenant: 'one',
  })
  const to = oneOf('to', targets, query.to[0])
  if (to === undefined) throw new Problem('invalid-parameter', `to must be given: ${targets.join(', ')}`)
  const profile: FacturxProfile | undefined = oneOf('profile', facturxProfiles, query.profile[0])
  if (profile !== undefined && to !== 'facturx') throw new Problem('invalid-parameter', 'profile goes with to=facturx')
  const language: Language | undefined =
    oneOf('language', languages, query.language[0]) ?? languageWanted(ctx, languages)
  const [color] = query.color
  if (color !== undefined && !isColor(color)) {
    throw new Problem('invalid-parameter', 'color must be # and six hexadecimal digits, the # written as %23')
  }
  const [footer] = query.footer
  const branding = { ...(color === undefined ? {} : { color }), ...(footer === undefined ? {} : { footer }) }
  const isReport = oneOf('report', ['true', 'false'] as const, query.report[0]) === 'true'
  const [tenant] = query.tenant
  const mapping = query.mapping.length === 0 ? undefined : mappingOf(query)
  return { to, isReport, options: { profile, language, branding }, mapping, tenant }
}

/* ── Requests ──────────────────────────────────────────────────────────────────────────────── */

interface TakingBody {
  readonly mapping: MappingKey | undefined
  readonly files: 'none' | 'answer'
}

/** The document that is the body, or that a mapping makes of it: an export is mapped with all that is in it. */
async function takeBody(
  services: DocumentServices,
  ctx: RouteContext,
  { mapping, files }: TakingBody,
): Promise<TakenDocument> {
  if (mapping !== undefined) return { octets: await mappedBody(services, ctx, mapping), aside: undefined }
  return await takeDocument(services, ctx, bodyOf(ctx, services.limits.bodyOctetsMax), { files })
}

function isForm(ctx: RouteContext): boolean {
  return ctx.is('multipart/form-data') === 'multipart/form-data'
}

/** A form field that is left empty in a browser is a file without name and content. */
function withContent(parts: readonly BodyPart[]): readonly BodyPart[] {
  return parts.filter(({ filename, octets }) => filename !== '' || octets.length > 0)
}

/** In memory: its parts are views of the whole. */
async function takeForm(services: DocumentServices, ctx: RouteContext): Promise<readonly BodyPart[]> {
  return readParts(ctx, await holdStream(services, ctx, bodyOf(ctx, services.limits.bodyOctetsMax)))
}
