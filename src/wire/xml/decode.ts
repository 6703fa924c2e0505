import { isAscii, isUtf8 } from 'node:buffer'
import { XmlError } from './error.ts'

/** The text without its byte order mark. Throws `limit` past octetsMax and `encoding` for anything but UTF-8. */
export function decode(source: Buffer | string, octetsMax: number): string {
  if (typeof source === 'string') {
    // A character takes at most three octets per UTF-16 unit: short strings need no counting.
    if (source.length * 3 > octetsMax && Buffer.byteLength(source) > octetsMax) throw tooLarge(octetsMax)
    return source.charCodeAt(0) === 0xfeff ? source.slice(1) : source
  }
  if (source.length > octetsMax) throw tooLarge(octetsMax)
  const marked = source[0] === 0xef && source[1] === 0xbb && source[2] === 0xbf
  const octets = marked ? source.subarray(3) : source
  // A string of one octet per character halves the memory and doubles the speed of everything after it.
  if (isAscii(octets)) return octets.toString('latin1')
  if (!isUtf8(octets)) throw new XmlError('encoding', 'the document is not valid UTF-8')
  return octets.toString('utf8')
}

/** The encoding a document declares must be one that its octets, read as UTF-8, can have. Names are case-insensitive. [XML §4.3.3] */
export function checkDeclaredEncoding(name: string, text: string): void {
  const encoding = name.toLowerCase()
  if (encoding === 'utf-8' || encoding === 'utf8') return
  if (encoding !== 'us-ascii' && encoding !== 'ascii') {
    throw new XmlError('encoding', `encoding ${name} is declared; only UTF-8 is read`)
  }
  // oxlint-disable-next-line no-control-regex
  if (/[^\u0000-\u007F]/.test(text)) throw new XmlError('encoding', `encoding ${name} is declared, but there is more`)
}

function tooLarge(octetsMax: number): XmlError {
  return new XmlError('limit', `the document has more than ${octetsMax} octets`)
}
