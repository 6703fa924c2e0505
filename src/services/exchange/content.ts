import { Readable } from 'node:stream'
import { createGunzip, gunzipSync } from 'node:zlib'
import type { Octets } from '../../kernel/index.ts'

/** The content of stored payload octets: inflated when they were compressed, in memory only when they are. */
export function contentOf(octets: Octets, compressed: boolean): Buffer | AsyncIterable<Buffer> {
  if (!compressed) return octets.kind === 'memory' ? octets.bytes : octets.open()
  if (octets.kind === 'memory' && octets.size < inflateAtOnceOctetsMax) return gunzipSync(octets.bytes)
  const source = octets.kind === 'memory' ? Readable.from([octets.bytes]) : Readable.from(octets.open())
  // pipe() does not forward errors: an unreadable blob must end the reader too.
  const gunzip = createGunzip()
  source.on('error', error => gunzip.destroy(error))
  return source.pipe(gunzip)
}

/** Inflating is bounded when a message is received; up to here the result surely fits in memory. */
const inflateAtOnceOctetsMax = 64 * 1024
