import { parentPort } from 'node:worker_threads'
import { messageOf } from './budget.ts'
import { PdfError } from './error.ts'
import { readPdf } from './read-pdf.ts'
import type { ReadAnswer, ReadRequest } from './read.ts'

/* The worker of read.ts: one PDF in, its contents or what is wrong with it out. */

parentPort?.on('message', ({ pdf, contentOctetsMax }: ReadRequest) => {
  const octets = Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- The main thread has no origin.
  void answerTo(octets, contentOctetsMax).then(answer => parentPort?.postMessage(answer))
})

async function answerTo(pdf: Buffer, contentOctetsMax: number): Promise<ReadAnswer> {
  try {
    return { kind: 'contents', contents: await readPdf(pdf, { contentOctetsMax }) }
  } catch (error) {
    if (error instanceof PdfError) return { kind: 'error', code: error.code, message: error.message }
    // A parser that stumbles over its input says that the input is broken.
    return { kind: 'error', code: 'damaged', message: `The PDF cannot be read: ${messageOf(error)}` }
  }
}
