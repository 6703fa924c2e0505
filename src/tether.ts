/**
 * Ends this process in good order when the process that launched it is gone. A launcher that is killed outright cannot
 * pass on a signal; the closing of the channel it holds is the one thing that always arrives.
 */
export function endWithLauncher(): void {
  if (process.channel === undefined) return
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  // The channel alone must not keep a finished program alive.
  process.channel.unref()
}
