export { type EbmsCode, EbmsFault, NotAs4 } from './ebms.ts'
export type * from './types.ts'
