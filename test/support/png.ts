import { crc32, deflateSync } from 'node:zlib'

export interface PngOptions {
  readonly width?: number
  readonly height?: number
  readonly bits?: number
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha. */
  readonly color?: number
  readonly interlace?: number
  /** Methods of compression and of filtering; only 0 exists. */
  readonly methods?: readonly [compression: number, filter: number]
  /** The rows with their filters, instead of the right number of zeros. */
  readonly rows?: Buffer
  readonly palette?: Buffer
}

const samples: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

/** A picture without interlacing; black unless its rows are given. */
export function png(options: PngOptions = {}): Buffer {
  const { width = 3, height = 2, bits = 8, color = 6, interlace = 0, methods = [0, 0], palette } = options
  const octets = 1 + Math.ceil((width * bits * (samples[color] ?? 1)) / 8)
  const { rows = Buffer.alloc(octets * height) } = options
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([bits, color, ...methods, interlace], 8)
  const chunks = [
    chunk('IHDR', head),
    palette && chunk('PLTE', palette),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...chunks.filter(each => each !== undefined)])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}

/** The head of a JPEG up to its frame, and its end: enough to be told from others, not to be shown. */
export function jpeg({ width = 3, height = 2, channels = 3, bits = 8, frame = 0xc0 } = {}): Buffer {
  const head = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, frame, 0, 17, bits, 0, 0, 0, 0, channels])
  head.writeUInt16BE(height, 13)
  head.writeUInt16BE(width, 15)
  return Buffer.concat([head, Buffer.alloc(9), Buffer.from('ffd9', 'hex')])
}
