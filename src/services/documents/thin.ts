import { base64, base64KindOf } from '../../kernel/index.ts'

/** A longer text that is Base64 is an embedded file, not a term. */
const fileOctetsMin = 64 * 1024

const openTag = 0x3c

/** What stands for the content of a file: Base64 of three octets, as any schema and rule about Base64 wants it. */
const standIn = Buffer.from('AAAA')

/**
 * The XML with a few octets in place of every embedded file of more than 64 KiB: no rule looks into a file, and an invoice with a
 * 100 MB attachment is judged in the memory of one without. A text that is not Base64 stays, so that the schema sees it.
 */
export function withoutFiles(xml: Buffer): Buffer {
  const kept: Buffer[] = []
  let keptTo = 0
  let at = 0
  while (at < xml.length) {
    const tag = xml.indexOf(openTag, at)
    const end = tag < 0 ? xml.length : tag
    // A run goes from one tag's begin to the next one's: the text is what is behind the tag's end.
    if (end - at > fileOctetsMin) {
      const text = xml.indexOf('>', at) + 1
      if (text > 0 && end - text > fileOctetsMin && isBase64(xml, text, end)) {
        kept.push(xml.subarray(keptTo, text), standIn)
        keptTo = end
      }
    }
    if (tag < 0) break
    at = tag + 1
  }
  if (keptTo === 0) return xml
  kept.push(xml.subarray(keptTo))
  return Buffer.concat(kept)
}

function isBase64(xml: Buffer, start: number, end: number): boolean {
  let digits = 0
  let paddings = 0
  for (let at = start; at < end; at++) {
    const kind = base64KindOf[xml[at] ?? 0]
    if (kind === base64.digit && paddings === 0) digits++
    else if (kind === base64.padding) paddings++
    else if (kind !== base64.lineBreak && kind !== base64.blank) return false
  }
  return paddings <= 2 && (digits + paddings) % 4 === 0
}
