import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '../../src/adapters/postgres/index.ts'
import { type BlobKey, type Instant, inMemory } from '../../src/kernel/index.ts'
import type { InvoiceId, TransmissionId } from '../../src/services/domain.ts'
import { type TestDatabase, testDatabase } from '../support/postgres.ts'
import {
  inboundRecord,
  invoiceOf,
  outboundRecord,
  sealedMessage,
  settlement,
  soapPart,
  start,
} from '../support/records.ts'

const later = (start + 60_000) as Instant

let database: TestDatabase
let store: Database

beforeAll(async () => {
  database = await testDatabase()
  store = await database.connect()
})
afterAll(() => database[Symbol.asyncDispose]())

async function claimAll(from = store): Promise<void> {
  while ((await from.claimInbound(100, later)).length > 0);
  while ((await from.claimOutbound(100, later)).length > 0);
}
beforeEach(() => claimAll())

describe('an inbound message', () => {
  it('is recorded with its evidence, its event and its job', async () => {
    const record = inboundRecord()
    expect(await store.recordInbound(record)).toEqual({ kind: 'recorded', state: 'received' })
    const transmission = await store.findTransmission(record.id)
    expect(transmission).toMatchObject({
      direction: 'inbound',
      state: 'received',
      messageId: record.messageId,
      peer: 'PFR000001',
      sender: { value: '0225:Sender' },
      contentSha256: record.contentSha256.toString('hex'),
      createdAt: start,
      nextAttemptAt: undefined,
      attempts: 0,
    })
    for (const [kind, octets] of [
      ['payload', record.payload],
      ['envelope', inMemory(record.envelope)],
      ['answer', inMemory(record.receipt)],
    ] as const) {
      expect((await store.findContent(record.id, kind))?.octets).toEqual(octets)
    }
    expect(await store.listEvents(record.id)).toEqual([{ at: start, kind: 'received', detail: { peer: 'PFR000001' } }])
    const [claim] = await store.claimInbound(10, later)
    expect(claim).toMatchObject({ transmission: { id: record.id, state: 'received' }, compressed: true })
    expect(claim?.payload).toEqual(record.payload)
    expect(await store.findTransmission(record.id)).toMatchObject({ state: 'processing' })
  })

  it('that comes again gets the first receipt, and nothing is recorded', async () => {
    const record = inboundRecord()
    await store.recordInbound(record)
    const again = { ...record, id: randomUUID() as TransmissionId, receipt: Buffer.from('another') }
    expect(await store.recordInbound(again)).toEqual({ kind: 'repeat', receipt: record.receipt })
    expect(await store.findTransmission(again.id)).toBeUndefined()
  })

  it('with the message id of another one is a conflict, and nothing is recorded', async () => {
    const record = inboundRecord()
    await store.recordInbound(record)
    const other = inboundRecord({ messageId: record.messageId })
    expect(await store.recordInbound(other)).toEqual({ kind: 'conflict' })
    expect(await store.findTransmission(other.id)).toBeUndefined()
    expect(await store.findContent(other.id, 'payload')).toBeUndefined()
  })

  it('with an envelope that came before, in equal content, is a duplicate that nobody works on', async () => {
    const record = inboundRecord()
    await store.recordInbound(record)
    await claimAll()
    const { instanceId, contentSha256 } = record
    const sender = { ...record.sender, value: record.sender.value.toUpperCase() }
    const resend = inboundRecord({ instanceId, contentSha256, sender })
    expect(await store.recordInbound(resend)).toEqual({ kind: 'recorded', state: 'duplicate' })
    expect(await store.findTransmission(resend.id)).toMatchObject({ state: 'duplicate', failure: undefined })
    expect(await store.listEvents(resend.id)).toEqual([{ at: start, kind: 'duplicate', detail: { first: record.id } }])
    expect((await store.findContent(resend.id, 'answer'))?.octets).toEqual(inMemory(resend.receipt))
    expect(await store.claimInbound(10, later)).toEqual([])
    // A third one meets two rows with the instance id.
    const third = inboundRecord({ instanceId, contentSha256 })
    expect(await store.recordInbound(third)).toEqual({ kind: 'recorded', state: 'duplicate' })
    expect(await store.findTransmission(third.id)).toMatchObject({ state: 'duplicate' })
  })

  it('with an envelope id that came before with other content is an exception', async () => {
    const record = inboundRecord()
    await store.recordInbound(record)
    await claimAll()
    const other = inboundRecord({ instanceId: record.instanceId })
    expect(await store.recordInbound(other)).toEqual({ kind: 'recorded', state: 'exception' })
    expect(await store.findTransmission(other.id)).toMatchObject({
      state: 'exception',
      failure: { code: 'instance-id-reused', retry: false },
    })
    expect(await store.claimInbound(10, later)).toEqual([])
  })

  it('from another sender may have the same instance id', async () => {
    const record = inboundRecord()
    await store.recordInbound(record)
    const other = inboundRecord({
      instanceId: record.instanceId,
      sender: { scheme: 'iso6523-actorid-upis', value: '0225:another' },
    })
    await store.recordInbound(other)
    expect(await store.findTransmission(other.id)).toMatchObject({ state: 'received' })
  })

  it('too large for memory keeps only its blob key in the database', async () => {
    const blob = { kind: 'stored', size: 99, key: randomUUID() as BlobKey, open: () => [] as never } as const
    const record = inboundRecord({ payload: blob })
    await store.recordInbound(record)
    const found = await store.findContent(record.id, 'payload')
    expect(found?.octets).toMatchObject({ kind: 'stored', size: 99, key: blob.key })
  })

  it('is delivered with its invoice once it is settled', async () => {
    const record = inboundRecord()
    await store.recordInbound(record)
    await store.claimInbound(10, later)
    const invoice = invoiceOf('IN-1')
    const event = { at: later, kind: 'delivered', detail: {} } as const
    await store.settleInbound(record.id, { state: 'delivered', event, invoice })
    expect(await store.findTransmission(record.id)).toMatchObject({ state: 'delivered', updatedAt: later })
    expect(await store.findInvoice(invoice.id)).toMatchObject({
      ...invoice,
      direction: 'inbound',
      transmission: { id: record.id },
    })
    expect(await store.claimInbound(10, later)).toEqual([])
  })

  it('recorded with its settlement is delivered in the same commit, and nobody works on it', async () => {
    const record = inboundRecord()
    const invoice = invoiceOf('IN-2')
    const event = { at: later, kind: 'delivered', detail: { invoice: 'IN-2' } } as const
    const outcome = await store.recordInbound(record, { state: 'delivered', event, invoice })
    expect(outcome).toEqual({ kind: 'recorded', state: 'delivered' })
    expect(await store.findTransmission(record.id)).toMatchObject({ state: 'delivered', updatedAt: later })
    expect(await store.findInvoice(invoice.id)).toMatchObject({ ...invoice, transmission: { id: record.id } })
    expect(await store.listEvents(record.id)).toEqual([
      { at: start, kind: 'received', detail: { peer: 'PFR000001' } },
      event,
    ])
    expect(await store.claimInbound(10, later)).toEqual([])
    expect(await store.recordInbound(record, { state: 'delivered', event, invoice })).toEqual(outcome)
  })

  it('recorded as an exception says why', async () => {
    const record = inboundRecord()
    const failure = { code: 'no-owner', message: 'Nobody', retry: false }
    const event = { at: later, kind: 'exception', detail: {} } as const
    await store.recordInbound(record, { state: 'exception', event, failure })
    expect(await store.findTransmission(record.id)).toMatchObject({ state: 'exception', failure })
  })

  it('that is a duplicate is not settled, whatever comes with it', async () => {
    const record = inboundRecord()
    await store.recordInbound(record)
    const { instanceId, contentSha256 } = record
    const invoice = invoiceOf('IN-3')
    const event = { at: later, kind: 'delivered', detail: {} } as const
    const resend = inboundRecord({ instanceId, contentSha256 })
    const outcome = await store.recordInbound(resend, { state: 'delivered', event, invoice })
    expect(outcome).toEqual({ kind: 'recorded', state: 'duplicate' })
    expect(await store.findInvoice(invoice.id)).toBeUndefined()
  })

  it('settled as an exception says why', async () => {
    const record = inboundRecord()
    await store.recordInbound(record)
    await store.claimInbound(10, later)
    const failure = { code: 'no-owner', message: 'Nobody', retry: false }
    const event = { at: later, kind: 'exception', detail: {} } as const
    await store.settleInbound(record.id, { state: 'exception', event, failure })
    expect(await store.findTransmission(record.id)).toMatchObject({ state: 'exception', failure })
  })
})

describe('an outbound transmission', () => {
  it('is recorded with payload, invoice, event and job, and claimed as it was', async () => {
    const invoice = invoiceOf('OUT-1')
    const route = { kind: 'static', url: 'http://127.0.0.1/as4', certificatePem: 'PEM' } as const
    const record = outboundRecord({ invoice, route })
    expect(await store.recordOutbound(record)).toEqual({ kind: 'recorded' })
    expect(await store.findInvoice(invoice.id)).toMatchObject({ ...invoice, direction: 'outbound' })
    expect(await store.findTransmission(record.id)).toMatchObject({ state: 'queued', route, nextAttemptAt: start })
    expect(await store.nextDue()).toBe(start)
    const [claim, ...others] = await store.claimOutbound(10, later)
    expect(others).toEqual([])
    expect(claim?.transmission).toMatchObject({ id: record.id, state: 'queued', messageId: undefined })
    expect(claim?.payload).toEqual(record.payload)
    expect(claim?.payloadDigest).toEqual(record.payloadDigest)
    expect(claim?.sealed).toBeUndefined()
    expect(await store.findTransmission(record.id)).toMatchObject({ state: 'sending', nextAttemptAt: undefined })
    expect(await store.nextDue()).toBeUndefined()
  })

  it('is not claimed before it is due, and the oldest first', async () => {
    const younger = outboundRecord({ at: (start + 2) as Instant })
    const older = outboundRecord({ at: (start + 1) as Instant })
    const future = outboundRecord({ at: (later + 1) as Instant })
    for (const record of [younger, older, future]) await store.recordOutbound(record)
    const claims = await store.claimOutbound(10, later)
    expect(claims.map(({ transmission }) => transmission.id)).toEqual([older.id, younger.id])
    expect(await store.nextDue()).toBe(later + 1)
    expect(await store.claimOutbound(10, (later + 1) as Instant)).toHaveLength(1)
  })

  it('with an idempotency key used before repeats the answer for the same request and is refused for another', async () => {
    const first = outboundRecord({ invoice: invoiceOf('OUT-2'), idempotency: { key: 'k1', requestSha256: 'aa' } })
    await store.recordOutbound(first)
    const repeated = { ...first, id: randomUUID() as TransmissionId, invoice: invoiceOf('OUT-2') }
    expect(await store.recordOutbound(repeated)).toEqual({ kind: 'repeat', invoiceId: first.invoice?.id })
    const reused = outboundRecord({ invoice: invoiceOf('OUT-3'), idempotency: { key: 'k1', requestSha256: 'bb' } })
    expect(await store.recordOutbound(reused)).toEqual({ kind: 'key-reused' })
    expect(await store.findInvoice(reused.invoice?.id as InvoiceId)).toBeUndefined()
  })

  it('with an invoice number that this sender used names the invoice that has it, and does not use up its key', async () => {
    const first = outboundRecord({ invoice: invoiceOf('OUT-4') })
    await store.recordOutbound(first)
    const idempotency = { key: 'k2', requestSha256: 'cc' }
    const again = outboundRecord({ invoice: invoiceOf('OUT-4'), idempotency })
    expect(await store.recordOutbound(again)).toEqual({ kind: 'number-taken', invoiceId: first.invoice?.id })
    expect(await store.recordOutbound(outboundRecord({ invoice: invoiceOf('OUT-5'), idempotency }))).toEqual({
      kind: 'recorded',
    })
    const sender = { scheme: 'iso6523-actorid-upis', value: '0225:other' } as const
    expect(await store.recordOutbound(outboundRecord({ sender, invoice: invoiceOf('OUT-4') }))).toEqual({
      kind: 'recorded',
    })
  })

  it('whose recording is tried again after a lost answer is recorded, not in conflict with itself', async () => {
    const record = outboundRecord({ invoice: invoiceOf('OUT-6'), idempotency: { key: 'k3', requestSha256: 'dd' } })
    await store.recordOutbound(record)
    expect(await store.recordOutbound(record)).toEqual({ kind: 'recorded' })
    const inbound = inboundRecord()
    await store.recordInbound(inbound)
    expect(await store.recordInbound(inbound)).toEqual({ kind: 'recorded', state: 'received' })
  })

  it('given back for later is claimed again then, untouched', async () => {
    const record = outboundRecord()
    await store.recordOutbound(record, { claimed: true })
    const until = (later + 60_000) as Instant
    await store.deferOutbound(record.id, until)
    expect(await store.claimOutbound(10, later)).toEqual([])
    expect(await store.findTransmission(record.id)).toMatchObject({
      state: 'queued',
      attempts: 0,
      nextAttemptAt: until,
    })
    const [claim] = await store.claimOutbound(10, until)
    expect(claim).toMatchObject({ transmission: { id: record.id, state: 'queued', attempts: 0 } })
  })

  it('that another process holds cannot be given back', async () => {
    const record = outboundRecord()
    await store.recordOutbound(record, { claimed: true })
    const other = await database.connect()
    await other.deferOutbound(record.id, later)
    expect(await store.findTransmission(record.id)).toMatchObject({ state: 'sending' })
  })

  it('keeps what was sealed for the next claim, and shows its message id and its SOAP part', async () => {
    const record = outboundRecord()
    await store.recordOutbound(record)
    await store.claimOutbound(10, later)
    const sealed = sealedMessage()
    await store.keepSealed(record.id, sealedMessage())
    await store.keepSealed(record.id, sealed)
    const waiting = settlement({
      state: 'indeterminate',
      nextAttemptAt: later,
      answer: undefined,
      failure: { code: 'answer-lost', message: 'reset', retry: true },
    })
    await store.settleOutbound(record.id, waiting)
    expect(await store.findTransmission(record.id)).toMatchObject({
      state: 'indeterminate',
      messageId: sealed.messageId,
      nextAttemptAt: later,
      failure: waiting.failure,
      attempts: 1,
    })
    expect((await store.findContent(record.id, 'envelope'))?.octets).toEqual(inMemory(Buffer.from(soapPart)))
    expect(await store.findContent(record.id, 'answer')).toBeUndefined()
    const [claim] = await store.claimOutbound(10, later)
    expect(claim?.transmission.state).toBe('indeterminate')
    expect(claim?.sealed).toEqual(sealed)
  })

  it('is settled with attempt, event and answer, and is not claimed again', async () => {
    const record = outboundRecord()
    await store.recordOutbound(record)
    await store.claimOutbound(10, later)
    const delivered = settlement()
    await store.settleOutbound(record.id, delivered)
    expect(await store.findTransmission(record.id)).toMatchObject({
      state: 'delivered',
      peer: 'PFR000002',
      attempts: 1,
    })
    expect(await store.listAttempts(record.id)).toEqual([delivered.attempt])
    expect(await store.listEvents(record.id)).toEqual([{ at: start, kind: 'submitted', detail: {} }, delivered.event])
    expect((await store.findContent(record.id, 'answer'))?.octets).toEqual(inMemory(Buffer.from('receipt')))
    expect(await store.claimOutbound(10, later)).toEqual([])
  })

  it('of which nobody holds the claim is neither sealed nor settled', async () => {
    const record = outboundRecord()
    await store.recordOutbound(record)
    await expect(store.keepSealed(record.id, sealedMessage())).rejects.toThrow('no longer')
    await store.settleOutbound(record.id, settlement())
    expect(await store.findTransmission(record.id)).toMatchObject({ state: 'queued', attempts: 0 })
    expect(await store.listAttempts(record.id)).toEqual([])
  })
})

describe('many at once', () => {
  it('get each its own result', async () => {
    const known = inboundRecord()
    await store.recordInbound(known)
    const fresh = Array.from({ length: 20 }, () => inboundRecord())
    const outcomes = await Promise.all([
      ...fresh.map(record => store.recordInbound(record)),
      store.recordInbound({ ...known, id: randomUUID() as TransmissionId }),
      store.recordInbound(inboundRecord({ messageId: known.messageId })),
    ])
    expect(outcomes.slice(0, 20)).toEqual(fresh.map(() => ({ kind: 'recorded', state: 'received' })))
    expect(outcomes.slice(20)).toEqual([{ kind: 'repeat', receipt: known.receipt }, { kind: 'conflict' }])
    for (const record of fresh) {
      expect((await store.findContent(record.id, 'payload'))?.octets).toEqual(record.payload)
    }
  })

  it('equal messages at the same moment are one message', async () => {
    const record = inboundRecord()
    const copies = Array.from({ length: 8 }, () => ({ ...record, id: randomUUID() as TransmissionId }))
    const other = await database.connect()
    const outcomes = await Promise.all(copies.map((copy, i) => (i % 2 ? store : other).recordInbound(copy)))
    expect(outcomes.filter(({ kind }) => kind === 'recorded')).toHaveLength(1)
    expect(outcomes.filter(({ kind }) => kind === 'repeat')).toHaveLength(7)
  })

  it('one bad row does not harm the others of its batch', async () => {
    const good = Array.from({ length: 6 }, () => inboundRecord())
    const bad = inboundRecord({ peer: 'nul \u0000 character' })
    const outcomes = await Promise.allSettled([...good, bad].map(record => store.recordInbound(record)))
    expect(outcomes.map(({ status }) => status)).toEqual([...good.map(() => 'fulfilled'), 'rejected'])
    for (const record of good) expect(await store.findTransmission(record.id)).toBeDefined()
    expect(await store.findTransmission(bad.id)).toBeUndefined()
  })

  it('a row recorded as claimed is never claimed again, by nobody', async () => {
    const outbound = outboundRecord()
    await store.recordOutbound(outbound, { claimed: true })
    const other = await database.connect()
    const claims = [...(await store.claimOutbound(100, later)), ...(await other.claimOutbound(100, later))]
    const ids = claims.map(({ transmission }) => transmission.id)
    expect(ids).not.toContain(outbound.id)
    expect(await store.findTransmission(outbound.id)).toMatchObject({ state: 'sending' })
    await store.settleOutbound(outbound.id, settlement())
    expect(await store.findTransmission(outbound.id)).toMatchObject({ state: 'delivered' })
  })

  it('two processes never claim the same row', async () => {
    const other = await database.connect()
    const records = Array.from({ length: 60 }, () => outboundRecord())
    await Promise.all(records.map(record => store.recordOutbound(record)))
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 ? store : other).claimOutbound(7, later)),
    )
    const ids = claims.flat().map(({ transmission }) => transmission.id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.toSorted()).toEqual(records.map(({ id }) => id).toSorted())
  })

  it('payloads of every size keep their octets', async () => {
    const records = [0, 1, 2000, 200_000].map(size => inboundRecord({ payload: inMemory(randomBytes(size)) }))
    await Promise.all(records.map(record => store.recordInbound(record)))
    for (const record of records) {
      expect((await store.findContent(record.id, 'payload'))?.octets).toEqual(record.payload)
    }
  })
})

describe('recovery', () => {
  it('gives back what a process that has gone held, sealed as indeterminate', async () => {
    const gone = await database.connect()
    const [plain, sealed, received] = [outboundRecord(), outboundRecord(), inboundRecord()]
    await gone.recordOutbound(plain)
    await gone.recordOutbound(sealed)
    await gone.recordInbound(received)
    expect(await gone.claimOutbound(10, later)).toHaveLength(2)
    expect(await gone.claimInbound(10, later)).toHaveLength(1)
    await gone.keepSealed(sealed.id, sealedMessage())
    expect(await store.recover(later)).toBe(0)
    await gone[Symbol.asyncDispose]()
    await expect.poll(() => store.recover(later)).toBe(3)
    expect(await store.findTransmission(plain.id)).toMatchObject({ state: 'queued', nextAttemptAt: later })
    expect(await store.findTransmission(sealed.id)).toMatchObject({ state: 'indeterminate', nextAttemptAt: later })
    expect(await store.findTransmission(received.id)).toMatchObject({ state: 'received' })
    expect((await store.listEvents(sealed.id)).map(({ kind }) => kind)).toEqual(['submitted', 'recovered'])
    expect(await store.claimOutbound(10, later)).toHaveLength(2)
    expect(await store.claimInbound(10, later)).toHaveLength(1)
  })

  it('leaves its own claims alone', async () => {
    await store.recordOutbound(outboundRecord())
    await store.claimOutbound(10, later)
    expect(await store.recover(later)).toBe(0)
  })
})

describe('work', () => {
  it('is announced to this process and to the others', async () => {
    const other = await database.connect()
    const called = { here: 0, there: 0 }
    using here = store.onWork(() => called.here++)
    using there = other.onWork(() => called.there++)
    await store.recordInbound(inboundRecord())
    expect(called.here).toBeGreaterThan(0)
    await expect.poll(() => called.there).toBeGreaterThan(0)
    expect([here, there]).toHaveLength(2)
  })

  it('is not announced to one that no longer listens', async () => {
    let called = 0
    store.onWork(() => called++)[Symbol.dispose]()
    await store.recordOutbound(outboundRecord())
    expect(called).toBe(0)
  })
})
