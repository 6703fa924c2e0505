import { createHash } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPki } from '../../../src/sandbox/index.ts'
import { ask } from '../serve.ts'
import { type Program, run, start } from './program.ts'

const folder = mkdtempSync(join(tmpdir(), 'passerelle-serve-'))
const configFile = join(folder, 'node.json')
const tokenHash = createHash('sha256').update('hush').digest('hex')
let running: Program
let url: string

beforeAll(async () => {
  const pki = await openPki(join(folder, 'pki'), { crlUrl: undefined, now: new Date() })
  const subject = { commonName: 'PFR000009', organisation: 'Essai', country: 'FR' }
  const accessPoint = await pki.issue({ ...subject, name: 'access-point', role: 'access-point' })
  const smp = await pki.issue({ ...subject, name: 'smp', role: 'smp' })
  const config = {
    http: { port: 0 },
    api: { tokens: [tokenHash] },
    database: { folder: 'postgres' },
    data: { folder: 'data' },
    accessPoint,
    smp,
    trust: { network: 'private', folder: 'pki/anchors', revocation: 'off' },
    dns: { servers: ['127.0.0.1:1'], zone: 'z.test' },
    registrations: { participants: [{ participant: '0225:391838042', name: 'Essai' }] },
  }
  writeFileSync(configFile, JSON.stringify(config))
  running = start(['serve', '--config', configFile, '--json'])
  await running.says('"serving"')
  const line =
    running
      .output()
      .split('\n')
      .find(one => one.includes('"serving"')) ?? ''
  url = (JSON.parse(line) as { url: string }).url
})

afterAll(async () => {
  running.process.kill('SIGKILL')
  await running.ended
})

describe('serve', () => {
  it('is live and ready with the keys, the network and the database of its configuration', async () => {
    expect((await ask(url, '/live')).status).toBe(200)
    const ready = await ask(url, '/ready')
    expect(ready.json()).toMatchObject({
      status: 'ready',
      checks: [{ name: 'database' }, { detail: expect.stringContaining('PFR000009') }, { name: 'SMP certificate' }],
    })
  })

  it('publishes the configured participant under the port it really has', async () => {
    const group = await ask(url, `/${encodeURIComponent('iso6523-actorid-upis::0225:391838042')}`)
    expect([group.status, group.headers['content-type']]).toEqual([200, 'text/xml;charset=UTF-8'])
    expect(group.text).toContain(`href="${url}/iso6523-actorid-upis%3A%3A0225%3A391838042/services/`)
  })

  it('has an AS4 door and an API that wants the token', async () => {
    expect((await ask(url, '/as4')).status).toBe(200)
    expect((await ask(url, '/api/v1/invoices')).status).toBe(401)
    const headers = { authorization: 'Bearer hush' }
    expect((await ask(url, '/api/v1/invoices', { headers })).json()).toEqual({ invoices: [] })
    expect((await ask(url, '/api/v1/openapi.json')).json()).toMatchObject({ servers: [{ url: `${url}/api/v1` }] })
  })

  it('answers 404 with a problem for everything else', async () => {
    expect((await ask(url, '/nothing')).json()).toMatchObject({ status: 404, code: 'not-found' })
  })

  it('says that a look-up failed when no name server answers', async () => {
    const answer = await ask(url, '/api/v1/participants/0225:1', { headers: { authorization: 'Bearer hush' } })
    expect(answer.json()).toMatchObject({ status: 503, code: 'unavailable', retry: true })
  })

  it('writes its log as one JSON object per line', () => {
    const lines = running
      .output()
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line) as Record<string, unknown>)
    expect(lines).toContainEqual(expect.objectContaining({ level: 'info', event: 'node.started', url }))
    expect(running.output()).not.toContain('BEGIN')
  })

  it('refuses a port that is taken, in words', async () => {
    const { code, errors } = await run(['serve', '--config', configFile, '--port', new URL(url).port])
    expect([code, errors]).toEqual([1, `passerelle: 127.0.0.1:${new URL(url).port} is taken by another program\n`])
  })

  it('ends with 0 when it is told to, and migrate finds its database current', async () => {
    running.process.kill('SIGTERM')
    expect(await running.ended).toBe(0)
    await expect(ask(url, '/live')).rejects.toThrow()
    const { code, output } = await run(['migrate', '--config', configFile, '--json'])
    expect([code, JSON.parse(output)]).toEqual([0, { migrated: [] }])
  })
})
