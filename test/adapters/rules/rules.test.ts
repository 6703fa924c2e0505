import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createRulePacks, importPacks, listStore, loadPack, packName } from '../../../src/adapters/rules/index.ts'
import { runRules } from '../../../src/wire/schematron/index.ts'
import { parseXml } from '../../../src/wire/xml/index.ts'
import { imported, newStore as store, schematron, zip } from './packs.ts'

const folder = mkdtempSync(join(tmpdir(), 'passerelle-rules-'))

const document = parseXml('<a><b/></a>').root

async function names(place: string, path: string): Promise<readonly string[]> {
  return (await importPacks(place, path, { version: '1' })).packs.map(({ pack }) => packName(pack))
}

describe('a pack', () => {
  it('is imported with what its file tells, and runs', async () => {
    const place = store()
    const pack = await imported(place, schematron('20260804_TEST Rules_V1.4.0.03.sch', 'b'), {})
    expect(pack).toMatchObject({
      name: '20260804-test-rules',
      version: '1.4.0.03',
      title: 'Test rules',
      syntax: 'ubl',
      source: '20260804_TEST Rules_V1.4.0.03.sch',
      order: 500,
      applies: [],
      active: true,
      checks: 1,
    })
    expect(listStore(place)).toEqual([pack])
    const [named] = createRulePacks({ folder: place }).named(['20260804-test-rules'], '2026-11-20')
    const findings = runRules(document, named === undefined ? [] : [named.rules])
    expect(findings.map(({ rule }) => rule)).toEqual(['NO'])
  })

  it('without a version is named by its hash', async () => {
    const pack = await imported(store(), schematron('rules.sch', 'b'), { name: 'mine' })
    expect(packName(pack)).toBe(`mine@${pack.sha256.slice(0, 8)}`)
  })

  it('may be imported again, but not with other rules', async () => {
    const place = store()
    const path = schematron('rules.sch', 'b')
    const options = { name: 'mine', version: '1' }
    const first = await imported(place, path, options)
    const { folder: place2, ...second } = await imported(place, path, options)
    expect(listStore(place)).toEqual([{ ...first, folder: place2 }])
    expect(first).toMatchObject(second)
    await expect(importPacks(place, schematron('rules.sch', 'c'), options)).rejects.toMatchObject({ code: 'taken' })
  })

  it('that cannot be compiled is not stored', async () => {
    const place = store()
    await expect(importPacks(place, schematron('rules.sch', 'b['), {})).rejects.toMatchObject({ code: 'syntax' })
    expect(listStore(place)).toEqual([])
  })

  it('whose code was changed is not executed', async () => {
    const place = store()
    const pack = await imported(place, schematron('rules.sch', 'b'), { name: 'mine', version: '1' })
    writeFileSync(join(place, pack.folder, 'rules.js'), 'throw new Error("executed")')
    expect(() => loadPack(place, pack)).toThrow(expect.objectContaining({ code: 'damaged' }))
  })

  it('of which V8 kept something that was changed is not executed', async () => {
    const place = store()
    const pack = await imported(place, schematron('rules.sch', 'b'), { name: 'mine', version: '1' })
    const path = join(place, pack.folder, 'rules.cache')
    const cache = readFileSync(path)
    const turned = Buffer.from(cache)
    turned[cache.length - 20] = (cache.at(-20) ?? 0) ^ 1
    for (const changed of [turned, cache.subarray(0, 100), Buffer.alloc(0)]) {
      writeFileSync(path, changed)
      expect(() => loadPack(place, pack)).toThrow(expect.objectContaining({ code: 'damaged' }))
    }
  })

  it('of which another V8 kept something begins with the code', async () => {
    const place = store()
    const now = await imported(place, schematron('rules.sch', 'b'), { name: 'mine', version: '1' })
    writeFileSync(join(place, now.folder, 'rules.cache'), 'of another V8')
    const pack = { ...now, compiled: { ...now.compiled, cache: { ...now.compiled.cache, v8: 'another' } } }
    expect(loadPack(place, pack).size).toBe(1)
  })

  it('of another compiler is compiled anew, if its rules are unchanged', async () => {
    const place = store()
    const now = await imported(place, schematron('rules.sch', 'b'), { name: 'mine', version: '1' })
    const pack = { ...now, compiled: { ...now.compiled, format: 0 } }
    writeFileSync(join(place, pack.folder, 'rules.js'), 'throw new Error("executed")')
    expect(loadPack(place, pack).size).toBe(1)
    writeFileSync(join(place, pack.folder, 'rules.sch'), '<changed/>')
    expect(() => loadPack(place, pack)).toThrow(expect.objectContaining({ code: 'damaged' }))
  })
})

describe('a folder', () => {
  it('gives a pack for every Schematron file below it', async () => {
    const source = mkdtempSync(join(folder, 'many-'))
    mkdirSync(join(source, 'deeper'))
    writeFileSync(join(source, 'one.sch'), readFileSync(schematron('one.sch', 'b')))
    writeFileSync(join(source, 'deeper', 'two.sch'), readFileSync(schematron('two.sch', 'b')))
    const place = store()
    expect(await names(place, source)).toEqual(['two@1', 'one@1'])
    expect(listStore(place).map(packName)).toEqual(['one@1', 'two@1'])
    writeFileSync(join(source, 'deeper', 'two.sch'), readFileSync(schematron('two.sch', 'c')))
    await expect(importPacks(place, source, { name: 'x' })).rejects.toMatchObject({ code: 'taken' })
  })

  it('may be a ZIP archive', async () => {
    const source = readFileSync(schematron('one.sch', 'b'))
    const path = join(mkdtempSync(join(folder, 'zip-')), 'rules.zip')
    writeFileSync(
      path,
      zip([
        ['deep/one.sch', source],
        ['readme.txt', Buffer.from('x')],
      ]),
    )
    expect(await names(store(), path)).toEqual(['one@1'])
  })

  it('without any is refused, and so is a path that is not there', async () => {
    const empty = mkdtempSync(join(folder, 'empty-'))
    for (const path of [empty, join(empty, 'none')]) {
      await expect(importPacks(store(), path, {})).rejects.toMatchObject({ code: 'nothing-to-import' })
    }
  })
})

describe('the version of a day', async () => {
  const place = store()
  await importPacks(place, schematron('p.sch', 'a'), { name: 'p', version: '3.0.9', validTo: '2026-05-31' })
  await importPacks(place, schematron('p.sch', 'b'), { name: 'p', version: '3.0.10', validFrom: '2026-05-01' })
  await importPacks(place, schematron('p.sch', 'c'), { name: 'p', version: '3.0.11', validFrom: '2027-01-01' })
  const packs = createRulePacks({ folder: place })

  it.for([
    ['p', '2026-04-30', '3.0.9'],
    ['p', '2026-05-31', '3.0.10'],
    ['p', '2026-12-31', '3.0.10'],
    ['p', '2027-01-01', '3.0.11'],
    ['p@3.0.9', '2027-01-01', '3.0.9'],
  ] as const)('of %s on %s is %s', ([name, day, version]) => {
    expect(packs.named([name], day).map(one => one.name)).toEqual([`p@${version}`])
  })

  it.for([
    ['q', 'unknown-pack'],
    ['p@4', 'unknown-pack'],
  ] as const)('of %s there is none', ([name, code]) => {
    expect(() => packs.named([name], '2026-11-20')).toThrow(expect.objectContaining({ code }))
  })

  it('may be none', async () => {
    const folder2 = store()
    await importPacks(folder2, schematron('p.sch', 'c'), { name: 'p', version: '3.0.11', validFrom: '2027-01-01' })
    expect(() => createRulePacks({ folder: folder2 }).named(['p'], '2026-11-20')).toThrow(
      expect.objectContaining({ code: 'not-in-force' }),
    )
  })
})
