import { pathToFileURL } from 'node:url'
import type { VerdictFinding } from '../../services/documents/index.ts'
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

/** One run with one result for each finding. Results are written as they come, so that thousands of files are not kept. */
export function sarifReport(write: (text: string) => void): VerdictReport {
  const rules = new Map<string, number>()
  let separator = ''
  write(`{"$schema":${JSON.stringify(schema)},"version":"2.1.0","runs":[{"columnKind":"utf16CodeUnits","results":[`)
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
  const logical = location ?? pointer
  return {
    ruleId: rule,
    ruleIndex,
    level: levels[severity],
    message: { text: message || rule },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: uriOf(file) } },
        ...(logical ? { logicalLocations: [{ fullyQualifiedName: logical, kind: 'element' }] } : {}),
      },
    ],
    properties: { layer, severity, ...(pointer === null ? {} : { pointer }) },
  }
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
