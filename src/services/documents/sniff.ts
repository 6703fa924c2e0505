/** What the first octets say a document is. */
export type Format = 'xml' | 'json' | 'pdf' | 'empty' | 'unknown'

/** Readers of PDF look for the header this far. [ISO 32000-1 Annex H, note 13] */
const pdfHeaderWithin = 1024

/** Never looks at a name or a media type: senders get both wrong. Byte order marks and white space in front do not matter. */
export function formatOf(document: Buffer): Format {
  const head = document.subarray(0, pdfHeaderWithin)
  // UTF-16 has a zero octet beside every character of markup; that it is not read is the parser's word.
  const start = head
    .toString('latin1')
    .replace(/^(?:\u00EF\u00BB\u00BF|\u00FE\u00FF|\u00FF\u00FE)/, '')
    .replaceAll('\u0000', '')
    .trimStart()
  if (start.startsWith('<')) return 'xml'
  if (start.includes('%PDF-')) return 'pdf'
  if (start.startsWith('{') || start.startsWith('[')) return 'json'
  // White space may go on for longer than the head.
  if (start !== '' || document.length > pdfHeaderWithin) return start === '' ? formatBehind(document) : 'unknown'
  return 'empty'
}

function formatBehind(document: Buffer): Format {
  let at = pdfHeaderWithin
  while (at < document.length && isSpace(document[at] ?? 0)) at++
  if (at === document.length) return 'empty'
  return formatOf(document.subarray(at))
}

function isSpace(octet: number): boolean {
  return octet === 0x20 || octet === 0x09 || octet === 0x0a || octet === 0x0d
}
