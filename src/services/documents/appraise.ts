import { isoOf } from '../../kernel/index.ts'
import { readDocument, readDocumentToSend } from '../../wire/invoice/index.ts'
import type { XmlElement } from '../../wire/xml/index.ts'
import { factsOf } from './facts.ts'
import type { Appraisal, DocumentsWorld } from './types.ts'
import { isWholeInvoice, modelVerdict, validate } from './validate.ts'

/**
 * What a received document is, and the verdict on it. Its tree is at hand; its octets are fetched only where a schema or a pack judges, so
 * that without any a document is read once.
 */
export async function appraise(
  world: DocumentsWorld,
  root: XmlElement,
  octets: () => Promise<Buffer>,
): Promise<Appraisal> {
  const facts = factsOf(root, false)
  const day = isoOf(world.clock.now()).slice(0, 10)
  const isOfficial = world.packs.choose(facts, day).length > 0 || world.schemas.knows(facts.root, { ...facts, day })
  if (isOfficial || !isWholeInvoice(facts)) {
    return { reading: readDocument(root), verdict: await validate(world, await octets()) }
  }
  const strict = readDocumentToSend(root)
  const findings = 'findings' in strict ? strict.findings : strict.warnings
  // An invoice that breaks a rule is an invoice all the same: whether it can be read is another question.
  return { reading: 'findings' in strict ? readDocument(root) : strict, verdict: modelVerdict(facts, findings) }
}
