import { writeFileSync } from 'node:fs'
import type { Conversion, ConversionOptions, Target } from '../../services/documents/index.ts'
import type { Finding } from '../../wire/invoice/index.ts'
import { type Language, isColor, languages, readLogo } from '../../wire/view/index.ts'
import { type Arguments, type ExitCode, type Option, UsageError } from './command.ts'
import { readDocumentFile } from './document-files.ts'
import { engineFor } from './documents.ts'
import type { Terminal } from './terminal.ts'

/** How a rendered invoice looks, and where what is written goes: of convert and render. */
export const conversionOptions: Readonly<Record<string, Option>> = {
  language: {
    type: 'string',
    value: 'LANGUAGE',
    text: `Of html, pdf and facturx: ${languages.join(', ')}; that of the seller's country when not given.`,
  },
  logo: { type: 'string', value: 'FILE', text: 'PNG or JPEG at the head of html, pdf and facturx.' },
  color: { type: 'string', value: '#RRGGBB', text: 'Of headings and rules.' },
  footer: { type: 'string', value: 'TEXT', text: 'A line at the foot of every page.' },
  output: { type: 'string', short: 'o', value: 'FILE', text: 'Written there instead of to standard output.' },
}

const binaryTargets: ReadonlySet<Target> = new Set<Target>(['pdf', 'facturx'])

/** Reads the one file of the command line and writes it as `to`. Throws UsageError. */
export async function writeConverted(
  to: Target,
  { given, terminal, options = {} }: { given: Arguments; terminal: Terminal; options?: ConversionOptions },
): Promise<ExitCode> {
  const output = given.value('output')
  if (terminal.json && output === undefined) {
    throw new UsageError('--json goes with --output: standard output is for one of the two')
  }
  if (binaryTargets.has(to) && output === undefined && terminal.isScreen.output) {
    throw new UsageError(`${to} is binary and would only confuse the terminal: give --output FILE, or redirect`)
  }
  const [file = ''] = given.positionals
  const asked = { ...options, language: languageOf(given), branding: brandingOf(given) }
  await using engine = engineFor(given, 1)
  const conversion = await engine.convert(readDocumentFile(file), to, asked)
  if (conversion.kind === 'unreadable') return refuse(conversion.findings, terminal)
  if (output === undefined) terminal.raw(conversion.octets)
  else write(output, conversion.octets)
  tell(conversion, output, terminal)
  return 0
}

function languageOf(given: Arguments): Language | undefined {
  const text = given.value('language')
  if (text === undefined) return undefined
  const language = languages.find(one => one === text)
  if (language !== undefined) return language
  throw new UsageError(`--language ${text}: must be one of ${languages.join(', ')}`)
}

function brandingOf(given: Arguments): ConversionOptions['branding'] {
  const [logo, color, footer] = [given.value('logo'), given.value('color'), given.value('footer')]
  if (color !== undefined && !isColor(color)) {
    throw new UsageError(`--color ${color}: must be # and six hexadecimal digits`)
  }
  return {
    ...(logo === undefined ? {} : { logo: logoIn(logo) }),
    ...(color === undefined ? {} : { color }),
    ...(footer === undefined ? {} : { footer }),
  }
}

function logoIn(file: string): Buffer {
  const octets = readDocumentFile(file)
  if (readLogo(octets) !== undefined) return octets
  throw new UsageError(
    `--logo ${file}: must be a PNG, or a JPEG in grey or YCbCr, whole and of at most 16 million pixels`,
  )
}

function write(output: string, octets: Buffer): void {
  try {
    writeFileSync(output, octets)
  } catch (cause) {
    throw new UsageError(`--output ${output} cannot be written: ${(cause as Error).message}`, { cause })
  }
}

function refuse(findings: readonly Finding[], terminal: Terminal): 1 {
  terminal.failure('the document cannot be read as an invoice', { code: 'not-convertible', errors: findings })
  for (const { severity, rule, location, pointer, message } of findings) {
    if (severity === 'fatal')
      terminal.line(`  ${terminal.paint.bad(rule)}  ${location ?? (pointer || '/')}  ${message}`)
  }
  return 1
}

function tell(
  { unmapped, lost }: Extract<Conversion, { kind: 'converted' }>,
  output: string | undefined,
  terminal: Terminal,
): void {
  terminal.data({ output, unmapped, lost })
  if (terminal.json) return
  for (const place of unmapped) terminal.failure(`left out, as the model has no term for it: ${place}`)
  for (const { message } of lost) terminal.failure(message)
}
