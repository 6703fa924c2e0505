import type { FindingLanguage } from '../../wire/invoice/index.ts'
import type { ReportEntry, RunReport, SampleResult } from '../../wire/mapping/index.ts'
import type { Terminal } from './terminal.ts'

/** As many examples as fit on a line. */
const examplesShown = 4

interface Words {
  readonly invoice: string
  readonly invoices: string
  readonly canBeSent: string
  readonly cannotBeSent: string
  readonly colon: string
  readonly blocks: string
  readonly weak: string
  readonly unused: string
  readonly in: string
  readonly example: string
}

const words: Readonly<Record<FindingLanguage, Words>> = {
  en: {
    invoice: 'invoice',
    invoices: 'invoices',
    canBeSent: 'can be sent',
    cannotBeSent: 'cannot be sent',
    colon: ':',
    blocks: 'Keeps invoices from being sent',
    weak: 'Weak, and better put right at the source',
    unused: 'In the source and not mapped',
    in: 'in',
    example: 'for example',
  },
  fr: {
    invoice: 'facture',
    invoices: 'factures',
    canBeSent: 'avec envoi possible',
    cannotBeSent: 'sans envoi possible',
    colon: ' :',
    blocks: "Empêche l'envoi de factures",
    weak: 'Faible, à corriger de préférence à la source',
    unused: 'Dans la source et non mappé',
    in: 'dans',
    example: 'par exemple',
  },
}

/** The report of a run: what blocks, what is weak, what is not mapped. */
export function showReport(report: RunReport, language: FindingLanguage, terminal: Terminal): void {
  terminal.data({ report })
  const { paint } = terminal
  const { invoices, canBeSent, entries, unused } = report
  const said = words[language]
  const cannot = invoices - canBeSent
  const verdict =
    cannot === 0 ? paint.good(`${canBeSent} ${said.canBeSent}`) : paint.bad(`${cannot} ${said.cannotBeSent}`)
  terminal.line(`${counted(invoices, said)}${said.colon} ${verdict}`)
  for (const severity of ['blocks', 'weak'] as const) {
    const chosen = entries.filter(entry => entry.severity === severity)
    if (chosen.length > 0) terminal.line(`\n${paint.bold(said[severity])}`)
    for (const entry of chosen) showEntry(entry, said, terminal)
  }
  if (unused.length > 0) terminal.line(`\n${paint.bold(said.unused)}`)
  for (const { name, invoices: count, example } of unused) {
    terminal.line(`  ${name}  ${paint.dim(`${said.in} ${counted(count, said)}, ${said.example} "${example}"`)}`)
  }
}

function counted(count: number, { invoice, invoices }: Words): string {
  return `${count} ${count === 1 ? invoice : invoices}`
}

function showEntry(
  { severity, code, pointer, term, source, ...entry }: ReportEntry,
  said: Words,
  terminal: Terminal,
): void {
  const { paint } = terminal
  const name = severity === 'blocks' ? paint.bad(code) : code
  const target = [source, [pointer, term === undefined ? '' : `(${term})`].filter(Boolean).join(' ')].filter(Boolean)
  terminal.line(`  ${name}  ${target.join(' → ')}`)
  terminal.line(`    ${entry.message}`)
  const shown = entry.examples.slice(0, examplesShown).map(({ value, number, place }) => {
    const where = number === '' ? place : `${number}, ${place}`
    return value === '' ? where : `"${value}" (${where})`
  })
  const more = entry.examples.length > examplesShown ? ', …' : ''
  terminal.line(`    ${paint.dim(`${counted(entry.invoices, said)}${said.colon} ${shown.join(', ')}${more}`)}`)
}

/** A sample, and every term that is not as expected. */
export function showSample(result: SampleResult, terminal: Terminal): void {
  terminal.data(result)
  const { paint } = terminal
  const { name, differences } = result
  terminal.line(`${name}: ${differences.length === 0 ? paint.good('as expected') : paint.bad('differs')}`)
  for (const { invoice, message } of differences) {
    terminal.line(`  ${invoice === undefined ? '' : `invoice ${invoice + 1} `}${message}`)
  }
}
