import type * as Libxml2 from 'libxml2-wasm'

/*
 * libxml2, compiled to WebAssembly: it has no network and no files. What a schema includes is given to it from the pack alone.
 */

type Library = typeof Libxml2

export interface Problem {
  readonly line: number | undefined
  readonly message: string
}

/** What is read of a schema file before it is compiled. */
export interface SchemaOutline {
  /** '' for none. */
  readonly namespace: string
  readonly version: string | undefined
  /** The elements that may be the root of a document. */
  readonly elements: readonly string[]
  /** The schemaLocation of its includes, imports and redefinitions. */
  readonly references: readonly string[]
}

/** One compiled schema; its memory is not in the heap of JavaScript and must be given back. */
export interface CompiledSchema extends Disposable {
  /** None when the document is valid. */
  check(document: Buffer): readonly Problem[]
}

/** A schema file that is not well-formed or has something that no schema may have. */
export class SchemaProblem extends Error {}

export interface XsdEngine {
  /** Throws SchemaProblem. */
  outline(content: Buffer): SchemaOutline
  /** `files` by path; everything that `entry` refers to must be among them. Throws SchemaProblem. */
  compile(entry: string, files: ReadonlyMap<string, Buffer>): CompiledSchema
}

let opened: Promise<XsdEngine> | undefined

/** The library is loaded when it is first wanted: most commands never do. */
export function openXsdEngine(): Promise<XsdEngine> {
  return (opened ??= import('libxml2-wasm').then(engineOf))
}

const xsd = 'http://www.w3.org/2001/XMLSchema'
const scheme = 'pack:///'

function engineOf(library: Library): XsdEngine {
  const { ParseOption, XmlDocument, XsdValidator: Validator } = library
  const files = new OpenFiles()
  library.xmlRegisterInputProvider(files)
  const strict = allOf(ParseOption.XML_PARSE_NONET, ParseOption.XML_PARSE_NO_XXE, ParseOption.XML_PARSE_BIG_LINES)
  return {
    outline(content) {
      using document = read(() =>
        XmlDocument.fromBuffer(content, { option: allOf(strict, ParseOption.XML_PARSE_NOENT) }),
      )
      const { root } = document
      const valueOf = (name: string): string | undefined => root.attrs.find(one => one.name === name)?.value
      if (root.name !== 'schema' || root.namespaceUri !== xsd) throw new SchemaProblem('the root is no xs:schema')
      const found = (path: string): string[] => document.find(path, { xs: xsd }).map(node => node.content)
      return {
        namespace: valueOf('targetNamespace') ?? '',
        version: valueOf('version'),
        elements: found('/xs:schema/xs:element[not(@abstract = "true")]/@name'),
        references: found('/xs:schema/*[self::xs:include or self::xs:import or self::xs:redefine]/@schemaLocation'),
      }
    },
    compile(entry, given) {
      return files.during(given, () => {
        const content = given.get(entry)
        if (content === undefined) throw new SchemaProblem(`${entry} is missing`)
        const option = allOf(ParseOption.XML_PARSE_NONET, ParseOption.XML_PARSE_NOENT)
        const source = read(() => XmlDocument.fromBuffer(content, { url: scheme + encodeURI(entry), option }))
        const validator = compiled(source, Validator)
        return {
          check: document => check(document, { library, validator, option: strict }),
          [Symbol.dispose]() {
            validator.dispose()
            // The compiled schema points into the document it was made of.
            source.dispose()
          },
        }
      })
    },
  }
}

function allOf(...options: readonly Libxml2.ParseOption[]): Libxml2.ParseOption {
  return options.reduce((all, one) => (all | one) as Libxml2.ParseOption)
}

function read(parse: () => Libxml2.XmlDocument): Libxml2.XmlDocument {
  try {
    return parse()
  } catch (cause) {
    throw new SchemaProblem(messageOf(cause), { cause })
  }
}

function compiled(source: Libxml2.XmlDocument, validator: typeof Libxml2.XsdValidator): Libxml2.XsdValidator {
  try {
    return validator.fromDoc(source)
  } catch (cause) {
    source.dispose()
    throw new SchemaProblem(messageOf(cause), { cause })
  }
}

function messageOf(cause: unknown): string {
  const [first] = detailsOf(cause)
  if (first === undefined) return (cause as Error).message.trim()
  const place = first.file === undefined ? '' : `${first.file.replace(scheme, '')}, `
  return `${place}line ${first.line}: ${readable(first.message)}`
}

interface Detail {
  readonly message: string
  readonly line: number
  readonly file?: string
}

function detailsOf(cause: unknown): readonly Detail[] {
  return (cause as { details?: readonly Detail[] }).details ?? []
}

/** Above this a text may be longer than libxml2 takes for normal: a file that is attached. */
const ordinaryOctets = 8 * 1024 * 1024
const problemsMax = 200

interface Check {
  readonly library: Library
  readonly validator: Libxml2.XsdValidator
  readonly option: Libxml2.ParseOption
}

function check(octets: Buffer, { library, validator, option }: Check): readonly Problem[] {
  const isHuge = octets.length > ordinaryOctets
  let document: Libxml2.XmlDocument
  try {
    document = library.XmlDocument.fromBuffer(octets, {
      option: isHuge ? allOf(option, library.ParseOption.XML_PARSE_HUGE) : option,
    })
  } catch (error) {
    return problemsOf(error)
  }
  try {
    validator.validate(document)
    return []
  } catch (error) {
    return problemsOf(error)
  } finally {
    document.dispose()
  }
}

function problemsOf(error: unknown): readonly Problem[] {
  const details = detailsOf(error)
  if (details.length === 0) return [{ line: undefined, message: (error as Error).message.trim() }]
  return details.slice(0, problemsMax).map(({ line, message }) => ({
    line: line > 0 ? line : undefined,
    message: readable(message),
  }))
}

/** `Element '{urn:oasis:…}ID': …` is for programs: the namespace of a name is left out. */
function readable(message: string): string {
  return message.replaceAll(/\{[^{}]*\}/g, '').trim()
}

/** The only files that libxml2 can open, and only while a schema is compiled. */
class OpenFiles {
  private files: ReadonlyMap<string, Buffer> = new Map()
  private readonly reading = new Map<number, { readonly content: Buffer; at: number }>()
  private count = 0

  during<Result>(files: ReadonlyMap<string, Buffer>, run: () => Result): Result {
    this.files = files
    try {
      return run()
    } finally {
      this.files = new Map()
      this.reading.clear()
    }
  }

  // Called without `this`.
  readonly match = (): boolean => true

  readonly open = (name: string): number | undefined => {
    if (!name.startsWith(scheme)) return undefined
    const content = this.files.get(decodeURI(name.slice(scheme.length)))
    if (content === undefined) return undefined
    this.reading.set(++this.count, { content, at: 0 })
    return this.count
  }

  readonly read = (descriptor: number, buffer: Uint8Array): number => {
    const file = this.reading.get(descriptor)
    if (file === undefined) return -1
    const length = Math.min(buffer.byteLength, file.content.length - file.at)
    buffer.set(file.content.subarray(file.at, file.at + length))
    file.at += length
    return length
  }

  readonly close = (descriptor: number): boolean => this.reading.delete(descriptor)
}
