import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { importPacks, type Pack } from '../../../src/adapters/rules/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'passerelle-rules-'))
let count = 0

/** A store that is not there yet. */
export function newStore(): string {
  return join(folder, `store-${++count}`)
}

/** A folder with these files, by their paths within it. */
export function folderOf(files: Readonly<Record<string, string | Buffer>>): string {
  const place = mkdtempSync(join(folder, 'source-'))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(place, path)), { recursive: true })
    writeFileSync(join(place, path), content)
  }
  return place
}

export const invoiceNamespace = 'urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'

/** Rules of UBL around patterns. */
export function rulesOf(patterns: string, title = 'Test rules'): string {
  return `<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2"><title>${title}</title>
    <ns prefix="ubl" uri="${invoiceNamespace}"/>${patterns}</schema>`
}

/** Rules with one check, which forbids an element. */
export function forbidding(element: string, id = 'NO'): string {
  return rulesOf(
    `<pattern><rule context="/*"><assert id="${id}" test="not(${element})">no ${element}</assert></rule></pattern>`,
  )
}

/** A file with rules that forbid an element. */
export function schematron(name: string, forbidden: string): string {
  return join(folderOf({ [name]: forbidding(forbidden) }), name)
}

/** The one pack of rules at a path, stored. */
export async function imported(
  place: string,
  path: string,
  options: Parameters<typeof importPacks>[2] = {},
): Promise<Pack> {
  const {
    packs: [only],
  } = await importPacks(place, path, options)
  if (only?.pack.kind !== 'rules') throw new Error('no pack of rules was imported')
  return only.pack
}

/** What is written of a file of an archive other than it is. */
export interface Forged {
  readonly size?: number
  readonly crc?: number
  readonly flags?: number
  readonly method?: number
}

/** An archive with deflated files. */
export function zip(files: readonly (readonly [string, Buffer, Forged?])[]): Buffer {
  const [locals, entries]: [Buffer[], Buffer[]] = [[], []]
  for (const [name, content, forged = {}] of files) {
    const packed = deflateRawSync(content)
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(Buffer.byteLength(name), 26)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(forged.flags ?? 0, 8)
    entry.writeUInt16LE(forged.method ?? 8, 10)
    entry.writeUInt32LE(forged.crc ?? crc32(content), 16)
    entry.writeUInt32LE(packed.length, 20)
    entry.writeUInt32LE(forged.size ?? content.length, 24)
    entry.writeUInt16LE(Buffer.byteLength(name), 28)
    entry.writeUInt32LE(Buffer.concat(locals).length, 42)
    locals.push(local, Buffer.from(name), packed)
    entries.push(entry, Buffer.from(name))
  }
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(Buffer.concat(locals).length, 16)
  return Buffer.concat([...locals, ...entries, end])
}

/** An archive as a file. */
export function zipFile(files: Parameters<typeof zip>[0]): string {
  return join(folderOf({ 'rules.zip': zip(files) }), 'rules.zip')
}
