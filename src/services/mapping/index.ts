export { createMappings } from './mappings.ts'
export type { Mappings } from './types.ts'
