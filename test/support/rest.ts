import { expect } from 'vitest'
import type { ContentKind, Transmission, TransmissionId, TransmissionState } from '../../src/services/domain.ts'
import { ask } from './http.ts'
import { query } from './rows.ts'
import type { TestNode } from './network.ts'

/* What tests ask of a node, over REST where REST can tell it. */

export interface RestInvoice {
  readonly id: string
  readonly number: string
  readonly direction: string
  readonly state: string
  readonly links: Readonly<Record<'events' | 'original' | 'ubl' | 'cii' | 'receipt' | 'status', string>>
  readonly transmission: {
    readonly id: string
    readonly messageId: string
    readonly instanceId: string
    readonly peer: string
    readonly contentSha256: string
    readonly failure?: { readonly code: string }
  }
}

/** Sends JSON or XML; the answer must be 202. */
export async function sendInvoice(
  url: string,
  invoice: object | Buffer,
): Promise<{ readonly id: string; readonly transmissionId: TransmissionId }> {
  const isXml = Buffer.isBuffer(invoice)
  const { status, body } = await ask(`${url}/api/v1/invoices`, {
    method: 'POST',
    headers: { 'content-type': isXml ? 'application/xml' : 'application/json' },
    body: isXml ? invoice : JSON.stringify(invoice),
  })
  expect(status, body.toString()).toBe(202)
  return JSON.parse(body.toString()) as { id: string; transmissionId: TransmissionId }
}

/** A file of a node, e.g. by the link of an invoice. */
export async function file(url: string, path: string): Promise<Buffer> {
  const { status, body } = await ask(url + path)
  expect(status, body.toString('utf8', 0, 1000)).toBe(200)
  return body
}

export async function get<T>(url: string, path: string): Promise<T> {
  return JSON.parse((await file(url, path)).toString()) as T
}

export async function listed(
  url: string,
  filter: { readonly number?: string; readonly direction?: string },
): Promise<readonly RestInvoice[]> {
  const path = `/api/v1/invoices?${new URLSearchParams({ limit: '200', ...filter }).toString()}`
  return (await get<{ invoices: readonly RestInvoice[] }>(url, path)).invoices
}

/** Lets the node do what is due until the transmission has the state; fails with what it has instead. */
export async function settled(node: TestNode, id: TransmissionId, state: TransmissionState): Promise<Transmission> {
  const look = async (): Promise<string | undefined> => {
    await node.node.exchange.settle()
    return (await node.node.reader.findTransmission(id))?.state
  }
  await expect.poll(look, { timeout: 10_000, interval: 20 }).toBe(state)
  return (await node.node.reader.findTransmission(id))!
}

/** What has a database and reads it. */
interface Keeper extends Pick<TestNode, 'database'> {
  readonly node: Pick<TestNode['node'], 'reader'>
}

/** The inbound transmission of a message id. */
export async function received(node: Keeper, messageId: string | undefined): Promise<Transmission | undefined> {
  const [row] = await query(node, `select id from transmission where direction = 'inbound' and message_id = $1`, [
    messageId,
  ])
  return row && (await node.node.reader.findTransmission(row['id'] as TransmissionId))
}

/** Octets that the receiver keeps of a message. */
export async function contentOf(node: Keeper, messageId: string | undefined, kind: ContentKind): Promise<Buffer> {
  const transmission = await received(node, messageId)
  const content = transmission && (await node.node.reader.findContent(transmission.id, kind))
  if (content === undefined) throw new Error(`no ${kind} of ${messageId}`)
  if (content.octets.kind === 'memory') return content.octets.bytes
  const chunks: Buffer[] = []
  for await (const chunk of content.octets.open()) chunks.push(chunk)
  return Buffer.concat(chunks)
}
