import { officialData } from '../../../conformance/official/data.ts'
import { rulesAt } from '../../../conformance/official/rules.ts'
import { type UnitCase, unitCases as casesOf } from '../../../conformance/official/unit-cases.ts'
import type { RuleSet } from '../../../src/wire/schematron/index.ts'
import { sharedPath } from '../../support/shared.ts'

export { type UnitCase, wrongCases } from '../../../conformance/official/unit-cases.ts'

/** The data beside this clone. */
export const data = officialData(sharedPath(''))

/** The cases of the test sets in a folder of the shared data. */
export function unitCases(folder: string): readonly UnitCase[] {
  return casesOf(data, folder)
}

/** A Schematron file of the shared data, compiled once per process. */
export function rulesOf(path: string): RuleSet {
  return rulesAt(data, path)
}
