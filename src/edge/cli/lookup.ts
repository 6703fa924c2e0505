import { createDnsResolver } from '../../adapters/dns/index.ts'
import { createHttpClient } from '../../adapters/http/index.ts'
import { readAnchors } from '../../adapters/keys/index.ts'
import { createLog } from '../../adapters/log/index.ts'
import { anchorsFolderOf, type Config, loadConfig, zoneOf } from '../../config.ts'
import { systemClock } from '../../kernel/index.ts'
import {
  createDirectory,
  type Directory,
  type LookupResult,
  type ParticipantCard,
} from '../../services/directory/index.ts'
import type { DnsResolver } from '../../services/ports.ts'
import { createTrust } from '../../services/trust/index.ts'
import { parseDocumentTypeId, type ParticipantId, parseParticipantId, parseProcessId } from '../../wire/peppol/index.ts'
import { buildTrust } from '../../wire/pki/index.ts'
import { cardJson, endpointJson, stepsJson } from '../api/index.ts'
import { type Arguments, type Command, type ExitCode, UsageError } from './command.ts'
import type { Terminal } from './terminal.ts'
import { type StepJson, stepLine } from './trace-view.ts'

/** What most people ask for, by a short name. [peppol.md §3.4] */
const billingProcess = 'cenbii-procid-ubl::urn:fdc:peppol.eu:2017:poacc:billing:01:1.0'
const shortTypes: Readonly<Record<string, string>> = {
  invoice: billingType('Invoice'),
  'credit-note': billingType('CreditNote'),
}

export const lookup: Command = {
  name: 'lookup',
  summary: 'Looks up a participant in the network and tells every step.',
  usage: 'SCHEME:VALUE [options]',
  positionals: { min: 1, max: 1 },
  options: {
    'document-type': {
      type: 'string',
      value: 'TYPE',
      text: 'Where such a document goes: invoice, credit-note, or an identifier scheme::value.',
    },
    process: { type: 'string', value: 'ID', text: 'Process identifier; that of Peppol billing when not given.' },
    zone: { type: 'string', value: 'NAME', text: 'Instead of dns.zone.' },
    dns: { type: 'string', value: 'ADDRESS', text: 'Instead of dns.servers, e.g. 127.0.0.1:8412.' },
    smp: { type: 'string', value: 'URL', text: 'Asks this SMP and no DNS.' },
    config: {
      type: 'string',
      value: 'FILE',
      text: 'Names the network and its trust; without it: the Peppol test network.',
    },
  },
  notes: ['Exit code 0: found; 1: not registered, or the look-up failed (the words say which).'],
  async run(given, terminal) {
    const participant = parseParticipantId(given.positionals[0] ?? '')
    await using opened = openDirectory(configOf(given), given.value('smp'))
    const type = given.value('document-type')
    if (type === undefined) return tell(participant, await opened.directory.describe(participant), terminal)
    const question = {
      participant,
      documentType: parseDocumentTypeId(shortTypes[type] ?? type),
      process: parseProcessId(given.value('process') ?? billingProcess),
    }
    return tell(participant, await opened.directory.lookup(question), terminal)
  },
}

function billingType(root: string): string {
  const customization = 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0'
  return `busdox-docid-qns::urn:oasis:names:specification:ubl:schema:xsd:${root}-2::${root}##${customization}::2.1`
}

function configOf(given: Arguments): Config {
  const file = given.value('config')
  const zone = given.value('zone')
  const dns = given.value('dns')
  const values = {
    ...(zone === undefined ? {} : { 'dns.zone': zone }),
    ...(dns === undefined ? {} : { 'dns.servers': [dns] }),
  }
  const config = loadConfig(file === undefined ? { values } : { file, values })
  if (zoneOf(config) === undefined && given.value('smp') === undefined)
    throw new UsageError('lookup wants --zone, --smp or a configuration with dns.zone')
  return config
}

/** A directory without database or keys: everyone may look up. */
function openDirectory(config: Config, smp: string | undefined): AsyncDisposable & { readonly directory: Directory } {
  const http = createHttpClient({
    connectTimeoutMilliseconds: config.network.connectMilliseconds,
    connectionsPerOrigin: 2,
    allowPrivate: config.trust.network === 'private',
  })
  const trust = createTrust({
    anchors: buildTrust({
      ...readAnchors(anchorsFolderOf(config)),
      revocation: config.trust.revocation === 'crl' ? 'required' : 'off',
    }),
    http,
    clock: systemClock,
    log: createLog({ level: 'silent' }),
    crlPrefixes: config.trust.crlUrlPrefixes,
    refreshSeconds: config.trust.crlRefreshSeconds,
  })
  const { servers, timeoutMilliseconds } = config.dns
  const directory = createDirectory({
    clock: systemClock,
    dns: smp === undefined ? createDnsResolver({ servers, timeoutMilliseconds }) : fixedAnswer(smp),
    http,
    trust,
    zone: zoneOf(config) ?? 'not-asked.invalid',
    insecure: config.network.insecure,
    timeoutMilliseconds: config.network.smpMilliseconds,
    cacheSecondsMax: 0,
    negativeCacheSecondsMax: 0,
    cacheEntriesMax: 1,
  })
  return { directory, [Symbol.asyncDispose]: () => http[Symbol.asyncDispose]() }
}

/** Says of every name that its SMP is this one. */
function fixedAnswer(url: string): DnsResolver {
  const record = {
    order: 100,
    preference: 10,
    flags: 'U',
    service: 'Meta:SMP',
    regexp: `!.*!${url}!`,
    replacement: '.',
  }
  return { naptr: async () => ({ kind: 'found', records: [record], ttlSeconds: 0, server: '--smp' }) }
}

function tell(participant: ParticipantId, result: LookupResult | ParticipantCard, terminal: Terminal): ExitCode {
  const { paint } = terminal
  for (const step of stepsJson(result.steps) as unknown as readonly StepJson[]) terminal.line(stepLine(step, paint))
  if (result.kind !== 'found') {
    const { code, message, retry } = result.failure
    const words =
      result.kind === 'unregistered' ? 'not registered' : 'the look-up failed, which says nothing about the participant'
    terminal.failure(`${words}: ${message}`, { code, retry, kind: result.kind, steps: stepsJson(result.steps) })
    return 1
  }
  if ('address' in result) {
    terminal.data(endpointJson(participant, result))
    terminal.line(
      `${paint.good('found')}  ${result.address}  ${paint.dim(`${result.certificate.commonName}, ${result.transportProfile}`)}`,
    )
    return 0
  }
  terminal.data(cardJson(participant, result))
  terminal.line(`${paint.good('found')}  ${result.smp}  ${result.documentTypes.length} document types`)
  for (const type of result.documentTypes) terminal.line(paint.dim(`  ${type.value}`))
  return 0
}
