export { type EbmsCode, EbmsFault, NotAs4Error } from './ebms.ts'
export type * from './types.ts'
