import { describe, expect, it } from 'vitest'
import { testMapping } from '../../../src/wire/mapping/index.ts'
import { csvMapping, mappingOf } from './support.ts'

const source = 'N;Name;Q\n1;Été;2\n'
const targets = { '/number': 'N', '/buyer/name': 'Name', '/lines': { each: 'rows', fields: { '/quantity': 'Q' } } }
const whole = { number: '1', buyer: { name: 'Été' }, lines: [{ quantity: '2' }] }

async function differences(
  expect: unknown,
  more: { source?: unknown; settings?: object } = {},
): Promise<readonly string[]> {
  const json = {
    ...csvMapping(targets, { source: more.settings ?? {} }),
    samples: [{ source: more.source ?? source, expect }],
  }
  const [result] = await testMapping(mappingOf(json), file => Buffer.from(file === 'a.csv' ? source : ''))
  return result?.differences.map(({ message }) => message) ?? []
}

describe('samples of a mapping', () => {
  it('are as expected, whole or in the terms that were chosen', async () => {
    expect(await differences(whole)).toEqual([])
    expect(await differences([whole])).toEqual([])
    expect(
      await differences({ '/number': '1', '/lines/0/quantity': 2, '/seller': null, '/lines/0': { quantity: '2' } }),
    ).toEqual([])
    expect(await differences(whole, { source: { file: 'a.csv' } })).toEqual([])
  })

  it.each(['windows-1252', 'utf-16'])('are in %s when they stand in the mapping', async encoding => {
    expect(await differences(whole, { settings: { encoding } })).toEqual([])
  })

  it('name each term that differs', async () => {
    expect(await differences({ number: '2', buyer: { name: 'Été', vatId: 'x' } })).toEqual([
      '/number: expected "2", is "1"',
      '/buyer/vatId: expected "x", is nothing',
      '/lines: expected nothing, is [{"quantity":"2"}]',
    ])
    expect(await differences({ '/lines/1/quantity': '3', '/buyer/name': null })).toEqual([
      '/lines/1/quantity: expected "3", is nothing',
      '/buyer/name: expected nothing, is "Été"',
    ])
  })

  it('count invoices', async () => {
    expect(await differences([whole, whole])).toEqual(['the sample has 1 invoices, and 2 are expected'])
  })

  it('say when their source is not what the mapping is for', async () => {
    expect(await differences(whole, { source: 'A;B\n1;2\n' })).toEqual([
      'the file has no column "N"; did you mean A?, and no column "Name", and no column "Q"; did you mean A?',
    ])
  })
})
