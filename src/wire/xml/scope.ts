/**
 * The prefixes bound at one place of a walk over a tree. A look-up is one Map access whatever the depth; `enter` marks the
 * start of an element and `leave` takes back what has been bound since.
 */
export class PrefixScope {
  private readonly bound = new Map<string, string>()
  /** What each binding replaced, oldest first. */
  private readonly undo: { readonly prefix: string; readonly uri: string | undefined }[] = []
  private readonly marks: number[] = []

  /** undefined when the prefix has never been bound here; '' when the default namespace was undeclared. */
  uriOf(prefix: string): string | undefined {
    return this.bound.get(prefix)
  }

  enter(): void {
    this.marks.push(this.undo.length)
  }

  bind(prefix: string, uri: string): void {
    this.undo.push({ prefix, uri: this.bound.get(prefix) })
    this.bound.set(prefix, uri)
  }

  leave(): void {
    const mark = this.marks.pop() ?? 0
    while (this.undo.length > mark) {
      const last = this.undo.pop()
      if (last === undefined) return
      if (last.uri === undefined) this.bound.delete(last.prefix)
      else this.bound.set(last.prefix, last.uri)
    }
  }
}
