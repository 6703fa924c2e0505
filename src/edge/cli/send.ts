import { setTimeout as delay } from 'node:timers/promises'
import { readPem } from '../../adapters/keys/index.ts'
import { createLog } from '../../adapters/log/index.ts'
import { loadConfig } from '../../config.ts'
import { inMemory } from '../../kernel/index.ts'
import { type Core, createCore } from '../../node.ts'
import { formatOf } from '../../services/documents/index.ts'
import type { InvoiceId, Route } from '../../services/domain.ts'
import type { SendOutcome, SendRequest } from '../../services/invoicing/index.ts'
import { invoiceJson, traceJson } from '../api/index.ts'
import { type ApiClient, ApiError, apiOptions, bodyOf, openApi } from './api-client.ts'
import { type Arguments, type Command, type ExitCode, numberOf, UsageError } from './command.ts'
import { readDocumentFile } from './document-files.ts'
import type { Terminal } from './terminal.ts'
import { type InvoiceJson, isFinal, printInvoice, printTrace, type TraceJson } from './trace-view.ts'

export const send: Command = {
  name: 'send',
  summary: 'Sends an invoice (JSON, UBL, CII or Factur-X), waits for what becomes of it and tells every step.',
  usage: 'FILE [--api URL | --config FILE [--to-url URL --to-cert FILE]]',
  positionals: { min: 1, max: 1 },
  options: {
    ...apiOptions,
    config: {
      type: 'string',
      value: 'FILE',
      text: 'Sends from here with the keys and the database of this configuration (or of the environment).',
    },
    'to-url': { type: 'string', value: 'URL', text: "The receiver's AS4 endpoint; nothing is looked up." },
    'to-cert': { type: 'string', value: 'FILE', text: 'Its certificate in PEM.' },
    wait: { type: 'string', value: 'SECONDS', text: 'How long to wait for the end; 120 when not given.' },
  },
  notes: ['FILE is JSON in the shape of the EN 16931 model, or an invoice in UBL or CII; - reads standard input.'],
  async run(given, terminal) {
    const [file = ''] = given.positionals
    const octets = readDocumentFile(file)
    const seconds = numberOf(given, 'wait', { min: 0, max: 86_400 }) ?? 120
    const route = routeOf(given)
    const api = given.value('api')
    if (api === undefined) return await sendFromHere(octets, { given, terminal, route, seconds })
    if (given.value('config') !== undefined || route.kind === 'static') {
      throw new UsageError('--api goes without --config, --to-url and --to-cert: the running node decides')
    }
    await using client = openApi(api, given)
    return await sendThroughApi(octets, { client, terminal, seconds })
  },
}

function routeOf(given: Arguments): Route {
  const url = given.value('to-url')
  const file = given.value('to-cert')
  if (url === undefined && file === undefined) return { kind: 'peppol' }
  if (url === undefined || file === undefined) throw new UsageError('--to-url and --to-cert go together')
  if (!URL.canParse(url)) throw new UsageError(`--to-url: ${url} is no URL`)
  const [certificate] = readPem(file)
  if (certificate === undefined) throw new UsageError(`--to-cert: ${file} holds no certificate`)
  return { kind: 'static', url, certificatePem: certificate.der.toString('base64') }
}

/* ── Through a running node ────────────────────────────────────────────────────────────────── */

async function sendThroughApi(
  octets: Buffer,
  { client, terminal, seconds }: { readonly client: ApiClient; readonly terminal: Terminal; readonly seconds: number },
): Promise<ExitCode> {
  const answer = await client.post('/invoices', octets, mediaTypeOf(octets))
  if (answer.status === 422) {
    const { errors } = answer.body as { readonly errors: readonly FindingJson[] }
    return refuse(errors, terminal)
  }
  const { id } = bodyOf(answer) as { readonly id: string }
  const path = `/invoices/${id}`
  const deadline = performance.now() + seconds * 1000
  let invoice = bodyOf(await client.get(path)) as InvoiceJson
  while (!isFinal(invoice.state) && performance.now() < deadline) {
    terminal.progress(`${invoice.number}: ${invoice.state}`)
    await delay(100)
    invoice = bodyOf(await client.get(path)) as InvoiceJson
  }
  return conclude(invoice, bodyOf(await client.get(`${path}/events`)) as TraceJson, terminal)
}

/* ── With keys and database of our own ─────────────────────────────────────────────────────── */

interface Sending {
  readonly given: Arguments
  readonly terminal: Terminal
  readonly route: Route
  readonly seconds: number
}

async function sendFromHere(octets: Buffer, { given, terminal, route, seconds }: Sending): Promise<ExitCode> {
  const file = given.value('config')
  terminal.progress('starting')
  await using core = await createCore(loadConfig(file === undefined ? {} : { file }), { log: warnings })
  const outcome = await core.invoicing.send({ source: sourceOf(octets), route, idempotency: undefined })
  const id = accepted(outcome, terminal)
  if (id === undefined) return 1
  terminal.progress('sending')
  await core.exchange.start()
  await settled(core, id, performance.now() + seconds * 1000)
  const invoice = await core.reader.findInvoice(id)
  if (invoice === undefined) throw new ApiError('lost', `invoice ${id} is not in the database`, undefined)
  const { reader } = core
  const { id: transmissionId } = invoice.transmission
  const [events, attempts] = await Promise.all([reader.listEvents(transmissionId), reader.listAttempts(transmissionId)])
  const trace = traceJson(invoice, events, attempts) as unknown as TraceJson
  return conclude(invoiceJson(invoice) as unknown as InvoiceJson, trace, terminal)
}

/** Standard output is for the answer. */
const warnings = createLog({ level: 'warn', destination: process.stderr })

/** Waits until the invoice has reached an end, or nothing is due before the deadline. */
async function settled(core: Core, id: InvoiceId, deadline: number): Promise<void> {
  while (performance.now() < deadline) {
    const invoice = await core.reader.findInvoice(id)
    if (invoice === undefined || isFinal(invoice.transmission.state)) return
    await delay(50)
  }
}

function accepted(outcome: SendOutcome, terminal: Terminal): InvoiceId | undefined {
  switch (outcome.kind) {
    case 'accepted':
      return outcome.invoiceId
    case 'invalid':
      refuse(outcome.findings, terminal)
      break
    case 'number-taken': {
      const { kind, invoiceId } = outcome
      terminal.failure(`an invoice with this number from this seller exists: ${invoiceId}`, {
        code: kind,
        id: invoiceId,
      })
      break
    }
    case 'key-reused':
      terminal.failure('the idempotency key belongs to another request', { code: outcome.kind })
  }
  return undefined
}

function mediaTypeOf(octets: Buffer): string {
  const format = formatOf(octets)
  return format === 'xml' || format === 'pdf' ? `application/${format}` : 'application/json'
}

function sourceOf(octets: Buffer): SendRequest['source'] {
  const format = formatOf(octets)
  if (format === 'xml' || format === 'pdf') return { kind: format, octets: inMemory(octets) }
  try {
    return { kind: 'json', value: JSON.parse(octets.toString('utf8')) }
  } catch (cause) {
    throw new ApiError(
      'malformed-request',
      `the file is neither XML nor PDF nor JSON: ${(cause as Error).message}`,
      undefined,
    )
  }
}

/* ── What both ways tell ───────────────────────────────────────────────────────────────────── */

interface FindingJson {
  readonly pointer: string
  readonly rule: string
  readonly message: string
  readonly severity?: string
}

function refuse(findings: readonly FindingJson[], terminal: Terminal): ExitCode {
  terminal.failure('the invoice breaks rules and was not sent', { code: 'invalid-invoice', errors: findings })
  for (const { pointer, rule, message, severity } of findings) {
    const name = severity === 'warning' ? rule : terminal.paint.bad(rule)
    terminal.line(`  ${name}  ${pointer || '/'}  ${message}`)
  }
  return 1
}

function conclude(invoice: InvoiceJson, trace: TraceJson, terminal: Terminal): ExitCode {
  terminal.data({ invoice, trace })
  printInvoice(invoice, terminal)
  printTrace(trace, terminal)
  return invoice.state === 'delivered' ? 0 : 1
}
