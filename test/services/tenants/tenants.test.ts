import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { instantOf } from '../../../src/kernel/index.ts'
import type { TenantId } from '../../../src/services/domain.ts'
import type { TenantStore } from '../../../src/services/ports.ts'
import { createTenants, type Tenants } from '../../../src/services/tenants/index.ts'
import { parseParticipantId } from '../../../src/wire/peppol/index.ts'
import { jpeg, png } from '../../support/png.ts'
import { memoryTenants } from '../../support/tenants.ts'

const at = instantOf('2026-11-21T10:00:00Z')
const acme = 'acme' as TenantId
const seller = parseParticipantId('0225:391838042')

interface World {
  readonly store: TenantStore
  readonly tenants: Tenants
  /** How often the octets of a logo were fetched. */
  readonly fetched: () => number
  /** Another node on the same database. */
  readonly beside: Tenants
}

function world(): World {
  const memory = memoryTenants()
  let count = 0
  const findLogo: TenantStore['findLogo'] = async id => {
    count++
    return await memory.findLogo(id)
  }
  const store = { ...memory, findLogo }
  const make = (): Tenants => createTenants({ clock: { now: () => at }, store, branding: { footer: 'of the node' } })
  return { store, tenants: make(), beside: make(), fetched: () => count }
}

function draft(more: object = {}): object {
  return { name: 'Acme', participants: ['0225:391838042'], ...more }
}

describe('what is said of a tenant', () => {
  it('is kept as it is said', async () => {
    const { tenants } = world()
    const branding = { color: '#AA00ff', footer: 'Merci' }
    const tenant = {
      id: acme,
      name: 'Acme',
      participants: [seller],
      look: { ...branding, logo: undefined },
      changedAt: at,
    }
    const value = draft({ participants: ['iso6523-actorid-upis::0225:391838042'], branding })
    expect(await tenants.save(acme, value)).toEqual({ kind: 'saved', tenant })
    expect(await tenants.find(acme)).toEqual(tenant)
  })

  it('may be as little as a name', async () => {
    const { tenants } = world()
    const saved = await tenants.save(acme, { name: 'x'.repeat(200) })
    expect(saved).toMatchObject({ kind: 'saved', tenant: { participants: [], look: {} } })
  })

  it.each<[string, unknown, string, string]>([
    ['a list', [], '', 'must be an object'],
    ['null', null, '', 'must be an object'],
    [
      'an unknown member',
      draft({ 'lo/go~': 1 }),
      '/lo~1go~0',
      'is not known here; known are name, participants, branding',
    ],
    ['no name', { participants: [] }, '/name', 'is missing'],
    ['an empty name', draft({ name: '  ' }), '/name', 'must not be empty'],
    ['a number as name', draft({ name: 7 }), '/name', 'must be a text without line breaks and control characters'],
    ['U+0000 in a name', draft({ name: 'a\0' }), '/name', 'must be a text without line breaks and control characters'],
    [
      'half a character',
      draft({ name: '\ud800' }),
      '/name',
      'must be a text without line breaks and control characters',
    ],
    ['a long name', draft({ name: 'x'.repeat(201) }), '/name', 'must have at most 200 characters'],
    ['a text as participants', draft({ participants: '0225:1' }), '/participants', 'must be a list of at most 1000'],
    [
      'too many participants',
      draft({ participants: Array.from({ length: 1001 }, (_, index) => `0225:${index}`) }),
      '/participants',
      'must be a list of at most 1000',
    ],
    ['a number as participant', draft({ participants: [1] }), '/participants/0', 'must be a text, scheme:value'],
    [
      'what is no participant',
      draft({ participants: ['0225:1', '225:1'] }),
      '/participants/1',
      'participant "225:1" is not ICD:identifier with [A-Za-z0-9._~-]{1,130}',
    ],
    [
      'a participant twice',
      draft({ participants: ['0225:aB', '0225:2', '0225:Ab'] }),
      '/participants/2',
      '0225:Ab is there already, at /participants/0',
    ],
    ['a text as branding', draft({ branding: 'red' }), '/branding', 'must be an object'],
    ['a logo in it', draft({ branding: { logo: '' } }), '/branding/logo', 'is not known here; known are color, footer'],
    [
      'a colour that is none',
      draft({ branding: { color: 'red' } }),
      '/branding/color',
      'must be # and six hexadecimal digits',
    ],
    ['null as colour', draft({ branding: { color: null } }), '/branding/color', 'must be # and six hexadecimal digits'],
    [
      'two lines as footer',
      draft({ branding: { footer: 'a\nb' } }),
      '/branding/footer',
      'must be a text without line breaks and control characters',
    ],
    [
      'a long footer',
      draft({ branding: { footer: 'x'.repeat(501) } }),
      '/branding/footer',
      'must have at most 500 characters',
    ],
  ])('is refused with its place: %s', async (_, value, pointer, message) => {
    const { tenants } = world()
    expect(await tenants.save(acme, value)).toEqual({ kind: 'invalid', problems: [{ pointer, message }] })
    expect(await tenants.find(acme)).toBeUndefined()
  })

  it('is refused with every problem at once', async () => {
    const { tenants } = world()
    const value = { participants: ['x'], branding: { color: '' }, extra: 1 }
    const outcome = await tenants.save(acme, value)
    const pointers = outcome.kind === 'invalid' ? outcome.problems.map(({ pointer }) => pointer) : []
    expect(pointers).toEqual(['/extra', '/name', '/participants/0', '/branding/color'])
  })

  it('is refused where participants belong to others, with each and its owner', async () => {
    const { tenants } = world()
    await tenants.save('one' as TenantId, draft({ participants: ['0225:A'] }))
    await tenants.save('two' as TenantId, draft({ participants: ['0225:b'] }))
    expect(await tenants.save(acme, draft({ participants: ['0225:B', '0225:free', '0225:a'] }))).toEqual({
      kind: 'taken',
      conflicts: [
        { pointer: '/participants/0', message: '0225:B belongs to tenant two', tenant: 'two' },
        { pointer: '/participants/2', message: '0225:a belongs to tenant one', tenant: 'one' },
      ],
    })
  })
})

describe('a logo', () => {
  it.each([
    ['PNG', png(), 'image/png'],
    ['JPEG', jpeg(), 'image/jpeg'],
    ['4 million pixels', jpeg({ width: 2000, height: 2000 }), 'image/jpeg'],
  ])('is kept as it is: %s', async (_, octets, mimeType) => {
    const { tenants } = world()
    await tenants.save(acme, draft())
    const sha256 = createHash('sha256').update(octets).digest('hex')
    const facts = { mimeType, size: octets.length, sha256 }
    expect(await tenants.saveLogo(acme, octets)).toMatchObject({ kind: 'saved', tenant: { look: { logo: facts } } })
    expect(await tenants.findLogo(acme)).toEqual({ ...facts, octets })
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a text', Buffer.from('<svg/>')],
    ['half a PNG', png().subarray(0, 30)],
    ['a JPEG in CMYK', jpeg({ channels: 4 })],
    ['more than 4 million pixels', jpeg({ width: 2001, height: 2000 })],
  ])('that nobody could show is not kept: %s', async (_, octets) => {
    const { tenants } = world()
    await tenants.save(acme, draft())
    expect(await tenants.saveLogo(acme, octets)).toEqual({ kind: 'unfit' })
    expect(await tenants.findLogo(acme)).toBeUndefined()
  })

  it('is kept for no tenant that is not there', async () => {
    expect(await world().tenants.saveLogo(acme, png())).toEqual({ kind: 'unknown' })
  })
})

describe('an invoice looks', () => {
  it('as the node wants it where its sender belongs to nobody, or to who says nothing', async () => {
    const { tenants } = world()
    expect(await tenants.brandingOf(seller)).toEqual({ footer: 'of the node' })
    await tenants.save(acme, draft())
    expect(await tenants.brandingOf(seller)).toEqual({ footer: 'of the node' })
    expect(await tenants.brandingOfTenant(acme)).toEqual({ footer: 'of the node' })
    expect(await tenants.brandingOfTenant('nobody' as TenantId)).toBeUndefined()
  })

  it.each([{ color: '#112233' }, { footer: 'Merci' }, { color: '#112233', footer: 'Merci' }])(
    'as its tenant says, and not as the node in the rest: %j',
    async branding => {
      const { tenants } = world()
      await tenants.save(acme, draft({ branding }))
      expect(await tenants.brandingOf(seller)).toEqual(branding)
      expect(await tenants.brandingOfTenant(acme)).toEqual(branding)
    },
  )

  it('as another node has changed it, at once; octets of a logo are fetched once', async () => {
    const { tenants, beside, fetched } = world()
    const [first, second] = [png(), png({ width: 4 })]
    await tenants.save(acme, draft())
    await tenants.saveLogo(acme, first)
    for (let page = 0; page < 3; page++) expect(await beside.brandingOf(seller)).toEqual({ logo: first })
    expect(fetched()).toBe(1)
    await tenants.saveLogo(acme, second)
    for (let page = 0; page < 3; page++) expect(await beside.brandingOfTenant(acme)).toEqual({ logo: second })
    expect(fetched()).toBe(2)
    await tenants.removeLogo(acme)
    expect(await beside.brandingOf(seller)).toEqual({ footer: 'of the node' })
    await tenants.saveLogo(acme, first)
    expect(await beside.brandingOf(seller)).toEqual({ logo: first })
    expect(fetched()).toBe(2)
  })

  it('without a logo that was removed while the page was made', async () => {
    const { store, tenants } = world()
    await tenants.save(acme, draft({ branding: { color: '#112233' } }))
    await tenants.saveLogo(acme, png())
    const stale = await store.findLook(acme)
    const racing = createTenants({
      clock: { now: () => at },
      store: { ...store, findLook: async () => stale },
      branding: {},
    })
    await tenants.removeLogo(acme)
    expect(await racing.brandingOfTenant(acme)).toEqual({ color: '#112233' })
  })

  it('with the logo that is in use, when 64 others have been since', async () => {
    const { tenants, fetched } = world()
    await tenants.save(acme, draft())
    await tenants.saveLogo(acme, png())
    for (let number = 0; number < 64; number++) {
      const id = `t${number}` as TenantId
      await tenants.save(id, draft({ participants: [] }))
      await tenants.saveLogo(id, png({ width: 10 + number }))
      await tenants.brandingOfTenant(id)
      // Every page of acme keeps its logo in use.
      if (number < 40) await tenants.brandingOf(seller)
    }
    expect(fetched()).toBe(65)
    expect(await tenants.brandingOf(seller)).toEqual({ logo: png() })
    expect(fetched()).toBe(65)
    await tenants.brandingOfTenant('t0' as TenantId)
    expect(fetched()).toBe(66)
  })
})
