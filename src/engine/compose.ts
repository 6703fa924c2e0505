import { createPdfReader, createPdfWriter, encodeQr } from '../adapters/pdf/index.ts'
import { createRulePacks, createSchemas } from '../adapters/rules/index.ts'
import type { Clock } from '../kernel/index.ts'
import { type Documents, createDocuments } from '../services/documents/index.ts'

/** The document engine with everything it needs, in the thread that asks. Nothing is loaded or started before it is needed. */
export function composeDocuments(rulesFolder: string, clock: Clock): Documents & AsyncDisposable {
  const pdfReader = createPdfReader()
  const pdfWriter = createPdfWriter()
  const schemas = createSchemas({ folder: rulesFolder })
  const documents = createDocuments({
    clock,
    packs: createRulePacks({ folder: rulesFolder }),
    schemas,
    pdfReader,
    pdfWriter,
    encodeQr,
  })
  return {
    ...documents,
    async [Symbol.asyncDispose]() {
      schemas[Symbol.dispose]()
      await Promise.all([pdfReader[Symbol.asyncDispose](), pdfWriter[Symbol.asyncDispose]()])
    },
  }
}
