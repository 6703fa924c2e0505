import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { Ports } from '../../src/sandbox/ports.ts'

async function taken(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { port, [Symbol.asyncDispose]: () => new Promise(resolve => void server.close(() => resolve())) }
}

describe('ports', () => {
  it('gives the next free one for a taken one, and says so', async () => {
    await using busy = await taken()
    const lines: string[] = []
    const ports = new Ports({ exact: false, report: line => lines.push(line) })
    const port = await ports.take(busy.port, 'the sender')
    expect(port).toBeGreaterThan(busy.port)
    expect(lines).toEqual([`port ${busy.port} is taken: the sender uses ${port}`])
  })

  it('refuses a taken one that was asked for by number', async () => {
    await using busy = await taken()
    const ports = new Ports({ exact: true, report: () => undefined })
    await expect(ports.take(busy.port, 'the sender')).rejects.toMatchObject({
      code: 'port-taken',
      message: `port ${busy.port} for the sender is taken by another program; choose another with --port`,
    })
  })

  it('counts a port as taken when only its UDP side is', async () => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1')
    await once(socket, 'listening')
    const { port } = socket.address()
    const ports = new Ports({ exact: true, report: () => undefined })
    await expect(ports.take(port, 'the name server')).rejects.toMatchObject({ code: 'port-taken' })
    socket.close()
  })

  it('gives none twice', async () => {
    const free = await taken()
    await free[Symbol.asyncDispose]()
    const ports = new Ports({ exact: false, report: () => undefined })
    const first = await ports.take(free.port, 'one')
    expect(await ports.take(free.port, 'two')).toBeGreaterThan(first)
  })
})
