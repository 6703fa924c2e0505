/** Where a command writes: words for people, or one JSON object per line for programs. */
export interface Terminal {
  readonly json: boolean
  readonly paint: Paint
  /** A line for people on standard output; nothing with --json. */
  line(text?: string): void
  /** A result for programs on standard output; nothing without --json. */
  data(value: object): void
  /** What is being waited for, on standard error; on a terminal the next one takes its place. Nothing with --json. */
  progress(text: string): void
  /** What went wrong, on standard error; with --json as an object on standard output. */
  failure(message: string, fields?: object): void
  /** Text or octets as they are, for output that is a file. */
  raw(content: string | Uint8Array): void
  /** Whether a person looks at what is written there. */
  readonly isScreen: { readonly output: boolean; readonly errors: boolean }
}

export interface Paint {
  bold(text: string): string
  dim(text: string): string
  good(text: string): string
  bad(text: string): string
}

/** As much of a stream as a command needs. */
export interface TerminalStream {
  write(content: string | Uint8Array): unknown
  readonly isTTY?: boolean
  on?(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown
}

export interface TerminalStreams {
  readonly output: TerminalStream
  readonly errors: TerminalStream
  /** False under NO_COLOR. */
  readonly colours: boolean
}

const plain: Paint = { bold: same, dim: same, good: same, bad: same }
const coloured: Paint = { bold: sgr(1, 22), dim: sgr(2, 22), good: sgr(32, 39), bad: sgr(31, 39) }

export function openTerminal({ output, errors, colours }: TerminalStreams, json: boolean): Terminal {
  let progressShown = false
  // A line of progress is wiped before anything else is written.
  const wipe = (): void => {
    if (progressShown) errors.write('\r\u001B[K')
    progressShown = false
  }
  return {
    json,
    paint: colours && output.isTTY === true ? coloured : plain,
    line: (text = '') => {
      if (json) return
      wipe()
      output.write(`${visible(text)}\n`)
    },
    data: value => {
      if (json) output.write(`${JSON.stringify(value)}\n`)
    },
    progress: text => {
      if (json) return
      wipe()
      progressShown = errors.isTTY === true
      errors.write(progressShown ? visible(text) : `${visible(text)}\n`)
    },
    failure: (message, fields = {}) => {
      wipe()
      if (json) output.write(`${JSON.stringify({ error: { message, ...fields } })}\n`)
      else errors.write(`passerelle: ${visible(message)}\n`)
    },
    raw: content => {
      wipe()
      output.write(content)
    },
    isScreen: { output: output.isTTY === true, errors: errors.isTTY === true },
  }
}

/**
 * What a stranger wrote may be quoted in any line: control characters would move the cursor or rename the window. Ours are the codes
 * of `coloured`; of a stranger they do no more than colour a word.
 */
function visible(text: string): string {
  return text.replaceAll(colourOrControl, found => (found.length > 1 ? found : '\uFFFD'))
}

// oxlint-disable-next-line no-control-regex
const colourOrControl = /\u001B\[(?:1|2|22|31|32|39)m|[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g

function sgr(on: number, off: number): (text: string) => string {
  return text => `\u001B[${on}m${text}\u001B[${off}m`
}

function same(text: string): string {
  return text
}
