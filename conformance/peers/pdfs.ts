import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
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
  readonly profile: FacturxProfile
  readonly octets: Buffer
}

/** Writes all files to the folder, and has them judged. */
export async function openCourt(folder: string, judges: Judges): Promise<Court> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const exhibits = [...(await ours()), ...(await spoiled())]
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

/** Every invoice in every profile in one language, and as EN 16931 in all of them. */
async function ours(): Promise<readonly Exhibit[]> {
  const exhibits: Exhibit[] = []
  for (const [name, invoiceOf] of Object.entries(judgedInvoices)) {
    const invoice = invoiceOf()
    for (const [index, profile] of facturxProfiles.entries()) {
      const spoken = profile === 'EN 16931' ? languages : languages.slice(index, index + 1)
      for (const language of spoken) exhibits.push(await exhibit(name, invoice, { profile, language }))
    }
  }
  return exhibits
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
  return { name: `${name}.${profile.replace(' ', '')}.${language}.pdf`, profile, octets }
}

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
  const { octets, profile } = await exhibit('odd', invoice, kind)
  const totals = { ...invoice.totals, payable: invoice.totals.payable.plus(invoice.totals.payable) }
  const wrong = await exhibit('odd', { ...invoice, totals }, kind)
  return [
    ...defects.map(({ name, from, to }) => ({ name: `${name}.pdf`, profile, octets: exchanged(octets, from, to) })),
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

/** All files that the writer made of one profile pass both judges, and nothing is said of the container. */
function accepted(profile: FacturxProfile): Case<Court> {
  const invoices = Object.keys(judgedInvoices).length
  const files = profile === 'EN 16931' ? invoices * languages.length : invoices
  return {
    name: `${profile} passes`,
    expected: { files, pdfa: files, facturx: files },
    run: async ({ pdfa, facturx }) => {
      const mark = `.${profile.replace(' ', '')}.`
      const names = [...pdfa.keys()].filter(name => name.includes(mark))
      const problems = names.map(name => problemOf(name, pdfa.get(name), facturx.get(name)))
      const problem = problems.find(Boolean)
      return {
        files: names.length,
        pdfa: names.filter(name => pdfa.get(name)?.compliant === true && pdfa.get(name)?.pdfa === '3b').length,
        facturx: names.filter(name => facturx.get(name)?.valid === true).length,
        ...(problem === undefined ? {} : { problem }),
      }
    },
  }
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
  { name: 'PDF judges: what we write', cases: facturxProfiles.map(accepted) },
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
