export { members, sampleInvoice } from './members.ts'
export { type Sandbox, startSandbox } from './network.ts'
export { openPki } from './pki.ts'
