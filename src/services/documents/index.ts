import { appraise } from './appraise.ts'
import { convert } from './convert.ts'
import { filesOf, open } from './open.ts'
import { survey } from './survey.ts'
import type { Documents, DocumentsWorld } from './types.ts'
import { validate } from './validate.ts'

export { factsOf } from './facts.ts'
export { formatOf } from './sniff.ts'
export type * from './types.ts'

/** The document engine: judges, converts and opens documents of any format. Stateless; everything comes in through the ports. */
export function createDocuments(world: DocumentsWorld): Documents {
  return {
    appraise: (root, octets) => appraise(world, root, octets),
    survey: document => survey(world, document),
    validate: (document, options) => validate(world, document, options),
    convert: (document, to, options) => convert(world, document, { ...options, to }),
    open: (document, purpose = 'files') => open(world, document, { purpose, language: 'en' }),
    files: document => filesOf(world, document),
  }
}
