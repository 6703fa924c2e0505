import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { setFilesAside, withFiles } from '../../../src/wire/invoice/set-aside.ts'

const prefix = 'X'.repeat(24)
const first = randomBytes(70_000).toString('base64')
const second = randomBytes(50_001).toString('base64')
const octetsMax = 1_000_000

async function* inChunks(text: string, size: number): AsyncGenerator<Buffer> {
  const octets = Buffer.from(text)
  for (let at = 0; at < octets.length; at += size) yield octets.subarray(at, at + size)
}

async function split(
  text: string,
  { format = 'xml', size = 4096 }: { format?: 'xml' | 'json'; size?: number } = {},
): Promise<{ document: string | undefined; files: readonly string[] }> {
  const files: string[] = []
  const ended: boolean[] = []
  const document = await setFilesAside(inChunks(text, size), {
    format,
    octetsMax,
    prefix,
    sinkFor: index => {
      files[index] = ''
      return {
        write: digits => void (files[index] += digits.toString('latin1')),
        end: async () => void (ended[index] = true),
      }
    },
  })
  if (document !== undefined) expect(ended).toEqual(files.map(() => true))
  return { document: document?.toString(), files }
}

const standIn = (index: number): string => `${prefix}0000000${index}`
const folded = (text: string, lineBreak: string): string => text.replaceAll(/.{76}/g, `$&${lineBreak}`)

describe('setting files aside', () => {
  it.each([1, 7, 4096, 1_000_000])('takes every file out and nothing else, in chunks of %i octets', async size => {
    const xml = `<?xml version="1.0"?><a n="é">short QUJD <b>${first}</b> &amp; <c>\n${second}\n</c></a>\n`
    const { document, files } = await split(xml, { size })
    expect(document).toBe(
      `<?xml version="1.0"?><a n="é">short QUJD <b>${standIn(0)}</b> &amp; <c>\n${standIn(1)}</c></a>\n`,
    )
    expect(files).toEqual([first, second])
  })

  it.each([
    ['lines', 'xml', `<a>${folded(first, '\n    ')}</a>`, `<a>${standIn(0)}</a>`],
    ['lines that end in a reference', 'xml', `<a>${folded(first, '&#13;\n')}</a>`, `<a>${standIn(0)}</a>`],
    ['a CDATA section', 'xml', `<a><![CDATA[${first}]]></a>`, `<a><![CDATA[${standIn(0)}]]></a>`],
    ['JSON', 'json', `{"a":"${first}","b":"\\"c\\\\"}`, `{"a":"${standIn(0)}","b":"\\"c\\\\"}`],
    ['escaped slashes', 'json', `{"a":"${first.replaceAll('/', '\\/')}"}`, `{"a":"${standIn(0)}"}`],
    ['escaped line breaks', 'json', `{"a":"${folded(first, '\\r\\n')}"}`, `{"a":"${standIn(0)}"}`],
  ] as const)('knows a file in %s', async (_title, format, text, left) => {
    for (const size of [1, 1000]) {
      const { document, files } = await split(text, { format, size })
      expect(document).toBe(left)
      expect(files).toEqual([first])
    }
  })

  it('knows a picture that begins with an escaped slash', async () => {
    const picture = `/9j/${first}`
    const { files } = await split(`["${picture.replaceAll('/', '\\/')}"]`, { format: 'json', size: 3 })
    expect(files).toEqual([picture])
  })

  it('puts something that is no Base64 in the place of what is none', async () => {
    expect((await split(`<a>${first.slice(0, -1)}</a>`)).document).toBe(`<a>${standIn(0).slice(0, -1)}</a>`)
    const { document } = await split(`<a>${first}!${second}</a>`)
    expect(document).toBe(`<a>${standIn(0)}!${standIn(1)}</a>`)
    const padded = await split(`<a>${'A'.repeat(70_000)}====</a>`)
    expect(padded.document).toBe(`<a>${standIn(0).slice(0, -1)}</a>`)
  })

  it.each([
    ['of 64 KiB', 'A'.repeat(64 * 1024)],
    ['of words', 'word '.repeat(30_000)],
    ['of lines of words', 'two words\n'.repeat(30_000)],
    ['of digits between other escapes', `${'A'.repeat(40_000)}&amp;${'A'.repeat(40_000)}`],
  ])('leaves a text %s where it is', async (_title, text) => {
    expect(await split(`<a>${text}</a>`)).toEqual({ document: `<a>${text}</a>`, files: [] })
  })

  it('leaves an escape whole at which the document ends', async () => {
    expect((await split('<a>&#1')).document).toBe('<a>&#1')
  })

  it('gives up on a document that is large without its files', async () => {
    const text = `<a>${'word '.repeat(octetsMax / 5)}</a>`
    expect((await split(text)).document).toBeUndefined()
    expect((await split(text, { size: 10_000_000 })).document).toBeUndefined()
  })

  it('can be undone in another document', async () => {
    const pieces: Buffer[] = []
    const other = Buffer.from(`[${standIn(1)},${standIn(0)},${standIn(1)}]`)
    for await (const piece of withFiles(other, prefix, index => inChunks(['one', 'two'][index]!, 2))) pieces.push(piece)
    expect(Buffer.concat(pieces).toString()).toBe('[two,one,two]')
  })
})
