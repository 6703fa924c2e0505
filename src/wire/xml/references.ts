import { isLegalCodePoint } from './characters.ts'
import { XmlError } from './error.ts'

const predefined: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['apos', "'"],
  ['quot', '"'],
])

const reference = /&(?:#(?:x([0-9a-fA-F]+)|([0-9]+))|(lt|gt|amp|apos|quot));/y

/** Character references and the five predefined entities replaced; any other ampersand is refused. [XML §4.1, §4.6] */
export function resolveReferences(value: string): string {
  let from = 0
  let result = ''
  for (let at = value.indexOf('&'); at >= 0; at = value.indexOf('&', from)) {
    reference.lastIndex = at
    const match = reference.exec(value)
    if (match === null) throw new XmlError('not-well-formed', `not a known reference: ${value.slice(at, at + 20)}`)
    const [written, hexadecimal, decimal, entity = ''] = match
    result += value.slice(from, at) + (predefined.get(entity) ?? characterOf(written, hexadecimal, decimal))
    from = at + written.length
  }
  return from === 0 ? value : result + value.slice(from)
}

function characterOf(written: string, hexadecimal: string | undefined, decimal = ''): string {
  const point = hexadecimal === undefined ? Number.parseInt(decimal, 10) : Number.parseInt(hexadecimal, 16)
  if (!isLegalCodePoint(point)) {
    throw new XmlError('illegal-character', `${written.slice(0, 20)} names no legal character`)
  }
  return String.fromCodePoint(point)
}
