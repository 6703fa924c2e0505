import { WireError } from '../../kernel/index.ts'

/**
 * identifier     a participant, document type or process identifier breaks its syntax   [peppol.md §3.1]
 * document-type  the value of a document type cannot be taken apart                     [peppol.md §3.2]
 * wildcard       a `*` where none may be                                                [peppol.md §3.3]
 * code-list      the JSON given is no code list of ours
 * encoding       the envelope or document is not UTF-8
 * envelope       the frame of the SBD: root, end, number of documents                   [peppol.md §6]
 * header         a field of the SBDH is missing or wrong                                [peppol.md §6.1]
 * mismatch       header and document of one envelope contradict each other              [peppol.md §6.2]
 * payload        the document or its wrapper cannot be carried or unwrapped             [peppol.md §6.3]
 */
export type PeppolErrorCode =
  | 'identifier'
  | 'document-type'
  | 'wildcard'
  | 'code-list'
  | 'encoding'
  | 'envelope'
  | 'header'
  | 'mismatch'
  | 'payload'

/** An identifier, code list or envelope breaks the rules of the network. */
export class PeppolError extends WireError<PeppolErrorCode> {}
