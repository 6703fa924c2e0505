import { type IncomingHttpHeaders, request } from 'node:http'

export interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string | number>>
  readonly body?: Buffer | string
  /** Instead of the body: sent chunked, in these pieces. */
  readonly chunks?: readonly Buffer[]
}

export interface Answered {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** One request on a connection of its own. */
export function ask(url: string, { method = 'GET', headers = {}, body, chunks = [] }: Asked = {}): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, agent: false, headers })
    sent.on('error', reject)
    sent.on('response', response => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
      )
    })
    for (const chunk of chunks) sent.write(chunk)
    sent.end(body)
  })
}
