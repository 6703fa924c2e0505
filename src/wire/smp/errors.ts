import { WireError } from '../../kernel/index.ts'

/**
 * no-smp       no NAPTR record names an SMP: the participant is not registered for one      [peppol.md §4.2]
 * naptr        such records exist, and none can be read
 * url          a URL that may not be used: not https, with user info, query or fragment
 * path         a request path of an SMP that names no participant or document type
 * malformed    no SMP document as the schema has it
 * namespace    an OASIS BDXR document, which Peppol does not use
 * signature    the signature is not as §5.2 demands, or does not hold
 * subject      the answer is about another participant or document type
 * process      the process is not offered
 * transport    offered, but over no transport profile that is in use
 * inactive     offered, but not yet or no longer
 * endpoint     offered, but its address, dates or certificate cannot be read
 * redirect     the target of a redirect is signed by another certificate than announced
 */
export type SmpErrorCode =
  | 'no-smp'
  | 'naptr'
  | 'url'
  | 'path'
  | 'malformed'
  | 'namespace'
  | 'signature'
  | 'subject'
  | 'process'
  | 'transport'
  | 'inactive'
  | 'endpoint'
  | 'redirect'

/** What DNS or an SMP says cannot be used. */
export class SmpError extends WireError<SmpErrorCode> {}
