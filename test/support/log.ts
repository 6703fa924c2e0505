import type { Log, LogFields } from '../../src/services/ports.ts'

export interface LoggedEvent {
  readonly level: 'info' | 'warn' | 'error'
  readonly event: string
  readonly fields: LogFields
}

/** A log that remembers, for tests that ask what was said. */
export function memoryLog(): Log & { readonly events: readonly LoggedEvent[] } {
  const events: LoggedEvent[] = []
  const at =
    (level: LoggedEvent['level']) =>
    (event: string, fields: LogFields = {}): void => {
      events.push({ level, event, fields })
    }
  return { events, info: at('info'), warn: at('warn'), error: at('error') }
}
