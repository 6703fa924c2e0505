import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  type Authority,
  issueCertificate,
  makeAuthority,
  makeKey,
  makeRevocationList,
  type Subject,
} from './authority.ts'

/** A PKI that lives in a folder: made when missing, read when there. */
export interface Pki {
  /** For trust.folder of a node: the three CA certificates. */
  readonly anchorsFolder: string
  /** Issues a certificate, or gives the files of the one it issued before. */
  issue(request: IssueRequest): Promise<IssuedFiles>
  /** The current revocation list of a CA by the file name of its URL, DER; undefined for a name it does not publish. */
  revocationList(fileName: string, now: Date): Buffer | undefined
}

export interface IssueRequest {
  /** Name of the files, e.g. `a/access-point`. */
  readonly name: string
  readonly role: 'access-point' | 'smp'
  /** Seat ID. */
  readonly commonName: string
  readonly organisation: string
  readonly country: string
}

/** Paths of two PEM files. */
export interface IssuedFiles {
  readonly key: string
  readonly certificate: string
}

/** The three CAs of a Peppol network, with the names that say what they are. [peppol.md §2.1] */
const authorities = {
  root: { commonName: 'PASSERELLE SANDBOX Root CA', pathLength: 2, file: 'root' },
  'access-point': { commonName: 'PASSERELLE SANDBOX ACCESS POINT CA', pathLength: 0, file: 'access-point-ca' },
  smp: { commonName: 'PASSERELLE SANDBOX SERVICE METADATA PUBLISHER CA', pathLength: 0, file: 'smp-ca' },
} as const

type AuthorityName = keyof typeof authorities

const day = 24 * 60 * 60 * 1000

/**
 * Opens the PKI of a folder. Certificates name the address their revocation list is fetched from; where that has changed since
 * they were made, or where they end soon, they are made again for the same keys.
 */
export async function openPki(
  folder: string,
  options: { readonly crlUrl: string | undefined; readonly now: Date },
): Promise<Pki> {
  const { crlUrl, now } = options
  const anchorsFolder = join(folder, 'anchors')
  const caValidity = { from: new Date(now.getTime() - day), to: new Date(now.getTime() + 3650 * day) }
  const crlOf = (file: string): string | undefined => (crlUrl === undefined ? undefined : `${crlUrl}/${file}.crl`)

  const openAuthority = async (name: AuthorityName, issuer: Authority | undefined): Promise<Authority> => {
    const { commonName, pathLength, file } = authorities[name]
    const privateKey = await openKey(join(folder, 'authorities', `${file}.key.pem`))
    const path = join(anchorsFolder, `${file}.pem`)
    const wantedCrl = issuer === undefined ? undefined : crlOf(authorities.root.file)
    const present = readCurrent(path, { publicKey: privateKey, crlUrl: wantedCrl, now })
    if (present !== undefined) return { certificatePem: present, privateKey }
    const subject = nameOf(commonName)
    const made = makeAuthority(privateKey, { subject, validity: caValidity, issuer, pathLength, crlUrl: wantedCrl })
    write(path, made.certificatePem, 0o644)
    return made
  }

  const root = await openAuthority('root', undefined)
  const issuers = { 'access-point': await openAuthority('access-point', root), smp: await openAuthority('smp', root) }
  return {
    anchorsFolder,
    issue: async request => {
      const files = { key: join(folder, `${request.name}.key.pem`), certificate: join(folder, `${request.name}.pem`) }
      const publicKey = await openKey(files.key)
      const wantedCrl = crlOf(authorities[request.role].file)
      if (readCurrent(files.certificate, { publicKey, crlUrl: wantedCrl, now }) === undefined) {
        const validity = { from: new Date(now.getTime() - day), to: new Date(now.getTime() + 730 * day) }
        const subject = subjectOf(request)
        write(
          files.certificate,
          issueCertificate(publicKey, { subject, validity, issuer: issuers[request.role], crlUrl: wantedCrl }),
          0o644,
        )
      }
      return files
    },
    revocationList: (fileName, at) => {
      const all: Readonly<Record<AuthorityName, Authority>> = { root, ...issuers }
      const name = (Object.keys(all) as AuthorityName[]).find(one => `${authorities[one].file}.crl` === fileName)
      if (name === undefined) return undefined
      const thisUpdate = new Date(at.getTime() - 60 * 60 * 1000)
      const nextUpdate = new Date(at.getTime() + 7 * day)
      // Lists must count upwards; seconds do, also over restarts.
      return makeRevocationList(all[name], {
        thisUpdate,
        nextUpdate,
        number: Math.floor(at.getTime() / 1000),
        revoked: new Map(),
      })
    },
  }
}

async function openKey(path: string): Promise<KeyObject> {
  if (existsSync(path)) return createPrivateKey(readFileSync(path))
  const key = await makeKey()
  write(path, key.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600)
  return key
}

/** The certificate of a file if it still serves: same key, same revocation list, a day of life left. */
function readCurrent(
  path: string,
  wanted: { readonly publicKey: KeyObject; readonly crlUrl: string | undefined; readonly now: Date },
): string | undefined {
  if (!existsSync(path)) return undefined
  const pem = readFileSync(path, 'utf8')
  const certificate = new X509Certificate(pem)
  const lives = certificate.validToDate.getTime() - wanted.now.getTime() > day
  const sameKey = createPublicKey(wanted.publicKey).equals(certificate.publicKey)
  // The URL stands in the DER as it is.
  const sameList = wanted.crlUrl === undefined || certificate.raw.includes(wanted.crlUrl)
  return lives && sameKey && sameList ? pem : undefined
}

function subjectOf(request: IssueRequest): Subject {
  const unit = request.role === 'smp' ? 'PEPPOL TEST SMP' : 'PEPPOL TEST AP'
  return { commonName: request.commonName, unit, organisation: request.organisation, country: request.country }
}

function nameOf(commonName: string): Subject {
  return { commonName, unit: 'FOR TEST ONLY', organisation: 'Passerelle sandbox', country: 'FR' }
}

function write(path: string, content: string, mode: number): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content, { mode })
}
