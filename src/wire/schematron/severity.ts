export type Severity = 'fatal' | 'error' | 'warning' | 'information'

const severities: Readonly<Record<string, Severity>> = {
  fatal: 'fatal',
  error: 'error',
  warning: 'warning',
  warn: 'warning',
  information: 'information',
  info: 'information',
}

/** Of a `flag` or `role`; what has none, or one of its author's own, is an error. */
export function severityOf(flag: string | undefined): Severity {
  const name = flag?.toLowerCase() ?? ''
  return Object.hasOwn(severities, name) ? (severities[name] ?? 'error') : 'error'
}
