import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openBlobFolder } from '../../src/adapters/blobs/index.ts'
import type { BlobKey, Octets, SpoolWriter } from '../../src/kernel/index.ts'
import { type TestBlobs, blobFolder } from '../support/blobs.ts'

let blobs: TestBlobs
beforeEach(async () => {
  blobs = await blobFolder(1000)
})
afterEach(() => blobs[Symbol.asyncDispose]())

function files(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile())
    .map(({ name }) => name)
}

async function spool(writer: SpoolWriter, chunks: readonly Buffer[]): Promise<Octets> {
  for (const chunk of chunks) await writer.write(chunk)
  return writer.finish()
}

describe('a spool', () => {
  it('keeps few octets in memory and writes no file', async () => {
    const chunks = [randomBytes(600), randomBytes(400)]
    expect(await spool(blobs.create(), chunks)).toEqual({ kind: 'memory', size: 1000, bytes: Buffer.concat(chunks) })
    expect(files(blobs.folder)).toEqual([])
  })

  it('of nothing is no octets', async () => {
    expect(await spool(blobs.create(), [])).toMatchObject({ kind: 'memory', size: 0 })
  })

  it('stores many octets, which can be read again and again', async () => {
    const chunks = Array.from({ length: 700 }, (_, i) => randomBytes(i))
    const octets = await spool(blobs.create(), chunks)
    const whole = Buffer.concat(chunks)
    expect(octets).toMatchObject({ kind: 'stored', size: whole.length })
    if (octets.kind !== 'stored') return
    expect((await buffer(octets.open())).equals(whole)).toBe(true)
    expect((await buffer(blobs.open(octets.key))).equals(whole)).toBe(true)
    expect(files(blobs.folder)).toEqual([octets.key])
  })

  it('makes the writer wait when the disk is slower, and loses nothing when it does not wait', async () => {
    const writer = blobs.create()
    const chunks = Array.from({ length: 100 }, () => randomBytes(50_000))
    const waits = chunks.map(chunk => writer.write(chunk))
    expect(waits[0]).toBeUndefined()
    expect(waits.some(wait => wait instanceof Promise)).toBe(true)
    const octets = await writer.finish()
    if (octets.kind !== 'stored') throw new Error('not stored')
    expect((await buffer(octets.open())).equals(Buffer.concat(chunks))).toBe(true)
  })

  it.each([10, 5000])('that is discarded after %d octets leaves nothing behind', async size => {
    const writer = blobs.create()
    await writer.write(randomBytes(size))
    await writer.discard()
    expect(files(blobs.folder)).toEqual([])
    expect(() => writer.write(Buffer.alloc(1))).toThrow('ended')
  })

  it('says in finish that the disk failed, and leaves nothing behind', async () => {
    const incoming = join(blobs.folder, 'incoming')
    const { rmdirSync } = await import('node:fs')
    rmdirSync(incoming)
    const writer = blobs.create()
    void writer.write(randomBytes(5000))
    await expect(writer.finish()).rejects.toThrow('ENOENT')
    mkdirSync(incoming)
    expect(files(blobs.folder)).toEqual([])
  })

  it('may end only once', async () => {
    const writer = blobs.create()
    await writer.finish()
    await expect(writer.finish()).rejects.toThrow('ended')
  })
})

describe('a blob store', () => {
  it('removes an object, and does not mind removing it twice', async () => {
    const octets = await spool(blobs.create(), [randomBytes(2000)])
    if (octets.kind !== 'stored') throw new Error('not stored')
    await blobs.remove(octets.key)
    await blobs.remove(octets.key)
    expect(files(blobs.folder)).toEqual([])
    await expect(buffer(octets.open())).rejects.toThrow('ENOENT')
  })

  it.each([
    '../../etc/passwd',
    '..',
    '',
    'a/b',
    '00000000-0000-0000-0000-00000000000/',
    'ABCDEF00-0000-0000-0000-000000000000',
  ])('refuses the key %j, which could lead out of its folder', async key => {
    expect(() => blobs.open(key as BlobKey)).toThrow(RangeError)
    await expect(blobs.remove(key as BlobKey)).rejects.toThrow(RangeError)
  })

  it('opened again keeps its objects and removes what dead processes left unfinished', async () => {
    const octets = await spool(blobs.create(), [randomBytes(2000)])
    const incoming = join(blobs.folder, 'incoming')
    const names = {
      dead: `${hostname()}~999999999~a`,
      reused: `${hostname()}~${process.pid}~a`,
      alive: `${hostname()}~1~a`,
      foreign: 'another.host~5~a',
    }
    for (const name of Object.values(names)) writeFileSync(join(incoming, name), 'x')
    await openBlobFolder(blobs.folder, { memoryOctetsMax: 10 })
    expect(readdirSync(incoming).toSorted()).toEqual([names.alive, names.foreign].toSorted())
    if (octets.kind === 'stored')
      expect(existsSync(join(blobs.folder, 'objects', octets.key.slice(0, 2), octets.key))).toBe(true)
  })
})
