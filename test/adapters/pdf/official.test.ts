import { createHash } from 'node:crypto'
import { globSync } from 'node:fs'
import { basename } from 'node:path'
import { afterAll, describe, expect } from 'vitest'
import { createPdfReader } from '../../../src/adapters/pdf/index.ts'
import { hasSharedData, itShared, sharedData, sharedPath } from '../../support/shared.ts'

/** SHA-1 of the XML inside, its relationship and level, and the CII file beside the PDF that must be the same, where there is one. */
const official: Readonly<
  Record<string, readonly [sha1: string, relationship: string, level: string, beside?: string]>
> = {
  'Facture_F20260023-LE_FOURNISSEUR-POUR-LE_CLIENT_BASIC_WL.pdf': ['6d7f6f68', 'Data', 'BASIC WL'],
  'Facture_F20260023-LE_FOURNISSEUR-POUR-LE_CLIENT_EN_16931.pdf': ['13855dcd', 'Source', 'EN 16931'],
  'Facture_F20260023-LE_FOURNISSEUR-POUR-LE_CLIENT_EXTENDED.pdf': ['a2d7a46d', 'Source', 'EXTENDED'],
  'F202500001_INV_20250201.pdf': ['63e31c29', 'Source', 'EN 16931'],
  'UC1_F202500003_00-INV_20250701_FX_EN16931.pdf': [
    'f6dfebd7',
    'Source',
    'EN 16931',
    'UC1_F202500003_00-INV_20250701_CII_EN16931.xml',
  ],
  'UC2_F202500004_00-INV_20250701_FX_EN16931.pdf': [
    'f0e03a65',
    'Source',
    'EN 16931',
    'UC2_F202500004_00-INV_20250701_CII_EN16931.xml',
  ],
  'UC3_F202500005_00-INV_20250701_FX_EN16931.pdf': [
    '6115e276',
    'Source',
    'EN 16931',
    'UC3_F202500005_00-INV_20250701_CII_EN16931.xml',
  ],
  'UC4_F202500006_00-INV_20250701_EN16931.pdf': [
    '0c474e4c',
    'Source',
    'EN 16931',
    'UC4_F202500006_00-INV_20250701_CII_EN16931.xml',
  ],
  'UC4b_F202500010_00-INVCORR_20250702_EN16931..pdf': [
    '51ca850e',
    'Source',
    'EN 16931',
    'UC4b_F202500010_00-INVCORR_20250702_CII_EN16931..xml',
  ],
  'UC5_F202500007_00-INV_20250702_FX_EN16931.pdf': [
    '0a4d547d',
    'Source',
    'EN 16931',
    'UC5_F202500007_00-INV_20250702_CII_EN16931.xml',
  ],
  'UC5b_F202500011_00-CN_20250703_FX_EN16931.pdf': [
    '86a4479b',
    'Source',
    'EN 16931',
    'UC5b_F202500011_00-CN_20250703_CII_EN16931.xml',
  ],
  'UC5c_F202500012_00-INV_20250705_FX_EN16931.pdf': [
    '4cc852ae',
    'Source',
    'EN 16931',
    'UC5c_F202500012_00-INV_20250705_CII_EN16931.xml',
  ],
  'UC10_F202600004_MULTI-VENDEUR_FX_Commentee_EXTENDED.pdf': [
    'b5888843',
    'Source',
    'EXTENDED',
    'UC10_F202600004_MULTI-VENDEUR_CII_Commentee_EXTENDED.xml',
  ],
  'UC11_F202600022_MULTI-VENDEUR_FX_Commentee_EXTENDED..pdf': [
    '96c57ddb',
    'Source',
    'EXTENDED',
    'UC11_F202600022_MULTI-VENDEUR_CII_Commentee_EXTENDED..xml',
  ],
  'UC12_F202600025_SOUS-LIGNE_FX_Commentee_EXTENDED.pdf': [
    '6943e671',
    'Source',
    'EXTENDED',
    'UC12_F202600025_SOUS-LIGNE_CII_Commentee_EXTENDED.xml',
  ],
}

const reader = createPdfReader()
afterAll(() => reader[Symbol.asyncDispose]())

const paths = hasSharedData ? globSync('france/**/*.pdf', { cwd: sharedPath('') }) : []

describe('the official French PDFs', () => {
  itShared('are the fifteen of the list', () => {
    expect(paths.map(path => basename(path)).toSorted()).toEqual(Object.keys(official).toSorted())
  })

  itShared('give their XML octet for octet, and nothing to warn of', async () => {
    const seen: Record<string, readonly unknown[]> = {}
    const expected: typeof seen = {}
    for (const path of paths) {
      const name = basename(path)
      const [sha1, relationship, level, beside] = official[name] ?? []
      const contents = await reader.read(sharedData(path))
      const digest = createHash('sha1').update(contents.xml).digest('hex')
      expected[name] = [sha1, relationship, level, [], beside]
      const isBeside = beside !== undefined && sharedData(path.replace(name, beside)).equals(contents.xml)
      const { relationship: is, conformanceLevel, warnings } = contents
      seen[name] = [
        digest.slice(0, 8),
        is,
        conformanceLevel,
        warnings.map(({ message }) => message),
        isBeside ? beside : undefined,
      ]
    }
    expect(seen).toEqual(expected)
  })

  itShared('bring their second attachment', async () => {
    const path = paths.find(one => one.endsWith('CLIENT_EN_16931.pdf')) ?? ''
    const [file, ...others] = (await reader.read(sharedData(path))).files
    expect(others).toEqual([])
    expect(file).toMatchObject({
      name: 'Bon_de_livraison.pdf',
      mimeType: 'application/pdf',
      relationship: 'Unspecified',
    })
    expect(file?.octets.length).toBe(30_382)
  })

  itShared('are damaged when half of them is missing, or still give the same XML', async () => {
    for (const path of paths) {
      const whole = sharedData(path)
      const outcome = await reader.read(whole.subarray(0, whole.length / 2)).then(
        async ({ xml }) => xml.equals((await reader.read(whole)).xml),
        (error: unknown) => (error as { readonly code: string }).code,
      )
      expect([true, 'damaged'], path).toContain(outcome)
    }
  })
})
