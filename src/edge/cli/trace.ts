import type { InvoiceId, TransmissionId } from '../../services/domain.ts'
import { createLog } from '../../adapters/log/index.ts'
import { loadConfig } from '../../config.ts'
import { createCore } from '../../node.ts'
import { invoiceJson, traceJson } from '../api/index.ts'
import { apiOptions, bodyOf, openApi } from './api-client.ts'
import { type Arguments, type Command, type ExitCode, UsageError } from './command.ts'
import { type InvoiceJson, printInvoice, printTrace, type TraceJson } from './trace-view.ts'

export const trace: Command = {
  name: 'trace',
  summary: 'Tells what an invoice went through: events, attempts and every step with its time.',
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
      terminal.failure(`there is no invoice ${id}`, { code: 'not-found' })
      return 1
    }
    terminal.data(found)
    printInvoice(found.invoice, terminal)
    printTrace(found.trace, terminal)
    return 0
  },
}

interface Found {
  readonly invoice: InvoiceJson
  readonly trace: TraceJson
}

async function fromApi(id: string, url: string, given: Arguments): Promise<Found> {
  await using api = openApi(url, given)
  const path = `/invoices/${encodeURIComponent(id)}`
  return {
    invoice: bodyOf(await api.get(path)) as InvoiceJson,
    trace: bodyOf(await api.get(`${path}/events`)) as TraceJson,
  }
}

async function fromDatabase(id: string, file: string | undefined): Promise<Found | undefined> {
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id))
    throw new UsageError(`${id} is not the id of an invoice`)
  await using core = await createCore(loadConfig(file === undefined ? {} : { file }), {
    log: createLog({ level: 'warn', destination: process.stderr }),
  })
  const invoice = await core.reader.findInvoice(id as InvoiceId)
  if (invoice === undefined) return undefined
  const transmissionId: TransmissionId = invoice.transmission.id
  const [events, attempts] = await Promise.all([
    core.reader.listEvents(transmissionId),
    core.reader.listAttempts(transmissionId),
  ])
  return {
    invoice: invoiceJson(invoice) as unknown as InvoiceJson,
    trace: traceJson(invoice, events, attempts) as unknown as TraceJson,
  }
}
