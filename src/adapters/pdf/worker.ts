import { parentPort } from 'node:worker_threads'
import { givenAway } from '../../kernel/index.ts'
import { messageOf } from './budget.ts'
import { embedInPdf } from './embed-pdf.ts'
import { PdfError } from './error.ts'
import { readPdf } from './read-pdf.ts'
import { type PdfAnswer, type PdfRequest, asBuffer } from './worker-host.ts'

/* The worker of worker-host.ts: one PDF in, what was asked of it or what is wrong with it out. */

parentPort?.on('message', (request: PdfRequest) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- The main thread has no origin.
  void answerTo(request).then(answer => parentPort?.postMessage(answer, givenAway(octetsIn(answer))))
})

// Everything is loaded: the first message is for whoever waits for that.
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- The main thread has no origin.
parentPort?.postMessage('ready')

function octetsIn(answer: PdfAnswer): readonly Uint8Array[] {
  if (answer.kind === 'error') return []
  const { result } = answer
  return 'xml' in result ? [result.xml, ...result.files.map(({ octets }) => octets)] : [result]
}

async function answerTo(request: PdfRequest): Promise<PdfAnswer> {
  try {
    return { kind: 'done', result: await resultOf(request) }
  } catch (error) {
    if (error instanceof PdfError) return { kind: 'error', code: error.code, message: error.message }
    // A parser that stumbles over its input says that the input is broken.
    return { kind: 'error', code: 'damaged', message: `The PDF cannot be read: ${messageOf(error)}` }
  }
}

async function resultOf({
  task,
  contentOctetsMax,
}: PdfRequest): Promise<Extract<PdfAnswer, { kind: 'done' }>['result']> {
  const pdf = asBuffer(task.pdf)
  if (task.kind === 'read') return await readPdf(pdf, { contentOctetsMax })
  const { invoice, at } = task
  const files = invoice.files.map(file => Object.assign(file, { octets: asBuffer(file.octets) }))
  return await embedInPdf(pdf, { ...invoice, xml: asBuffer(invoice.xml), files }, { at, contentOctetsMax })
}
