import { parentPort, workerData } from 'node:worker_threads'
import { WireError, givenAway, systemClock } from '../kernel/index.ts'
import type { Contents, Conversion, ConversionOptions, Survey, Verdict } from '../services/documents/index.ts'
import { composeDocuments } from './compose.ts'
import { asBuffer } from './octets.ts'
import type { ThreadRequest } from './index.ts'

/* One thread of the engine: takes a request, answers, and waits for the next one. */

const { rulesFolder } = workerData as { readonly rulesFolder: string }
const documents = composeDocuments(rulesFolder, systemClock)

parentPort?.on('message', (request: ThreadRequest) => void answer(request))

async function answer(request: ThreadRequest): Promise<void> {
  try {
    const result = await perform(request)
    parentPort?.postMessage({ result: { result } }, givenAway(octetsIn(result)))
  } catch (error) {
    // The code of an error does not survive the way between threads on its own.
    const isRefusal = error instanceof WireError
    const refused = isRefusal ? { code: error.code, message: error.message } : undefined
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    parentPort?.postMessage(refused === undefined ? { error } : { result: { refused } })
  }
}

type Result = Verdict | Survey | Conversion | Contents

function octetsIn(result: Result): readonly Uint8Array[] {
  if ('files' in result) return result.files.map(({ octets }) => octets)
  return 'octets' in result ? [result.octets] : []
}

async function perform(request: ThreadRequest): Promise<Result> {
  const document = asBuffer(request.document)
  switch (request.call) {
    case 'survey':
      return await documents.survey(document)
    case 'validate':
      return await documents.validate(document, request.options)
    case 'convert':
      return await documents.convert(document, request.to, revived(request.options))
    case 'files':
      return await documents.files(document)
  }
}

function revived({ into, branding, ...options }: ConversionOptions): ConversionOptions {
  const logo = branding?.logo
  return {
    ...options,
    branding: logo === undefined ? branding : { ...branding, logo: asBuffer(logo) },
    into: into === undefined ? undefined : asBuffer(into),
  }
}
