/** What an octet can be in a text of Base64. [RFC 4648 §4] */
export const base64 = { other: 0, digit: 1, padding: 2, lineBreak: 3, blank: 4 } as const

/** By octet. */
export const base64KindOf: Uint8Array = kindTable()

function kindTable(): Uint8Array {
  const table = new Uint8Array(256).fill(base64.other)
  for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/') {
    table[character.charCodeAt(0)] = base64.digit
  }
  table['='.charCodeAt(0)] = base64.padding
  for (const character of '\r\n') table[character.charCodeAt(0)] = base64.lineBreak
  for (const character of ' \t') table[character.charCodeAt(0)] = base64.blank
  return table
}
