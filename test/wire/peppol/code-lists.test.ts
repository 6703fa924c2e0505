import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { documentTypeParts, parseParticipantId, readCodeLists } from '../../../src/wire/peppol/index.ts'
import { itShared, sharedData } from '../../support/shared.ts'

const file = new URL('../../../config/code-lists/peppol-9.7.json', import.meta.url)
const json = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
const lists = readCodeLists(json)

const busdox = (value: string) => ({ scheme: 'busdox-docid-qns', value }) as const
const wildcard = (value: string) => ({ scheme: 'peppol-doctype-wildcard', value }) as const
const ubl = 'urn:oasis:names:specification:ubl:schema:xsd:'
const billing = busdox(
  `${ubl}Invoice-2::Invoice##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1`,
)

interface Row {
  readonly [field: string]: unknown
  readonly scheme: string
  readonly value: string
}

function published(name: string): readonly Row[] {
  const list = JSON.parse(sharedData(`peppol/codelists-v9.7/${name}.json`).toString()) as { values: readonly Row[] }
  return list.values
}

describe('the code lists', () => {
  it('say which version they are and from when', () => {
    expect(lists).toMatchObject({ version: '9.7', validFrom: '2026-07-02' })
  })

  it('know BIS Billing and its processes', () => {
    expect(lists.stateOf(billing)).toBe('active')
    expect(lists.isAbstract(billing)).toBe(false)
    expect(lists.processesOf(billing).map(process => process.value)).toEqual(
      expect.arrayContaining(['urn:fdc:peppol.eu:2017:poacc:billing:01:1.0', 'urn:peppol:france:billing:regulated']),
    )
  })

  it('know PINT in the wildcard scheme only, its root as abstract', () => {
    const root = `${ubl}Invoice-2::Invoice##urn:peppol:pint:billing-1::2.1`
    expect(lists.isAbstract(wildcard(root))).toBe(true)
    expect(lists.stateOf(busdox(root))).not.toBe('active')
    expect(lists.isAbstract(wildcard(`${ubl}Invoice-2::Invoice##urn:peppol:pint:billing-1@jp-1::2.1`))).toBe(false)
  })

  it('know the states of schemes, processes and transport profiles', () => {
    expect(lists.findScheme('0225')).toMatchObject({ code: 'FR:CTC', state: 'active', registrable: true })
    expect(lists.findScheme('0205')).toMatchObject({ state: 'active', registrable: false })
    expect(lists.findScheme('0193')?.state).toBe('deprecated')
    expect(lists.isKnownScheme(parseParticipantId('0193:x'))).toBe(true)
    expect(lists.findScheme('9956')?.state).toBe('removed')
    expect(lists.isKnownScheme(parseParticipantId('9956:x'))).toBe(false)
    expect(lists.isKnownScheme(parseParticipantId('1234:x'))).toBe(false)
    expect(lists.processState({ scheme: 'cenbii-procid-ubl', value: 'none' })).toBe('deprecated')
    expect(lists.transportState('peppol-transport-as4-v2_0')).toBe('active')
    expect(lists.transportState('busdox-transport-as2-ver2p0')).toBe('removed')
  })

  it('answer undefined, or nothing, for what is not in them', () => {
    const unknown = busdox('urn:x::I##y::1')
    expect(lists.stateOf(unknown)).toBeUndefined()
    expect(lists.findDocumentType(unknown)).toBeUndefined()
    expect(lists.isAbstract(unknown)).toBe(false)
    expect(lists.processesOf(unknown)).toEqual([])
  })

  it('hold document types that can all be taken apart, sixteen of them not XML', () => {
    const roots = lists.documentTypes.map(({ value }) => documentTypeParts(value).root)
    expect(roots.filter(root => root === undefined)).toHaveLength(16)
  })

  it.each([
    ['the file is a list', () => []],
    ['documentTypes is missing', () => ({ ...json, documentTypes: undefined })],
    ['a state is unknown', () => ({ ...json, transportProfiles: [{ id: 'x', state: 'retired' }] })],
    [
      'a document type has an unknown scheme',
      () => ({ ...json, documentTypes: [{ scheme: 'x', value: 'y', name: 'z', state: 'active', processes: [] }] }),
    ],
    [
      'a document type has no processes',
      () => ({ ...json, documentTypes: [{ ...billing, name: 'x', state: 'active' }] }),
    ],
    ['a row is no object', () => ({ ...json, processes: [null] })],
    ['a scheme has no country', () => ({ ...json, participantSchemes: [{ icd: '0001', code: 'x', name: 'x' }] })],
    ['the version is missing', () => ({ ...json, version: '' })],
  ])('are refused when %s', (_, forge) => {
    expect(() => readCodeLists(forge())).toThrowError(expect.objectContaining({ code: 'code-list' }))
  })

  itShared('are those of the publication, row by row', () => {
    const documentTypes = published('document-types')
    expect(lists.documentTypes).toEqual(
      documentTypes.map(row => ({
        scheme: row.scheme,
        value: row.value,
        name: row['name'],
        state: row['state'],
        abstract: row['abstract'],
        processes: row['process-ids'],
      })),
    )
    expect(lists.schemes).toEqual(
      published('participant-identifier-schemes').map(row => ({
        icd: row['iso6523'],
        code: row['schemeid'],
        name: row['scheme-name'],
        country: row['country'],
        state: row['state'],
        registrable: row['registrable'],
      })),
    )
    for (const { scheme, value, state } of published('processes')) {
      expect(lists.processState({ scheme, value })).toBe(state)
    }
    for (const row of published('transport-profiles')) {
      expect(lists.transportState(String(row['profile-id']))).toBe(row['state'])
    }
  })
})
