import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { runCli } from '../../../src/edge/cli/index.ts'
import { run } from './program.ts'

const folder = mkdtempSync(join(tmpdir(), 'passerelle-cli-'))
const configFile = fileURLToPath(new URL('../../../config/sandbox.json', import.meta.url))

async function cli(
  words: readonly string[],
  terminal: { isTTY?: boolean; colours?: boolean } = {},
): Promise<{ code: number; output: string; errors: string }> {
  let [output, errors] = ['', '']
  const isTTY = terminal.isTTY ?? false
  const code = await runCli(words, {
    output: { isTTY, write: text => (output += text) },
    errors: { isTTY, write: text => (errors += text) },
    colours: terminal.colours ?? true,
  })
  return { code, output, errors }
}

describe('usage', () => {
  it.each([[[]], [['help']], [['--help']]])('%j lists the commands', async words => {
    const { code, output } = await cli(words)
    expect(code).toBe(0)
    for (const name of ['serve', 'sandbox', 'send', 'convert', 'lookup', 'trace', 'keys', 'migrate', 'config'])
      expect(output).toContain(`  ${name} `)
  })

  it.each(['serve', 'sandbox', 'send', 'convert', 'lookup', 'trace', 'keys', 'migrate', 'config'])(
    '%s --help names every option',
    async name => {
      const { code, output } = await cli([name, '--help'])
      expect([code, (await cli(['help', name])).output]).toEqual([0, output])
      expect(output).toMatch(new RegExp(`^passerelle ${name} `))
      expect(output).toContain('--json ')
    },
  )

  it.each([
    [['nonsense'], 'there is no command nonsense'],
    [['send'], 'send wants FILE'],
    [['send', 'a', 'b'], 'send does not take b'],
    [['send', '--nonsense', 'x'], "Unknown option '--nonsense'"],
    [['send', '/dev/null', '--to-url', 'http://127.0.0.1/'], '--to-url and --to-cert go together'],
    [['send', '/dev/null', '--api', 'http://127.0.0.1:1', '--config', 'x'], '--api goes without --config'],
    [['serve', '--port', 'x'], '--port must be a whole number, 0 to 65535'],
    [['serve', '--port', '65536'], '--port must be a whole number, 0 to 65535'],
    [['keys', 'make'], 'keys make wants --out FOLDER and --common-name ID'],
    [['keys', 'make', '--out', 'x', '--common-name', 'P', '--network', 'x'], '--network must be peppol or sandbox'],
    [['keys', 'nonsense'], 'keys wants inspect FILE'],
    [['config', 'nonsense'], 'config knows print and docs'],
    [['trace', 'nonsense'], 'nonsense is the id of nothing'],
  ])('%j ends with 2 and says what is wrong', async (words, message) => {
    const { code, output, errors } = await cli(words)
    expect([code, output]).toEqual([2, ''])
    expect(errors).toContain(message)
  })

  it('with --json a failure is an object on standard output', async () => {
    const { code, output, errors } = await cli(['keys', 'inspect', join(folder, 'none'), '--json'])
    expect([code, errors]).toEqual([1, ''])
    expect(JSON.parse(output)).toMatchObject({
      error: { code: 'unreadable', message: expect.stringContaining('cannot be read') },
    })
  })
})

describe('keys', () => {
  it('makes a key with a certificate request and overwrites neither', async () => {
    const out = join(folder, 'request')
    const words = ['keys', 'make', '--out', out, '--common-name', 'PFR000123', '--organisation', 'Essai']
    expect((await cli(words)).code).toBe(0)
    const key = readFileSync(join(out, 'PFR000123.key.pem'), 'utf8')
    expect(statSync(join(out, 'PFR000123.key.pem')).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(out, 'PFR000123.csr.pem'), 'utf8')).toContain('BEGIN CERTIFICATE REQUEST')
    const again = await cli(words)
    expect([again.code, readFileSync(join(out, 'PFR000123.key.pem'), 'utf8')]).toEqual([2, key])
  })

  it('makes sandbox keys that inspect describes', async () => {
    const out = join(folder, 'sandbox')
    const made = await cli([
      'keys',
      'make',
      '--network',
      'sandbox',
      '--out',
      out,
      '--common-name',
      'PFR000124',
      '--json',
    ])
    const { accessPoint, anchors } = JSON.parse(made.output) as {
      accessPoint: { certificate: string }
      anchors: string
    }
    expect(existsSync(join(anchors, 'root.pem'))).toBe(true)
    const inspected = await cli(['keys', 'inspect', accessPoint.certificate, '--json'])
    expect(JSON.parse(inspected.output)).toMatchObject({
      format: 'PEM',
      certificates: [{ commonName: 'PFR000124', isAuthority: false }],
    })
    expect((await cli(['keys', 'inspect', accessPoint.certificate])).output).toContain(
      'PASSERELLE SANDBOX ACCESS POINT CA',
    )
  })

  it('makes a token and the hash that the configuration wants', async () => {
    const { token, sha256 } = JSON.parse((await cli(['keys', 'token', '--json'])).output) as Record<
      'token' | 'sha256',
      string
    >
    expect(createHash('sha256').update(token).digest('hex')).toBe(sha256)
    expect(Buffer.from(token, 'base64url')).toHaveLength(32)
  })
})

describe('config', () => {
  it('prints the settings of a file', async () => {
    const { code, output } = await cli(['config', 'print', '--config', configFile, '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(output)).toMatchObject({ http: { port: 8090 }, trust: { network: 'private' } })
  })

  it('ends with 1 and the name of a setting that is wrong', async () => {
    const file = join(folder, 'wrong.json')
    writeFileSync(file, '{"http":{"port":"x"}}')
    const { code, errors } = await cli(['config', 'print', '--config', file])
    expect([code, errors]).toEqual([1, 'passerelle: http.port: must be a whole number, 0 to 65535; got "x"\n'])
  })
})

describe('serve', () => {
  it('refuses to start without a key, with a setting to set', async () => {
    const { code, errors } = await run(['serve', '--port', '0'])
    expect([code, errors]).toEqual([1, expect.stringContaining('accessPoint.key')])
  })
})

describe('lookup', () => {
  it('says that a failed look-up says nothing about the participant', async () => {
    const { code, output, errors } = await cli(['lookup', '0225:1', '--dns', '127.0.0.1:1', '--zone', 'z.test'])
    expect(code).toBe(1)
    expect(output).toContain('name hash')
    expect(errors).toContain('the look-up failed, which says nothing about the participant')
  })

  it('refuses what is no participant', async () => {
    expect((await cli(['lookup', 'hello'])).code).toBe(1)
  })
})

describe('the terminal', () => {
  const words = ['lookup', '0225:1', '--dns', '127.0.0.1:1', '--zone', 'z.test']

  it('gets colours only when it is one and they are wanted', async () => {
    expect((await cli(words, { isTTY: true })).output).toContain('\u001B[')
    expect((await cli(words, { isTTY: true, colours: false })).output).not.toContain('\u001B[')
    expect((await cli(words)).output).not.toContain('\u001B[')
  })

  it('shows no control characters of what it quotes', async () => {
    let errors = ''
    const streams = { output: { write: () => true }, errors: { write: (text: unknown) => (errors += String(text)) } }
    await runCli(['validate', 'a\u001B]0;title\u0007\r\u009B2J.xml'], { ...streams, colours: false })
    expect(errors).toBe(
      'passerelle: a\uFFFD]0;title\uFFFD\uFFFD\uFFFD2J.xml is not there; see passerelle validate --help\n',
    )
  })

  it('NO_COLOR is honoured and a reader that has had enough does no harm', async () => {
    const { code, output } = await run(['help'], { env: { NO_COLOR: '1' } })
    expect([code, output.includes('\u001B[')]).toEqual([0, false])
  })
})
