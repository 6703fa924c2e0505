import { pathToFileURL } from 'node:url'
import type { VerdictFinding } from '../../services/documents/index.ts'
import type { FindingLanguage } from '../../wire/invoice/index.ts'
import { standardInput } from './document-files.ts'
import type { VerdictReport } from './report.ts'

/** SARIF knows three levels. [SARIF 2.1.0 §3.27.10] */
const levels: Readonly<Record<VerdictFinding['severity'], string>> = {
  fatal: 'error',
  error: 'error',
  warning: 'warning',
  information: 'note',
}

const schema = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json'

/**
 * One run with one result for each finding. Results are written as they come, so that thousands of files are not kept. The language is
 * that of the messages. [SARIF 2.1.0 §3.14.7]
 */
export function sarifReport(write: (text: string) => void, language: FindingLanguage): VerdictReport {
  const rules = new Map<string, number>()
  let separator = ''
  const run = `"language":"${language}","columnKind":"utf16CodeUnits"`
  write(`{"$schema":${JSON.stringify(schema)},"version":"2.1.0","runs":[{${run},"results":[`)
  return {
    add({ file, findings }) {
      for (const finding of findings) {
        const ruleIndex = rules.get(finding.rule) ?? rules.size
        rules.set(finding.rule, ruleIndex)
        write(separator + JSON.stringify(resultOf(file, finding, ruleIndex)))
        separator = ','
      }
    },
    end() {
      const driver = {
        name: 'passerelle',
        rules: [...rules.keys()].map(id => ({ id })),
      }
      write(`],"tool":${JSON.stringify({ driver })}}]}\n`)
    },
  }
}

function resultOf(file: string, finding: VerdictFinding, ruleIndex: number): object {
  const { rule, severity, layer, location, pointer, message } = finding
  const logical = logicalLocationOf(location, pointer)
  return {
    ruleId: rule,
    ruleIndex,
    level: levels[severity],
    message: { text: message || rule },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: uriOf(file) } },
        ...(logical === undefined ? {} : { logicalLocations: [logical] }),
      },
    ],
    properties: { layer, severity, ...(pointer === null ? {} : { pointer }) },
  }
}

/** In XML an element or an attribute, in JSON a value; nothing when the whole document is meant. [SARIF 2.1.0 §3.33.7] */
function logicalLocationOf(location: string | null, pointer: string | null): object | undefined {
  if (location !== null && location !== '') {
    const kind = /\/@[^/]*$/.test(location) ? 'attribute' : 'element'
    return { fullyQualifiedName: location, kind }
  }
  return pointer === null || pointer === '' ? undefined : { fullyQualifiedName: pointer, kind: 'value' }
}

/** A relative path stays relative, with what a URI does not take escaped; an absolute one is a file URI. [RFC 3986] */
function uriOf(file: string): string {
  if (file === standardInput) return 'stdin'
  if (file.startsWith('/')) return pathToFileURL(file).href
  return file
    .split('/')
    .map(step => encodeURIComponent(step))
    .join('/')
}
