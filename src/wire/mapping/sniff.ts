import { parse } from 'csv-parse/sync'
import type { Encoding } from './mapping.ts'

/* What a sample shows of how it is written. */

/** A person judges a proposal by a few rows, and so do we. */
const octetsMax = 256 * 1024
const rowsMax = 500

export interface CsvSample {
  readonly encoding: Encoding
  readonly delimiter: string
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** The encoding and delimiter that make most sense of a CSV file. */
export function sniffCsv(octets: Buffer): CsvSample {
  const encoding = encodingOf(octets)
  const label = encoding === 'utf-16' && octets[0] === 0xfe ? 'utf-16be' : encoding === 'utf-16' ? 'utf-16le' : encoding
  const text = new TextDecoder(label).decode(octets.subarray(0, octetsMax), { stream: true })
  // The last row may be cut; it is left out unless it is the only one.
  const whole = octets.length > octetsMax ? text.slice(0, text.lastIndexOf('\n') + 1) || text : text
  const tries = [';', ',', '\t', '|'].map(delimiter => ({ delimiter, rows: rowsOf(whole, delimiter) }))
  const best = tries.reduce((one, other) => (evenness(other.rows) > evenness(one.rows) ? other : one))
  const [header = [], ...rows] = best.rows
  return { encoding, delimiter: best.delimiter, header: header.map(cell => cell.trim()), rows }
}

function encodingOf(octets: Buffer): Encoding {
  if ((octets[0] === 0xff && octets[1] === 0xfe) || (octets[0] === 0xfe && octets[1] === 0xff)) return 'utf-16'
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(octets.subarray(0, octetsMax), { stream: true })
    return 'utf-8'
  } catch {
    return 'windows-1252'
  }
}

function rowsOf(text: string, delimiter: string): string[][] {
  try {
    return parse(text, {
      delimiter,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      to: rowsMax,
      bom: true,
    })
  } catch {
    return []
  }
}

/** The columns of the header, as far as other rows have as many. */
function evenness(rows: readonly (readonly string[])[]): number {
  const [header = [], ...others] = rows
  const even = others.filter(row => row.length === header.length).length
  return header.length * (others.length === 0 ? 1 : even / others.length)
}

const datePatterns: readonly (readonly [pattern: string, form: RegExp])[] = [
  ['YYYY-MM-DD', /^\d{4}-\d{2}-\d{2}/],
  ['DD/MM/YYYY', /^\d{2}\/\d{2}\/\d{4}/],
  ['DD.MM.YYYY', /^\d{2}\.\d{2}\.\d{4}/],
  ['DD-MM-YYYY', /^\d{2}-\d{2}-\d{4}/],
  ['D/M/YYYY', /^\d{1,2}\/\d{1,2}\/\d{4}/],
  ['D.M.YYYY', /^\d{1,2}\.\d{1,2}\.\d{4}/],
  ['DD/MM/YY', /^\d{2}\/\d{2}\/\d{2}$/],
  ['YYYY/MM/DD', /^\d{4}\/\d{2}\/\d{2}/],
  ['YYYYMMDD', /^20\d{6}$/],
]

/** The pattern most of the values follow; American order where a second part is more than twelve. */
export function sniffDates(values: readonly string[]): string {
  const counted = datePatterns.map(([pattern, form]) => ({
    pattern,
    fitting: values.filter(value => form.test(value.trim())),
  }))
  const best = counted.reduce((one, other) => (other.fitting.length > one.fitting.length ? other : one))
  const american = best.fitting.some(value => Number(value.trim().split(/[/.-]/)[1]) > 12)
  return american
    ? best.pattern.replaceAll(/D+|M+/g, part => part.replaceAll(/./g, part.startsWith('D') ? 'M' : 'D'))
    : best.pattern
}

/** The decimal separator of values that look like numbers. */
export function sniffDecimal(values: readonly string[]): '.' | ',' {
  const commas = values.filter(value =>
    /^-?[\d.\s\u00A0\u202F]*\d,\d{1,6}\s*[€%]?$/.test(value.slice(0, 40).trim()),
  ).length
  const points = values.filter(value =>
    /^-?[\d,\s\u00A0\u202F]*\d\.\d{1,6}\s*[€%]?$/.test(value.slice(0, 40).trim()),
  ).length
  return commas > points ? ',' : '.'
}
