import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '../../src/adapters/postgres/index.ts'
import { instantOf } from '../../src/kernel/index.ts'
import type { TenantId } from '../../src/services/domain.ts'
import type { StoredLogo, TenantRecord } from '../../src/services/ports.ts'
import { parseParticipantId } from '../../src/wire/peppol/index.ts'
import { type TestDatabase, testDatabase } from '../support/postgres.ts'

let database: TestDatabase
let store: Database
/** Another process on the same database. */
let beside: Database
beforeAll(async () => {
  database = await testDatabase()
  store = await database.connect()
  beside = await database.connect()
})
afterAll(() => database[Symbol.asyncDispose]())

const at = instantOf('2026-11-21T10:00:00.123Z')
const later = instantOf('2026-11-22T10:00:00Z')

function id(text: string): TenantId {
  return text as TenantId
}

function record(name: string, participants: readonly string[] = [], more: Partial<TenantRecord> = {}): TenantRecord {
  const look = { color: undefined, footer: undefined }
  return { id: id(name), name, participants: participants.map(parseParticipantId), look, changedAt: at, ...more }
}

function logo(text: string, mimeType: StoredLogo['mimeType'] = 'image/png'): StoredLogo {
  return { octets: Buffer.from(text), mimeType, size: text.length, sha256: `${text}-digest` }
}

describe('a tenant', () => {
  it('is found as it was saved, its participants in their order', async () => {
    const look = { color: '#AA00ff', footer: 'Pied de page · é' }
    const saved = record('Acme', ['0225:zz', '0009:Aa', '0225:11'], { name: 'Acmé SAS', look })
    const tenant = { ...saved, look: { ...look, logo: undefined } }
    expect(await store.saveTenant(saved)).toEqual({ kind: 'saved', tenant })
    expect(await beside.findTenant(id('Acme'))).toEqual(tenant)
    expect(await store.findTenant(id('acme'))).toBeUndefined()
  })

  it('is replaced as a whole, but for its logo', async () => {
    await store.saveTenant(record('twice', ['0225:t1', '0225:t2'], { look: { color: '#111111', footer: 'x' } }))
    await store.saveLogo(id('twice'), logo('one'), at)
    const next = record('twice', ['0225:t2', '0225:t3'], { name: 'Other', changedAt: later })
    await store.saveTenant(next)
    const facts = { mimeType: 'image/png', size: 3, sha256: 'one-digest' }
    const look = { color: undefined, footer: undefined, logo: facts }
    expect(await store.findTenant(id('twice'))).toEqual({ ...next, look })
    expect(await store.findLookOfOwner(parseParticipantId('0225:t1'))).toBeUndefined()
  })

  it('is listed by id, from where the last page ended', async () => {
    for (const name of ['list-b', 'list-C', 'list-a']) await store.saveTenant(record(name))
    const from = async (after: string, most: number): Promise<readonly string[]> =>
      (await store.listTenants({ after, most })).map(tenant => tenant.id)
    expect(await from('list-', 2)).toEqual(['list-C', 'list-a'])
    expect(await from('list-a', 1)).toEqual(['list-b'])
    expect(await store.listTenants({ after: 'list-a', most: 1 })).toEqual([
      { id: 'list-b', name: 'list-b', changedAt: at },
    ])
    expect((await from('', 1000)).length).toBeGreaterThanOrEqual(3)
    expect(await store.listTenants({ after: undefined, most: 1 })).toHaveLength(1)
  })

  it('is removed once, and its participants are free', async () => {
    await store.saveTenant(record('gone', ['0225:g1']))
    await store.saveLogo(id('gone'), logo('x'), at)
    expect([await store.removeTenant(id('gone')), await store.removeTenant(id('gone'))]).toEqual(['removed', 'unknown'])
    expect(await store.findTenant(id('gone'))).toBeUndefined()
    expect(await store.findLogo(id('gone'))).toBeUndefined()
    expect(await store.saveTenant(record('heir', ['0225:g1']))).toMatchObject({ kind: 'saved' })
  })

  it('that keeps a mapping stays until that is gone', async () => {
    await store.saveTenant(record('mapped', ['0225:m1']))
    const key = { tenant: id('mapped'), name: 'journal' }
    await store.saveMapping({ ...key, document: '{}', changedAt: at })
    expect(await store.removeTenant(key.tenant)).toBe('has-mappings')
    expect((await store.findTenant(key.tenant))?.participants).toHaveLength(1)
    await store.removeMapping(key)
    expect(await store.removeTenant(key.tenant)).toBe('removed')
  })
})

describe('a participant', () => {
  it('belongs to one tenant at most, however it is written, and a refused save changes nothing', async () => {
    await store.saveTenant(record('owner', ['0225:AbC', '0225:own2']))
    const before = record('thief', ['0225:thief1'])
    await store.saveTenant(before)
    const outcome = await store.saveTenant(
      record('thief', ['0225:new', '0225:aBc', '0225:own2'], { name: 'Changed', changedAt: later }),
    )
    expect(outcome).toEqual({
      kind: 'taken',
      owners: new Map([
        ['0225:abc', 'owner'],
        ['0225:own2', 'owner'],
      ]),
    })
    expect(await store.findTenant(id('thief'))).toMatchObject({ name: 'thief', participants: before.participants })
    expect(await store.findLookOfOwner(parseParticipantId('0225:new'))).toBeUndefined()
  })

  it('that two nodes give to two tenants at once goes to one of them', async () => {
    const wanted = ['0225:race1', '0225:race2']
    const outcomes = await Promise.all([
      store.saveTenant(record('race-a', wanted)),
      beside.saveTenant(record('race-b', wanted.toReversed())),
    ])
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['saved', 'taken'])
    const winner = outcomes[0].kind === 'saved' ? 'race-a' : 'race-b'
    for (const name of wanted) {
      expect(await store.findLookOfOwner(parseParticipantId(name))).toMatchObject({ tenant: winner })
    }
  })

  it('leads to the look of its owner', async () => {
    await store.saveTenant(record('look', ['0225:look'], { look: { color: '#123456', footer: undefined } }))
    const look = { color: '#123456', footer: undefined, logo: undefined }
    expect(await store.findLookOfOwner(parseParticipantId('0225:LOOK'))).toEqual({ tenant: 'look', ...look })
    expect(await store.findLook(id('look'))).toEqual(look)
    expect(await store.findLook(id('nobody'))).toBeUndefined()
  })
})

describe('a logo', () => {
  it('is found as it was saved, and replaced; every process sees it at once', async () => {
    await store.saveTenant(record('pictured', ['0225:pic']))
    const first = logo('first')
    const second = logo('the second', 'image/jpeg')
    await store.saveLogo(id('pictured'), first, at)
    expect(await beside.findLogo(id('pictured'))).toEqual(first)
    const { octets: _octets, ...facts } = second
    const saved = await store.saveLogo(id('pictured'), second, later)
    expect(saved).toMatchObject({ id: 'pictured', look: { logo: facts }, changedAt: later })
    expect(await beside.findLookOfOwner(parseParticipantId('0225:pic'))).toMatchObject({ logo: facts })
    expect(await beside.findLogo(id('pictured'))).toEqual(second)
  })

  it('is removed once', async () => {
    await store.saveTenant(record('bare'))
    await store.saveLogo(id('bare'), logo('x'), at)
    expect([await store.removeLogo(id('bare'), later), await store.removeLogo(id('bare'), later)]).toEqual([
      true,
      false,
    ])
    expect(await store.findLogo(id('bare'))).toBeUndefined()
    expect(await store.findTenant(id('bare'))).toMatchObject({ look: { logo: undefined }, changedAt: later })
  })

  it('is kept for no tenant that is not there', async () => {
    expect(await store.saveLogo(id('nobody'), logo('x'), at)).toBeUndefined()
    expect(await store.findLogo(id('nobody'))).toBeUndefined()
    expect(await store.removeLogo(id('nobody'), at)).toBe(false)
  })
})
