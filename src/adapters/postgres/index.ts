import type { Octets } from '../../kernel/index.ts'
import type {
  BlobStore,
  ExchangeStore,
  MappingStore,
  RecordOptions,
  RegistryStore,
  TenantStore,
  TransmissionReader,
} from '../../services/ports.ts'
import { Batch } from './batch.ts'
import { type Claimant, openClaimant } from './claimant.ts'
import { claimInbound, recordInbound, settleInbound } from './inbound.ts'
import { mappingStore } from './mappings.ts'
import { migrate } from './migrate.ts'
import { claimOutbound, deferOutbound, recordOutbound, settleOutbound } from './outbound.ts'
import { type Pool, openPool } from './pool.ts'
import { transmissionReader } from './reader.ts'
import { findNamed, findOwnClaims, nextDue, recover } from './recovery.ts'
import { registryStore } from './registrations.ts'
import { keepSealed } from './sealed.ts'
import { tenantStore } from './tenants.ts'

export { type EmbeddedOptions, type EmbeddedPostgres, removePostgres, startPostgres } from './launcher.ts'

/** One process's way to one database. */
export interface Database
  extends ExchangeStore, TransmissionReader, RegistryStore, MappingStore, TenantStore, AsyncDisposable {}

export interface ConnectOptions {
  /** Opens payloads whose key the database holds. */
  readonly blobs: Pick<BlobStore, 'open'>
  /** At least 2; one more is used to prove that this process lives. */
  readonly connectionsMax?: number
}

/**
 * Connects to PostgreSQL 15 or later and brings the database to the newest shape. The connection must be a direct one or through
 * a pooler in session mode: advisory locks and LISTEN belong to a session. Rejects when the database cannot be reached.
 */
export async function connect(url: string, options: ConnectOptions): Promise<Database> {
  const pool = openPool(url, options.connectionsMax ?? 10)
  try {
    await migrate(pool.knex)
    const claimant = await openClaimant(url)
    return {
      ...exchangeStore(pool, claimant, options.blobs),
      ...transmissionReader(pool, options.blobs),
      ...registryStore(pool),
      ...mappingStore(pool),
      ...tenantStore(pool),
      async [Symbol.asyncDispose]() {
        await claimant[Symbol.asyncDispose]()
        await pool[Symbol.asyncDispose]()
      },
    }
  } catch (failure) {
    await pool[Symbol.asyncDispose]()
    throw failure
  }
}

/** Brings a database to the newest shape without opening it for work. Returns the names of the migrations it ran. */
export async function migrateDatabase(url: string): Promise<readonly string[]> {
  const pool = openPool(url, 1)
  try {
    return await migrate(pool.knex)
  } finally {
    await pool[Symbol.asyncDispose]()
  }
}

function exchangeStore(pool: Pool, claimant: Claimant, blobs: Pick<BlobStore, 'open'>): ExchangeStore {
  const number = (): Promise<number> => claimant.number()
  const batches = {
    recordInbound: new Batch(
      (recordings: Parameters<typeof recordInbound>[1]) => recordInbound(pool, recordings),
      ({ record }) => heldOctets(record.payload) + record.envelope.length + record.receipt.length,
    ),
    recordOutbound: new Batch(
      (recordings: Parameters<typeof recordOutbound>[1]) => recordOutbound(pool, recordings),
      ({ record }) => heldOctets(record.payload),
    ),
    keepSealed: new Batch(
      async (sealings: Parameters<typeof keepSealed>[2]) => keepSealed(pool, await number(), sealings),
      ({ sealed }) => sealed.prologue.length,
    ),
    settleOutbound: new Batch(
      async (settlings: Parameters<typeof settleOutbound>[2]) => settleOutbound(pool, await number(), settlings),
      ({ settlement }) => settlement.answer?.length ?? 0,
    ),
    deferOutbound: new Batch(async (deferrings: Parameters<typeof deferOutbound>[2]) =>
      deferOutbound(pool, await number(), deferrings),
    ),
    settleInbound: new Batch(async (settlings: Parameters<typeof settleInbound>[2]) =>
      settleInbound(pool, await number(), settlings),
    ),
  }
  const announce = <Outcome extends { readonly kind: string }>(outcome: Outcome, claimed: boolean): Outcome => {
    if (outcome.kind === 'recorded' && !claimed) claimant.announceWork()
    return outcome
  }
  const holder = async (claimed: boolean): Promise<number | undefined> => (claimed ? await number() : undefined)
  let missedBefore: ReadonlySet<string> = new Set()
  /** Rows in our name that we did not hold at this look nor at the one before. */
  const findLost = async (held: readonly string[]): Promise<readonly string[]> => {
    const ours = await findOwnClaims(pool, await number())
    const missed = ours.filter(id => !held.includes(id))
    const lost = missed.filter(id => missedBefore.has(id))
    missedBefore = new Set(missed)
    return lost
  }
  return {
    recordInbound: async (record, settlement) =>
      announce(await batches.recordInbound.add({ record, settlement }), settlement !== undefined),
    recordOutbound: async (record, { claimed } = unclaimed) =>
      announce(await batches.recordOutbound.add({ record, claimant: await holder(claimed) }), claimed),
    claimOutbound: async (most, now) => claimOutbound(pool, { claimant: await number(), most, now }, blobs),
    async keepSealed(id, sealed) {
      const kept = await batches.keepSealed.add({ id, sealed })
      if (!kept) throw new Error(`transmission ${id} is no longer this process's to send`)
    },
    settleOutbound: async (id, settlement) => batches.settleOutbound.add({ id, settlement }),
    deferOutbound: async (id, until) => batches.deferOutbound.add({ id, until }),
    claimInbound: async (most, now) => claimInbound(pool, { claimant: await number(), most, now }, blobs),
    settleInbound: async (id, settlement) => batches.settleInbound.add({ id, settlement }),
    async recover(now, held) {
      const lost = held === undefined ? [] : await findLost(held)
      const recovered = await recover(pool, await number(), { now, lost })
      if (recovered > 0) claimant.announceWork()
      return recovered
    },
    findNamed: keys => findNamed(pool, keys),
    nextDue: () => nextDue(pool),
    onWork: listener => claimant.onWork(listener),
  }
}

const unclaimed: RecordOptions = { claimed: false }

function heldOctets(octets: Octets): number {
  return octets.kind === 'memory' ? octets.size : 0
}
