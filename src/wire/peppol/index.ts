export type * from './types.ts'
export { PeppolError } from './errors.ts'
export {
  documentTypeId,
  encodeIdentifier,
  formatIdentifier,
  parseDocumentTypeId,
  parseParticipantId,
  parseProcessId,
  participantId,
  participantKey,
  processId,
  quote,
  sameDocumentType,
  sameParticipant,
  sameProcess,
} from './identifiers.ts'
export { documentTypeParts, selectDocumentType } from './document-types.ts'
export { type CodeLists, readCodeLists } from './code-lists.ts'
export { readSbd } from './sbdh.ts'
export { extractDocument, openDocument } from './extract.ts'
export { type Wrapping, buildSbd } from './build-sbd.ts'
export { buildUserMessage, checkEnvelopeAgrees, checkPeppolProfile } from './profile.ts'
