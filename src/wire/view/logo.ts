import { crc32, inflateSync } from 'node:zlib'

/** A picture that has been looked through: a program that shows it meets nothing it cannot decode. */
export interface Logo {
  readonly mimeType: 'image/png' | 'image/jpeg'
  /** Pixels. */
  readonly width: number
  readonly height: number
  readonly octets: Buffer
}

const pixelsMax = 16_000_000
const pngSignature = Buffer.from('89504e470d0a1a0a', 'hex')

/**
 * A PNG, or a JPEG in grey or YCbCr (PDF/A with an sRGB intent allows no CMYK); undefined for anything else, for damaged pictures and
 * for more than 16 million pixels.
 */
export function readLogo(octets: Buffer | undefined): Logo | undefined {
  if (octets === undefined) return undefined
  const known = looked.get(octets)
  if (known !== undefined) return known
  const logo = lookThrough(octets)
  if (logo !== undefined) looked.set(octets, logo)
  return logo
}

/**
 * One picture stands in every page of a seller, and looking through it takes as long as the rest of the page (370 µs for 400 × 120
 * pixels). Nobody writes into octets that were read from a file or a database.
 */
const looked = new WeakMap<Buffer, Logo>()

function lookThrough(octets: Buffer): Logo | undefined {
  if (octets.subarray(0, 8).equals(pngSignature)) return readPng(octets)
  return octets[0] === 0xff && octets[1] === 0xd8 ? readJpeg(octets) : undefined
}

interface PngHead {
  readonly width: number
  readonly height: number
  readonly bitsPerPixel: number
  readonly indexed: boolean
  readonly interlaced: boolean
}

/** [PNG, third edition, §5, §11.2] */
function readPng(octets: Buffer): Logo | undefined {
  const chunks = pngChunks(octets)
  const head = chunks && pngHead(chunks[0])
  if (chunks === undefined || head === undefined) return undefined
  const palette = chunks.find(({ type }) => type === 'PLTE')
  if (head.indexed && (palette === undefined || palette.data.length % 3 !== 0 || palette.data.length > 768))
    return undefined
  const pixels = Buffer.concat(chunks.flatMap(({ type, data }) => (type === 'IDAT' ? [data] : [])))
  if (!holdsPixels(pixels, head)) return undefined
  return { mimeType: 'image/png', width: head.width, height: head.height, octets }
}

interface Chunk {
  readonly type: string
  readonly data: Buffer
}

/** From IHDR to IEND with right checksums; undefined otherwise. */
function pngChunks(octets: Buffer): readonly Chunk[] | undefined {
  const chunks: Chunk[] = []
  for (let at = 8; at + 12 <= octets.length;) {
    const end = at + 8 + octets.readUInt32BE(at)
    if (end + 4 > octets.length) return undefined
    if (crc32(octets.subarray(at + 4, end)) !== octets.readUInt32BE(end)) return undefined
    const type = octets.toString('latin1', at + 4, at + 8)
    chunks.push({ type, data: octets.subarray(at + 8, end) })
    if (type === 'IEND') return chunks
    at = end + 4
  }
  return undefined
}

/** Samples per pixel and allowed bits per sample of each colour type. [PNG §11.2.1] */
const colorTypes: Readonly<Record<number, { readonly samples: number; readonly bits: readonly number[] }>> = {
  0: { samples: 1, bits: [1, 2, 4, 8, 16] },
  2: { samples: 3, bits: [8, 16] },
  3: { samples: 1, bits: [1, 2, 4, 8] },
  4: { samples: 2, bits: [8, 16] },
  6: { samples: 4, bits: [8, 16] },
}

function pngHead(chunk: Chunk | undefined): PngHead | undefined {
  if (chunk?.type !== 'IHDR' || chunk.data.length !== 13) return undefined
  const { data } = chunk
  const [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)]
  const [bits = 0, color = 0, compression, filter, interlace = 0] = data.subarray(8)
  const type = colorTypes[color]
  if (type === undefined || !type.bits.includes(bits) || compression !== 0 || filter !== 0 || interlace > 1)
    return undefined
  if (width === 0 || height === 0 || width * height > pixelsMax) return undefined
  return { width, height, bitsPerPixel: type.samples * bits, indexed: color === 3, interlaced: interlace === 1 }
}

/** The seven passes of Adam7: first column and row, steps. [PNG §8.2] */
const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const

/** Whether the deflated rows are all there, each with a filter that exists. */
function holdsPixels(deflated: Buffer, { width, height, bitsPerPixel, interlaced }: PngHead): boolean {
  const passes = interlaced ? adam7 : ([[0, 0, 1, 1]] as const)
  const rows = passes.flatMap(([x, y, dx, dy]) => {
    const [columns, count] = [Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)]
    return columns > 0 && count > 0 ? [{ octets: 1 + Math.ceil((columns * bitsPerPixel) / 8), count }] : []
  })
  const expected = rows.reduce((sum, { octets, count }) => sum + octets * count, 0)
  const inflated = inflate(deflated, expected)
  if (inflated?.length !== expected) return false
  let at = 0
  for (const { octets, count } of rows) {
    for (let row = 0; row < count; row += 1, at += octets) if ((inflated[at] ?? 5) > 4) return false
  }
  return true
}

function inflate(deflated: Buffer, octetsMax: number): Buffer | undefined {
  try {
    return inflateSync(deflated, { maxOutputLength: octetsMax })
  } catch {
    return undefined
  }
}

/** Start of frame of every coding but the arithmetic and lossless ones, which no viewer shows. [ITU-T T.81 table B.1] */
const frames: ReadonlySet<number> = new Set([0xc0, 0xc1, 0xc2])

function readJpeg(octets: Buffer): Logo | undefined {
  for (let at = 2; at + 4 <= octets.length;) {
    const marker = octets[at + 1] ?? 0
    if (octets[at] !== 0xff || marker < 0xc0) return undefined
    if (frames.has(marker)) return jpegFrame(octets, at)
    at += 2 + octets.readUInt16BE(at + 2)
  }
  return undefined
}

function jpegFrame(octets: Buffer, at: number): Logo | undefined {
  if (at + 10 > octets.length || octets.lastIndexOf('ffd9', undefined, 'hex') < at) return undefined
  const [height, width] = [octets.readUInt16BE(at + 5), octets.readUInt16BE(at + 7)]
  const [bits, channels] = [octets[at + 4], octets[at + 9]]
  if (bits !== 8 || (channels !== 1 && channels !== 3)) return undefined
  if (width === 0 || height === 0 || width * height > pixelsMax) return undefined
  return { mimeType: 'image/jpeg', width, height, octets }
}
