export type { Brand } from './brand.ts'
export { base64, base64KindOf } from './base64.ts'
export { followsLuhn, remainder97 } from './check-digits.ts'
export { type Clock, type Instant, instantOf, isDay, isoOf, systemClock } from './time.ts'
export { type Random, isUuid, systemRandom } from './random.ts'
export { WireError } from './failure.ts'
export {
  type BlobKey,
  type Octets,
  type Spool,
  type SpoolWriter,
  gather,
  givenAway,
  inMemory,
  joined,
  openOctets,
} from './octets.ts'
