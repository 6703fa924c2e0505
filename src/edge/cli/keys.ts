import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspectKeyFile, type KeyFileReport, makeRequest } from '../../adapters/keys/index.ts'
import { openPki } from '../../sandbox/index.ts'
import { type Arguments, type Command, type ExitCode, UsageError } from './command.ts'
import type { Terminal } from './terminal.ts'

export const keys: Command = {
  name: 'keys',
  summary:
    'Looks into key files (inspect), makes keys with a request or a sandbox certificate (make), or an API token (token).',
  usage: 'inspect FILE | make --out FOLDER [options] | token',
  positionals: { min: 1, max: 2 },
  options: {
    'password-file': { type: 'string', value: 'FILE', text: 'inspect: holds the password of the file.' },
    out: { type: 'string', value: 'FOLDER', text: 'make: where the files go; none is overwritten.' },
    network: {
      type: 'string',
      value: 'NAME',
      text: 'make: peppol (a certificate request, the default) or sandbox (CA and certificates made on the spot).',
    },
    'common-name': { type: 'string', value: 'ID', text: 'make: Seat ID, e.g. PFR000123.' },
    organisation: { type: 'string', value: 'NAME', text: 'make: name of the company.' },
    country: { type: 'string', value: 'CC', text: 'make: two letters; FR when not given.' },
  },
  async run(given, terminal) {
    const [what, file] = given.positionals
    if (what === 'inspect' && file !== undefined) return inspect(file, given, terminal)
    if (what === 'make' && file === undefined) return await make(given, terminal)
    if (what === 'token' && file === undefined) return token(terminal)
    throw new UsageError('keys wants inspect FILE, make --out FOLDER, or token')
  },
}

function inspect(file: string, given: Arguments, terminal: Terminal): ExitCode {
  const passwordFile = given.value('password-file')
  const password = passwordFile === undefined ? undefined : readFileSync(passwordFile, 'utf8').trimEnd()
  const report = inspectKeyFile(file, password)
  terminal.data(report)
  for (const line of reportLines(report, terminal)) terminal.line(line)
  return 0
}

function reportLines(report: KeyFileReport, { paint }: Terminal): readonly string[] {
  const key =
    report.key === undefined ? 'no private key' : `private key ${report.key.type} ${report.key.bits ?? ''}`.trimEnd()
  const lines = [`${paint.bold(report.file)}  ${report.format}, ${key}`]
  for (const one of report.certificates) {
    lines.push(
      '',
      `  ${paint.bold(one.commonName)}${one.isAuthority ? '  (authority)' : ''}`,
      `    subject      ${one.subject}`,
      `    issuer       ${one.issuer}`,
      `    serial       ${one.serial}`,
      `    valid        ${one.validFrom} to ${one.validTo}`,
      `    fingerprint  ${one.fingerprint}`,
      `    key usage    ${one.keyUsage.join(', ') || '–'}`,
      `    CRL          ${one.crlUrls.join(', ') || '–'}`,
    )
    if (one.belongsToKey !== undefined) {
      lines.push(
        `    private key  ${one.belongsToKey ? paint.good('belongs to it') : paint.bad('belongs to another certificate')}`,
      )
    }
  }
  return lines
}

async function make(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const out = given.value('out')
  const commonName = given.value('common-name')
  if (out === undefined || commonName === undefined)
    throw new UsageError('keys make wants --out FOLDER and --common-name ID')
  const organisation = given.value('organisation') ?? 'Unnamed'
  const country = given.value('country') ?? 'FR'
  if (!/^[A-Z]{2}$/.test(country)) throw new UsageError('--country must be two capital letters')
  const network = given.value('network') ?? 'peppol'
  if (network === 'sandbox') return await makeSandbox(out, { commonName, organisation, country }, terminal)
  if (network !== 'peppol') throw new UsageError('--network must be peppol or sandbox')
  const files = { key: join(out, `${commonName}.key.pem`), request: join(out, `${commonName}.csr.pem`) }
  for (const file of Object.values(files)) {
    if (existsSync(file)) throw new UsageError(`${file} exists already and is not overwritten`)
  }
  const { keyPem, requestPem } = await makeRequest({ commonName, organisation, country })
  mkdirSync(out, { recursive: true })
  writeFileSync(files.key, keyPem, { mode: 0o600, flag: 'wx' })
  writeFileSync(files.request, requestPem, { flag: 'wx' })
  terminal.data(files)
  terminal.line(`${files.key}  private key: keep it secret and safe`)
  terminal.line(`${files.request}  certificate request: this goes to the Peppol CA`)
  return 0
}

async function makeSandbox(
  out: string,
  subject: { readonly commonName: string; readonly organisation: string; readonly country: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const pki = await openPki(out, { crlUrl: undefined, now: new Date() })
  const accessPoint = await pki.issue({ ...subject, name: 'access-point', role: 'access-point' })
  const smp = await pki.issue({ ...subject, name: 'smp', role: 'smp' })
  terminal.data({ accessPoint, smp, anchors: pki.anchorsFolder })
  terminal.line(`access point  ${accessPoint.key}  ${accessPoint.certificate}`)
  terminal.line(`SMP           ${smp.key}  ${smp.certificate}`)
  terminal.line(`trust.folder  ${pki.anchorsFolder}  (with trust.revocation off: nobody publishes lists for it)`)
  return 0
}

function token(terminal: Terminal): ExitCode {
  const secret = randomBytes(32).toString('base64url')
  const hash = createHash('sha256').update(secret).digest('hex')
  terminal.data({ token: secret, sha256: hash })
  terminal.line(`token   ${secret}   (for the caller; it is shown once)`)
  terminal.line(`sha256  ${hash}   (for api.tokens)`)
  return 0
}
