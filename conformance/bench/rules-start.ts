import { readFileSync } from 'node:fs'
import { createRulePacks } from '../../src/adapters/rules/index.ts'
import { runRules } from '../../src/wire/schematron/index.ts'
import { parseXml } from '../../src/wire/xml/index.ts'

/* rules-start.ts STORE FILE PACK…: what a fresh process needs until it has its packs, and until its first verdict. */

const [folder = '', file = '', ...names] = process.argv.slice(2)
const octets = readFileSync(file)
const begin = performance.now()
const packs = createRulePacks({ folder }).named(names, '2026-11-21')
const loaded = performance.now() - begin
runRules(
  parseXml(octets).root,
  packs.map(({ rules }) => rules),
)
const figures = { loaded, judged: performance.now() - begin, wholeProcess: performance.now() }
process.stdout.write(`${JSON.stringify(figures)}\n`)
