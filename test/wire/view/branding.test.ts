import { describe, expect, it } from 'vitest'
import { paletteOf, readLogo } from '../../../src/wire/view/index.ts'
import { jpeg, png } from '../../support/png.ts'

describe('a logo', () => {
  it.each([
    ['RGB with alpha', png()],
    ['RGB of 16 bits', png({ color: 2, bits: 16 })],
    ['grey of 1 bit', png({ color: 0, bits: 1 })],
    ['grey with alpha', png({ color: 4 })],
    ['a palette', png({ color: 3, bits: 4, palette: Buffer.alloc(6) })],
    // Adam7 of 3 × 2 pixels has passes 1, 4, 5, 6 and 7: 1 × 1, 1 × 1, 2 × 0, 1 × 1 and 3 × 1 pixels of 4 octets.
    ['interlaced', png({ interlace: 1, rows: Buffer.alloc(5 + 5 + 5 + 13) })],
  ])('may be a PNG: %s', (_, octets) => {
    expect(readLogo(octets)).toEqual({ mimeType: 'image/png', width: 3, height: 2, octets })
  })

  it.each([
    ['colour', jpeg()],
    ['grey', jpeg({ channels: 1 })],
    ['progressive', jpeg({ frame: 0xc2 })],
  ])('may be a JPEG: %s', (_, octets) => {
    expect(readLogo(octets)).toEqual({ mimeType: 'image/jpeg', width: 3, height: 2, octets })
  })

  it.each([
    ['nothing', undefined],
    ['empty', Buffer.alloc(0)],
    ['text', Buffer.from('<svg/>')],
    ['a PNG cut short', png().subarray(0, -1)],
    ['a PNG without its end', png().subarray(0, -12)],
    ['a PNG with a wrong checksum', flipped(png(), 30)],
    ['a PNG of a colour type that is none', png({ color: 5 })],
    ['a PNG of a depth that is none', png({ color: 2, bits: 4 })],
    ['a PNG of an interlacing that is none', png({ interlace: 2 })],
    ['a PNG without pixels', png({ width: 0 })],
    ['a PNG of too many pixels', png({ width: 4001, height: 4000, color: 0, bits: 1 })],
    ['a PNG of a compression that is none', png({ methods: [1, 0] })],
    ['a PNG of a filtering that is none', png({ methods: [0, 1] })],
    ['a PNG with a row missing', png({ rows: Buffer.alloc(13) })],
    ['a PNG with a row too many', png({ rows: Buffer.alloc(39) })],
    ['a PNG with a filter that is none', png({ rows: Buffer.alloc(26, 5) })],
    ['a PNG of a palette without one', png({ color: 3 })],
    ['a PNG of a palette with half a colour', png({ color: 3, palette: Buffer.alloc(4) })],
    ['a PNG whose pixels do not inflate', damagedPixels()],
    ['a JPEG in CMYK', jpeg({ channels: 4 })],
    ['a JPEG of 12 bits', jpeg({ bits: 12 })],
    ['a JPEG without pixels', jpeg({ width: 0 })],
    ['a lossless JPEG', jpeg({ frame: 0xc3 })],
    ['a JPEG without an end', jpeg().subarray(0, -1)],
    ['a JPEG that is not', Buffer.from('ffd80102030405', 'hex')],
  ] as [string, Buffer | undefined][])('may not be %s', (_, octets) => {
    expect(readLogo(octets)).toBeUndefined()
  })
})

describe('the colours', () => {
  it('are the seller’s where they can be read on white', () => {
    expect(paletteOf('#0B6E5B')).toEqual({ accent: '#0b6e5b', tint: '#eef5f4' })
  })

  it('are darkened until they can', () => {
    expect(paletteOf('#ffcc00').accent).toBe('#8b6f00')
    expect(paletteOf('#ffffff').accent).toBe('#717171')
  })

  it.each([undefined, '', 'red', '#fff', '#12345g', '#1234567'])('are ours where %s is none', color => {
    expect(paletteOf(color).accent).toBe('#1f3a5f')
  })
})

function flipped(octets: Buffer, at: number): Buffer {
  const copy = Buffer.from(octets)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

/** With right checksums, so that only the inflating can notice. */
function damagedPixels(): Buffer {
  return png({ rows: Buffer.alloc(0) })
}
