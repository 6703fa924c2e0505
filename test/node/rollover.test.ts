import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sealLetter } from '../support/access-point.ts'
import { ask } from '../support/http.ts'
import { type TestNetwork, type TestNode, startNetwork } from '../support/network.ts'
import type { TestIdentity } from '../support/pki.ts'

const seller = '0225:391838042'
const buyer = '0225:732829320'

let network: TestNetwork
let former: TestIdentity
beforeAll(async () => {
  network = await startNetwork()
  former = network.issue('access-point', { commonName: 'PFR000444' })
})
afterAll(() => network?.[Symbol.asyncDispose]())

async function answerTo(node: TestNode, to: TestIdentity['certificate']): Promise<string> {
  const from = network.issue('access-point', { commonName: 'PFR000700' })
  const { contentType, body } = await sealLetter({ from, to, sender: seller, receiver: buyer })
  const { body: answer } = await ask(`${node.url}/as4`, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body,
  })
  return answer.toString()
}

describe('a node after a roll-over of its key', () => {
  it('reads what is still enciphered for the former one', async () => {
    const key = network.file('former.key.pem', former.privateKeyPem)
    const certificate = network.file('former.pem', former.certificatePem)
    const values = { 'accessPoint.former': [{ key, certificate }] }
    const node = await network.start('rolled-over', { participants: [buyer], values })
    expect(await answerTo(node, former.certificate)).toContain('Receipt')
    expect(await answerTo(node, node.node.keys.certificate)).toContain('Receipt')
  })

  it('does not read it when it keeps no former key', async () => {
    const node = await network.start('forgetful', { participants: [buyer] })
    expect(await answerTo(node, former.certificate)).toContain('EBMS:0102')
  })
})
