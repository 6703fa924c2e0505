import type { Clock, Instant } from '../../kernel/index.ts'
import {
  type Certificate,
  type CertificateRole,
  PkiError,
  type TrustedCertificate,
  type TrustSnapshot,
  issuerOf,
  readRevocationList,
  trustCertificate,
  withRevocationList,
} from '../../wire/pki/index.ts'
import { type HttpClient, HttpFailure, type Log } from '../ports.ts'

/** Decides about certificates with revocation lists that it keeps fresh. */
export interface Trust {
  /**
   * Proves the certificate for the role now, fetching the issuer's list first when none is at hand.
   * Throws PkiError; `revocation-unknown` says nothing about the certificate and is worth another try.
   */
  prove(certificate: Certificate, role: CertificateRole): Promise<TrustedCertificate>
  /** Runs a check that needs a snapshot, once more after fetching the lists when it ends in `revocation-unknown`. */
  withLists<T>(candidates: readonly [Certificate, CertificateRole][], check: (trust: TrustSnapshot) => T): Promise<T>
}

export interface TrustWorld {
  readonly anchors: TrustSnapshot
  readonly http: HttpClient
  readonly clock: Clock
  readonly log: Log
  /** A list is fetched only from a URL that begins with one of these: certificates of strangers must not steer our requests. [peppol.md §2.3] */
  readonly crlPrefixes: readonly string[]
  /** Age at which a list is fetched again in the background. */
  readonly refreshSeconds: number
}

const crlOctetsMax = 20_000_000
const crlTimeoutMilliseconds = 10_000
/** After a failed fetch the same URL is left alone this long, so that a dead CRL server is not hammered by every message. */
const failurePauseMilliseconds = 5_000

export function createTrust(world: TrustWorld): Trust {
  const lists = new RevocationLists(world)

  async function withLists<T>(
    candidates: readonly [Certificate, CertificateRole][],
    check: (trust: TrustSnapshot) => T,
  ): Promise<T> {
    try {
      return check(lists.snapshot)
    } catch (error) {
      if (!(error instanceof PkiError) || error.code !== 'revocation-unknown') throw error
      await Promise.all(candidates.map(([certificate, role]) => lists.refresh(certificate, role)))
      return check(lists.snapshot)
    }
  }

  return {
    withLists,
    async prove(certificate, role) {
      const trusted = await withLists([[certificate, role]], trust =>
        trustCertificate(certificate, role, trust, world.clock.now()),
      )
      lists.refreshWhenOld(certificate, role)
      return trusted
    },
  }
}

/** The lists fetched so far, in a snapshot that each new one replaces. */
class RevocationLists {
  snapshot: TrustSnapshot
  readonly #world: TrustWorld
  readonly #fetchedAt = new Map<string, Instant>()
  readonly #failedAt = new Map<string, Instant>()
  readonly #underWay = new Map<string, Promise<void>>()

  constructor(world: TrustWorld) {
    this.#world = world
    this.snapshot = world.anchors
  }

  /** Fetches the list of the certificate's issuer; one fetch per URL at a time, whoever asks. Never rejects. */
  refresh(certificate: Certificate, role: CertificateRole): Promise<void> {
    const { crlPrefixes, clock } = this.#world
    const issuer = issuerOf(certificate, role, this.snapshot)
    const url = certificate.crlUrls.find(candidate => crlPrefixes.some(prefix => candidate.startsWith(prefix)))
    if (issuer === undefined || url === undefined) return Promise.resolve()
    const failed = this.#failedAt.get(url)
    if (failed !== undefined && clock.now() - failed < failurePauseMilliseconds) return Promise.resolve()
    const running = this.#underWay.get(url) ?? this.#fetch(issuer, url).finally(() => this.#underWay.delete(url))
    this.#underWay.set(url, running)
    return running
  }

  /** In the background: a failed refresh leaves the last good list in force until its nextUpdate. */
  refreshWhenOld(certificate: Certificate, role: CertificateRole): void {
    if (this.snapshot.revocation === 'off') return
    const issuer = issuerOf(certificate, role, this.snapshot)
    const fetched = issuer && this.#fetchedAt.get(issuer.fingerprint)
    const { clock, refreshSeconds } = this.#world
    if (fetched !== undefined && clock.now() - fetched > refreshSeconds * 1000) void this.refresh(certificate, role)
  }

  async #fetch(issuer: Certificate, url: string): Promise<void> {
    const { http, clock, log } = this.#world
    try {
      const answer = await http.request({
        method: 'GET',
        url,
        headers: {},
        body: undefined,
        timeoutMilliseconds: crlTimeoutMilliseconds,
        answerOctetsMax: crlOctetsMax,
      })
      if (answer.status !== 200) throw new HttpFailure('lost', `HTTP status ${answer.status}`)
      this.snapshot = withRevocationList(this.snapshot, issuer, readRevocationList(answer.body, issuer))
      this.#fetchedAt.set(issuer.fingerprint, clock.now())
      log.info('crl.refreshed', { url, issuer: issuer.commonName })
    } catch (cause) {
      this.#failedAt.set(url, clock.now())
      log.error('crl.failed', { url, issuer: issuer.commonName, cause })
    }
  }
}
