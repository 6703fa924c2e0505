import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Database } from '../../src/adapters/postgres/index.ts'
import type { Instant } from '../../src/kernel/index.ts'
import type { InvoiceId, TransmissionId } from '../../src/services/domain.ts'
import type { ExceptionQuery, InvoiceQuery } from '../../src/services/ports.ts'
import { type TestDatabase, testDatabase } from '../support/postgres.ts'
import { inboundRecord, invoiceOf, outboundRecord, settlement, start } from '../support/records.ts'

let database: TestDatabase
let store: Database
const all: InvoiceQuery = { direction: undefined, number: undefined, after: undefined, most: 100 }

beforeAll(async () => {
  database = await testDatabase()
  store = await database.connect()
  for (const number of ['A', 'B', 'C']) await store.recordOutbound(outboundRecord({ invoice: invoiceOf(number) }))
  const inbound = inboundRecord()
  await store.recordInbound(inbound)
  await store.claimInbound(1, start)
  const event = { at: start, kind: 'delivered', detail: {} } as const
  await store.settleInbound(inbound.id, { state: 'delivered', event, invoice: invoiceOf('B') })
})
afterAll(() => database[Symbol.asyncDispose]())

async function numbers(query: Partial<InvoiceQuery>): Promise<readonly string[]> {
  const invoices = await store.listInvoices({ ...all, ...query })
  return invoices.map(({ number, direction }) => `${direction[0]}${number}`)
}

it('invoices are listed newest first', async () => {
  expect(await numbers({})).toEqual(['iB', 'oC', 'oB', 'oA'])
})

it('a page goes on after the last invoice of the page before', async () => {
  const [, second] = await store.listInvoices({ ...all, most: 2 })
  expect(await numbers({ after: second!.id, most: 1 })).toEqual(['oB'])
})

it('invoices are found by direction and number', async () => {
  expect(await numbers({ direction: 'outbound' })).toEqual(['oC', 'oB', 'oA'])
  expect(await numbers({ number: 'B' })).toEqual(['iB', 'oB'])
  expect(await numbers({ direction: 'inbound', number: 'B' })).toEqual(['iB'])
  expect(await numbers({ number: `' or 1=1 --` })).toEqual([])
})

it.each(['not an id', randomUUID()])('what does not exist is not found: %s', async id => {
  expect(await store.findInvoice(id as InvoiceId)).toBeUndefined()
  expect(await store.findTransmission(id as TransmissionId)).toBeUndefined()
  expect(await store.listEvents(id as TransmissionId)).toEqual([])
  expect(await store.listAttempts(id as TransmissionId)).toEqual([])
  for (const kind of ['payload', 'envelope', 'answer'] as const) {
    expect(await store.findContent(id as TransmissionId, kind)).toBeUndefined()
  }
  expect(await numbers({ after: id as InvoiceId })).toEqual([])
})

it('a verdict is kept with its findings, and shown without them beside the invoice', async () => {
  const finding = {
    rule: 'BR-CO-15',
    severity: 'fatal',
    layer: 'pack',
    location: '/Invoice',
    pointer: '/totals/withVat',
    message: 'does not add up',
  } as const
  const verdict = { syntax: 'ubl', profile: null, valid: false, packs: ['en@1'], findings: [finding] } as const
  const invoice = { ...invoiceOf('V-1'), verdict }
  await store.recordOutbound(outboundRecord({ invoice }))
  expect(await store.findVerdict(invoice.id)).toEqual(verdict)
  expect((await store.findInvoice(invoice.id))?.verdict).toEqual({ valid: false, packs: ['en@1'] })
})

it('an invoice without a verdict shows none', async () => {
  const invoice = invoiceOf('V-2')
  await store.recordOutbound(outboundRecord({ invoice }))
  expect(await store.findVerdict(invoice.id)).toBeUndefined()
  expect((await store.findInvoice(invoice.id))?.verdict).toBeUndefined()
})

const at = (minutes: number): Instant => (start + minutes * 60_000) as Instant

it('what a person must look at is listed, the latest trouble first, page by page', async () => {
  const failure = { code: 'x', message: 'y', retry: false }
  const unreadable = inboundRecord()
  const event = { at: at(1), kind: 'exception', detail: {} } as const
  await store.recordInbound(unreadable, { state: 'exception', event, failure })
  const settled = async (state: 'refused' | 'failed' | 'indeterminate' | 'queued' | 'delivered', minutes: number) => {
    const record = outboundRecord()
    await store.recordOutbound(record, { claimed: true })
    const kinds = {
      refused: 'refused',
      failed: 'attempt-failed',
      indeterminate: 'answer-lost',
      queued: 'attempt-failed',
      delivered: 'delivered',
    } as const
    const nextAttemptAt = state === 'queued' ? at(99) : undefined
    const event = { at: at(minutes), kind: kinds[state], detail: {} }
    await store.settleOutbound(record.id, { ...settlement(), state, nextAttemptAt, event, failure })
    return record.id
  }
  const refused = await settled('refused', 2)
  const failed = await settled('failed', 3)
  const doubtful = await settled('indeterminate', 4)
  await settled('queued', 5)
  await settled('delivered', 6)
  const listed = async (query: Partial<ExceptionQuery>): Promise<readonly string[]> =>
    (await store.listExceptions({ direction: undefined, after: undefined, most: 10, ...query })).map(({ id }) => id)
  expect(await listed({})).toEqual([doubtful, failed, refused, unreadable.id])
  expect(await listed({ direction: 'inbound' })).toEqual([unreadable.id])
  expect(await listed({ most: 2 })).toEqual([doubtful, failed])
  expect(await listed({ after: failed })).toEqual([refused, unreadable.id])
  expect(await listed({ after: 'nothing' as TransmissionId })).toEqual([])
})
