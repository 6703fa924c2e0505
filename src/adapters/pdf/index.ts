export { type PdfReaderOptions, createPdfReader } from './read.ts'
