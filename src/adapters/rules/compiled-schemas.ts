import { PackError, packName, type SchemaPack } from './pack.ts'
import { readStored } from './store.ts'
import { type CompiledSchema, openXsdEngine } from './xsd.ts'

/** Compiled schemas by pack and file; disposing gives all their memory back. */
export class CompiledSchemas implements Disposable {
  private readonly folder: string
  private readonly compiled = new Map<string, CompiledSchema>()

  constructor(folder: string) {
    this.folder = folder
  }

  /** The schema that defines the root. Throws PackError `damaged`. */
  async schemaOf(pack: SchemaPack, root: string): Promise<CompiledSchema> {
    const entry = pack.entries.find(one => one.root === root)
    if (entry === undefined) throw new PackError('schema', `${packName(pack)} has no root ${root}`)
    const key = keyOf(pack.folder, entry.file)
    const known = this.compiled.get(key)
    if (known !== undefined) return known
    const engine = await openXsdEngine()
    // Others may have asked meanwhile; compiling itself does not wait.
    const found = this.compiled.get(key)
    if (found !== undefined) return found
    const files = new Map(pack.files.map(file => [file.path, readStored(this.folder, pack, file)]))
    const schema = engine.compile(entry.file, files)
    this.compiled.set(key, schema)
    return schema
  }

  /** Forgets the schemas of all other packs. */
  keepOnly(packs: readonly SchemaPack[]): void {
    const named = new Set(packs.flatMap(pack => pack.entries.map(entry => keyOf(pack.folder, entry.file))))
    for (const [key, schema] of this.compiled) {
      if (named.has(key)) continue
      schema[Symbol.dispose]()
      this.compiled.delete(key)
    }
  }

  [Symbol.dispose](): void {
    this.keepOnly([])
  }
}

function keyOf(folder: string, file: string): string {
  return `${folder}/${file}`
}
