import { WireError } from '../../kernel/index.ts'

/** A file of a folder or archive that could not become a pack. */
export interface PassedOver {
  /** Within its source. */
  readonly path: string
  readonly reason: string
}

/** What becomes of a file that is wrong: one that was named is an error, one among many is passed over and told. */
export class Passing {
  readonly passedOver: PassedOver[] = []
  /** The first error, for an import of which nothing is left. */
  cause: unknown
  private readonly isOneFile: boolean

  constructor({ isOneFile }: { readonly isOneFile: boolean }) {
    this.isOneFile = isOneFile
  }

  /** undefined when the file is passed over. Throws PackError, SchematronError or XmlError where it was named. */
  attempt<Result>(path: string, read: () => Result): Result | undefined {
    try {
      return read()
    } catch (error) {
      // A fault of ours is none of the file, and nothing is taken from an archive that is damaged.
      const isWrongFile = error instanceof WireError && error.code !== 'unreadable'
      if (this.isOneFile || !isWrongFile) throw error
      const reason = error.message.startsWith(`${path}: `) ? error.message.slice(path.length + 2) : error.message
      this.passedOver.push({ path, reason })
      error.message = `${path}: ${reason}`
      this.cause ??= error
      return undefined
    }
  }
}
