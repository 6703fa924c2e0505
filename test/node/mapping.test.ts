import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ask } from '../support/http.ts'
import { type TestNetwork, type TestNode, startNetwork } from '../support/network.ts'
import { get, listed } from '../support/rest.ts'

const page = readFileSync(new URL('../../docs/mapping.md', import.meta.url), 'utf8')
function example(name: string): string {
  return new RegExp(`\`\`\`\\w+ file=${name}\\n(.*?)\`\`\``, 's').exec(page)?.[1] ?? ''
}

let network: TestNetwork
let node: TestNode
beforeAll(async () => {
  network = await startNetwork()
  node = await network.start('erp')
})
afterAll(() => network?.[Symbol.asyncDispose]())

it('an export is tried and sent under a mapping that the node keeps', async () => {
  const [header = '', first = '', second = ''] = example('export.csv').split('\n')
  const put = await ask(`${node.url}/api/v1/mappings/journal`, { method: 'PUT', body: example('mapping.json') })
  expect(put.status, put.body.toString()).toBe(200)
  expect(JSON.parse((await ask(`${node.url}/api/v1/mappings/journal`)).body.toString())).toEqual(
    JSON.parse(example('mapping.json')),
  )

  const trial = await ask(`${node.url}/api/v1/mappings/journal/trials`, { method: 'POST', body: example('export.csv') })
  expect(JSON.parse(trial.body.toString())).toMatchObject({ invoices: 3, canBeSent: 2 })
  expect(await listed(node.url, {})).toEqual([])

  const sent = await ask(`${node.url}/api/v1/invoices?mapping=journal`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: [header, first, second].join('\n'),
  })
  expect(sent.status, sent.body.toString()).toBe(202)
  const { id } = JSON.parse(sent.body.toString()) as { id: string }
  expect(await get(node.url, `/api/v1/invoices/${id}`)).toMatchObject({ number: 'FA-1001', payable: '3894.60' })
})
