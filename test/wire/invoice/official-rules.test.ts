import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { readCii, readDocument, readInvoice, readUbl, writeCii, writeUbl } from '../../../src/wire/invoice/index.ts'
import { hasSharedData, sharedData, sharedPath } from '../../support/shared.ts'
import { ciiDocuments, frenchPairs, officialDocuments } from './official.ts'
import { extended, readGood, sample } from './sample.ts'

/* The official Schematron run by the prototype compiler, read in place: a judge that shares no code with ours. */

const prototype = fileURLToPath(new URL('../../../../shared/prototypes/schematron/', import.meta.url))

interface Rules {
  readonly fn: (document: unknown, failed: (index: number) => void, passed: () => void, aborted: () => void) => void
  readonly meta: readonly { readonly id: string }[]
}

let check: (document: Buffer) => Set<string>
let checkCii: (document: Buffer) => Set<string>
let checkExtended: Readonly<Record<'ubl' | 'cii', (document: Buffer) => Set<string>>>
let checkFrench: Readonly<Record<'ubl' | 'cii', (document: Buffer) => Set<string>>>

describe.skipIf(!hasSharedData || !existsSync(prototype))('the official rules on what we write', () => {
  beforeAll(async () => {
    const { compileSch } = (await import(`${prototype}compile.mjs`)) as { compileSch: (path: string) => Rules }
    const { parse } = (await import(`${prototype}xml.mjs`)) as { parse: (text: string) => unknown }
    const judge = (...paths: string[]) => {
      const packs = paths.map(path => compileSch(sharedPath(path)))
      return (document: Buffer) => {
        const failed = new Set<string>()
        const parsed = parse(document.toString())
        for (const { fn, meta } of packs) {
          fn(
            parsed,
            index => failed.add(meta[index]?.id ?? ''),
            () => {},
            () => {},
          )
        }
        return failed
      }
    }
    check = judge(
      'en16931/schematron/EN16931-UBL-validation-preprocessed.sch',
      'peppol-bis/3.0.21/schematron/PEPPOL-EN16931-UBL.sch',
    )
    checkCii = judge('en16931/schematron/EN16931-CII-validation-preprocessed.sch')
    checkExtended = {
      ubl: judge('france/schematron/20260804_EXTENDED-CTC-FR-UBL-V1.4.0.03.sch'),
      cii: judge('france/schematron/20260804_EXTENDED-CTC-FR-CII-V1.4.0.03.sch'),
    }
    checkFrench = {
      ubl: judge('france/schematron/20260804_BR-FR-Flux2-Schematron-UBL_V1.4.0.03.sch'),
      cii: judge('france/schematron/20260804_BR-FR-Flux2-Schematron-CII_V1.4.0.03.sch'),
    }
  })

  it('find nothing in the sample', () => {
    expect(check(writeUbl(readGood(sample())))).toEqual(new Set())
  })

  it('find nothing in the sample as a credit note', () => {
    expect(check(writeUbl(readGood(sample(json => (json.typeCode = '381')))))).toEqual(new Set())
  })

  it.each([
    ['AE', 'VATEX-EU-AE'],
    ['K', 'VATEX-EU-IC'],
    ['G', 'VATEX-EU-G'],
    ['Z', undefined],
  ])('find nothing when all is of VAT category %s', (category, reason) => {
    const invoice = readGood(
      sample(json => {
        for (const line of json.lines) line.vat = { category }
        json.delivery.address = { country: 'DE' }
      }),
    )
    expect(invoice.vatBreakdown.map(part => part.exemptionReasonCode)).toEqual([reason])
    expect(check(writeUbl(invoice))).toEqual(new Set())
  })

  it('find nothing when all is not subject to VAT', () => {
    const invoice = readGood(
      sample(json => {
        for (const line of json.lines) line.vat = { category: 'O' }
        delete json.seller.vatId
        delete json.buyer.vatId
      }),
    )
    expect(check(writeUbl(invoice))).toEqual(new Set())
  })

  it('find no more in an official example that went through the model', () => {
    const added = officialDocuments.flatMap(path => {
      const document = sharedData(path)
      const reading = readUbl(document)
      if ('findings' in reading) return []
      return [...check(writeUbl(reading.invoice)).difference(check(document))].map(rule => `${path} ${rule}`)
    })
    expect(added).toEqual([])
  })

  it('find nothing in the sample as CII, in every VAT category', () => {
    for (const category of ['S', 'AE', 'K', 'G', 'Z']) {
      const invoice = readGood(
        sample(json => {
          for (const line of json.lines) line.vat = category === 'S' ? line.vat : { category }
          json.delivery.address = { country: 'DE' }
        }),
      )
      expect(checkCii(writeCii(invoice))).toEqual(new Set())
    }
  })

  it('find no more in an official CII example that went through the model', () => {
    const added = ciiDocuments.flatMap(path => {
      const document = sharedData(path)
      const reading = readCii(document)
      if ('findings' in reading) return []
      return [...checkCii(writeCii(reading.invoice)).difference(checkCii(document))].map(rule => `${path} ${rule}`)
    })
    expect(added).toEqual([])
  })

  it('find no more in an official UBL example that became CII', () => {
    const added = officialDocuments.filter(isCore).flatMap(path => {
      const reading = readUbl(sharedData(path))
      if ('findings' in reading) return []
      const before = check(sharedData(path))
      return [...checkCii(writeCii(reading.invoice)).difference(before)].map(rule => `${path} ${rule}`)
    })
    // CII-SR-475, a warning, counts the descriptions of all attachments together and allows one.
    expect(added.filter(rule => !rule.endsWith('CII-SR-475'))).toEqual([
      // BT-6 is BT-5 there, which the rules of CII forbid and those of UBL do not.
      'en16931/examples/ubl/sample-discount-price.xml BR-53',
    ])
  })

  it('find no more in an official CII example that became UBL', () => {
    const added = ciiDocuments.filter(isCore).flatMap(path => {
      const reading = readCii(sharedData(path))
      if ('findings' in reading) return []
      const before = checkCii(sharedData(path))
      const after = [...check(writeUbl(reading.invoice))].filter(rule => /^(BR|UBL)-/.test(rule))
      return after.filter(rule => !before.has(rule)).map(rule => `${path.split('/').at(-1)} ${rule}`)
    })
    // It names two identifiers of the buyer, as EXTENDED allows.
    expect(added).toEqual(['F202500001_INV_20250201_CII_Commentee_EXTENDED.xml UBL-SR-16'])
  })

  it('of France find nothing in an official French invoice in the other syntax', () => {
    const found = frenchPairs.flatMap(([cii, ubl]) => {
      const [fromCii, fromUbl] = [readCii(sharedData(cii)), readUbl(sharedData(ubl))]
      if ('findings' in fromCii || 'findings' in fromUbl) return [cii]
      return [...checkFrench.ubl(writeUbl(fromCii.invoice)), ...checkFrench.cii(writeCii(fromUbl.invoice))]
    })
    expect(frenchPairs).toHaveLength(11)
    expect(found).toEqual([])
  })

  it('of EXTENDED-CTC-FR find every one of its terms where they allow it', () => {
    const reading = readInvoice(sample(extended), { rules: [] })
    if ('findings' in reading) throw new Error(JSON.stringify(reading.findings))
    // A warning: the exemption reason of the line is not that of the VAT breakdown.
    expect([...checkExtended.ubl(writeUbl(reading.invoice))]).toEqual(['BR-FREXT-S-08rev'])
    expect([...checkExtended.ubl(writeUbl({ ...reading.invoice, typeCode: '381' }))]).toEqual(['BR-FREXT-S-08rev'])
    // CII-SR-069 and -072 demand name and value of an attribute, of which BR-FREXT-54 lets a code and a quantity take the place.
    expect([...checkExtended.cii(writeCii(reading.invoice))]).toEqual(['BR-FXEXT-S-08rev', 'CII-SR-069', 'CII-SR-072'])
  })

  it('of EXTENDED-CTC-FR find nothing in an official invoice with parts of lines or several sellers in either syntax', () => {
    const customization = 'urn:cen.eu:en16931:2017#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr'
    const pairs = frenchPairs.filter(([path]) => !isCore(path))
    const found = pairs.flat().flatMap(path => {
      const reading = readDocument(sharedData(path))
      if ('findings' in reading) return [path]
      const invoice = { ...reading.invoice, customization }
      return [...checkExtended.ubl(writeUbl(invoice)), ...checkExtended.cii(writeCii(invoice))].map(
        rule => `${path} ${rule}`,
      )
    })
    expect(pairs).toHaveLength(3)
    expect(found).toEqual([])
  })
})

/** Of EN 16931 without parts of lines and several sellers, which its rules do not know. */
function isCore(path: string): boolean {
  return !/SOUS-LIGNE|MULTI-VENDEUR/.test(path)
}
