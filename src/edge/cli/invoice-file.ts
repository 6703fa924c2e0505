/** Whether the first thing that is no white space or byte order mark opens a tag. */
export function isXml(octets: Buffer): boolean {
  return /^(?:\u00EF\u00BB\u00BF)?\s*</.test(octets.subarray(0, 1024).toString('latin1'))
}

/** Whether it begins as a PDF; readers allow junk before it. */
export function isPdf(octets: Buffer): boolean {
  return octets.subarray(0, 1024).includes('%PDF-')
}
