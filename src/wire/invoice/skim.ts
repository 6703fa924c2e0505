/** Longer text between two tags is an embedded file, not a term of the invoice. */
const textOctetsMax = 64 * 1024
/** What is left of an invoice without its files; 10,000 lines are about 12 MB. */
const skimmedOctetsMax = 64 * 1024 * 1024

/** The limit is looked at after each chunk. */
const gatheredOctetsMax = skimmedOctetsMax + 1024 * 1024

const openTag = 0x3c
const closeTag = 0x3e

/**
 * The document with every text of more than 64 KiB left out, so that an invoice with a 100 MB attachment can be read in little
 * memory. undefined when even that is too large.
 */
export async function skim(chunks: AsyncIterable<Buffer>): Promise<Buffer | undefined> {
  const kept = new Gathered()
  // The text run under way: where it begins in what is kept, and how many octets it has. Those beyond the limit are not kept.
  let runStart = 0
  let runSize = 0
  for await (const chunk of chunks) {
    let at = 0
    while (at < chunk.length) {
      const tag = chunk.indexOf(openTag, at)
      const end = tag < 0 ? chunk.length : tag
      if (runSize < textOctetsMax) kept.add(chunk, at, Math.min(end, at + textOctetsMax - runSize))
      runSize += end - at
      if (tag < 0) break
      if (runSize > textOctetsMax) kept.replace(runStart, afterLastTag(kept.from(runStart)))
      kept.add(chunk, tag, tag + 1)
      runStart = kept.size
      runSize = 0
      at = tag + 1
    }
    if (kept.size > skimmedOctetsMax) return undefined
  }
  return kept.from(0)
}

/** Octets in one buffer that grows: slices would cost more than the few octets between two tags. */
class Gathered {
  size = 0
  private octets: Buffer = Buffer.allocUnsafe(textOctetsMax)

  add(octets: Buffer, start: number, end: number): void {
    const size = this.size + end - start
    if (size > this.octets.length) {
      const larger = Buffer.allocUnsafe(Math.max(size, Math.min(2 * this.octets.length, gatheredOctetsMax)))
      this.octets.copy(larger, 0, 0, this.size)
      this.octets = larger
    }
    octets.copy(this.octets, this.size, start, end)
    this.size = size
  }

  /** Not a copy: it holds until something is added. */
  from(start: number): Buffer {
    return this.octets.subarray(start, this.size)
  }

  /** Puts these octets in the place of all that lies behind `start`. */
  replace(start: number, octets: Buffer): void {
    const copy = Buffer.from(octets)
    this.size = start
    this.add(copy, 0, copy.length)
  }
}

const quotes: ReadonlySet<number> = new Set([0x22, 0x27])
const emptySection = Buffer.from('![CDATA[]]>')
const emptyComment = Buffer.from('!---->')

/** A run begins inside a tag, a section or a comment, which must stay whole when the text in it or behind it goes. */
function afterLastTag(begun: Buffer): Buffer {
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
