export { KeyFileError } from './failure.ts'
export { inspectKeyFile, type KeyFileReport } from './inspect.ts'
export { type KeySource, loadKeys, readAnchors, readPem } from './load.ts'
export { makeRequest } from './request.ts'
