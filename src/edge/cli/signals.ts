/**
 * Resolves at the first signal that asks this process to end. Further ones are swallowed: npm, the shell and our launcher may
 * each pass on the same Ctrl-C, and ending is under way.
 */
export function untilStopped(): Promise<NodeJS.Signals> {
  return new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, resolve)
  })
}
