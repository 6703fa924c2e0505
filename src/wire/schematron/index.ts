export { compiledFormat, compileSchematron } from './compile.ts'
export { loadRules, type RuleSet } from './load.ts'
export type { Reference, Resolve } from './reuse.ts'
export { type RuleFinding, runRules } from './run.ts'
