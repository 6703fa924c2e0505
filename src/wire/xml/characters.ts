const nameStart = 1
const nameRest = 2
const space = 4

/** What an ASCII character may be; the colon is left out because Namespaces in XML gives it a meaning of its own. */
const asciiClasses = new Uint8Array(128)
for (let code = 0; code < 128; code++) {
  const character = String.fromCharCode(code)
  if (/[A-Za-z_]/.test(character)) asciiClasses[code] = nameStart | nameRest
  else if (/[-.0-9]/.test(character)) asciiClasses[code] = nameRest
  else if (/[\t\n\r ]/.test(character)) asciiClasses[code] = space
}

// Ranges of [XML §2.3] productions 4 and 4a beyond ASCII.
const startBeyondAscii =
  /^[\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\u{10000}-\u{EFFFF}]$/u
const restBeyondAscii = /^(?:\u00B7|[\u0300-\u036F]|[\u203F-\u2040])$/u

/** UTF-16 units that the character at `at` takes when it may start an NCName, otherwise 0. [XML-NAMES §3] */
export function nameStartLength(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  if (unit < 128) return (asciiClasses[unit] ?? 0) & nameStart
  return lengthBeyondAscii(text, at, false)
}

/** Index of the first character from `at` on that cannot continue an NCName. */
export function nameEnd(text: string, at: number): number {
  let position = at
  for (;;) {
    const unit = text.charCodeAt(position)
    if (unit < 128) {
      if (((asciiClasses[unit] ?? 0) & nameRest) === 0) return position
      position++
    } else {
      const length = lengthBeyondAscii(text, position, true)
      if (length === 0) return position
      position += length
    }
  }
}

function lengthBeyondAscii(text: string, at: number, rest: boolean): 0 | 1 | 2 {
  const point = text.codePointAt(at)
  if (point === undefined) return 0
  const character = String.fromCodePoint(point)
  if (!startBeyondAscii.test(character) && !(rest && restBeyondAscii.test(character))) return 0
  return point > 0xffff ? 2 : 1
}

/** Index of the first character from `at` on that is no white space. [XML §2.3] */
export function spaceEnd(text: string, at: number): number {
  let position = at
  while (((asciiClasses[text.charCodeAt(position)] ?? 0) & space) !== 0) position++
  return position
}

// Lone surrogates are looked for apart: isWellFormed() is native, a regular expression with the u flag is four times slower.
// oxlint-disable-next-line no-control-regex
const illegal = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/

/** The first character outside the Char production, or undefined. [XML §2.2] */
export function findIllegalCharacter(text: string): { readonly offset: number; readonly name: string } | undefined {
  const control = illegal.exec(text)
  if (control !== null) return { offset: control.index, name: nameOf(text.charCodeAt(control.index)) }
  if (text.isWellFormed()) return undefined
  const offset = text.search(/\p{Surrogate}/u)
  return { offset, name: nameOf(text.charCodeAt(offset)) }
}

/** Whether a character reference may name this code point. [XML §4.1 WFC: Legal Character] */
export function isLegalCodePoint(point: number): boolean {
  if (point < 0x20) return point === 0x9 || point === 0xa || point === 0xd
  return point <= 0xd7ff || (point >= 0xe000 && point <= 0xfffd) || (point >= 0x10000 && point <= 0x10ffff)
}

function nameOf(unit: number): string {
  return `U+${unit.toString(16).toUpperCase().padStart(4, '0')}`
}

/**
 * Code-point order, as C14N asks. UTF-16 order differs where surrogates (U+10000 and up) meet U+E000 to U+FFFF. [C14N §2.2]
 * Negative, zero or positive like a comparator of Array.sort.
 */
export function compareCodePoints(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index)
    const right = b.charCodeAt(index)
    if (left !== right) return left >= 0xd800 && right >= 0xd800 ? rankOf(left) - rankOf(right) : left - right
  }
  return a.length - b.length
}

function rankOf(unit: number): number {
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000
}
