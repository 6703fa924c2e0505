import { readFileSync, readdirSync } from 'node:fs'

/** Clock ticks per second of /proc; 100 on every Linux that Node runs on. */
const ticksPerSecond = 100

interface Usage {
  readonly pid: number
  readonly parent: number
  /** Of the process itself and of children that have ended, seconds. */
  readonly seconds: number
}

/** Processor time of a process and everything below it, in seconds; NaN where there is no /proc. */
export function processorSeconds(pid: number | undefined): number {
  const all = usages()
  if (pid === undefined || all.length === 0) return Number.NaN
  const below = (parent: number): number =>
    all.filter(usage => usage.parent === parent).reduce((sum, usage) => sum + usage.seconds + below(usage.pid), 0)
  return (all.find(usage => usage.pid === pid)?.seconds ?? 0) + below(pid)
}

/** The PostgreSQL server of a data folder. */
export function findServer(folder: string): number | undefined {
  return pids().find(pid => {
    const words = read(`/proc/${pid}/cmdline`).split('\0')
    return (words[0] ?? '').endsWith('postgres') && words.some(word => word.includes(folder))
  })
}

/** The largest resident set so far, MiB. */
export function highWaterMebibytes(pid: number): number {
  const line = /VmHWM:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`))
  return line === null ? Number.NaN : Number(line[1]) / 1024
}

function usages(): Usage[] {
  return pids().flatMap(pid => {
    // The name in parentheses may hold blanks; the fields are counted from behind it. [proc(5)]
    const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? []
    if (fields.length < 15) return []
    const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0)
    return [{ pid, parent: Number(fields[1]), seconds: ticks / ticksPerSecond }]
  })
}

function pids(): number[] {
  try {
    return readdirSync('/proc')
      .filter(name => /^\d+$/.test(name))
      .map(Number)
  } catch {
    return []
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // The process has ended meanwhile.
    return ''
  }
}
