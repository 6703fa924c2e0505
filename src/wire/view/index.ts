export type * from './types.ts'
export { languages } from './language.ts'
export { type ViewOptions, viewOf } from './view.ts'
