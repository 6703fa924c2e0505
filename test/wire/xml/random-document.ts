/** A repeatable source of choices: mulberry32, 32 bits of state. */
export class Dice {
  private state: number

  constructor(seed: number) {
    this.state = seed >>> 0
  }

  /** An integer from 0 to below `sides`. */
  roll(sides: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let mixed = this.state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides
  }

  /** True once in `times`. */
  oneIn(times: number): boolean {
    return this.roll(times) === 0
  }

  pick<T>(list: readonly T[]): T {
    return list[this.roll(list.length)] as T
  }
}

/** Upper case, beyond ASCII, and the pair U+FB00, U+10400 whose UTF-16 order is not their code-point order. */
const prefixes = ['a', 'b', 'S12', 'ds', 'Z', '\u00e9', '\ufb00', '\u{10400}']
// Absolute, and without characters to escape: see the two tests on libxml2's deviations.
const uris = ['urn:a', 'urn:b', 'http://example.org/c', 'http://example.org/C', 'urn:a:b']
const locals = ['e', 'f', 'E', 'long-name.1', '\u00fc', '\ufb00', '\u{10400}']
const xmlAttributes = ['lang', 'space', 'base', 'id', 'other']
const values = [
  '',
  'plain',
  'two words',
  ' spaced  out ',
  'tab\there',
  'line\nline',
  'line\r\nline\rline',
  '&#9;&#10;&#13;&#x20;',
  '&lt;&gt;&amp;',
  'apos&apos;quot&quot;',
  'a > b',
  '\u00e9\u4e2d\u{1f600}&#x1F600;',
  '\u0085\u2028\u00a0',
  '&#38;amp;',
]
const spaces = [' ', '  ', '\n', '\r\n', '\t ']

/** One well-formed document of a few to some fifty nodes, seldom in canonical form. */
export function randomDocument(dice: Dice): string {
  return `${randomMisc(dice)}${randomElement(dice, new Map(), 0)}${randomMisc(dice)}`
}

/** Prefixes for a PrefixList, `#default` and unbound ones among them. */
export function randomPrefixList(dice: Dice): string[] {
  return [...prefixes, '#default', 'unbound'].filter(() => dice.oneIn(4))
}

// oxfmt-ignore
const splinters = [
  '<', '>', '/', '&', ';', '"', "'", '=', ' ', '\n', ':', '!', '?', '-', '--', ']', ']]>', '[', 'x', '0', '#', '&#', '&#x', '&amp;',
  '<![CDATA[', '<!--', '-->', '<?', '?>', 'xmlns', 'xmlns:', ' a="1"', 'xml', '<a/>', '<a>', '</a>', '&#0;', '&#xD800;', '\0',
  '\u0001', '\ufffe', '\ufeff', '\u00b7', '\u0300', '\u00d7', '\u037e', '\u0085', '\u2028', '\u{1f600}', '\u{f0000}',
]

/** The text with one or two small wounds: octets lost, put in, replaced or repeated elsewhere. Mostly no longer well-formed. */
export function mutated(dice: Dice, source: string): string {
  let text = source
  for (let left = 1 + dice.roll(2); left > 0; left--) {
    const at = dice.roll(text.length + 1)
    const kind = dice.roll(4)
    const length = dice.roll(kind === 3 ? 12 : 4)
    const piece = kind === 3 ? text.slice(dice.roll(text.length)).slice(0, length) : dice.pick(splinters)
    if (kind === 0) text = text.slice(0, at) + text.slice(at + length)
    else if (kind === 1) text = text.slice(0, at) + piece + text.slice(at + length)
    else text = text.slice(0, at) + piece + text.slice(at)
  }
  return text.toWellFormed()
}

function randomMisc(dice: Dice): string {
  let misc = ''
  while (dice.oneIn(3)) misc += dice.pick(['<!-- outside -->', '<?outside now?>', '<?bare?>', '\n', ' \r\n'])
  return misc
}

function randomElement(dice: Dice, inherited: ReadonlyMap<string, string>, depth: number): string {
  const scope = new Map(inherited)
  const written = randomDeclarations(dice, scope)
  const bound = [...scope.keys()].filter(prefix => prefix !== '')
  const prefix = bound.length > 0 && dice.oneIn(2) ? `${dice.pick(bound)}:` : ''
  const name = prefix + dice.pick(locals)
  written.push(...randomAttributes(dice, scope, bound))
  const start =
    name +
    shuffled(dice, written)
      .map(item => dice.pick(spaces) + item)
      .join('')
  const end = dice.oneIn(6) ? dice.pick(spaces) : ''
  if (depth > 0 && dice.oneIn(6)) return `<${start}${end}/>`
  return `<${start}${end}>${randomContent(dice, scope, depth)}</${name}${end}>`
}

/** Adds to the scope what it writes: new prefixes, rebound ones, the default namespace set and taken back. */
function randomDeclarations(dice: Dice, scope: Map<string, string>): string[] {
  const written = new Map<string, string>()
  while (dice.oneIn(2)) written.set(dice.pick(prefixes), dice.pick(uris))
  if (dice.oneIn(4)) written.set('', dice.oneIn(3) ? '' : dice.pick(uris))
  for (const [prefix, uri] of written) scope.set(prefix, uri)
  const declarations = [...written].map(
    ([prefix, uri]) => `xmlns${prefix === '' ? '' : ':'}${prefix}=${quoted(dice, uri)}`,
  )
  if (dice.oneIn(40)) declarations.push('xmlns:xml="http://www.w3.org/XML/1998/namespace"')
  return declarations
}

function randomAttributes(dice: Dice, scope: ReadonlyMap<string, string>, bound: readonly string[]): string[] {
  const taken = new Set<string>()
  const written: string[] = []
  while (dice.roll(5) < 2) {
    const isXml = dice.oneIn(4)
    const prefix = isXml ? 'xml' : bound.length > 0 && dice.oneIn(2) ? dice.pick(bound) : ''
    const local = dice.pick(isXml ? xmlAttributes : locals)
    const expanded = `${isXml ? 'xml' : prefix === '' ? '' : scope.get(prefix)} ${local}`
    if (taken.has(expanded)) continue
    taken.add(expanded)
    // libxml2 wants an xml:id to be a name that occurs once.
    const value = isXml && local === 'id' ? `id${dice.roll(1e9)}` : dice.pick(values)
    written.push(`${prefix === '' ? '' : `${prefix}:`}${local}${dice.oneIn(8) ? ' = ' : '='}${quoted(dice, value)}`)
  }
  return written
}

function quoted(dice: Dice, value: string): string {
  return dice.oneIn(3) ? `'${value}'` : `"${value}"`
}

function randomContent(dice: Dice, scope: ReadonlyMap<string, string>, depth: number): string {
  let content = ''
  for (let left = depth < 2 ? 2 + dice.roll(4) : dice.roll(4); left > 0; left--) {
    const kind = dice.roll(11)
    if (kind < 5 && depth < 8) content += randomElement(dice, scope, depth + 1)
    else if (kind < 8) content += dice.pick(values)
    else if (kind === 8)
      content += dice.pick(['<![CDATA[<&>]]>', '<![CDATA[]]>', '<![CDATA[ ]] \r\n"\t]]>', '<![CDATA[a]]>b'])
    else if (kind === 9) content += dice.pick(['<!-- inside -->', '<!---->', '<!-- - \r\n <a> & -->'])
    else content += dice.pick(['<?go?>', '<?go now  ?>', '<?go\ta="1"\r\n ? >?>', '<?\u00e9 \u{1f600}?>'])
  }
  return content
}

function shuffled<T>(dice: Dice, list: readonly T[]): T[] {
  const rest = [...list]
  return list.map(() => rest.splice(dice.roll(rest.length), 1)[0] as T)
}
