import { crc32, inflateRawSync } from 'node:zlib'
import { PackError } from './pack.ts'

const endSignature = 0x06054b50
const entrySignature = 0x02014b50
const localSignature = 0x04034b50

/** More or larger is no set of rules. */
const entriesMax = 10_000
const octetsMax = 32 * 1024 * 1024
const octetsMaxOfAll = 256 * 1024 * 1024

/** Published beside rules and never read. */
const isPassedOver = /\.(?:html?|css|js|pdf|png|gif|jpe?g|svg|docx?|xlsx?|od[st]|jar|zip)$/i

export interface ZipEntry {
  /** Relative, with slashes, within the archive. */
  readonly name: string
  /** Inflates it. Throws PackError `unreadable`. */
  readonly content: () => Buffer
}

/**
 * The files of a ZIP archive, by its central directory: stored or deflated, not encrypted, not ZIP64. Names that lead out of the archive,
 * twice the same name, and more octets than rules can have are refused before anything is inflated. Throws PackError `unreadable`.
 */
export function readZip(octets: Buffer): readonly ZipEntry[] {
  return within('the archive', () => {
    const end = octets.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]))
    check(end >= 0 && octets.readUInt32LE(end) === endSignature, 'the end of the directory is missing')
    const count = octets.readUInt16LE(end + 10)
    check(count <= entriesMax, `it has ${count} entries`)
    const entries = new Map<string, ZipEntry>()
    let at = octets.readUInt32LE(end + 16)
    let total = 0
    for (let index = 0; index < count; index++) {
      check(octets.readUInt32LE(at) === entrySignature, 'the directory is damaged')
      const nameLength = octets.readUInt16LE(at + 28)
      const name = octets.toString('utf8', at + 46, at + 46 + nameLength)
      const header = at
      at += 46 + nameLength + octets.readUInt16LE(at + 30) + octets.readUInt16LE(at + 32)
      if (!isPassedOver.test(name)) total += octets.readUInt32LE(header + 24)
      check(total <= octetsMaxOfAll, `its files have more than ${octetsMaxOfAll} octets`)
      checkName(name)
      check(!entries.has(name), `it has two files ${name}`)
      if (!name.endsWith('/')) {
        entries.set(name, { name, content: () => within(name, () => contentOf(octets, header)) })
      }
    }
    return [...entries.values()]
  })
}

/** A name becomes a path below the store. */
function checkName(name: string): void {
  const isPlain = !name.startsWith('/') && !/[\\\0]|^[a-z]:/i.test(name) && !name.split('/').includes('..')
  check(isPlain && name !== '', `the name ${JSON.stringify(name)} leads out of it`)
}

function contentOf(octets: Buffer, header: number): Buffer {
  const isEncrypted = (octets.readUInt16LE(header + 8) & 1) === 1
  const method = octets.readUInt16LE(header + 10)
  const sum = octets.readUInt32LE(header + 16)
  const packed = octets.readUInt32LE(header + 20)
  const size = octets.readUInt32LE(header + 24)
  check(!isEncrypted && (method === 0 || method === 8), 'it is encrypted or packed in another way')
  check(size <= octetsMax, `it has ${size} octets`)
  const local = octets.readUInt32LE(header + 42)
  check(octets.readUInt32LE(local) === localSignature, 'its header is damaged')
  const start = local + 30 + octets.readUInt16LE(local + 26) + octets.readUInt16LE(local + 28)
  const body = octets.subarray(start, start + packed)
  // One octet more than told is enough to see that the directory lies.
  const content = method === 0 ? body : inflateRawSync(body, { maxOutputLength: size + 1 })
  check(content.length === size, 'its size is another')
  check(crc32(content) === sum, 'its checksum is another')
  return content
}

function check(condition: boolean, problem: string): asserts condition {
  if (!condition) throw new PackError('unreadable', problem)
}

/** Reading past the end and broken data are the same to the reader of a message. */
function within<Result>(what: string, read: () => Result): Result {
  try {
    return read()
  } catch (cause) {
    throw new PackError('unreadable', `${what} cannot be read: ${(cause as Error).message}`, { cause })
  }
}
