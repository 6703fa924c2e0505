import { afterAll, beforeAll, expect, it } from 'vitest'
import { runCli } from '../../src/edge/cli/index.ts'
import { sealLetter } from '../support/access-point.ts'
import { ask } from '../support/http.ts'
import { invoiceUbl, nextNumber } from '../support/invoices.ts'
import { type TestNetwork, type TestNode, startNetwork } from '../support/network.ts'
import { file, get } from '../support/rest.ts'

const seller = '0225:391838042'
const buyer = '0225:732829320'

let network: TestNetwork
let node: TestNode
beforeAll(async () => {
  network = await startNetwork()
  node = await network.start('receiver', { participants: [buyer] })
})
afterAll(() => network?.[Symbol.asyncDispose]())

interface Exception {
  readonly id: string
  readonly state: string
  readonly failure: { readonly code: string }
  readonly links: { readonly original: string }
}

it('a received document that cannot be read is receipted, listed, shown and given back as it came', async () => {
  const from = network.issue('access-point', { commonName: 'PFR000700' })
  const document = Buffer.from(
    String(invoiceUbl({ number: nextNumber(), seller, buyer })).replace(/(<cbc:PayableAmount[^>]*>)[^<]*/, '$1abc'),
  )
  const to = node.node.keys.certificate
  const { contentType, body } = await sealLetter({ from, to, sender: seller, receiver: buyer, document })
  const answer = await ask(`${node.url}/as4`, { method: 'POST', headers: { 'content-type': contentType }, body })
  expect(answer.body.toString()).toContain('Receipt')
  const { exceptions } = await get<{ exceptions: readonly Exception[] }>(node.url, '/api/v1/exceptions')
  expect(exceptions).toMatchObject([{ state: 'exception', failure: { code: 'value.amount' } }])
  const [exception] = exceptions as [Exception]
  expect((await file(node.url, exception.links.original)).toString()).toContain('>abc<')
  let output = ''
  const code = await runCli(['trace', exception.id, '--api', node.url], {
    output: { write: content => (output += String(content)), isTTY: false },
    errors: { write: content => (output += String(content)) },
    colours: false,
  })
  expect([code, output]).toEqual([0, expect.stringMatching(/inbound.*exception[^]*value\.amount[^]*received/)])
})
