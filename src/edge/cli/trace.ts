import { isUuid } from '../../kernel/index.ts'
import type { InvoiceId, TransmissionId } from '../../services/domain.ts'
import { createLog } from '../../adapters/log/index.ts'
import { loadConfig } from '../../config.ts'
import { createCore } from '../../node.ts'
import { exceptionJson, invoiceJson, traceJson } from '../api/index.ts'
import { apiOptions, bodyOf, openApi } from './api-client.ts'
import { type Arguments, type Command, type ExitCode, UsageError } from './command.ts'
import {
  type InvoiceJson,
  printInvoice,
  printTrace,
  printTransmission,
  type TraceJson,
  type TransmissionJson,
} from './trace-view.ts'

export const trace: Command = {
  name: 'trace',
  summary: 'Tells what an invoice or a transmission went through: events, attempts and every step with its time.',
  usage: 'ID [--api URL | --config FILE]',
  positionals: { min: 1, max: 1 },
  options: {
    ...apiOptions,
    config: {
      type: 'string',
      value: 'FILE',
      text: 'Reads the database of this configuration instead of asking a running node.',
    },
  },
  async run(given, terminal): Promise<ExitCode> {
    const [id = ''] = given.positionals
    const api = given.value('api')
    const found = api === undefined ? await fromDatabase(id, given.value('config')) : await fromApi(id, api, given)
    if (found === undefined) {
      terminal.failure(`there is neither an invoice nor a transmission ${id}`, { code: 'not-found' })
      return 1
    }
    terminal.data(found)
    if (found.invoice !== undefined) printInvoice(found.invoice, terminal)
    else printTransmission(found.transmission, terminal)
    printTrace(found.trace, terminal)
    return 0
  },
}

/** An invoice, or the transmission that holds none. */
type Found = { readonly trace: TraceJson } & (
  | { readonly invoice: InvoiceJson }
  | { readonly invoice?: undefined; readonly transmission: TransmissionJson }
)

async function fromApi(id: string, url: string, given: Arguments): Promise<Found | undefined> {
  await using api = openApi(url, given)
  const path = `/invoices/${encodeURIComponent(id)}`
  const invoice = await api.get(path)
  if (invoice.status !== 404) {
    return { invoice: bodyOf(invoice) as InvoiceJson, trace: bodyOf(await api.get(`${path}/events`)) as TraceJson }
  }
  const itself = `/transmissions/${encodeURIComponent(id)}`
  const transmission = await api.get(itself)
  if (transmission.status === 404) return undefined
  return {
    transmission: bodyOf(transmission) as TransmissionJson,
    trace: bodyOf(await api.get(`${itself}/events`)) as TraceJson,
  }
}

async function fromDatabase(id: string, file: string | undefined): Promise<Found | undefined> {
  if (!isUuid(id)) throw new UsageError(`${id} is the id of nothing`)
  await using core = await createCore(loadConfig(file === undefined ? {} : { file }), {
    log: createLog({ level: 'warn', destination: process.stderr }),
  })
  const invoice = await core.reader.findInvoice(id as InvoiceId)
  const transmission = invoice?.transmission ?? (await core.reader.findTransmission(id as TransmissionId))
  if (transmission === undefined) return undefined
  const [events, attempts] = await Promise.all([
    core.reader.listEvents(transmission.id),
    core.reader.listAttempts(transmission.id),
  ])
  const trace = traceJson({ id, transmission }, events, attempts) as unknown as TraceJson
  if (invoice !== undefined) return { invoice: invoiceJson(invoice) as unknown as InvoiceJson, trace }
  return { transmission: exceptionJson(transmission) as unknown as TransmissionJson, trace }
}
