import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import {
  activatePack,
  createRulePacks,
  deactivatePack,
  importPacks,
  listStore,
  stateOf,
} from '../../../src/adapters/rules/index.ts'
import type { DocumentFacts } from '../../../src/services/ports.ts'
import { runRules } from '../../../src/wire/schematron/index.ts'
import { parseXml } from '../../../src/wire/xml/index.ts'
import { folderOf, forbidding, imported, newStore, schematron } from './packs.ts'

const root = '{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice'

function facts(more: Partial<DocumentFacts> = {}): DocumentFacts {
  return { syntax: 'ubl', root, customization: undefined, process: undefined, countries: [], ...more }
}

function names(folder: string, given: DocumentFacts, day = '2026-11-21'): readonly string[] {
  return createRulePacks({ folder })
    .choose(given, day)
    .map(({ name }) => name)
}

describe('a pack is chosen', async () => {
  const store = newStore()
  const add = async (name: string, options: object): Promise<unknown> =>
    await imported(store, schematron('r.sch', 'b'), { name, version: '1', ...options })
  await add('for-all', { applies: [{}], order: 2 })
  await add('by-name', {})
  await add('cius', { applies: [{ profiles: ['urn:x:*#cius_?.0'] }], order: 1 })
  await add('process', { applies: [{ processes: ['B?'] }], order: 3 })
  await add('french', { applies: [{ countries: ['FR'], profiles: ['urn:fr'] }], order: 4 })
  await add('hybrid', { applies: [{ syntax: 'facturx' }], order: 5 })

  it.for([
    ['for whatever document', facts(), ['for-all@1']],
    ['by its BT-24', facts({ customization: 'URN:x:a#b#cius_3.0' }), ['cius@1', 'for-all@1']],
    ['not by a part of its BT-24', facts({ customization: 'urn:x:a#cius_3.0.1' }), ['for-all@1']],
    ['not where a point stands for another character', facts({ customization: 'urn:x:a#cius_3x0' }), ['for-all@1']],
    ['by its BT-23', facts({ process: 'B1' }), ['for-all@1', 'process@1']],
    ['by countries', facts({ customization: 'urn:fr', countries: ['fr', 'FR'] }), ['for-all@1', 'french@1']],
    ['not when one is another', facts({ customization: 'urn:fr', countries: ['FR', 'DE'] }), ['for-all@1']],
    ['not when none is told', facts({ customization: 'urn:fr' }), ['for-all@1']],
    ['not for another syntax', facts({ syntax: 'cii', root: '{x}y' }), []],
  ] as const)('%s', ([, given, expected]) => {
    expect(names(store, given)).toEqual(expected)
  })

  it('by a name, with those that are not chosen otherwise, in order', () => {
    const packs = createRulePacks({ folder: store })
    const named = packs.named(['by-name', 'for-all@1', 'by-name'], '2026-11-21')
    expect(named.map(({ name }) => name)).toEqual(['for-all@1', 'by-name@1'])
    const [finding] = runRules(parseXml('<a><b/></a>').root, [named[0]?.rules ?? { patterns: [] }] as never)
    expect(finding?.rule).toBe('NO')
    expect(() => packs.named(['other'], '2026-11-21')).toThrow(expect.objectContaining({ code: 'unknown-pack' }))
  })
})

describe('a release', async () => {
  const store = newStore()
  const add = async (version: string, options: object): Promise<unknown> =>
    await imported(store, schematron('r.sch', 'b'), { name: 'r', version, applies: [{}], ...options })
  await add('1.9', {})
  await add('1.10', { validFrom: '2026-08-17' })
  await add('2.0', { validFrom: '2027-01-01', validTo: '2027-12-31' })

  it.for([
    ['2026-08-16', 'r@1.9'],
    ['2026-08-17', 'r@1.10'],
    ['2026-12-31', 'r@1.10'],
    ['2027-01-01', 'r@2.0'],
    ['2028-01-01', 'r@1.10'],
  ] as const)('switches itself: on %s it is %s', ([day, expected]) => {
    expect(names(store, facts(), day)).toEqual([expected])
  })

  it('has a state on every day', () => {
    const packs = listStore(store)
    expect(packs.map(pack => stateOf(pack, packs, '2026-11-21'))).toEqual(['superseded', 'in-force', 'not-yet'])
    expect(packs.map(pack => stateOf(pack, packs, '2028-01-01'))).toEqual(['superseded', 'in-force', 'over'])
  })

  it('that is not active is only run with its version', async () => {
    expect(await deactivatePack(store, 'r@1.10')).toMatchObject({ active: false })
    expect(names(store, facts())).toEqual(['r@1.9'])
    const packs = createRulePacks({ folder: store })
    expect(packs.named(['r'], '2026-11-21')[0]?.name).toBe('r@1.9')
    expect(packs.named(['r@1.10'], '2026-11-21')[0]?.name).toBe('r@1.10')
    expect(stateOf(listStore(store)[1] as never, listStore(store), '2026-11-21')).toBe('inactive')
    expect(await activatePack(store, 'r@1.10', { validFrom: '2026-09-01' })).toMatchObject({
      active: true,
      validFrom: '2026-09-01',
    })
    expect(names(store, facts(), '2026-08-31')).toEqual(['r@1.9'])
    expect(names(store, facts(), '2026-09-01')).toEqual(['r@1.10'])
  })

  it('stays as it was when the same files are imported again', async () => {
    await deactivatePack(store, 'r@1.10')
    await add('1.10', {})
    expect(listStore(store)[1]).toMatchObject({ version: '1.10', active: false, validFrom: '2026-09-01' })
    await activatePack(store, 'r@1.10', {})
  })

  it('that is unknown is neither activated nor makes a folder', async () => {
    const none = newStore()
    await expect(activatePack(none, 'r@1', {})).rejects.toMatchObject({ code: 'unknown-pack' })
    await expect(deactivatePack(store, 'r')).rejects.toMatchObject({ code: 'unknown-pack' })
    expect(listStore(none)).toEqual([])
  })

  it('whose unit tests failed is only activated by force', async () => {
    const place = newStore()
    const set = `<testSet xmlns="http://difi.no/xsd/vefa/validator/1.0"><test><assert><error>NO</error></assert>
      <Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/></test></testSet>`
    await importPacks(place, folderOf({ 'r-1.0.sch': forbidding('b'), 't.xml': set }), {})
    await expect(activatePack(place, 'r@1.0', {})).rejects.toMatchObject({ code: 'tests' })
    expect(await activatePack(place, 'r@1.0', { force: true })).toMatchObject({ active: true })
  })
})

describe('a running process', () => {
  it('sees what another one imports, activates and deactivates, a second later', async () => {
    const folder = newStore()
    vi.useFakeTimers({ toFake: ['performance'] })
    try {
      const packs = createRulePacks({ folder })
      const seen = (): readonly string[] => packs.choose(facts(), '2026-11-21').map(({ name }) => name)
      expect(seen()).toEqual([])
      await imported(folder, schematron('r.sch', 'b'), { name: 'r', version: '1', applies: [{}] })
      expect(seen()).toEqual([])
      vi.advanceTimersByTime(1000)
      expect(seen()).toEqual(['r@1'])
      await deactivatePack(folder, 'r@1')
      vi.advanceTimersByTime(1000)
      expect(seen()).toEqual([])
      renameSync(join(folder, 'packs.json'), join(folder, 'gone'))
      vi.advanceTimersByTime(1000)
      expect(seen()).toEqual([])
    } finally {
      vi.useRealTimers()
    }
  })
})
