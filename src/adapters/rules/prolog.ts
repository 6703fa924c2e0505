/**
 * Why a document must not be given to a parser that knows document types: it has one, or hides its first characters in an encoding of
 * wider units. Undefined when neither is so; whether it is well-formed is for the parser to say.
 */
export function findDoctype(document: Buffer): string | undefined {
  const [first, second] = document
  const isWide =
    first === 0 || second === 0 || (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  if (isWide) return 'the encoding is neither UTF-8 nor another that begins like ASCII'
  let at = document.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 3 : 0
  for (;;) {
    at = spaceEnd(document, at)
    const end = markupEnd(document, at)
    if (end === undefined) break
    at = end
  }
  const begins = document.toString('latin1', at, at + 9).toUpperCase()
  return begins === '<!DOCTYPE' ? 'a document type (DOCTYPE) is not accepted' : undefined
}

function spaceEnd(document: Buffer, at: number): number {
  let end = at
  while (document[end] === 32 || document[end] === 9 || document[end] === 10 || document[end] === 13) end++
  return end
}

/** Behind a comment or processing instruction; undefined where none begins or it does not end. */
function markupEnd(document: Buffer, at: number): number | undefined {
  const begins = document.toString('latin1', at, at + 4)
  const mark = begins === '<!--' ? '-->' : begins.startsWith('<?') ? '?>' : undefined
  if (mark === undefined) return undefined
  const end = document.indexOf(mark, at + 2, 'latin1')
  return end < 0 ? undefined : end + mark.length
}
