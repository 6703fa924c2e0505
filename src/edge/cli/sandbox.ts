import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { members, type Sandbox, sampleInvoice, startSandbox } from '../../sandbox/index.ts'
import { type ApiClient, bodyOf, openApi } from './api-client.ts'
import { type Command, type ExitCode, numberOf } from './command.ts'
import { untilStopped } from './signals.ts'
import type { Terminal } from './terminal.ts'
import { factLine, type InvoiceJson, isFinal, printTrace, stateOf, stepLine, type TraceJson } from './trace-view.ts'

/** The first invoice must have arrived by then; a loaded machine may be slow. */
const deliveryMilliseconds = 60_000

export const sandbox: Command = {
  name: 'sandbox',
  summary: 'Brings up a network of two access points on this machine, sends an invoice through it and keeps running.',
  usage: '[--reset] [--port N] [--once]',
  positionals: { min: 0, max: 0 },
  options: {
    reset: { type: 'boolean', text: 'Begins anew: keys, data and logs of earlier starts are thrown away.' },
    port: {
      type: 'string',
      value: 'N',
      text: 'The first of four ports in a row; 8410, or the next free ones, when not given.',
    },
    once: { type: 'boolean', text: 'Ends after the first delivery.' },
    folder: {
      type: 'string',
      value: 'FOLDER',
      text: 'Where keys, data and logs are kept; .passerelle/sandbox when not given.',
    },
  },
  async run(given, terminal): Promise<ExitCode> {
    const startedAt = performance.now()
    const stopped = untilStopped()
    const running = start(terminal, {
      reset: given.flag('reset'),
      port: numberOf(given, 'port', { min: 1, max: 65_532 }),
      folder: resolve(given.value('folder') ?? '.passerelle/sandbox'),
    })
    await using network = await running
    const arrived = await Promise.race([deliver(network, terminal), stopped.then(() => undefined)])
    if (arrived === undefined) return 1
    terminal.line()
    terminal.line(
      `${stateOf(arrived.state, terminal.paint)} ${((performance.now() - startedAt) / 1000).toFixed(1)} s after the start`,
    )
    if (given.flag('once')) return arrived.state === 'delivered' ? 0 : 1
    explain(network, arrived, terminal)
    await stopped
    terminal.progress('stopping')
    return 0
  },
}

async function start(
  terminal: Terminal,
  options: { readonly reset: boolean; readonly port: number | undefined; readonly folder: string },
): Promise<Sandbox> {
  const { paint } = terminal
  terminal.line(paint.bold('Passerelle sandbox'))
  const network = await startSandbox({ ...options, report: line => terminal.line(paint.dim(`  ${line}`)) })
  const { sender, receiver } = network
  terminal.line(`  sender    ${sender.url}  ${members.sender.organisation}, ${members.sender.participant}`)
  terminal.line(`  receiver  ${receiver.url}  ${members.receiver.organisation}, ${members.receiver.participant}`)
  terminal.line(`  DNS       ${network.dnsServer}  zone ${network.zone}`)
  terminal.data({
    event: 'started',
    sender: sender.url,
    receiver: receiver.url,
    dns: network.dnsServer,
    zone: network.zone,
  })
  terminal.line()
  return network
}

interface Arrival {
  readonly state: string
  readonly number: string
  readonly sentId: string
  readonly receivedId: string | undefined
}

/** Sends an invoice over the REST door of the sender and follows it to the owner at the other end. */
async function deliver({ sender, receiver }: Sandbox, terminal: Terminal): Promise<Arrival> {
  await using from = openApi(sender.url, noToken)
  await using to = openApi(receiver.url, noToken)
  const now = new Date().toISOString()
  const number = `S-${now.slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}`
  const deadline = performance.now() + deliveryMilliseconds
  const submittedAt = performance.now()
  const invoice = Buffer.from(JSON.stringify(sampleInvoice(number, now.slice(0, 10))))
  const { id } = bodyOf(await from.post('/invoices', invoice, 'application/json')) as { readonly id: string }
  terminal.line(
    terminal.paint.bold(`Invoice ${number}: ${members.sender.organisation} → ${members.receiver.organisation}`),
  )
  terminal.line(factLine('stored at sender', performance.now() - submittedAt, id))
  const state = await untilFinal(from, id, deadline)
  const trace = bodyOf(await from.get(`/invoices/${id}/events`)) as TraceJson
  terminal.data({ event: 'sent', number, id, state, trace })
  if (state !== 'delivered') {
    printTrace(trace, terminal)
    return { state, number, sentId: id, receivedId: undefined }
  }
  for (const step of trace.attempts.at(-1)?.steps ?? []) terminal.line(stepLine(step, terminal.paint))
  const receivedId = await follow(to, number, { submitted: trace, terminal, deadline })
  return { state: receivedId === undefined ? 'not delivered at the receiver' : state, number, sentId: id, receivedId }
}

/** The local sandbox has no tokens. */
const noToken = { value: () => undefined }

async function untilFinal(api: ApiClient, id: string, deadline: number): Promise<string> {
  for (;;) {
    const { state } = bodyOf(await api.get(`/invoices/${id}/status`)) as InvoiceJson
    if (isFinal(state) || performance.now() > deadline) return state
    await delay(20)
  }
}

/** Waits for the invoice at the receiver; its own events tell when it was stored and when its owner had it. */
async function follow(
  api: ApiClient,
  number: string,
  {
    submitted,
    terminal,
    deadline,
  }: { readonly submitted: TraceJson; readonly terminal: Terminal; readonly deadline: number },
): Promise<string | undefined> {
  const began = Date.parse(submitted.events[0]?.at ?? '')
  while (performance.now() < deadline) {
    const page = bodyOf(await api.get(`/invoices?direction=inbound&number=${number}`)) as {
      readonly invoices: readonly InvoiceJson[]
    }
    const [found] = page.invoices
    if (found !== undefined && isFinal(found.state)) {
      const trace = bodyOf(await api.get(`/invoices/${found.id}/events`)) as TraceJson
      const labels: Readonly<Record<string, string>> = { received: 'stored', delivered: 'delivered' }
      for (const { kind, at } of trace.events) {
        const label = labels[kind] ?? kind
        terminal.line(
          factLine(label, Date.parse(at) - began, terminal.paint.dim(`at the receiver, since it was submitted`)),
        )
      }
      terminal.data({ event: 'received', number, id: found.id, state: found.state, trace })
      return found.state === 'delivered' ? found.id : undefined
    }
    await delay(20)
  }
  return undefined
}

function explain({ sender, receiver }: Sandbox, { number, sentId, receivedId }: Arrival, terminal: Terminal): void {
  const { paint } = terminal
  const next = `${number}-2`
  const body = JSON.stringify(sampleInvoice(next, new Date().toISOString().slice(0, 10)), undefined, 1)
    .split('\n')
    .join(' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/, "(seller|buyer|lines)"/g, ',\n  "$1"')
  const other = members.receiver.participant.replace(/^.*::/, '')
  const blocks: readonly (readonly [string, string])[] = [
    [
      'Send another',
      `curl -s ${sender.url}/api/v1/invoices -H 'content-type: application/json' -d @- <<'JSON'\n${body}\nJSON`,
    ],
    [
      'List what went out, and what came in',
      `curl -s '${sender.url}/api/v1/invoices?limit=5'\ncurl -s '${receiver.url}/api/v1/invoices?limit=5'`,
    ],
    [
      'Every step of the first one',
      `curl -s ${sender.url}/api/v1/invoices/${sentId}/events\nnpx passerelle trace ${sentId} --api ${sender.url}`,
    ],
    ['Its copy at the other end', `curl -s ${receiver.url}/api/v1/invoices/${receivedId ?? ''}/files/ubl`],
    ['Look up the receiver', `curl -s ${sender.url}/api/v1/participants/${other}`],
    ['The description of the API', `curl -s ${sender.url}/api/v1/openapi.json`],
  ]
  for (const [title, command] of blocks) {
    terminal.line()
    terminal.line(paint.bold(title))
    terminal.line(command)
  }
  terminal.line()
  terminal.line('Running until Ctrl-C.')
}
