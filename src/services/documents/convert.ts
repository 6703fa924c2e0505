import { type Instant, WireError } from '../../kernel/index.ts'
import { type FacturxProfile, lostIn, writeFacturxXml } from '../../wire/facturx/index.ts'
import {
  type Finding,
  type FindingLanguage,
  type Invoice,
  type PartialInvoice,
  cannotCarry,
  writeCii,
  writeUbl,
} from '../../wire/invoice/index.ts'
import { renderHtml, viewOf } from '../../wire/view/index.ts'
import type { PdfEmbedder } from '../ports.ts'
import { open } from './open.ts'
import type { Conversion, ConversionOptions, DocumentsWorld, EmbeddedFile, Opened, Target } from './types.ts'
import { unshownIn } from './unshown.ts'
import { type OwnRule, isOwnRule, sayOwn } from './words.ts'

interface Request extends ConversionOptions {
  readonly to: Target
}

type Whole = Extract<Opened, { readonly kind: 'invoice' }>

/** What a document was turned into, and which terms that leaves out. */
interface Written {
  readonly octets: Buffer
  readonly lost: readonly Finding[]
}

/** The document written as another one, and what that leaves out. Never throws for bad input. */
export async function convert(world: DocumentsWorld, document: Buffer, request: Request): Promise<Conversion> {
  const { to } = request
  const isShown = to === 'html' || to === 'pdf'
  // A page names the attachments and does not hold them.
  const language = findingLanguageOf(request)
  const opened = await open(world, document, { purpose: isShown ? 'rules' : 'files', language })
  if (opened.kind === 'unreadable') return { kind: 'unreadable', findings: opened.findings }
  if (isShown) {
    const octets = await pages[to](world, opened.invoice, request)
    const lost = to === 'pdf' ? unshownOn(world, opened.invoice, language) : []
    return { kind: 'converted', octets, mimeType: mimeTypes[to], unmapped: opened.unmapped, lost }
  }
  // A person may look at an invoice that is not whole; nothing is written of it that would pass for one.
  if (opened.kind === 'partial') return { kind: 'unreadable', findings: opened.findings }
  try {
    const written = await writers[to](world, opened, request)
    return { kind: 'converted', ...written, mimeType: mimeTypes[to], unmapped: opened.unmapped }
  } catch (error) {
    if (error instanceof UnfitPdf) return { kind: 'unreadable', findings: [error.findingIn(language)] }
    throw error
  }
}

function findingLanguageOf({ language }: Request): FindingLanguage {
  return language === 'fr' ? 'fr' : 'en'
}

/** The PDF that was brought cannot become a Factur-X. */
class UnfitPdf extends Error {
  readonly rule: OwnRule

  constructor(rule: OwnRule, cause: Error) {
    super(cause.message, { cause })
    this.rule = rule
  }

  findingIn(language: FindingLanguage): Finding {
    const { rule } = this
    return { rule, severity: 'fatal', pointer: '', message: sayOwn(rule, this.message, language), term: undefined }
  }
}

const mimeTypes: Readonly<Record<Target, string>> = {
  ubl: 'application/xml',
  cii: 'application/xml',
  json: 'application/json',
  html: 'text/html',
  pdf: 'application/pdf',
  facturx: 'application/pdf',
}

/* ── For people ────────────────────────────────────────────────────────────────────────────── */

type Show = (world: DocumentsWorld, invoice: PartialInvoice, request: Request) => Promise<Buffer>

const pages: Readonly<Record<'html' | 'pdf', Show>> = {
  html: async ({ encodeQr }, invoice, { language, branding = {} }) =>
    Buffer.from(renderHtml(viewOf(invoice, { language }), { branding, encodeQr })),
  pdf: ({ pdfWriter, clock }, invoice, { language, branding = {} }) =>
    pdfWriter.write(viewOf(invoice, { language }), { branding, at: clock.now() }),
}

/* ── For programs ──────────────────────────────────────────────────────────────────────────── */

type Write = (world: DocumentsWorld, opened: Whole, request: Request) => Promise<Written>

const writers: Readonly<Record<'ubl' | 'cii' | 'json' | 'facturx', Write>> = {
  ubl: async (_world, { invoice }, request) => ({
    octets: writeUbl(invoice),
    lost: cannotCarry(invoice, 'ubl', findingLanguageOf(request)),
  }),
  cii: async (_world, { invoice }, request) => ({
    octets: writeCii(invoice),
    lost: cannotCarry(invoice, 'cii', findingLanguageOf(request)),
  }),
  // The model itself carries every term.
  json: async (_world, { invoice }) => ({ octets: jsonOf(invoice), lost: [] }),
  facturx: writeFacturx,
}

function jsonOf(invoice: Invoice): Buffer {
  return Buffer.from(`${JSON.stringify(invoice, undefined, 2)}\n`)
}

/** What a page of ours cannot show; a reader of HTML has fonts of his own. */
function unshownOn(
  { pdfWriter }: DocumentsWorld,
  invoice: PartialInvoice,
  language: FindingLanguage,
): readonly Finding[] {
  return unshownIn(invoice, one => pdfWriter.lacking(one), language)
}

async function writeFacturx(world: DocumentsWorld, opened: Whole, request: Request): Promise<Written> {
  const { pdfWriter, clock } = world
  const { language, branding = {}, profile = 'EN 16931' satisfies FacturxProfile } = request
  const { invoice, files } = opened
  const xml = writeFacturxXml(invoice, profile)
  const embedded = { xml, profile, files: filesBeside(files) }
  const octets = request.into
    ? await embed(pdfWriter, request.into, { embedded, at: clock.now() })
    : await pdfWriter.write(viewOf(invoice, { language }), { branding, at: clock.now(), embedded })
  const findingLanguage = findingLanguageOf(request)
  const unshown = request.into === undefined ? unshownOn(world, invoice, findingLanguage) : []
  const lost = [...cannotCarry(invoice, 'cii', findingLanguage), ...lostIn(invoice, profile, findingLanguage)]
  return { octets, lost: [...lost, ...unshown] }
}

async function embed(
  pdfWriter: PdfEmbedder,
  pdf: Buffer,
  { embedded, at }: { readonly embedded: Parameters<PdfEmbedder['embed']>[1]; readonly at: Instant },
): Promise<Buffer> {
  try {
    return await pdfWriter.embed(pdf, embedded, at)
  } catch (error) {
    const rule = error instanceof WireError ? `pdf.${error.code}` : ''
    if (isOwnRule(rule)) throw new UnfitPdf(rule, error as Error)
    throw error
  }
}

/**
 * What else was in the PDF stays in it. The attachments of the invoice (BG-24) are in the XML of the richer profiles too, but nobody who
 * looks at the page can open them there. One that was in both comes once.
 */
function filesBeside(files: readonly EmbeddedFile[]): readonly EmbeddedFile[] {
  return files.filter(({ origin }) => origin !== 'xml')
}
