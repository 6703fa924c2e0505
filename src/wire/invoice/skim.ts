/** Longer text between two tags is an embedded file, not a term of the invoice. */
const textOctetsMax = 64 * 1024
/** What is left of an invoice without its files; 10,000 lines are about 12 MB. */
const skimmedOctetsMax = 64 * 1024 * 1024

const openTag = 0x3c
const closeTag = 0x3e

/**
 * The document with every text of more than 64 KiB left out, so that an invoice with a 100 MB attachment can be read in little
 * memory. undefined when even that is too large.
 */
export async function skim(chunks: AsyncIterable<Buffer>): Promise<Buffer | undefined> {
  const kept: Buffer[] = []
  let size = 0
  // The text run under way: its octets as long as they are few, and how many there were.
  let run: Buffer[] = []
  let runSize = 0

  function keep(octets: Buffer): void {
    kept.push(octets)
    size += octets.length
  }

  for await (const chunk of chunks) {
    let at = 0
    while (at < chunk.length) {
      const tag = chunk.indexOf(openTag, at)
      const end = tag < 0 ? chunk.length : tag
      const text = chunk.subarray(at, end)
      if (runSize < textOctetsMax) run.push(text.subarray(0, textOctetsMax - runSize))
      runSize += text.length
      if (tag < 0) break
      if (runSize <= textOctetsMax) run.forEach(keep)
      else keep(afterLastTag(run))
      run = []
      runSize = 0
      keep(chunk.subarray(tag, tag + 1))
      at = tag + 1
    }
    if (size > skimmedOctetsMax) return undefined
  }
  run.forEach(keep)
  return Buffer.concat(kept)
}

const quotes: ReadonlySet<number> = new Set([0x22, 0x27])
const emptySection = Buffer.from('![CDATA[]]>')
const emptyComment = Buffer.from('!---->')

/** A run begins inside a tag, a section or a comment, which must stay whole when the text in it or behind it goes. */
function afterLastTag(run: readonly Buffer[]): Buffer {
  const begun = Buffer.concat(run)
  if (begun.subarray(0, 8).equals(emptySection.subarray(0, 8))) return emptySection
  if (begun.subarray(0, 3).equals(emptyComment.subarray(0, 3))) return emptyComment
  let quote: number | undefined
  for (const [index, octet] of begun.entries()) {
    if (quote !== undefined) quote = octet === quote ? undefined : quote
    else if (quotes.has(octet)) quote = octet
    else if (octet === closeTag) return begun.subarray(0, index + 1)
  }
  // A tag of more than 64 KiB: the reader refuses what is left of it.
  return begun
}
