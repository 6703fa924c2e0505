import { compileSchematron, loadRules, type RuleSet } from '../../src/wire/schematron/index.ts'
import type { OfficialData } from './data.ts'

/** Where the official rules lie, by the names that answers and test sets are kept under. */
const sources = {
  'en-ubl': 'en16931/schematron/EN16931-UBL-validation-preprocessed.sch',
  'en-cii': 'en16931/schematron/EN16931-CII-validation-preprocessed.sch',
  'peppol-ubl': 'peppol-bis/3.0.21/schematron/PEPPOL-EN16931-UBL.sch',
  'peppol-cii': 'peppol-bis/3.0.19/schematron/PEPPOL-EN16931-CII.sch',
} as const
export type Official = keyof typeof sources

export function officialRules(data: OfficialData, name: Official): RuleSet {
  return rulesAt(data, sources[name])
}

const loaded = new Map<string, RuleSet>()

/** A Schematron file, compiled once per process. */
export function rulesAt(data: OfficialData, place: string): RuleSet {
  const path = data.path(place)
  let rules = loaded.get(path)
  if (rules === undefined) loaded.set(path, (rules = loadRules(compileSchematron(data.read(place)))))
  return rules
}
