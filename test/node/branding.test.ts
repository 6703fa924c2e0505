import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { createNode } from '../../src/node.ts'
import { memoryLog } from '../support/log.ts'
import { type TestNetwork, startNetwork } from '../support/network.ts'

let network: TestNetwork
beforeAll(async () => {
  network = await startNetwork()
})
afterAll(() => network?.[Symbol.asyncDispose]())

describe('a node does not start', () => {
  it.each<[string, () => Record<string, string>, string]>([
    [
      'with a logo that is no picture',
      () => ({ 'branding.logo': network.file('logo.png', 'text') }),
      'branding.logo: .* is no sound PNG or JPEG',
    ],
    ['with a colour that is none', () => ({ 'branding.color': 'red' }), 'branding.color: red must be #'],
  ])('%s', async (_, values, message) => {
    const prepared = await network.prepare('branded', { values: values() })
    await expect(createNode(loadConfig({ values: prepared.values }, {}), { log: memoryLog() })).rejects.toThrow(
      new RegExp(message),
    )
  })
})
