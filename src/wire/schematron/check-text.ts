import type { Resolve } from './reuse.ts'
import { type MessagePart, readSchema } from './schema.ts'
import { type Severity, severityOf } from './severity.ts'

/** A check as its file writes it, white space made one; includes and abstract patterns are resolved. */
export interface CheckText {
  readonly id: string
  readonly severity: Severity
  readonly context: string
  readonly kind: 'assert' | 'report'
  readonly test: string
  /** Without the id that some releases begin it with; expressions stand in braces. */
  readonly message: string
}

/** All checks in the order of the file, for comparing two releases. Throws SchematronError and XmlError. */
export function readChecks(source: Buffer | string, resolve: Resolve = () => undefined): readonly CheckText[] {
  return readSchema(source, resolve).patterns.flatMap(({ rules }) =>
    rules.flatMap(({ context, checks }) =>
      checks.map(({ id, flag, kind, test, message }) => ({
        id,
        severity: severityOf(flag),
        context: plain(context),
        kind,
        test: plain(test),
        message: withoutId(plain(message.map(textOf).join('')), id),
      })),
    ),
  )
}

function textOf(part: MessagePart): string {
  return typeof part === 'string' ? part : `{${part.select}}`
}

function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

/** `[BR-01]-An Invoice …` */
function withoutId(message: string, id: string): string {
  return message.startsWith(`[${id}]`) ? message.slice(id.length + 2).replace(/^[\s-]+/, '') : message
}
