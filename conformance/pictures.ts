import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crc32, deflateSync } from 'node:zlib'
import { createPdfWriter } from '../src/adapters/pdf/index.ts'
import { instantOf } from '../src/kernel/index.ts'
import { readInvoice } from '../src/wire/invoice/index.ts'
import { type Branding, viewOf } from '../src/wire/view/index.ts'

/*
 * Makes the pictures of docs/images from the invoices beside them: `node conformance/pictures.ts`. Needs pdftoppm (Debian: poppler-utils).
 */

const folder = fileURLToPath(new URL('../docs/images/', import.meta.url))

/** Pixels of grey around the pages. */
const edge = 14

interface Picture {
  readonly name: string
  readonly branding: Branding
  readonly dotsPerInch: number
}

const pictures: readonly Picture[] = [
  {
    name: 'invoice-fr',
    branding: {
      logo: readFileSync(join(folder, 'logo.png')),
      color: '#0b6e5b',
      footer: 'Atelier Verdeau SARL · 12 quai des Tanneurs · 69002 Lyon · verdeau.example',
    },
    dotsPerInch: 110,
  },
  {
    name: 'invoice-three-pages',
    branding: { color: '#8a3b12', footer: 'Bâtisseurs du Lac SAS · 7 impasse de la Scierie · 74000 Annecy' },
    dotsPerInch: 80,
  },
]

for (const picture of pictures) writeFileSync(join(folder, `${picture.name}.png`), await draw(picture))

async function draw({ name, branding, dotsPerInch }: Picture): Promise<Buffer> {
  const reading = readInvoice(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')))
  if ('findings' in reading) throw new Error(JSON.stringify(reading.findings))
  const at = instantOf('2026-11-21T10:00:00Z')
  return inRow(paint(await createPdfWriter().write(viewOf(reading.invoice), { branding, at }), dotsPerInch))
}

/** RGB, eight bits each. */
interface Image {
  readonly width: number
  readonly height: number
  readonly pixels: Buffer
}

function paint(pdf: Buffer, dotsPerInch: number): Image[] {
  const work = mkdtempSync(join(tmpdir(), 'passerelle-'))
  try {
    writeFileSync(join(work, 'invoice.pdf'), pdf)
    execFileSync('pdftoppm', ['-r', `${dotsPerInch}`, join(work, 'invoice.pdf'), join(work, 'page')])
    const pages = readdirSync(work).filter(file => file.endsWith('.ppm'))
    return pages.toSorted().map(file => readPpm(readFileSync(join(work, file))))
  } finally {
    rmSync(work, { recursive: true })
  }
}

/** `P6`, width and height, `255`, each on a line of its own, as pdftoppm writes them. */
function readPpm(octets: Buffer): Image {
  const [head = '', width = '', height = ''] = /^P6\n(\d+) (\d+)\n255\n/.exec(octets.toString('latin1', 0, 40)) ?? []
  return { width: Number(width), height: Number(height), pixels: octets.subarray(head.length) }
}

/** The pages beside each other on grey, as a PNG. */
function inRow(pages: readonly Image[]): Buffer {
  const width = pages.reduce((sum, page) => sum + page.width + edge, edge)
  const height = Math.max(...pages.map(page => page.height)) + 2 * edge
  const rows = Buffer.alloc((width * 3 + 1) * height, 0xdf)
  for (let y = 0; y < height; y += 1) rows[y * (width * 3 + 1)] = 0
  let left = edge
  for (const page of pages) {
    for (let y = 0; y < page.height; y += 1) {
      const row = page.pixels.subarray(y * page.width * 3, (y + 1) * page.width * 3)
      row.copy(rows, (y + edge) * (width * 3 + 1) + 1 + left * 3)
    }
    left += page.width + edge
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 2, 0, 0, 0], 8)
  const signature = Buffer.from('89504e470d0a1a0a', 'hex')
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND')])
}

function chunk(type: string, data = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}
