import { isoOf } from '../../kernel/index.ts'
import { facturxProfileOf } from '../../wire/facturx/index.ts'
import {
  type Finding,
  type FindingLanguage,
  readDocumentToSend,
  readInvoice,
  writeUbl,
} from '../../wire/invoice/index.ts'
import { type RuleFinding, type RuleSet, runRules } from '../../wire/schematron/index.ts'
import type { XmlDocument } from '../../wire/xml/index.ts'
import type { ChosenPack, ContainerWarning, DocumentFacts, SchemaVerdict } from '../ports.ts'
import { locateProblems, pathOf } from './locate.ts'
import { type Refused, type XmlSource, readSource, readXml } from './source.ts'
import type { DocumentsWorld, DocumentSyntax, ValidationOptions, Verdict, VerdictFinding } from './types.ts'
import { type OwnRule, sayOwn } from './words.ts'

/*
 * A verdict has three layers, each an authority on what the ones behind it are not asked again:
 *
 *   xsd     the imported schema says whether the document has the shape of its syntax. Where one judged, the model's findings on
 *           shape (rules without an official id) are left out: the schema is the standard's own word, the model is stricter.
 *   pack    the imported official rules. Of a family of rules that a pack of the verdict has (EN 16931, Peppol, BR-FR, …) the model's
 *           findings are left out, also of rules that the pack has not: the official tests are the verdict, ours are their copy, and
 *           what an official pack leaves out it leaves out on purpose (EXTENDED has no BR-S-10). What the model knows more, the
 *           pointer, goes with the pack's finding.
 *   model   our rules on the EN 16931 model: alone when nothing was imported, else those of the families that no pack has. What only
 *           sending over Peppol demands is not asked of a document that does not say it is one of Peppol's.
 *
 * The official XSLT aborts as a whole at a test that cannot be evaluated ('abc' as an amount), and is for that reason run only on
 * what the schema accepts. Our packs run in any case, because their other findings are true and wanted; but on a document that the
 * schema has refused a test that cannot be evaluated is no finding of its own: the schema has named its cause. Without a schema it is.
 */

/** A schema repeats one fault in many words; more than these nobody reads. */
const problemsMax = 200
/** As many as runRules lists at most. */
const packFindingsMax = 10_000

interface Asked {
  readonly world: DocumentsWorld
  readonly day: string
  readonly language: FindingLanguage
  /** Just these packs. */
  readonly named: readonly ChosenPack[] | undefined
}

/** Never throws for what is in the document; WireError `unknown-pack` or `not-in-force` for packs that are asked for by name. */
export async function validate(
  world: DocumentsWorld,
  document: Buffer,
  { asOf, packs = [], language = 'en' }: ValidationOptions = {},
): Promise<Verdict> {
  const day = asOf ?? isoOf(world.clock.now()).slice(0, 10)
  const named = packs.length === 0 ? undefined : world.packs.named(packs, day)
  const asked: Asked = { world, day, language, named }
  const source = await readSource(document, { pdfReader: world.pdfReader, purpose: 'rules' })
  switch (source.kind) {
    case 'refused':
      return refuse(source, asked)
    case 'xml':
      return await judgeXml(source, asked)
    case 'json':
      return await judgeJson(source.value, asked)
  }
}

function refuse({ syntax, rule, found }: Refused, { named = [], language }: Asked): Verdict {
  return verdict({ syntax, profile: null, packs: named.map(({ name }) => name) }, [own(rule, found, language)])
}

async function judgeXml(source: XmlSource, asked: Asked): Promise<Verdict> {
  const { facts, pdf } = source
  const official = await judgeOfficially(source, asked)
  const { packs, schema } = official
  const findings: VerdictFinding[] = []
  if (asked.named === undefined) {
    for (const warning of pdf?.warnings ?? []) findings.push(containerFinding(warning))
    findings.push(...official.problems)
  }
  const isInvoice = isWholeInvoice(facts)
  const model = asked.named === undefined && isInvoice ? modelFindings(source, asked.language) : []
  findings.push(...packFindings(official, model, asked.language), ...unsaid(model, { facts, official }))
  if (asked.named === undefined && !isInvoice && packs.length === 0 && schema === undefined) {
    const rule = facts.syntax === 'other' ? 'document.root' : 'document.unjudged'
    findings.push({ ...own(rule, facts.root, asked.language), location: pathOf(source.document.root) })
  }
  const judges = [...(schema === undefined ? [] : [schema.name]), ...packs.map(({ name }) => name)]
  return verdict({ syntax: facts.syntax, profile: facts.customization ?? null, packs: judges }, findings)
}

/** JSON is the model itself; the official rules then judge the UBL that would be sent. */
async function judgeJson(value: unknown, asked: Asked): Promise<Verdict> {
  const reading = readInvoice(value, { language: asked.language, toBeSent: false })
  const model = ('findings' in reading ? reading.findings : reading.warnings).map(modelFinding)
  const about = { syntax: 'json', profile: customizationOf(value) } as const
  if ('findings' in reading) {
    return verdict({ ...about, packs: (asked.named ?? []).map(({ name }) => name) }, model)
  }
  const source = readXml(writeUbl(reading.invoice), 'rules', undefined)
  if (source.kind === 'refused') return refuse({ ...source, syntax: 'json' }, asked)
  const official = await judgeOfficially(source, asked)
  // Here the model's findings say where in the JSON they are, and the packs' do not.
  const told = new Set(model.map(({ rule }) => rule))
  const findings = packFindings(official, [], asked.language).filter(({ rule }) => !told.has(rule))
  const judges = [
    ...(official.schema === undefined ? [] : [official.schema.name]),
    ...official.packs.map(({ name }) => name),
  ]
  const profile = source.facts.customization ?? null
  const kept = asked.named === undefined ? [...official.problems, ...model] : []
  return verdict({ ...about, profile, packs: judges }, [...kept, ...findings])
}

function customizationOf(value: unknown): string | null {
  const said = typeof value === 'object' && value !== null && 'customization' in value ? value.customization : undefined
  return typeof said === 'string' ? said : null
}

/* ── Schema and packs ──────────────────────────────────────────────────────────────────────── */

interface Official {
  readonly schema: SchemaVerdict | undefined
  readonly problems: readonly VerdictFinding[]
  readonly packs: readonly ChosenPack[]
  readonly found: readonly RuleFinding[]
}

async function judgeOfficially({ facts, octets, document }: XmlSource, asked: Asked): Promise<Official> {
  const { world, day, named } = asked
  const schema = named === undefined ? await world.schemas.check(octets, facts.root, { ...facts, day }) : undefined
  const packs = named ?? world.packs.choose(facts, day)
  const found = runRules(
    document.root,
    packs.map(({ rules }) => rules),
  )
  return { schema, problems: problemFindings(document, schema?.problems ?? []), packs, found }
}

function problemFindings(document: XmlDocument, problems: SchemaVerdict['problems']): readonly VerdictFinding[] {
  const told = problems.slice(0, problemsMax)
  const locations = locateProblems(document, told)
  return told.map(({ message }, index) => {
    const location = locations[index] ?? null
    return { rule: 'xsd', severity: 'error', layer: 'xsd', location, pointer: null, message }
  })
}

/** One rule that several packs share is told once for one place; the model adds where in the model that is. */
function packFindings(
  { found, problems }: Official,
  model: readonly VerdictFinding[],
  language: FindingLanguage,
): readonly VerdictFinding[] {
  const pointers = new Pointers(model)
  const told = new Set<string>()
  const findings: VerdictFinding[] = []
  for (const { rule, severity, location, message, isError } of found) {
    const key = `${rule} ${location}`
    if (told.has(key) || (isError && problems.length > 0)) continue
    told.add(key)
    findings.push({ rule, severity, layer: 'pack', location, pointer: pointers.find(rule, location), message })
  }
  // What is not listed may have been fatal: a verdict never says valid because it stopped counting.
  if (found.length >= packFindingsMax) findings.push(own('findings.limit', String(packFindingsMax), language))
  return findings
}

/** Where in the model a pack's finding is: where ours of the same rule is, when it is at the same place or the only one. */
class Pointers {
  private readonly byRule: ReadonlyMap<string, readonly VerdictFinding[]>

  constructor(model: readonly VerdictFinding[]) {
    this.byRule = Map.groupBy(model, ({ rule }) => rule)
  }

  find(rule: string, location: string): string | null {
    const same = this.byRule.get(rule) ?? []
    const [only] = same
    const there = same.find(finding => finding.location === location) ?? (same.length === 1 ? only : undefined)
    return there?.pointer ?? null
  }
}

/* ── The model ─────────────────────────────────────────────────────────────────────────────── */

/** MINIMUM and BASIC WL of Factur-X are no invoices by EN 16931: they have no lines. [Factur-X 1.08 §3] */
export function isWholeInvoice({ syntax, customization = '' }: DocumentFacts): boolean {
  if (syntax !== 'ubl' && syntax !== 'cii' && syntax !== 'facturx') return false
  const profile = facturxProfileOf(customization)
  return profile !== 'MINIMUM' && profile !== 'BASIC WL'
}

function modelFindings({ document }: XmlSource, language: FindingLanguage): readonly VerdictFinding[] {
  const reading = readDocumentToSend(document.root, { language })
  return ('findings' in reading ? reading.findings : reading.warnings).map(modelFinding)
}

function modelFinding({ rule, severity, location, pointer, message }: Finding): VerdictFinding {
  return { rule, severity, layer: 'model', location: location ?? null, pointer, message }
}

/** The verdict on an invoice in XML that neither schema nor pack judges; `model` is what a reading with every check found. */
export function modelVerdict(facts: DocumentFacts, model: readonly Finding[]): Verdict {
  const official: Official = { schema: undefined, problems: [], packs: [], found: [] }
  const about = { syntax: facts.syntax, profile: facts.customization ?? null, packs: [] }
  return verdict(about, unsaid(model.map(modelFinding), { facts, official }))
}

/** What the model finds and no other layer of the verdict is the authority on. */
function unsaid(
  model: readonly VerdictFinding[],
  { facts, official: { packs, schema } }: { readonly facts: DocumentFacts; readonly official: Official },
): readonly VerdictFinding[] {
  const judged = new Set(packs.flatMap(({ rules }) => familiesOf(rules)))
  if (schema !== undefined) judged.add('shape')
  if (!isOfPeppol(facts)) judged.add('PEPPOL')
  return model.filter(({ rule }) => !judged.has(familyOf(rule)))
}

function isOfPeppol({ customization = '', process = '' }: DocumentFacts): boolean {
  return customization.includes('peppol') || process.includes('peppol')
}

/** Rules that are made and published together, by the beginning of their ids. Those without an official id are about shape. */
const families: readonly (readonly [beginning: RegExp, family: string])[] = [
  [/^[a-z]/, 'shape'],
  [/^BR-FR-/, 'BR-FR'],
  [/^(?:BR|UBL|CII)-/, 'EN 16931'],
  [/^PEPPOL-/, 'PEPPOL'],
]

function familyOf(rule: string): string {
  return families.find(([beginning]) => beginning.test(rule))?.[1] ?? rule
}

const familiesOfRules = new WeakMap<RuleSet, readonly string[]>()

/** Of a pack: asked for every document, and told from a thousand ids. */
function familiesOf(rules: RuleSet): readonly string[] {
  const known = familiesOfRules.get(rules)
  if (known !== undefined) return known
  const found = [...new Set([...rules.ids].map(familyOf))].filter(family => family !== 'shape')
  familiesOfRules.set(rules, found)
  return found
}

/* ── Findings of our own ───────────────────────────────────────────────────────────────────── */

function own(rule: OwnRule, found: string, language: FindingLanguage): VerdictFinding {
  return {
    rule,
    severity: 'fatal',
    layer: 'xsd',
    location: null,
    pointer: null,
    message: sayOwn(rule, found, language),
  }
}

/**
 * What Factur-X wants of the PDF around the XML, e.g. `facturx.relationship`. [Factur-X 1.08 §6] Without a catalog nobody can open the PDF:
 * the XML may be whole, the document is not.
 */
function containerFinding({ code, message }: ContainerWarning): VerdictFinding {
  const severity = code === 'catalog' ? 'fatal' : 'warning'
  return { rule: `facturx.${code}`, severity, layer: 'xsd', location: null, pointer: null, message }
}

function verdict(
  about: { readonly syntax: DocumentSyntax; readonly profile: string | null; readonly packs: readonly string[] },
  findings: readonly VerdictFinding[],
): Verdict {
  const { syntax, profile, packs } = about
  const valid = findings.every(({ severity }) => severity !== 'fatal' && severity !== 'error')
  return { syntax, profile, valid, packs, findings }
}
