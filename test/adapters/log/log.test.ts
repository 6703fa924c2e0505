import { describe, expect, it } from 'vitest'
import { createLog } from '../../../src/adapters/log/index.ts'
import { Secret } from '../../../src/config.ts'
import { WireError } from '../../../src/kernel/index.ts'
import type { Log, LogFields } from '../../../src/services/ports.ts'

function capture(level: 'info' | 'warn' | 'silent' = 'info'): {
  log: Log
  lines: string[]
  last: () => Record<string, unknown>
} {
  const lines: string[] = []
  const log = createLog({ level, destination: { write: line => void lines.push(line) } })
  return { log, lines, last: () => JSON.parse(lines.at(-1)!) as Record<string, unknown> }
}

function written(fields: LogFields): Record<string, unknown> {
  const { log, last } = capture()
  log.info('tested', fields)
  return last()
}

describe('the log', () => {
  it('writes one line of JSON per event with level, time, event and fields', () => {
    const { log, lines, last } = capture()
    log.warn('attempt failed', { transmissionId: 't-1', code: 'EBMS:0004', attempt: 2, retry: false })
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^\{[^\n]*\}\n$/)
    const { time, ...rest } = last()
    expect(new Date(String(time)).getTime()).toBeGreaterThan(0)
    expect(rest).toEqual({
      level: 'warn',
      event: 'attempt failed',
      transmissionId: 't-1',
      code: 'EBMS:0004',
      attempt: 2,
      retry: false,
    })
  })

  it('leaves out what is less severe than its level', () => {
    const { log, lines } = capture('warn')
    log.info('small')
    expect(lines).toEqual([])
    const silent = capture('silent')
    silent.log.error('anything')
    expect(silent.lines).toEqual([])
  })

  it('never writes what a field with the name of a secret or a payload holds', () => {
    const names = [
      'password',
      'accessPointPassword',
      'token',
      'apiToken',
      'authorization',
      'privateKeyPem',
      'contentKey',
      'key',
      'iv',
      'payload',
      'body',
      'content',
      'clientSecret',
      'cookie',
    ]
    const line = JSON.stringify(written(Object.fromEntries(names.map(name => [name, 'hush']))))
    expect(line).not.toContain('hush')
  })

  it('keeps the sizes of payloads', () => {
    expect(written({ payloadSize: 3, contentSize: 4, bodyOctetsMax: 5 })).toMatchObject({
      payloadSize: 3,
      contentSize: 4,
      bodyOctetsMax: 5,
    })
  })

  it('writes the number of octets instead of the octets, however deep they lie', () => {
    expect(written({ answer: { inside: Buffer.from('hush') } })['answer']).toEqual({ inside: '[4 octets]' })
  })

  it('never writes a Secret', () => {
    expect(JSON.stringify(written({ url: new Secret('hush'), list: [new Secret('hush')] }))).not.toContain('hush')
  })

  it('takes keys in PEM and passwords in URLs out of any text', () => {
    const line = written({
      text: 'x -----BEGIN PRIVATE KEY-----\nhush\n-----END PRIVATE KEY----- y',
      url: 'postgres://me:hush@db/x',
    })
    expect(line).toMatchObject({ text: 'x [PEM] y', url: 'postgres://me:[redacted]@db/x' })
  })

  it('cuts a text that is too long for a fact', () => {
    expect(String(written({ text: '<Invoice>'.repeat(1000) })['text']).length).toBeLessThan(1100)
  })

  it('writes an error with name, code, message, place and cause', () => {
    const error = new WireError('digest', 'does not match', { cause: new Error('at postgres://me:hush@db') })
    const fields = written({ error })['error'] as Record<string, unknown>
    expect(fields).toMatchObject({
      name: 'WireError',
      code: 'digest',
      message: 'does not match',
      cause: { message: 'at postgres://me:[redacted]@db' },
    })
    expect(fields['at']).toEqual(expect.arrayContaining([expect.stringContaining('log.test.ts')]))
  })

  it('does not break on an object that contains itself', () => {
    const self: Record<string, unknown> = {}
    self['self'] = self
    expect(() => written({ self })).not.toThrow()
  })
})
