import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { createRulePacks, createSchemas, importPacks, listStore, packName } from '../../../src/adapters/rules/index.ts'
import { factsOf } from '../../../src/services/documents/index.ts'
import { runRules } from '../../../src/wire/schematron/index.ts'
import { parseXml } from '../../../src/wire/xml/index.ts'
import { hasSharedData, itShared, sharedData, sharedPath } from '../../support/shared.ts'
import { newStore } from './packs.ts'

/* Every official pack and schema, imported as an operator would: a folder or an archive at a time. */

const store = newStore()
const packs = createRulePacks({ folder: store })
const schemas = createSchemas({ folder: store })
const tests = new Map<string, number>()

const sources = [
  'en16931',
  'peppol-bis',
  'france/schematron',
  'france/facturx',
  'france/xsd',
  'france/xsd/ppf-flux1-v3.2.zip',
  'peppol/mls',
  'peppol/reporting',
]

beforeAll(async () => {
  if (!hasSharedData) return
  for (const source of sources) {
    for (const one of (await importPacks(store, sharedPath(source), {})).packs) {
      const name = packName(one.pack)
      if (one.tests === undefined) continue
      expect([name, one.tests.failures]).toEqual([name, []])
      tests.set(name, one.tests.passed)
    }
  }
}, 120_000)

afterAll(() => schemas[Symbol.dispose]())

describe('the official rules and schemas', () => {
  itShared('are recognised, with their releases and first days', () => {
    const stored = listStore(store)
    expect(stored.filter(({ active }) => !active)).toEqual([])
    expect(
      stored
        .filter(({ kind }) => kind === 'rules')
        .map(packName)
        .sort(),
    ).toEqual([
      'br-fr-cdv@1.4.0.03',
      'br-fr-flux2-cii@1.4.0.03',
      'br-fr-flux2-ubl@1.4.0.03',
      'en16931-cii@1.3.16',
      'en16931-ubl@1.3.16',
      'extended-ctc-fr-cii@1.4.0.03',
      'extended-ctc-fr-ubl@1.4.0.03',
      'facturx-basicwl@1.09',
      'facturx-en16931@1.09',
      'facturx-extended@1.09',
      'peppol-en16931-cii@3.0.19',
      'peppol-en16931-ubl-sb@3.0.2',
      'peppol-en16931-ubl@3.0.19',
      'peppol-en16931-ubl@3.0.20',
      'peppol-en16931-ubl@3.0.21',
      'peppol-eusr@1.1.4',
      'peppol-mls@1.0.1',
      'peppol-tsr@1.0.4',
      'ppf-f1-base-cii@0.2',
      'ppf-f1-base-ubl@0.2',
      'ppf-f1-full-cii@0.2',
      'ppf-f1-full-ubl@0.2',
      'ppf-f10@1.0',
    ])
    expect(
      stored
        .filter(({ kind }) => kind === 'schema')
        .map(({ name }) => name)
        .sort(),
    ).toEqual([
      'cdar-xsd',
      'cii-d16b-xsd',
      'cii-d22b-xsd',
      'facturx-basicwl-xsd',
      'facturx-en16931-xsd',
      'facturx-extended-xsd',
      'peppol-eusr-xsd',
      'peppol-tsr-xsd',
      'ppf-annuaire-f13-xsd',
      'ppf-annuaire-f14-xsd',
      'ppf-f1-base-cii-xsd',
      'ppf-f1-base-ubl-xsd',
      'ppf-f1-full-cii-xsd',
      'ppf-f1-full-ubl-xsd',
      'ppf-f10-xsd',
      'ubl-xsd',
    ])
  })

  itShared('pass the unit tests that came with them', () => {
    expect(Object.fromEntries(tests)).toEqual({
      'en16931-cii@1.3.16': 9,
      'en16931-ubl@1.3.16': 811,
      'peppol-en16931-cii@3.0.19': 199,
      'peppol-en16931-ubl@3.0.19': 413,
      'peppol-en16931-ubl@3.0.20': 413,
      'peppol-en16931-ubl@3.0.21': 413,
    })
  })
})

/** Which packs and schema judge a document of the shared data, and what they find. */
async function judged(
  octets: Buffer,
  { day = '2026-11-21', inPdf = false }: { readonly day?: string; readonly inPdf?: boolean } = {},
): Promise<{ readonly by: readonly string[]; readonly found: readonly string[]; readonly schema: unknown }> {
  const { root } = parseXml(octets)
  const facts = factsOf(root, inPdf)
  const chosen = packs.choose(facts, day)
  const verdict = await schemas.check(octets, facts.root, { ...facts, day })
  const found = new Set(
    runRules(
      root,
      chosen.map(({ rules }) => rules),
    ).map(({ severity, rule }) => `${severity} ${rule}`),
  )
  const by = [...chosen.map(({ name }) => name), ...(verdict === undefined ? [] : [verdict.name])]
  return { by, found: [...found].sort(), schema: verdict?.problems }
}

const annexB = 'france/examples/z12-014-annexB-v1.3'
const peppolExample = 'peppol-bis/examples/3.0.21/base-example.xml'
const uc1 = `${annexB}/UC1/UC1_F202500003_00-INV_20250701`

describe('a document is judged by', () => {
  itShared.for([
    ['en16931/examples/ubl/ubl-tc434-example1.xml', ['en16931-ubl@1.3.16', 'ubl-xsd@2.1']],
    ['en16931/examples/cii/CII_example1.xml', ['en16931-cii@1.3.16', 'cii-d16b-xsd@100.D16B']],
    [peppolExample, ['en16931-ubl@1.3.16', 'peppol-en16931-ubl@3.0.21', 'ubl-xsd@2.1']],
    [`${uc1}_UBL_EN16931.xml`, ['en16931-ubl@1.3.16', 'br-fr-flux2-ubl@1.4.0.03', 'ubl-xsd@2.1']],
    [`${uc1}_CII_EN16931.xml`, ['en16931-cii@1.3.16', 'br-fr-flux2-cii@1.4.0.03', 'cii-d22b-xsd@100.D22B']],
    [
      `${annexB}/sous-ligne/UC12_F202600025_SOUS-LIGNE_UBL_Commentee_EXTENDED.xml`,
      ['extended-ctc-fr-ubl@1.4.0.03', 'br-fr-flux2-ubl@1.4.0.03', 'ubl-xsd@2.1'],
    ],
    [
      `${annexB}/sous-ligne/UC12_F202600025_SOUS-LIGNE_CII_Commentee_EXTENDED.xml`,
      ['facturx-extended@1.09', 'br-fr-flux2-cii@1.4.0.03', 'facturx-extended-xsd@1.09'],
    ],
    [
      `${annexB}/multi-vendeur/UC10_F202600004_MULTI-VENDEUR_CII_Commentee_EXTENDED.xml`,
      ['facturx-extended@1.09', 'br-fr-flux2-cii@1.4.0.03', 'facturx-extended-xsd@1.09'],
    ],
    [
      `${annexB}/multi-vendeur/UC11_F202600022_MULTI-VENDEUR_CII_Commentee_EXTENDED..xml`,
      ['facturx-extended@1.09', 'br-fr-flux2-cii@1.4.0.03', 'facturx-extended-xsd@1.09'],
    ],
    [`${annexB}/UC1/UC1_F202500003_02-CDV-202_Recue.xml`, ['br-fr-cdv@1.4.0.03', 'cdar-xsd@100.D22B']],
    ['france/authored/f10-payments-10.2-10.4.xml', ['ppf-f10@1.0', 'ppf-f10-xsd@3.2']],
    ['peppol/mls/good/MessageLevelStatus_Example_AB2.xml', ['peppol-mls@1.0.1', 'ubl-xsd@2.1']],
    ['peppol/reporting/tsr/transaction-statistics-2.xml', ['peppol-tsr@1.0.4', 'peppol-tsr-xsd@1.0']],
    ['peppol/reporting/eusr/end-user-statistics-reporting-1.xml', ['peppol-eusr@1.1.4', 'peppol-eusr-xsd@1.1']],
  ] as const)('%s: %j, who find nothing wrong', async ([path, by]) => {
    expect(await judged(sharedData(path))).toEqual({ by, found: [], schema: [] })
  })

  itShared('the rule that it is made to break: every bad message level status', async () => {
    const folder = 'peppol/mls/bad'
    const files = readdirSync(sharedPath(folder)).filter(name => /-\d\d[a-z]\.xml$/.test(name))
    expect(files.length).toBeGreaterThan(50)
    for (const file of files) {
      const rule = `fatal SCH-MLS-${/\d\d/.exec(file)?.[0]}`
      const { found } = await judged(sharedData(`${folder}/${file}`))
      expect([file, found]).toEqual([file, expect.arrayContaining([rule])])
    }
  })

  itShared('the rules of its form when it lies in a PDF', async () => {
    const octets = sharedData(`${uc1}_CII_EN16931.xml`)
    const { by, schema } = await judged(octets, { inPdf: true })
    expect(by).toEqual(['facturx-en16931@1.09', 'br-fr-flux2-cii@1.4.0.03', 'facturx-en16931-xsd@1.09'])
    expect(schema).toEqual([])
  })

  itShared('the rules for self-billing when it is self-billed', async () => {
    const folder = 'peppol-bis/examples/self-billing-3.0.21'
    const [file = ''] = readdirSync(sharedPath(folder)).sort()
    const { by } = await judged(readFileSync(sharedPath(`${folder}/${file}`)))
    expect(by).toEqual(['en16931-ubl@1.3.16', 'peppol-en16931-ubl-sb@3.0.2', 'ubl-xsd@2.1'])
  })

  itShared.for([
    ['2025-08-24', []],
    ['2025-08-25', ['peppol-en16931-ubl@3.0.19']],
    ['2026-02-22', ['peppol-en16931-ubl@3.0.19']],
    ['2026-02-23', ['peppol-en16931-ubl@3.0.20']],
    ['2026-08-16', ['peppol-en16931-ubl@3.0.20']],
    ['2026-08-17', ['peppol-en16931-ubl@3.0.21']],
  ] as const)('the release of Peppol that is in force on %s', async ([day, expected]) => {
    const { by } = await judged(sharedData(peppolExample), { day })
    expect(by.filter(name => name.startsWith('peppol'))).toEqual(expected)
  })

  itShared('the warnings of Factur-X EXTENDED that an older example has', async () => {
    const path = 'france/examples/z12-012-annexB-v1.2/F202500001/F202500001_INV_20250201_CII_Commentee_EXTENDED.xml'
    const { by, found } = await judged(sharedData(path))
    expect(by).toContain('facturx-extended@1.09')
    // BR-CO-27 of 1.09 demands one of two account numbers; this example, older than the rule, has both.
    expect(found).toEqual([
      'error BR-CO-27',
      'error CII-SR-465',
      'error CII-SR-466',
      'warning BR-FXEXT-E-08rev',
      'warning BR-FXEXT-IC-08rev',
    ])
  })
})

describe('what the portal wants of its own files', () => {
  itShared('is only judged by name, for an F1 file looks like the invoice that it was made of', async () => {
    const octets = sharedData('france/authored/Base_F202600001_UBL.xml')
    const { root } = parseXml(octets)
    const named = packs.named(['ppf-f1-base-ubl'], '2026-11-21')
    expect(
      runRules(
        root,
        named.map(({ rules }) => rules),
      ),
    ).toEqual([])
    const facts = factsOf(root, false)
    const verdict = await schemas.check(octets, facts.root, { ...facts, pack: 'ppf-f1-base-ubl-xsd' })
    expect(verdict).toEqual({ name: 'ppf-f1-base-ubl-xsd@2.1', problems: [] })
    expect((await judged(octets)).by).not.toContain('ppf-f1-base-ubl@0.2')
  })

  itShared('is in the schema of the directory too', async () => {
    const octets = sharedData('france/authored/f13-annuaire-update.xml')
    expect((await judged(octets)).by.map(name => name.split('@')[0])).toEqual(['ppf-annuaire-f13-xsd'])
    expect((await judged(octets)).schema).toEqual([])
  })
})
