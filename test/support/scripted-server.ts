import { type IncomingMessage, type RequestListener, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A web server on loopback that does as the test says, until it says nothing. */
export interface ScriptedServer extends AsyncDisposable {
  readonly url: string
  /** Paths, in order. */
  readonly requests: readonly string[]
  script: ((request: IncomingMessage, response: ServerResponse) => void) | undefined
}

export async function startScripted(otherwise: RequestListener): Promise<ScriptedServer> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(request.url ?? '')
    // Connections are not kept: a script that breaks one must not meet the next request on it.
    response.setHeader('Connection', 'close')
    if (control.script === undefined) otherwise(request, response)
    else control.script(request, response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const control: ScriptedServer = {
    url: `http://127.0.0.1:${port}`,
    requests,
    script: undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
  return control
}
