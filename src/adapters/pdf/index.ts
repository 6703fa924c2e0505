export { createPdfReader } from './read.ts'
export { createPdfWriter } from './write.ts'
export { encodeQr } from './qr.ts'
