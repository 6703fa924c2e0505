import { describe, expect, it } from 'vitest'
import { Threads } from '../../src/engine/threads.ts'

/** A thread that answers with its own number. */
const entry = new URL(
  `data:text/javascript,${encodeURIComponent(
    "import { parentPort, threadId } from 'node:worker_threads'\nparentPort.on('message', () => parentPort.postMessage({ result: threadId }))",
  )}`,
)

describe('a thread', () => {
  it('takes one request after the other, until one that is its last', async () => {
    await using threads = new Threads(entry, { data: {}, count: 1, budget: { secondsMax: 30, megabytesMax: 64 } })
    const asked = [{}, {}, { isLast: true }, {}].map(options => threads.run<number>({}, options))
    const answers = await Promise.all(asked)
    const [first, second, last, next] = answers.map(answer => (answer.kind === 'done' ? answer.result : undefined))
    expect([second, last]).toEqual([first, first])
    expect(next).not.toBe(first)
  })
})
