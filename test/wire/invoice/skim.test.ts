import { describe, expect, it } from 'vitest'
import { skim } from '../../../src/wire/invoice/skim.ts'

const file = 'QUJD'.repeat(30_000)
const document = `<?xml version="1.0"?><a><b mimeCode="x">short</b><c name="f.pdf">${file}</c><d>end</d></a>\n`
const skimmed = `<?xml version="1.0"?><a><b mimeCode="x">short</b><c name="f.pdf"></c><d>end</d></a>\n`

async function* inChunks(text: string, size: number): AsyncGenerator<Buffer> {
  const octets = Buffer.from(text)
  for (let at = 0; at < octets.length; at += size) yield octets.subarray(at, at + size)
}

describe('skimming a document', () => {
  it.each([7, 64, 4096, 65_536, 1_000_000])(
    'leaves out embedded files and nothing else, in chunks of %i octets',
    async size => {
      expect((await skim(inChunks(document, size)))?.toString()).toBe(skimmed)
    },
  )

  it.each([
    ['has a > in an attribute', `<c name="a>b" x='">'>`, '</c>'],
    ['is a CDATA section', '<c><![CDATA[', ']]></c>'],
    ['is a comment', '<c><!--', '--></c>'],
  ])('leaves the markup whole that %s', async (_title, begin, end) => {
    for (const size of [1000, 1_000_000])
      expect((await skim(inChunks(begin + file + end, size)))?.toString()).toBe(begin + end)
  })

  it('keeps text of up to 64 KiB', async () => {
    const short = `<a>${'x'.repeat(64 * 1024 - 2)}</a>`
    expect((await skim(inChunks(short, 1000)))?.toString()).toBe(short)
  })

  it('gives up on a document that is large without its files', async () => {
    const line = `<l>${'x'.repeat(1000)}</l>`
    expect(await skim(inChunks(`<a>${line.repeat(70_000)}</a>`, 65_536))).toBeUndefined()
  })
})
