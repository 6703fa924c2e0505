export type { Finding } from './finding.ts'
export type { Invoice, PartialInvoice } from './model.ts'
export {
  type CheckingOptions,
  type DocumentReading,
  readCii,
  readDocument,
  readDocumentToSend,
  readInvoice,
  readPartialDocument,
  readPartialInvoice,
  readUbl,
} from './read.ts'
export type { RuleChoice } from './rules.ts'
export { type FindingLanguage, type Text, type Values, filled } from './text.ts'
export { type CiiOptions, writeCii, writeUbl } from './document-write.ts'
export { cannotCarry } from './cannot-carry.ts'
export { addressingOf, summaryOf } from './addressing.ts'
export { invoiceJsonSchema } from './json-schema.ts'
export { type Attachment, extractAttachments } from './attachments.ts'
export { skim } from './skim.ts'
export { type FileSink, setFilesAside, withFiles } from './set-aside.ts'
export { Decimal, parseDecimal } from './decimal.ts'
export type { Entry, Group, Leaf } from './table.ts'
export { frenchNameOf } from './term-names-french.ts'
export { invoiceFields } from './terms.ts'
export { isCreditNote } from './profiles.ts'
