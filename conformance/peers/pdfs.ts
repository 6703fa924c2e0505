import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import PdfDocument from 'pdfkit'
import { createPdfWriter } from '../../src/adapters/pdf/index.ts'
import { instantOf } from '../../src/kernel/index.ts'
import { type FacturxProfile, facturxProfiles, lostIn, writeFacturxXml } from '../../src/wire/facturx/index.ts'
import type { Invoice } from '../../src/wire/invoice/index.ts'
import { type Language, languages, viewOf } from '../../src/wire/view/index.ts'
import { judgedInvoices } from './invoices.ts'
import type { FacturxVerdict, Judges, PdfaVerdict } from './judges.ts'
import type { Case, CaseGroup, Facts } from './matrix.ts'

/** Both judges on every file, asked once before the first row is printed. */
export interface Court {
  readonly pdfa: ReadonlyMap<string, PdfaVerdict>
  readonly facturx: ReadonlyMap<string, FacturxVerdict>
}

const at = instantOf('2026-11-21T10:00:00Z')

/** One file for the judges. */
interface Exhibit {
  readonly name: string
  readonly octets: Buffer
}

/** Writes all files to the folder, and has them judged. */
export async function openCourt(folder: string, judges: Judges): Promise<Court> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const exhibits = [...(await ours()), ...(await embedded()), ...(await spoiled())]
  const paths = exhibits.map(({ name, octets }) => {
    const path = join(folder, name)
    writeFileSync(path, octets)
    return path
  })
  const [pdfa, facturx] = [await judges.pdfa(paths), await judges.facturx(paths)]
  return { pdfa: byName(pdfa), facturx: byName(facturx) }
}

function byName<Verdict extends { readonly file: string }>(verdicts: readonly Verdict[]): ReadonlyMap<string, Verdict> {
  return new Map(verdicts.map(verdict => [basename(verdict.file), verdict]))
}

async function ours(): Promise<readonly Exhibit[]> {
  const exhibits: Exhibit[] = []
  for (const [name, invoiceOf] of Object.entries(judgedInvoices)) {
    const invoice = invoiceOf()
    for (const profile of facturxProfiles.filter(one => isJudged(name, one))) {
      for (const language of spokenIn(profile)) exhibits.push(await exhibit(name, invoice, { profile, language }))
    }
  }
  return exhibits
}

/** An invoice of several sellers can be said in EXTENDED only. */
function isJudged(name: string, profile: FacturxProfile): boolean {
  return name !== 'multi-seller' || profile === 'EXTENDED'
}

/** EN 16931 is written in all languages, every other profile in another one. */
function spokenIn(profile: FacturxProfile): readonly Language[] {
  const index = facturxProfiles.indexOf(profile)
  return profile === 'EN 16931' ? languages : languages.slice(index, index + 1)
}

interface Kind {
  readonly profile: FacturxProfile
  readonly language: Language
}

async function exhibit(name: string, invoice: Invoice, { profile, language }: Kind): Promise<Exhibit> {
  const lost = lostIn(invoice, profile).find(({ severity }) => severity === 'fatal')
  if (lost !== undefined) throw new Error(`${name}: ${lost.message}`)
  const files = (invoice.attachments ?? []).flatMap(({ file, description }) =>
    file === undefined
      ? []
      : [{ name: file.filename, mimeType: file.mimeType, description, octets: Buffer.from(file.content, 'base64') }],
  )
  const embedded = { xml: writeFacturxXml(invoice, profile), profile, files }
  const branding = { color: '#0b5d5e', footer: 'Atelier des Quais · SAS au capital de 10 000 € · RCS Nantes' }
  const octets = await createPdfWriter().write(viewOf(invoice, { language }), { branding, at, embedded })
  return { name: exhibitName(name, { profile, language }), octets }
}

function exhibitName(name: string, { profile, language }: Kind): string {
  return `${name}.${profile.replace(' ', '')}.${language}.pdf`
}

/** What a customer may bring: PDF/A of any part, made without our writer, the last one with a file and an extension schema of its own. */
const brought = {
  'PDF/A-1b': { pdfVersion: '1.4', subset: 'PDF/A-1b' },
  'PDF/A-2b': { pdfVersion: '1.7', subset: 'PDF/A-2b' },
  'PDF/A-3b': { pdfVersion: '1.7', subset: 'PDF/A-3b' },
} as const

type Brought = keyof typeof brought

function embeddedName(kind: Brought, profile: FacturxProfile): string {
  return `in ${kind.replace('/', '')}.${profile.replace(' ', '')}.embedded.pdf`
}

async function embedded(): Promise<readonly Exhibit[]> {
  const invoice = judgedInvoices['french']?.()
  if (invoice === undefined) throw new Error('the French invoice')
  await using writer = createPdfWriter()
  const files = [
    { name: 'Détails.txt', mimeType: 'text/plain', description: 'Détails & notes', octets: Buffer.from('…') },
  ]
  const exhibits: Exhibit[] = []
  for (const kind of Object.keys(brought) as Brought[]) {
    const pdf = await customersPdf(kind)
    for (const profile of facturxProfiles) {
      const octets = await writer.embed(pdf, { xml: writeFacturxXml(invoice, profile), profile, files }, at)
      exhibits.push({ name: embeddedName(kind, profile), octets })
    }
  }
  return exhibits
}

async function customersPdf(kind: Brought): Promise<Buffer> {
  const font = fileURLToPath(import.meta.resolve('@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf'))
  const document = new PdfDocument({
    ...brought[kind],
    font,
    info: { Title: 'Facture du client', CreationDate: new Date(at) },
  })
  document.text('Facture F-1, voir le fichier joint.')
  if (kind === 'PDF/A-3b') {
    const more = { relationship: 'Supplement', modifiedDate: new Date(at) }
    document.file(Buffer.from('x'), { name: 'avant.txt', type: 'text/plain', ...more })
    ;(document as unknown as { appendXML(xml: string): void }).appendXML(ownSchema)
  }
  document.end()
  return Buffer.concat((await Array.fromAsync(document)) as Buffer[])
}

const ownSchema = `<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
    xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
  <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
    <pdfaSchema:schema>Archive</pdfaSchema:schema><pdfaSchema:namespaceURI>urn:archive.example:1#</pdfaSchema:namespaceURI>
    <pdfaSchema:prefix>arc</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
      <pdfaProperty:name>Box</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType>
      <pdfaProperty:category>external</pdfaProperty:category><pdfaProperty:description>Where it lies</pdfaProperty:description>
    </rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
  <rdf:Description rdf:about="" xmlns:arc="urn:archive.example:1#"><arc:Box>7</arc:Box></rdf:Description>`

/** A defect, made by exchanging as many octets as it takes, and what the judges must say of it. */
interface Defect {
  readonly name: string
  readonly from: string
  readonly to: string
  readonly expected: Facts
}

const defects: readonly Defect[] = [
  {
    name: 'without AFRelationship',
    from: '/AFRelationship /Alternative',
    to: '/AFRelationshiq /Alternative',
    expected: {
      pdfa: '6.8-3',
      facturx: 'invalid',
      container: 'AFRelationship null is none of [Alternative, Data, Source]',
    },
  },
  {
    name: 'without the AF array of the catalog',
    from: '/AF [',
    to: '/AX [',
    expected: { pdfa: '6.8-4', facturx: 'invalid', container: 'not in the AF array of the catalog' },
  },
  {
    name: 'with a level unlike the XML',
    from: '<fx:ConformanceLevel>EN 16931<',
    to: '<fx:ConformanceLevel>EXTENDED<',
    expected: { pdfa: 'compliant', facturx: 'valid', container: 'XMP says EXTENDED, the XML is EN 16931' },
  },
]

const wrongTotal = 'with a wrong total'

async function spoiled(): Promise<readonly Exhibit[]> {
  const invoice = judgedInvoices['odd']?.()
  if (invoice === undefined) throw new Error('the odd invoice')
  const kind: Kind = { profile: 'EN 16931', language: 'fr' }
  const { octets } = await exhibit('odd', invoice, kind)
  const totals = { ...invoice.totals, payable: invoice.totals.payable.plus(invoice.totals.payable) }
  const wrong = await exhibit('odd', { ...invoice, totals }, kind)
  return [
    ...defects.map(({ name, from, to }) => ({ name: `${name}.pdf`, octets: exchanged(octets, from, to) })),
    { ...wrong, name: `${wrongTotal}.pdf` },
  ]
}

function exchanged(octets: Buffer, from: string, to: string): Buffer {
  const offset = octets.indexOf(from)
  if (offset < 0 || from.length !== to.length) throw new Error(`${from} cannot be exchanged for ${to}`)
  const copy = Buffer.from(octets)
  copy.write(to, offset, 'latin1')
  return copy
}

/* ── Rows ──────────────────────────────────────────────────────────────────────────────────── */

/** All these files pass both judges, and nothing is said of the container. */
function accepted(name: string, files: readonly string[]): Case<Court> {
  return {
    name,
    expected: { files: files.length, pdfa: files.length, facturx: files.length },
    run: async ({ pdfa, facturx }) => {
      const problem = files.map(file => problemOf(file, pdfa.get(file), facturx.get(file))).find(Boolean)
      return {
        files: files.filter(file => pdfa.has(file) && facturx.has(file)).length,
        pdfa: files.filter(file => pdfa.get(file)?.compliant === true && pdfa.get(file)?.pdfa === '3b').length,
        facturx: files.filter(file => facturx.get(file)?.valid === true).length,
        ...(problem === undefined ? {} : { problem }),
      }
    },
  }
}

function namesOf(profile: FacturxProfile): readonly string[] {
  const names = Object.keys(judgedInvoices).filter(name => isJudged(name, profile))
  return names.flatMap(name => spokenIn(profile).map(language => exhibitName(name, { profile, language })))
}

function problemOf(
  name: string,
  pdfa: PdfaVerdict | undefined,
  facturx: FacturxVerdict | undefined,
): string | undefined {
  const failure = pdfa?.failures[0]
  if (failure !== undefined) return `${name}: ${failure.clause}-${failure.test} ${failure.message}`
  if (pdfa?.error !== undefined) return `${name}: ${pdfa.error}`
  const error = facturx?.errors[0] ?? facturx?.warnings.find(({ type }) => type === 'container')
  return error === undefined ? undefined : `${name}: ${error.rule ?? error.type ?? ''} ${error.message ?? ''}`
}

/** What both say of one file: the first clause or rule. */
function wordsOf(name: string, { pdfa, facturx }: Court): Facts {
  const failure = pdfa.get(name)?.failures[0]
  const verdict = facturx.get(name)
  const container = verdict?.warnings.find(({ type }) => type === 'container')?.message
  return {
    pdfa: failure === undefined ? 'compliant' : `${failure.clause}-${failure.test}`,
    facturx: verdict?.valid === true ? 'valid' : 'invalid',
    ...(container === undefined ? {} : { container }),
  }
}

function refused({ name, expected }: Defect): Case<Court> {
  return { name: `${name} is noticed`, expected, run: async court => wordsOf(`${name}.pdf`, court) }
}

/** veraPDF and Mustang judge what our writer makes; the spoiled ones prove that they look. */
export const pdfJudges: readonly CaseGroup<Court>[] = [
  {
    name: 'PDF judges: what we write',
    cases: facturxProfiles.map(profile => accepted(`${profile} passes`, namesOf(profile))),
  },
  {
    name: 'PDF judges: what we embed in the PDF of a customer',
    cases: (Object.keys(brought) as Brought[]).map(kind =>
      accepted(
        `all profiles in a ${kind} pass`,
        facturxProfiles.map(profile => embeddedName(kind, profile)),
      ),
    ),
  },
  {
    name: 'PDF judges: what is spoiled',
    cases: [
      ...defects.map(refused),
      {
        name: `${wrongTotal} is noticed`,
        expected: { pdfa: 'compliant', facturx: 'invalid', rule: 'BR-CO-16' },
        run: async court => {
          const rules = court.facturx.get(`${wrongTotal}.pdf`)?.errors.map(({ rule }) => rule) ?? []
          return {
            ...wordsOf(`${wrongTotal}.pdf`, court),
            rule: rules.find(rule => rule === 'BR-CO-16') ?? rules.join(),
          }
        },
      },
    ],
  },
]
