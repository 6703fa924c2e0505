import {
  PDFArray,
  type PDFDict,
  PDFDocument,
  PDFHexString,
  PDFName,
  PDFNumber,
  type PDFObject,
  PDFRawStream,
  PDFRef,
  PDFString,
} from '@cantoo/pdf-lib'
import { type Instant, isoOf } from '../../kernel/index.ts'
import { facturxFileName, relationshipsOf } from '../../wire/facturx/index.ts'
import { dictOf, findAttachments, lookup } from './attachments.ts'
import { Budget, messageOf } from './budget.ts'
import type { EmbeddedInvoice } from './container.ts'
import { facturxPacket } from './embed-xmp.ts'
import { PdfError } from './error.ts'
import { type NamedFile, attachableFiles } from './file-names.ts'
import { hasInvoiceName, isInvoice, mayBeInvoice } from './invoice-file.ts'

export interface EmbedLimits {
  readonly contentOctetsMax: number
}

/**
 * A PDF/A that somebody brings, with the invoice in it: a Factur-X whose pages are as they were. Runs in a worker. Throws PdfError
 * `not-a-pdf`, `not-pdf-a`, `encrypted`, `signed`, `already-invoice`, `damaged` or `too-large`.
 */
export async function embedInPdf(
  pdf: Buffer,
  invoice: EmbeddedInvoice,
  { at, contentOctetsMax }: EmbedLimits & { readonly at: Instant },
): Promise<Buffer> {
  const budget = new Budget(contentOctetsMax)
  const document = await load(pdf, budget)
  const { catalog } = document
  checkUnsigned(catalog)
  const attached = findAttachments(catalog)
  const found = attached.find(one => hasInvoiceName(one) || (mayBeInvoice(one) && isInvoice(budget.unpack(one.stream))))
  if (found !== undefined) throw new PdfError('already-invoice', `The PDF already holds an invoice: ${found.name}`)
  const stream = lookup(catalog, 'Metadata')
  const packet = stream instanceof PDFRawStream ? budget.unpack(stream) : undefined
  const { octets, claimed } = facturxPacket(packet, invoice.profile)
  setMetadata(document, octets)
  if (claimed === '1') dropGlyphLists(document)
  const taken = attached.map(({ name }) => name)
  attach(document, filesOf(invoice, taken), at)
  const saved = await document.save({ useObjectStreams: false, addDefaultPage: false, updateFieldAppearances: false })
  return Buffer.from(saved)
}

async function load(pdf: Buffer, budget: Budget): Promise<PDFDocument> {
  if (!pdf.subarray(0, 1024).includes('%PDF-')) throw new PdfError('not-a-pdf', 'There is no PDF header')
  try {
    const document = await PDFDocument.load(pdf, {
      parseSpeed: Infinity,
      updateMetadata: false,
      ignoreEncryption: true,
    })
    budget.check()
    if (document.isEncrypted) throw new PdfError('encrypted', 'The PDF is encrypted, which PDF/A does not allow')
    return document
  } catch (cause) {
    budget.check()
    if (cause instanceof PdfError) throw cause
    throw new PdfError('damaged', `The PDF cannot be read: ${messageOf(cause)}`, { cause })
  }
}

/** A signature covers the octets of the file, and these become others. [ISO 32000-2 §12.8] */
function checkUnsigned(catalog: PDFDict): void {
  const form = dictOf(lookup(catalog, 'AcroForm'))
  const flags = form === undefined ? undefined : lookup(form, 'SigFlags')
  const isSigned = flags instanceof PDFNumber && (flags.asNumber() & 1) === 1
  if (isSigned || lookup(catalog, 'Perms') !== undefined) {
    throw new PdfError('signed', 'The PDF is signed, and embedding an invoice would break the signature')
  }
}

function setMetadata({ context, catalog }: PDFDocument, packet: Buffer): void {
  const stream = context.stream(packet, { Type: 'Metadata', Subtype: 'XML' })
  const place = catalog.get(PDFName.of('Metadata'))
  // In the place of the old packet, of which nothing must be left: it claims something else.
  if (place instanceof PDFRef) context.assign(place, stream)
  else catalog.set(PDFName.of('Metadata'), context.register(stream))
}

/**
 * PDF/A-1 demands a list of the glyphs that are used of a font; PDF/A-3 does without, and allows only one of all glyphs that are in it.
 * [ISO 19005-1 §6.3.5; ISO 19005-3 §6.2.11.4.2]
 */
function dropGlyphLists({ context }: PDFDocument): void {
  for (const [, object] of context.enumerateIndirectObjects()) {
    const font = dictOf(object)
    if (font === undefined || lookup(font, 'Type') !== PDFName.of('FontDescriptor')) continue
    font.delete(PDFName.of('CIDSet'))
    font.delete(PDFName.of('CharSet'))
  }
}

interface File extends NamedFile {
  readonly relationship: string
}

function filesOf({ xml, profile, files }: EmbeddedInvoice, taken: readonly string[]): readonly File[] {
  const [relationship = 'Alternative'] = relationshipsOf(profile)
  const description = 'Factur-X invoice'
  return [
    { name: facturxFileName, mimeType: 'text/xml', description, octets: xml, relationship },
    ...attachableFiles(files, taken).map(file => Object.assign(file, { relationship: 'Supplement' })),
  ]
}

/** Into the AF array of the catalog and into its name tree, which becomes one leaf with all names in order. */
function attach({ context, catalog }: PDFDocument, files: readonly File[], at: Instant): void {
  const associated = lookup(catalog, 'AF')
  const all = associated instanceof PDFArray ? associated : context.obj([])
  const names = dictOf(lookup(catalog, 'Names')) ?? context.obj({})
  const tree = dictOf(lookup(names, 'EmbeddedFiles'))
  const entries = tree === undefined ? [] : entriesOf(tree, new Set())
  for (const file of files) {
    const specification = context.register(specificationOf(context, file, at))
    all.push(specification)
    entries.push([PDFHexString.fromText(file.name), specification])
  }
  entries.sort(([a], [b]) => Buffer.compare(a.asBytes(), b.asBytes()))
  catalog.set(PDFName.of('AF'), all)
  names.set(PDFName.of('EmbeddedFiles'), context.obj({ Names: entries.flat() }))
  catalog.set(PDFName.of('Names'), names)
}

type NameEntry = [key: PDFString | PDFHexString, value: PDFObject]

function entriesOf(node: PDFDict, seen: Set<PDFDict>): NameEntry[] {
  if (seen.has(node)) return []
  seen.add(node)
  const entries: NameEntry[] = []
  const [names, kids] = [lookup(node, 'Names'), lookup(node, 'Kids')]
  if (names instanceof PDFArray) {
    for (let at = 0; at + 1 < names.size(); at += 2) {
      const key = names.lookup(at)
      if (key instanceof PDFString || key instanceof PDFHexString) entries.push([key, names.get(at + 1)])
    }
  }
  if (!(kids instanceof PDFArray)) return entries
  for (let at = 0; at < kids.size(); at += 1) {
    const kid = dictOf(kids.lookup(at))
    if (kid !== undefined) entries.push(...entriesOf(kid, seen))
  }
  return entries
}

function specificationOf(context: PDFDocument['context'], file: File, at: Instant): PDFDict {
  const { name, mimeType, description, octets, relationship } = file
  const date = PDFString.of(`D:${isoOf(at).replaceAll(/\D/gv, '').slice(0, 14)}Z`)
  const stream = context.flateStream(octets, {
    Type: 'EmbeddedFile',
    Subtype: mimeType,
    Params: { Size: octets.length, CreationDate: date, ModDate: date },
  })
  const embedded = context.register(stream)
  return context.obj({
    Type: 'Filespec',
    AFRelationship: relationship,
    F: PDFHexString.fromText(name),
    UF: PDFHexString.fromText(name),
    EF: { F: embedded, UF: embedded },
    ...(description === undefined ? {} : { Desc: PDFHexString.fromText(description) }),
  })
}
