import { type Documents, createDocuments } from '../../../src/services/documents/index.ts'
import type { DocumentFacts, PdfContents, PdfReader, SchemaVerdict } from '../../../src/services/ports.ts'
import { WireError, instantOf } from '../../../src/kernel/index.ts'
import { compileSchematron, loadRules } from '../../../src/wire/schematron/index.ts'

export interface Imported {
  /** Packs by `name@version`; each is the asserts of one pattern: context, id, test. */
  readonly packs?: Readonly<Record<string, readonly (readonly [context: string, id: string, test: string])[]>>
  readonly schema?: SchemaVerdict
  readonly pdf?: PdfContents | WireError
}

export interface Engine {
  readonly documents: Documents
  /** What packs were chosen by. */
  readonly asked: { readonly facts: DocumentFacts; readonly day: string }[]
}

/** The engine over ports that have been given their answers. */
export function engine({ packs = {}, schema, pdf }: Imported = {}): Engine {
  const asked: Engine['asked'] = []
  const loaded = Object.entries(packs).map(([name, rules]) => ({ name, rules: loadRules(compile(rules)) }))
  const documents = createDocuments({
    clock: { now: () => instantOf('2026-11-21T10:00:00Z') },
    packs: {
      choose(facts, day) {
        asked.push({ facts, day })
        return loaded
      },
      named(names) {
        return names.map(name => {
          const found = loaded.find(pack => pack.name.startsWith(`${name}@`))
          if (found === undefined) throw new WireError('unknown-pack', `there is no pack ${name}`)
          return found
        })
      },
    },
    schemas: { check: async () => schema, knows: () => schema !== undefined },
    pdfReader: readerOf(pdf),
    encodeQr: () => [],
    pdfWriter: {
      write: async view => Buffer.from(`%PDF-1.7 ${view.language} ${view.number}`),
      embed: async pdf => pdf,
      lacking: text => text.match(/[\u4E00-\u9FFF]/gu) ?? [],
    },
  })
  return { documents, asked }
}

function readerOf(pdf: Imported['pdf']): PdfReader {
  return {
    read: async () => {
      if (pdf === undefined || pdf instanceof Error) throw pdf ?? new WireError('damaged', 'no PDF was given')
      return pdf
    },
  }
}

function compile(rules: readonly (readonly [string, string, string])[]): string {
  const asserts = rules.map(
    ([context, id, test]) =>
      `<pattern><rule context="${context}"><assert id="${id}" flag="fatal" test="${test}">${id} is broken</assert></rule></pattern>`,
  )
  const namespaces = [
    ['cbc', 'urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2'],
    ['cac', 'urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2'],
    ['ubl', 'urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'],
  ].map(([prefix, uri]) => `<ns prefix="${prefix}" uri="${uri}"/>`)
  const text = `<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2">${namespaces.join('')}${asserts.join('')}</schema>`
  return compileSchematron(Buffer.from(text))
}
