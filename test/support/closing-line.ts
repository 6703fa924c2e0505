import { writeSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'
import { endWithLauncher } from '../../src/tether.ts'
import { hasSharedData } from './shared.ts'

/**
 * Ends a run with one line for programs: `N passed, N failed, N skipped`. Written when the process ends, so that
 * nothing of another reporter comes after it.
 */
export default class ClosingLine implements Reporter {
  #passed = 0
  #failed = 0
  #skipped = 0

  onInit(): void {
    endWithLauncher()
    process.on('exit', () => this.#close())
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    for (const module of modules) this.#count(module)
    this.#failed += unhandledErrors.length
  }

  #count(module: TestModule): void {
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      if (state === 'passed') this.#passed += 1
      else if (state === 'failed') this.#failed += 1
      else this.#skipped += 1
    }
    // A file or a hook that breaks outside every test is a failure that no test carries.
    this.#failed += module.errors().length
    for (const suite of module.children.allSuites()) this.#failed += suite.errors().length
  }

  #close(): void {
    const lines: string[] = []
    if (!hasSharedData && this.#skipped > 0) {
      lines.push(
        `there is no ../shared/data beside this clone: what reads it is among the ${this.#skipped} skipped tests`,
      )
      if (process.env['CI'] === 'true') {
        lines.push('CI=true: tests may not be skipped for want of data')
        process.exitCode = 1
      }
    }
    lines.push(`${this.#passed} passed, ${this.#failed} failed, ${this.#skipped} skipped`)
    writeSync(1, `${lines.join('\n')}\n`)
  }
}
