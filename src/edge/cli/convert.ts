import type { Target } from '../../services/documents/index.ts'
import { type FacturxProfile, facturxProfiles } from '../../wire/facturx/index.ts'
import { type Arguments, type Command, UsageError } from './command.ts'
import { conversionOptions, writeConverted } from './conversion.ts'
import { readDocumentFile } from './document-files.ts'

const targets: readonly Target[] = ['ubl', 'cii', 'facturx', 'json', 'html', 'pdf']

export const convert: Command = {
  name: 'convert',
  summary: 'Writes an invoice (JSON, UBL, CII, Factur-X) in another syntax and names what is left out.',
  usage: 'FILE --to ubl|cii|facturx|json|html|pdf [--output FILE]',
  positionals: { min: 1, max: 1 },
  options: {
    to: { type: 'string', value: 'SYNTAX', text: `${targets.join(', ')}; json is in the shape of the EN 16931 model.` },
    profile: {
      type: 'string',
      value: 'PROFILE',
      text: `Of facturx: ${facturxProfiles.join(', ')}; EN 16931 when not given.`,
    },
    pdf: {
      type: 'string',
      value: 'FILE',
      text: 'Of facturx: a PDF/A of your own that the XML is embedded in; its pages must say what the invoice says.',
    },
    ...conversionOptions,
  },
  notes: [
    'FILE - reads standard input. The amounts of XML are carried as they are; use validate to have them checked.',
    'What the model has no term for (an XPath) and what the syntax has no place for (a JSON pointer) is told on',
    'standard error, or with --json in the answer, which needs --output.',
  ],
  async run(given, terminal) {
    const to = targetOf(given)
    const profile = profileOf(given)
    if (profile !== undefined && to !== 'facturx') throw new UsageError(`--profile is for --to facturx, not ${to}`)
    const pdf = given.value('pdf')
    if (pdf !== undefined && to !== 'facturx') throw new UsageError(`--pdf is for --to facturx, not ${to}`)
    const into = pdf === undefined ? undefined : readDocumentFile(pdf)
    return await writeConverted(to, { given, terminal, options: { profile, into } })
  },
}

function targetOf(given: Arguments): Target {
  const text = given.value('to')
  const target = targets.find(one => one === text)
  if (target !== undefined) return target
  const wanted = targets.join(', ')
  throw new UsageError(text === undefined ? `convert wants --to: ${wanted}` : `--to ${text}: must be one of ${wanted}`)
}

/** Case and blanks do not matter: `en16931`, `basic-wl`. */
function profileOf(given: Arguments): FacturxProfile | undefined {
  const text = given.value('profile')
  if (text === undefined) return undefined
  const profile = facturxProfiles.find(one => bare(one) === bare(text))
  if (profile !== undefined) return profile
  throw new UsageError(`--profile ${text}: must be one of ${facturxProfiles.join(', ')}`)
}

function bare(name: string): string {
  return name.toUpperCase().replaceAll(/[\s_-]/g, '')
}
