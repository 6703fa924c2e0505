import { describe, expect, it } from 'vitest'
import { openEngine } from '../../src/engine/index.ts'
import { systemClock } from '../../src/kernel/index.ts'

describe('an engine that is stopped', () => {
  it('is stopped also when the answer of a thread is on its way', async () => {
    const engine = openEngine({
      rulesFolder: 'none',
      clock: systemClock,
      threads: { count: 1, secondsMax: 60, megabytesMax: 512 },
      threadedFrom: 0,
    })
    await engine.validate(Buffer.from('<a/>'))
    const asked = engine.validate(Buffer.from('<b/>'))
    // While this thread sleeps the other one answers; it hears of that when it is stopping the engine already.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)
    await engine[Symbol.asyncDispose]()
    expect(await asked).toMatchObject({ syntax: 'other', valid: false })
  })
})
