import type { Paint, Terminal } from './terminal.ts'

/* What an invoice went through, for people. The values are those of the API (openapi.ts). */

type Detail = Readonly<Record<string, string | number | boolean>>

export interface StepJson {
  readonly name: string
  readonly microseconds: number
  readonly detail: Detail
}

export interface InvoiceJson {
  readonly id: string
  readonly direction: string
  readonly number: string
  readonly currency: string
  readonly payable: string
  readonly sellerName: string
  readonly buyerName: string
  readonly state: string
  readonly transmission: { readonly sender: string; readonly receiver: string; readonly failure?: FailureJson }
}

/** A transmission on its own: it holds no invoice, or none that can be read. */
export interface TransmissionJson {
  readonly id: string
  readonly direction: string
  readonly state: string
  readonly sender: string
  readonly receiver: string
  readonly documentType: string
  readonly failure?: FailureJson
}

export interface FailureJson {
  readonly code: string
  readonly message: string
  readonly retry: boolean
}

export interface TraceJson {
  readonly state: string
  readonly events: readonly { readonly at: string; readonly kind: string; readonly detail: Detail }[]
  readonly attempts: readonly {
    readonly number: number
    readonly startedAt: string
    readonly outcome: string
    readonly steps: readonly StepJson[]
  }[]
}

/** What each step is called, and which of its details says most. */
const stepViews: Readonly<Record<string, { readonly label: string; readonly show: readonly string[] }>> = {
  'name-hash': { label: 'name hash', show: ['name'] },
  naptr: { label: 'NAPTR answer', show: ['url', 'answer', 'server'] },
  smp: { label: 'SMP document', show: ['status', 'octets'] },
  'smp-signature': { label: 'SMP signature', show: ['signer'] },
  redirect: { label: 'SMP redirect', show: ['href'] },
  endpoint: { label: 'endpoint', show: ['address'] },
  certificate: { label: 'certificate', show: ['subject', 'validTo', 'source'] },
  sealed: { label: 'sealed', show: ['messageId', 'octets'] },
  posted: { label: 'posted', show: ['url', 'status'] },
  answer: { label: 'answer', show: ['kind', 'code', 'reason', 'signer'] },
}

/** A receipt is what the answer step hopes for; it deserves its own name. */
const receiptLabel = 'receipt verified'
const labelWidth = Math.max(receiptLabel.length, ...Object.values(stepViews).map(view => view.label.length))

const goodStates: ReadonlySet<string> = new Set(['delivered'])
const badStates: ReadonlySet<string> = new Set(['refused', 'failed', 'exception'])

/** `  NAPTR answer       0.84 ms  http://127.0.0.1:8411` */
export function stepLine(step: StepJson, paint: Paint): string {
  const view = stepViews[step.name]
  const isReceipt = step.name === 'answer' && step.detail['kind'] === 'receipt'
  const label = isReceipt ? receiptLabel : (view?.label ?? step.name)
  const failed = 'failure' in step.detail || step.detail['answer'] === 'absent'
  const wanted = 'failure' in step.detail ? ['failure', 'url', 'server'] : view?.show
  const shown = (wanted ?? Object.keys(step.detail)).filter(key => key in step.detail)
  const detail = shown
    .map(key => (key === 'octets' ? `${step.detail[key]} octets` : String(step.detail[key])))
    .join('  ')
  return factLine(
    failed ? paint.bad(label.padEnd(labelWidth)) : label.padEnd(labelWidth),
    step.microseconds / 1000,
    paint.dim(detail),
  )
}

/** A line in the columns of stepLine for something that is no step of a sender. */
export function factLine(label: string, milliseconds: number, detail: string): string {
  return `  ${label.padEnd(labelWidth)}  ${milliseconds.toFixed(2).padStart(9)} ms  ${detail}`
}

export function stateOf(state: string, paint: Paint): string {
  if (goodStates.has(state)) return paint.good(state)
  return badStates.has(state) ? paint.bad(state) : paint.bold(state)
}

export function printInvoice(invoice: InvoiceJson, terminal: Terminal): void {
  const { paint } = terminal
  const { sender, receiver, failure } = invoice.transmission
  terminal.line(
    `${paint.bold(invoice.number)}  ${invoice.sellerName} → ${invoice.buyerName}  ${invoice.payable} ${invoice.currency}  ${stateOf(invoice.state, paint)}`,
  )
  terminal.line(paint.dim(`  ${invoice.direction} ${invoice.id}  ${sender} → ${receiver}`))
  if (failure !== undefined) terminal.line(`  ${paint.bad(failure.code)}  ${failure.message}`)
}

export function printTransmission(transmission: TransmissionJson, terminal: Terminal): void {
  const { paint } = terminal
  const { id, direction, state, sender, receiver, documentType, failure } = transmission
  terminal.line(`${paint.bold(id)}  ${direction}  ${sender} → ${receiver}  ${stateOf(state, paint)}`)
  terminal.line(paint.dim(`  ${documentType}`))
  if (failure !== undefined) terminal.line(`  ${paint.bad(failure.code)}  ${failure.message}`)
}

export function printTrace(trace: TraceJson, terminal: Terminal): void {
  const { paint } = terminal
  for (const attempt of trace.attempts) {
    terminal.line(`  attempt ${attempt.number}  ${paint.dim(attempt.startedAt)}  ${stateOf(attempt.outcome, paint)}`)
    for (const step of attempt.steps) terminal.line(stepLine(step, paint))
  }
  for (const event of trace.events) {
    const facts = Object.entries(event.detail).map(([key, value]) => `${key}=${value}`)
    terminal.line(`  ${paint.dim(event.at)}  ${event.kind}  ${paint.dim(facts.join(' '))}`)
  }
}

export function isFinal(state: string): boolean {
  return goodStates.has(state) || badStates.has(state) || state === 'duplicate'
}
