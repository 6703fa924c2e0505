import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sampleInvoice } from '../../src/sandbox/index.ts'
import { ask } from '../edge/serve.ts'
import { type Program, run, start } from '../edge/cli/program.ts'

const folder = mkdtempSync(join(tmpdir(), 'passerelle-sandbox-'))
const words = ['sandbox', '--folder', join(folder, 'box')]
// Out of the way of a sandbox that somebody has running, and of the ephemeral ports.
const port = 20_000 + (process.pid % 5000) * 2
const at = (offset: number): string => `http://127.0.0.1:${port + offset}`
let running: Program

beforeAll(async () => {
  running = start([...words, '--port', String(port)])
  await running.says('Running until Ctrl-C.')
})

afterAll(async () => {
  running.process.kill('SIGTERM')
  await running.ended
})

function fileOf(name: string, value: unknown): string {
  const file = join(folder, name)
  writeFileSync(file, JSON.stringify(value))
  return file
}

interface ListedInvoice {
  readonly id: string
  readonly number: string
  readonly state: string
}

async function listed(offset: number, query: string): Promise<readonly ListedInvoice[]> {
  const answer = await ask(at(offset), `/api/v1/invoices?${query}`)
  return (answer.json() as { invoices: readonly ListedInvoice[] }).invoices
}

describe('npm start', () => {
  it('tells every step of the first invoice, in order', () => {
    const steps = [
      'stored at sender',
      'name hash',
      'NAPTR answer',
      'SMP document',
      'SMP signature',
      'endpoint',
      'certificate',
      'sealed',
      'posted',
      'receipt verified',
      'stored',
      'delivered',
    ]
    const lines = running.output().split('\n')
    const places = steps.map(step => lines.findIndex(line => new RegExp(`^  ${step} +[\\d.]+ ms `).test(line)))
    expect(places).not.toContain(-1)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(running.errors()).toBe('')
  })

  it('the invoice is visible at both ends, and its copy is the document that left', async () => {
    const [sent] = await listed(0, 'direction=outbound')
    const [received] = await listed(1, 'direction=inbound')
    expect([sent?.state, received?.state]).toEqual(['delivered', 'delivered'])
    expect(received?.number).toBe(sent?.number)
    const [left, arrived] = await Promise.all([
      ask(at(0), `/api/v1/invoices/${sent?.id}/files/ubl`),
      ask(at(1), `/api/v1/invoices/${received?.id}/files/ubl`),
    ])
    expect(arrived.text).toBe(left.text)
    expect(arrived.text).toContain(`<cbc:ID>${sent?.number}</cbc:ID>`)
  })

  it('the curl line it prints sends another', async () => {
    const printed = /<<'JSON'\n([\s\S]*?)\nJSON/.exec(running.output())?.[1] ?? ''
    expect(printed.split('\n').length).toBeLessThanOrEqual(5)
    const answer = await ask(at(0), '/api/v1/invoices', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: printed,
    })
    expect(answer.status).toBe(202)
  })

  it('looks up the receiver, and a stranger is unregistered', async () => {
    expect((await ask(at(0), '/api/v1/participants/0225:732829320')).json()).toMatchObject({ smp: at(1) })
    expect((await ask(at(0), '/api/v1/participants/0225:000000000')).json()).toMatchObject({
      status: 404,
      code: 'unregistered',
    })
  })

  it('both nodes are ready', async () => {
    for (const offset of [0, 1]) expect((await ask(at(offset), '/ready')).json()).toMatchObject({ status: 'ready' })
  })

  it('a second one in the same folder is refused', async () => {
    const { code, errors } = await run(words)
    expect([code, errors]).toEqual([1, expect.stringContaining('a sandbox is running already')])
  })
})

describe('the command line against the sandbox', () => {
  it('sends through the API, waits and tells every step', async () => {
    const file = fileOf('one.json', sampleInvoice('CLI-1', '2026-11-21'))
    const { code, output } = await run(['send', file, '--api', at(0)])
    expect([code, output]).toEqual([0, expect.stringContaining('receipt verified')])
    const again = await run(['send', file, '--api', at(0), '--json'])
    expect([again.code, JSON.parse(again.output)]).toEqual([
      1,
      { error: expect.objectContaining({ code: 'number-taken' }) },
    ])
  })

  it('tells which rules an invoice breaks', async () => {
    const { code, output } = await run(['send', '-', '--api', at(0)], { input: '{"number":"CLI-2"}' })
    expect([code, output]).toEqual([1, expect.stringContaining('/issueDate')])
  })

  it('traces an invoice, and says when there is none', async () => {
    const [sent] = await listed(0, 'direction=outbound&limit=1')
    const found = await run(['trace', sent?.id ?? '', '--api', at(0), '--json'])
    expect([found.code, JSON.parse(found.output)]).toMatchObject([
      0,
      { invoice: { id: sent?.id }, trace: { attempts: [{ number: 1 }] } },
    ])
    expect((await run(['trace', '00000000-0000-4000-8000-000000000000', '--api', at(0)])).code).toBe(1)
  })

  const network = {
    trust: { network: 'private', folder: 'box/pki/anchors', crlUrlPrefixes: [`${at(3)}/`] },
    network: { insecure: true },
    dns: { servers: [`127.0.0.1:${port + 2}`], zone: 'sandbox.passerelle.test' },
  }

  it('looks up by DNS or at a named SMP, without keys or a database', async () => {
    const file = fileOf('lookup.json', network)
    const card = await run(['lookup', '0225:732829320', '--config', file])
    expect([card.code, card.output]).toEqual([0, expect.stringContaining('2 document types')])
    const endpoint = await run([
      'lookup',
      '0225:732829320',
      '--document-type',
      'invoice',
      '--smp',
      at(1),
      '--config',
      file,
      '--json',
    ])
    expect([endpoint.code, JSON.parse(endpoint.output)]).toMatchObject([0, { endpoint: { address: `${at(1)}/as4` } }])
    const stranger = await run(['lookup', '0225:0', '--config', file])
    expect([stranger.code, stranger.errors]).toEqual([1, expect.stringContaining('not registered')])
  })

  it('sends to an endpoint given by hand, with keys and a database of its own', async () => {
    const own = { key: 'box/pki/sender/access-point.key.pem', certificate: 'box/pki/sender/access-point.pem' }
    const file = fileOf('own.json', {
      ...network,
      accessPoint: own,
      data: { folder: 'own/data' },
      database: { folder: 'own/postgres' },
    })
    const invoice = fileOf('two.json', sampleInvoice('CLI-3', '2026-11-21'))
    const to = ['--to-url', `${at(1)}/as4`, '--to-cert', join(folder, 'box/pki/receiver/access-point.pem')]
    const { code, output } = await run(['send', invoice, '--config', file, ...to])
    expect([code, output]).toEqual([0, expect.stringContaining('given by hand')])
    expect(await listed(1, 'number=CLI-3')).toMatchObject([{ number: 'CLI-3' }])
    const refused = await run([
      'send',
      fileOf('three.json', sampleInvoice('CLI-4', '2026-11-21')),
      '--config',
      file,
      '--to-url',
      `${at(1)}/as4`,
      '--to-cert',
      join(folder, 'box/pki/sender/smp.pem'),
    ])
    expect(refused.code).toBe(1)
  })
})

describe('ending and beginning again', () => {
  it('a port that was asked for and is taken is refused', async () => {
    const { code, errors } = await run(['sandbox', '--folder', join(folder, 'other'), '--port', String(port), '--once'])
    expect([code, errors]).toEqual([1, expect.stringContaining(`port ${port} for the sender is taken`)])
  })

  it('Ctrl-C ends everything it started; killed outright, the next start sees to it; data are kept until --reset', async () => {
    const before = (await listed(0, 'direction=outbound')).length
    running.process.kill('SIGINT')
    expect(await running.ended).toBe(0)
    await expect(ask(at(0), '/live')).rejects.toThrow()
    expect(existsSync(join(folder, 'box/postgres/cluster/data/postmaster.pid'))).toBe(false)

    running = start([...words, '--port', String(port)])
    await running.says('Running until Ctrl-C.')
    expect((await listed(0, 'direction=outbound&limit=100')).length).toBe(before + 1)
    running.process.kill('SIGKILL')
    await running.ended

    const once = await run([...words, '--port', String(port), '--once', '--json'])
    expect([
      once.code,
      once.output
        .split('\n')
        .filter(Boolean)
        .map(line => (JSON.parse(line) as { event: string }).event),
    ]).toEqual([0, ['started', 'sent', 'received']])
    const rootBefore = readFileSync(join(folder, 'box/pki/anchors/root.pem'), 'utf8')

    running = start([...words, '--port', String(port), '--reset'])
    await running.says('Running until Ctrl-C.')
    expect((await listed(0, 'direction=outbound')).length).toBe(1)
    expect(readFileSync(join(folder, 'box/pki/anchors/root.pem'), 'utf8')).not.toBe(rootBefore)
  }, 60_000)

  it('takes the next free port for a taken one when none was asked for', async () => {
    const busy = createServer().listen(8410, '127.0.0.1')
    busy.on('error', () => undefined)
    await Promise.race([once(busy, 'listening'), once(busy, 'error')])
    const { code, output } = await run(['sandbox', '--folder', join(folder, 'third'), '--once'])
    busy.close()
    expect([code, output]).toEqual([0, expect.stringMatching(/port 8410 is taken: the sender uses 84\d\d/)])
  })
})
