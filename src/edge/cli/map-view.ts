import type { ReportEntry, RunReport, SampleResult } from '../../wire/mapping/index.ts'
import type { Terminal } from './terminal.ts'

/** As many examples as fit on a line. */
const examplesShown = 4

/** The report of a run: what blocks, what is weak, what is not mapped. */
export function showReport(report: RunReport, terminal: Terminal): void {
  terminal.data({ report })
  const { paint } = terminal
  const { invoices, canBeSent, entries, unused } = report
  const cannot = invoices - canBeSent
  const verdict = cannot === 0 ? paint.good(`${canBeSent} can be sent`) : paint.bad(`${cannot} cannot be sent`)
  terminal.line(`${plural(invoices, 'invoice')}: ${verdict}`)
  for (const [severity, title] of [
    ['blocks', 'Keeps invoices from being sent'],
    ['weak', 'Weak, and better put right at the source'],
  ] as const) {
    const chosen = entries.filter(entry => entry.severity === severity)
    if (chosen.length > 0) terminal.line(`\n${paint.bold(title)}`)
    for (const entry of chosen) showEntry(entry, terminal)
  }
  if (unused.length > 0) terminal.line(`\n${paint.bold('In the source and not mapped')}`)
  for (const { name, invoices, example } of unused) {
    terminal.line(`  ${name}  ${paint.dim(`in ${plural(invoices, 'invoice')}, for example "${example}"`)}`)
  }
}

function showEntry({ severity, code, pointer, term, source, ...entry }: ReportEntry, terminal: Terminal): void {
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
  terminal.line(`    ${paint.dim(`${plural(entry.invoices, 'invoice')}: ${shown.join(', ')}${more}`)}`)
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

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
