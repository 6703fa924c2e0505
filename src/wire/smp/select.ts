import type { Instant } from '../../kernel/index.ts'
import { type Certificate, type DistinguishedName, PkiError, readCertificates } from '../pki/index.ts'
import { type ProcessId, formatIdentifier, quote, sameProcess } from '../peppol/index.ts'
import { SmpError } from './errors.ts'
import type { Endpoint, SelectedEndpoint, ServiceInformation, ServiceRedirect } from './types.ts'

/** The only transport profile in use; endpoints of the others have been out of use since 2023-09-06. [peppol.md §3.4] */
const transportProfile = 'peppol-transport-as4-v2_0'

/**
 * The endpoint for a process: AS4, active at that moment, readable. The address is an http or https URL; which of them may be used
 * is the caller's decision, and so is whether the certificate is trusted.
 * @throws SmpError `process`, `transport`, `inactive` or `endpoint`, whichever comes last on the way
 */
export function selectEndpoint(
  information: ServiceInformation,
  { process, at }: { readonly process: ProcessId; readonly at: Instant },
): SelectedEndpoint {
  const offered = information.processes.filter(each => sameProcess(each.process, process))
  if (offered.length === 0) throw new SmpError('process', `process ${quote(formatIdentifier(process))} is not offered`)
  const endpoints = offered.flatMap(each => each.endpoints)
  const usable = endpoints.filter(endpoint => endpoint.transportProfile === transportProfile)
  if (usable.length === 0) {
    const others = endpoints.map(endpoint => endpoint.transportProfile).join(', ')
    throw new SmpError('transport', `there is no endpoint for ${transportProfile}, but for ${quote(others)}`)
  }
  const active = usable.filter(endpoint => isActive(endpoint, at))
  if (active.length === 0) throw new SmpError('inactive', 'the endpoint is not yet or no longer active')
  return firstReadable(active)
}

/**
 * The target of a redirect must be signed by the certificate the redirect announces; the order of the names in a subject differs
 * between products, the names do not. [peppol.md §5.1] @throws SmpError `redirect`
 */
export function checkRedirectSigner(redirect: ServiceRedirect, signer: Certificate): void {
  const announced = parseName(redirect.certificateUid)
  if (announced === undefined || normalize(announced) !== normalize(namesOf(signer.subject))) {
    throw new SmpError(
      'redirect',
      `the target is signed by ${quote(signer.commonName)}, announced was ${quote(redirect.certificateUid)}`,
    )
  }
}

function isActive({ activeFrom, activeTo }: Endpoint, at: Instant): boolean {
  return (activeFrom === undefined || activeFrom <= at) && (activeTo === undefined || at < activeTo)
}

function firstReadable(endpoints: readonly Endpoint[]): SelectedEndpoint {
  let first: SmpError | undefined
  for (const endpoint of endpoints) {
    try {
      return read(endpoint)
    } catch (error) {
      if (!(error instanceof SmpError)) throw error
      first ??= error
    }
  }
  throw first ?? new SmpError('endpoint', 'there is no endpoint')
}

function read({ address, certificate, transportProfile, defect }: Endpoint): SelectedEndpoint {
  if (defect !== undefined) throw new SmpError('endpoint', `the endpoint cannot be used: ${defect}`)
  try {
    const [leaf] = readCertificates(certificate)
    if (leaf === undefined) throw new SmpError('endpoint', 'the endpoint has no certificate')
    return { address, certificate: leaf, transportProfile }
  } catch (error) {
    if (!(error instanceof PkiError)) throw error
    throw new SmpError('endpoint', `the endpoint's certificate: ${error.message}`, { cause: error })
  }
}

/* ── Distinguished names ───────────────────────────────────────────────────────────────────── */

type Names = readonly (readonly [attribute: string, value: string])[]

function namesOf(name: DistinguishedName): Names {
  return [...name].flatMap(([attribute, values]) => values.map(value => [attribute, value] as const))
}

/** Other spellings of the attribute names that certificates are read with. */
const synonyms: Readonly<Record<string, string>> = {
  e: 'emailaddress',
  email: 'emailaddress',
  s: 'st',
  '1.2.840.113549.1.9.1': 'emailaddress',
}

/** As [RFC 4518] compares: no order, no case, no repeated blanks. */
function normalize(names: Names): string {
  const pairs = names.map(([attribute, value]) => {
    const name = attribute.toLowerCase()
    return `${synonyms[name] ?? name}=${value.trim().replace(/\s+/g, ' ').toLowerCase()}`
  })
  return pairs.toSorted().join('\n')
}

/** `C=BE,O=Some\, Company,CN=POP000306`, values quoted or escaped. [RFC 4514, RFC 2253] undefined when it is no name. */
function parseName(text: string): Names | undefined {
  const names: [string, string][] = []
  const pair =
    /\s*([A-Za-z][A-Za-z0-9-]*|[0-9]+(?:\.[0-9]+)+)\s*=\s*("(?:[^"\\]|\\.)*"|(?:[^",+;\\]|\\.)*)\s*([,;+]|$)/y
  while (pair.lastIndex < text.length) {
    const match = pair.exec(text)
    if (match === null) return undefined
    const [, attribute = '', value = ''] = match
    names.push([attribute, unescape(value.startsWith('"') ? value.slice(1, -1) : value)])
  }
  return names.length > 0 ? names : undefined
}

/** `\,` and `\2C`; pairs of digits are octets of UTF-8. */
function unescape(value: string): string {
  return value.replace(/(?:\\[0-9A-Fa-f]{2})+|\\(.)/g, (escaped: string, character: string | undefined) =>
    character === undefined ? Buffer.from(escaped.replaceAll('\\', ''), 'hex').toString('utf8') : character,
  )
}
