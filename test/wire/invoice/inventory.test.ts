import { describe, expect, it } from 'vitest'
import { type XmlElement, attributeOf, childElements, parseXml, textOf } from '../../../src/wire/xml/index.ts'
import { hasSharedData, sharedData } from '../../support/shared.ts'
import { tableRules } from './defects.ts'
import { en16931Rules } from './defects-en16931.ts'
import { frenchRules } from './defects-france.ts'
import { peppolRules } from './defects-peppol.ts'
import { inventory, modelRuleOf } from './inventory.ts'

const proven = new Set([
  ...[...tableRules, ...en16931Rules, ...peppolRules, ...frenchRules].map(({ rule }) => rule),
  // Of CII alone; its defect is in extended.test.ts.
  'BR-CO-27',
])

/** Every id of the official rules, by the file that holds it. */
function officialIds(): Set<string> {
  const lists = ['en16931/rules-ubl-1.3.16.json', 'en16931/rules-cii-1.3.16.json', 'peppol-bis/rules-ubl-3.0.21.json']
  const french = ['UBL', 'CII'].flatMap(name => [
    `france/schematron/20260804_BR-FR-Flux2-Schematron-${name}_V1.4.0.03.sch`,
    `france/schematron/20260804_EXTENDED-CTC-FR-${name}-V1.4.0.03.sch`,
  ])
  return new Set([
    ...lists.flatMap(path => (JSON.parse(sharedData(path).toString()) as { id: string }[]).map(({ id }) => id)),
    ...french.flatMap(path => assertsIn(parseXml(sharedData(path)).root)),
  ])
}

/** The ids of the assertions below an element. */
function assertsIn(element: XmlElement): string[] {
  return childElements(element).flatMap(child => (child.local === 'assert' ? [idOf(child)] : assertsIn(child)))
}

/** Some say their id in their text only. */
function idOf(assertion: XmlElement): string {
  return attributeOf(assertion, 'id') ?? /^\s*\[([^\]]+)\]/.exec(textOf(assertion))?.[1] ?? ''
}

/** What the extension has in the place of a rule of EN 16931 is the same check under another name. */
const isProven = (rule: string) => proven.has(rule) || proven.has(rule.replace('BR-FREXT-', 'BR-'))

const verdictsOf = (id: string) => inventory.filter(({ ids }) => ids.test(id)).map(({ verdict }) => verdict)

describe.skipIf(!hasSharedData)('the inventory of official rules', () => {
  it('has each id in exactly one row', () => {
    const ids = officialIds()
    expect(ids.size).toBeGreaterThan(1900)
    expect([...ids].filter(id => verdictsOf(id).length !== 1)).toEqual([])
  })

  it('has no row without an id', () => {
    const ids = [...officialIds()]
    expect(inventory.filter(row => !ids.some(id => row.ids.test(id))).map(row => row.ids.source)).toEqual([])
  })

  it('claims for the model what a defect of its own proves', () => {
    const claimed = [...officialIds()].filter(id => verdictsOf(id)[0] === 'model').map(modelRuleOf)
    expect([...new Set(claimed)].filter(rule => !isProven(rule))).toEqual([])
    const known = new Set(claimed)
    expect([...proven].filter(rule => !known.has(rule) && !/^(BR-FR-CPRO|BR-FREXT|UBL-SR|BR-CL)-/.test(rule))).toEqual(
      [],
    )
  })
})
