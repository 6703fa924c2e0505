export { createTenants } from './tenants.ts'
export type * from './types.ts'
