import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createSchemas, deactivatePack, importPacks, listStore, packName } from '../../../src/adapters/rules/index.ts'
import type { SchemaCircumstances, SchemaVerdict } from '../../../src/services/ports.ts'
import { folderOf, newStore } from './packs.ts'

const types = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t" elementFormDefault="qualified">
  <xs:element name="unused" type="xs:string"/>
  <xs:complexType name="Line"><xs:sequence><xs:element name="n" type="xs:integer" maxOccurs="unbounded"/></xs:sequence></xs:complexType>
</xs:schema>`

/** A document `a` with lines of whole numbers, its types in another folder. */
function main(namespace = 'urn:a', location = '../types/t.xsd'): string {
  return `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" targetNamespace="${namespace}" version="1.0">
    <xs:import namespace="urn:t" schemaLocation="${location}"/><xs:element name="a" type="t:Line"/></xs:schema>`
}

const valid = '<a xmlns="urn:a"><n xmlns="urn:t">1</n></a>'
const invalid = '<a xmlns="urn:a">\n<n xmlns="urn:t">1</n>\n<n xmlns="urn:t">x</n></a>'

async function stored(files: Readonly<Record<string, string>>, options: object = {}): Promise<string> {
  const store = newStore()
  await importPacks(store, folderOf(files), options)
  return store
}

async function problems(
  folder: string,
  document: string | Buffer,
  root = '{urn:a}a',
): Promise<SchemaVerdict['problems'] | undefined> {
  using schemas = createSchemas({ folder })
  const octets = typeof document === 'string' ? Buffer.from(document) : document
  return (await schemas.check(octets, root))?.problems
}

describe('schemas', async () => {
  const folder = await stored({ 'docs/a.xsd': main(), 'types/t.xsd': types })

  it('begin where no other refers to, and hold all that they need', () => {
    expect(listStore(folder)).toMatchObject([
      {
        kind: 'schema',
        name: 'a-xsd',
        version: '1.0',
        entries: [{ root: '{urn:a}a', file: 'docs/a.xsd' }],
        files: [{ path: 'docs/a.xsd' }, { path: 'types/t.xsd' }],
      },
    ])
  })

  it('find nothing wrong with a valid document', async () => {
    expect(await problems(folder, valid)).toEqual([])
  })

  it('name the line and the element of what is wrong', async () => {
    expect(await problems(folder, invalid)).toEqual([
      { line: 3, message: "Element 'n': 'x' is not a valid value of the atomic type 'xs:integer'." },
    ])
  })

  it('name the line of what is not well-formed', async () => {
    expect(await problems(folder, '<a xmlns="urn:a">\n<n></a>')).toMatchObject([{ line: 2 }])
  })

  it('do not judge another root', async () => {
    expect(await problems(folder, '<b/>', '{}b')).toBeUndefined()
    expect(await problems(newStore(), valid)).toBeUndefined()
  })

  it('are the same pack wherever they lie', async () => {
    const again = await importPacks(folder, folderOf({ 'deep/docs/a.xsd': main(), 'deep/types/t.xsd': types }), {})
    expect(again.packs.map(({ pack }) => packName(pack))).toEqual(['a-xsd@1.0'])
    const place = listStore(folder)[0]?.folder
    await expect(
      importPacks(folder, folderOf({ 'a.xsd': main('urn:a', 't.xsd').replace('"a"', '"b"'), 't.xsd': types }), {}),
    ).rejects.toMatchObject({ code: 'taken' })
    expect(listStore(folder)[0]?.folder).toBe(place)
  })

  it.for([
    ['a document type', `<!DOCTYPE a>${valid}`],
    ['one behind comments and instructions', `\u{FEFF}<?xml version="1.0"?> <!-- <a> --><?x?>\n<!doctype a>${valid}`],
    ['one in UTF-16', Buffer.from(`\u{FEFF}<!DOCTYPE a>${valid}`, 'utf16le')],
    ['one in UTF-16 without a mark', Buffer.from(`<!DOCTYPE a>${valid}`, 'utf16le')],
  ] as const)('do not see %s', async ([, document]) => {
    const [problem, ...more] = (await problems(folder, document)) ?? []
    expect(more).toEqual([])
    expect(problem?.line).toBeUndefined()
    expect(problem?.message).toMatch(/DOCTYPE|encoding/)
  })

  it('see a document type that is only text', async () => {
    expect(await problems(folder, `<!-- <!DOCTYPE a> -->${valid}`)).toEqual([])
  })

  it('are checked by a thread when the document is large', async () => {
    using schemas = createSchemas({ folder, threadFromOctets: 10 })
    const [first, second] = await Promise.all([
      schemas.check(Buffer.from(valid), '{urn:a}a'),
      schemas.check(Buffer.from(invalid), '{urn:a}a'),
    ])
    expect(first?.problems).toEqual([])
    expect(second?.problems).toMatchObject([{ line: 3 }])
  })

  it('whose files were changed judge nothing', async () => {
    const store = await stored({ 'a.xsd': main('urn:a', 't.xsd'), 't.xsd': types })
    const pack = listStore(store)[0]
    if (pack?.kind !== 'schema') throw new Error('no schema')
    writeFileSync(`${store}/${pack.folder}/t.xsd`, types.replace('integer', 'string'))
    await expect(problems(store, valid)).rejects.toMatchObject({ code: 'damaged' })
  })
})

describe('of several schemas for one root', async () => {
  const store = newStore()
  const add = async (name: string, options: object): Promise<unknown> =>
    await importPacks(store, folderOf({ 'a.xsd': main('urn:a', 't.xsd'), 't.xsd': types }), { name, ...options })
  await add('any', { order: 100 })
  await add('other', { order: 105, applies: [{ processes: ['B?'] }, {}] })
  await add('profile', { order: 90, applies: [{ profiles: ['urn:p'] }] })
  await add('named', { order: 1, applies: [] })
  await add('later', { order: 50, validFrom: '2027-01-01' })

  const chosen = async (given: SchemaCircumstances): Promise<string | undefined> => {
    using schemas = createSchemas({ folder: store })
    return (await schemas.check(Buffer.from(valid), '{urn:a}a', given))?.name
  }

  it.for([
    ['the first is taken', { day: '2026-11-21' }, 'any@1.0'],
    ['the one for its BT-24', { day: '2026-11-21', customization: 'urn:p' }, 'profile@1.0'],
    ['the one for its BT-23', { day: '2026-11-21', process: 'B1' }, 'other@1.0'],
    [
      'the lower of two that are both meant',
      { day: '2026-11-21', process: 'B1', customization: 'urn:p' },
      'profile@1.0',
    ],
    ['the one that is in force', { day: '2027-01-01' }, 'later@1.0'],
    ['the one that is named', { day: '2026-11-21', pack: 'named' }, 'named@1.0'],
    ['the one that is named with its version', { day: '2026-11-21', pack: 'later@1.0' }, 'later@1.0'],
    ['none when the named one is not there', { day: '2026-11-21', pack: 'none' }, undefined],
  ] as const)('%s', async ([, given, expected]) => {
    expect(await chosen(given)).toBe(expected)
  })

  it('one that is not active is passed over', async () => {
    await deactivatePack(store, 'any@1.0')
    expect(await chosen({ day: '2026-11-21' })).toBe('other@1.0')
  })
})
