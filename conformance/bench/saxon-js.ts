import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { measure } from './measure.ts'

/*
 * saxon-js.ts HOME MILLISECONDS STYLESHEET[,STYLESHEET…] FILE…: as saxon/SaxonBench.java, with the saxon-js that is installed in HOME and
 * stylesheets that xslt3 has compiled. A process of its own, because a transformation cannot be stopped otherwise.
 */

interface SaxonJs {
  transform(
    options: { readonly stylesheetInternal: unknown; readonly sourceText: string; readonly destination: 'document' },
    mode: 'sync',
  ): { readonly principalResult: unknown }
  readonly XPath: { evaluate(expression: string, node: unknown): unknown }
}

const [home = '', milliseconds = '', stylesheets = '', ...paths] = process.argv.slice(2)
const saxon = createRequire(`${home}/package.json`)('saxon-js') as SaxonJs
const compiled = stylesheets.split(',').map(path => JSON.parse(readFileSync(path, 'utf8')) as unknown)
const files = paths.map(path => readFileSync(path, 'utf8'))

function reports(): readonly unknown[] {
  return files.flatMap(sourceText =>
    compiled.map(stylesheetInternal => {
      const options = { stylesheetInternal, sourceText, destination: 'document' } as const
      return saxon.transform(options, 'sync').principalResult
    }),
  )
}

const { milliseconds: spent, result } = measure(reports, Number(milliseconds))
const counts = result.map(report =>
  Number(saxon.XPath.evaluate('count(//*:failed-assert | //*:successful-report)', report)),
)
const findings = counts.reduce((sum, count) => sum + count, 0)
process.stdout.write(`${JSON.stringify({ milliseconds: spent / files.length, findings })}\n`)
