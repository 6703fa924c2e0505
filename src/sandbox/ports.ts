import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import { WireError } from '../kernel/index.ts'

/** A port that was asked for by number is taken. */
class PortError extends WireError<'port-taken'> {}

/** So many ports after the preferred one are tried. */
const attemptsMax = 100

/**
 * Gives out ports of loopback, none twice. A taken one is replaced by the next free one, which is reported; where the
 * caller has asked for the port by number, it is refused instead.
 */
export class Ports {
  readonly #given = new Set<number>()
  readonly #exact: boolean
  readonly #report: (line: string) => void

  constructor(options: { readonly exact: boolean; readonly report: (line: string) => void }) {
    this.#exact = options.exact
    this.#report = options.report
  }

  /** `what` is named in the report. Throws PortError. */
  async take(preferred: number, what: string): Promise<number> {
    for (let port = preferred; port < preferred + attemptsMax && port <= 65_535; port += 1) {
      if (!this.#given.has(port) && (await isFree(port))) {
        if (port !== preferred) this.#report(`port ${preferred} is taken: ${what} uses ${port}`)
        this.#given.add(port)
        return port
      }
      if (this.#exact)
        throw new PortError(
          'port-taken',
          `port ${port} for ${what} is taken by another program; choose another with --port`,
        )
    }
    throw new PortError('port-taken', `no port is free for ${what} from ${preferred} on`)
  }
}

/** For both protocols: the name server needs both, and the others lose nothing. */
async function isFree(port: number): Promise<boolean> {
  return (await isTcpFree(port)) && (await isUdpFree(port))
}

function isTcpFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}

function isUdpFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = createSocket('udp4')
    socket.once('error', () => resolve(false))
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => socket.close(() => resolve(true)))
  })
}
