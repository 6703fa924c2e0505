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
  let snapshot = world.anchors
  const fetchedAt = new Map<string, Instant>()
  const failedAt = new Map<string, Instant>()
  const underway = new Map<string, Promise<void>>()

  async function fetchList(issuer: Certificate, url: string): Promise<void> {
    try {
      const answer = await world.http.request({
        method: 'GET',
        url,
        headers: {},
        body: undefined,
        timeoutMilliseconds: crlTimeoutMilliseconds,
        answerOctetsMax: crlOctetsMax,
      })
      if (answer.status !== 200) throw new HttpFailure('lost', `HTTP status ${answer.status}`)
      snapshot = withRevocationList(snapshot, issuer, readRevocationList(answer.body, issuer))
      fetchedAt.set(issuer.fingerprint, world.clock.now())
      world.log.info('crl.refreshed', { url, issuer: issuer.commonName })
    } catch (cause) {
      failedAt.set(url, world.clock.now())
      world.log.error('crl.failed', { url, issuer: issuer.commonName, cause })
    }
  }

  /** One fetch per URL at a time, whoever asks. */
  function refresh(certificate: Certificate, role: CertificateRole): Promise<void> {
    const issuer = issuerOf(certificate, role, snapshot)
    const url = certificate.crlUrls.find(candidate => world.crlPrefixes.some(prefix => candidate.startsWith(prefix)))
    if (issuer === undefined || url === undefined) return Promise.resolve()
    const failed = failedAt.get(url)
    if (failed !== undefined && world.clock.now() - failed < failurePauseMilliseconds) return Promise.resolve()
    const running = underway.get(url) ?? fetchList(issuer, url).finally(() => underway.delete(url))
    underway.set(url, running)
    return running
  }

  function refreshWhenOld(certificate: Certificate, role: CertificateRole): void {
    if (snapshot.revocation === 'off') return
    const issuer = issuerOf(certificate, role, snapshot)
    const fetched = issuer && fetchedAt.get(issuer.fingerprint)
    if (fetched !== undefined && world.clock.now() - fetched > world.refreshSeconds * 1000) {
      // fetchList never rejects: a failed refresh leaves the last good list in force until its nextUpdate.
      void refresh(certificate, role)
    }
  }

  async function withLists<T>(
    candidates: readonly [Certificate, CertificateRole][],
    check: (trust: TrustSnapshot) => T,
  ): Promise<T> {
    try {
      return check(snapshot)
    } catch (error) {
      if (!(error instanceof PkiError) || error.code !== 'revocation-unknown') throw error
      await Promise.all(candidates.map(([certificate, role]) => refresh(certificate, role)))
      return check(snapshot)
    }
  }

  return {
    withLists,
    async prove(certificate, role) {
      const trusted = await withLists([[certificate, role]], trust =>
        trustCertificate(certificate, role, trust, world.clock.now()),
      )
      refreshWhenOld(certificate, role)
      return trusted
    },
  }
}
