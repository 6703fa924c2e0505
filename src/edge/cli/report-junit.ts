import { escapeAttribute, escapeText } from '../../wire/xml/index.ts'
import type { FileVerdict, VerdictReport } from './report.ts'

/** More findings of one file than these say nothing more to a person who reads a build. */
const findingsMax = 200

/**
 * One test suite with one test case for each file: a failure when it is not valid, else what the rules warn of as its output. The
 * counts stand in front of the cases, for CI systems want them there: what is kept until the end is the cases' text.
 */
export function junitReport(write: (text: string) => void): VerdictReport {
  const cases: string[] = []
  let failures = 0
  return {
    add(verdict) {
      if (!verdict.valid) failures++
      cases.push(caseOf(verdict))
    },
    end() {
      const counts = `name="passerelle validate" tests="${cases.length}" failures="${failures}" errors="0"`
      write('<?xml version="1.0" encoding="UTF-8"?>\n')
      write(`<testsuites ${counts}>\n<testsuite ${counts} skipped="0">\n`)
      for (const one of cases) write(one)
      write('</testsuite>\n</testsuites>\n')
    },
  }
}

function caseOf({ file, syntax, valid, packs, findings }: FileVerdict): string {
  const lines = findings
    .slice(0, findingsMax)
    .map(({ rule, severity, location, pointer, message }) =>
      `${severity} ${rule} ${location ?? pointer ?? ''}`.trimEnd().concat(` ${message}`),
    )
  if (findings.length > findingsMax) lines.push(`and ${findings.length - findingsMax} more`)
  const start = `<testcase classname="${attribute(syntax)}" name="${attribute(file)}">`
  const judges = `<system-out>${text([`packs: ${packs.join(', ') || 'none'}`, ...(valid ? lines : [])].join('\n'))}</system-out>`
  if (valid) return `${start}${judges}</testcase>\n`
  const worst = findings.find(({ severity }) => severity === 'fatal' || severity === 'error')
  const headline = `message="${attribute(worst?.message ?? 'invalid')}" type="${attribute(worst?.rule ?? 'invalid')}"`
  return `${start}<failure ${headline}>${text(lines.join('\n'))}</failure>${judges}</testcase>\n`
}

function text(value: string): string {
  return escapeText(printable(value))
}

function attribute(value: string): string {
  return escapeAttribute(printable(value))
}

/** What XML 1.0 has no place for may stand in a file name or in what a finding quotes. */
function printable(value: string): string {
  // oxlint-disable-next-line no-control-regex
  return value.toWellFormed().replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '\uFFFD')
}
