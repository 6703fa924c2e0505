import { describe, expect, it } from 'vitest'
import { readUbl, readDocumentToSend, writeUbl } from '../../../src/wire/invoice/index.ts'
import { hasSharedData, itShared, sharedData } from '../../support/shared.ts'
import {
  type Verdict,
  officialDocuments,
  verdictsOfCiiExamples,
  verdictsOfExamples,
  verdictsOfMutants,
} from './official.ts'
import { everything, readGood, sample } from './sample.ts'
import { xsdErrorsOf } from './xsd.ts'

/** The only official example that is no invoice: it has no seller name, and the official rules say so (BR-06). */
const notAnInvoice = 'peppol-bis/examples/national/GR-base-example-TaxRepresentative.xml'

describe.skipIf(!hasSharedData)('every official UBL example', () => {
  it.each(officialDocuments.filter(path => path !== notAnInvoice))('%s: read, write, read is the identity', path => {
    const first = readUbl(sharedData(path))
    if ('findings' in first) throw new Error(JSON.stringify(first.findings))
    const written = writeUbl(first.invoice)
    expect(readUbl(written)).toEqual({ invoice: first.invoice, syntax: 'ubl', warnings: [], unmapped: [] })
    expect(xsdErrorsOf(written)).toEqual([])
  })

  it('says nothing in more than these places that the model has no term for', () => {
    const unmapped = officialDocuments.flatMap(path => {
      const reading = readUbl(sharedData(path))
      return 'unmapped' in reading ? reading.unmapped.map(place => `${path.split('/').at(-1)} ${place}`) : []
    })
    expect(unmapped.sort()).toEqual(unmappedPlaces)
  })

  it('is refused when it is no invoice', () => {
    const reading = readUbl(sharedData(notAnInvoice))
    expect('findings' in reading && reading.findings.map(({ rule }) => rule)).toEqual(['BR-06'])
  })
})

/** The attribute names the list of a code, and the tax scheme of that buyer is not VAT: the model knows neither. */
const unmappedPlaces: readonly string[] = [
  'Norwegian-example-1.xml /Invoice/cac:InvoiceLine[2]/cac:Item/cac:ClassifiedTaxCategory/cbc:ID/@schemeID',
  'Norwegian-example-1.xml /Invoice/cac:InvoiceLine[3]/cac:Item/cac:ClassifiedTaxCategory/cbc:ID/@schemeID',
  'Norwegian-example-1.xml /Invoice/cac:InvoiceLine[4]/cac:Item/cac:ClassifiedTaxCategory/cbc:ID/@schemeID',
  'Norwegian-example-1.xml /Invoice/cac:InvoiceLine[5]/cac:Item/cac:ClassifiedTaxCategory/cbc:ID/@schemeID',
  'ubl-tc434-test-1.xml /Invoice/cac:AccountingCustomerParty/cac:Party/cac:PartyTaxScheme',
]

describe('what we write from JSON', () => {
  itShared('is valid against the UBL 2.1 XSD, as an invoice and as a credit note with every group', () => {
    expect(xsdErrorsOf(writeUbl(readGood(sample())))).toEqual([])
    expect(xsdErrorsOf(writeUbl(readGood(sample(everything))))).toEqual([])
    expect(xsdErrorsOf(writeUbl(readGood(sample(json => (everything(json), (json.typeCode = '381'))))))).toEqual([])
  })

  it('has a card network for UBL when the author names none, and takes it for none', () => {
    const invoice = readGood(sample(({ paymentMeans }) => (paymentMeans[0].card = { number: '411111' })))
    expect(writeUbl(invoice).toString()).toContain('<cbc:NetworkID>NA</cbc:NetworkID>')
    expect(readUbl(writeUbl(invoice))).toMatchObject({ invoice })
  })

  it('loses nothing on the way through UBL, with every group', () => {
    for (const typeCode of ['380', '381']) {
      const invoice = readGood(sample(json => (everything(json), (json.typeCode = typeCode))))
      expect(readUbl(writeUbl(invoice))).toEqual({ invoice, syntax: 'ubl', warnings: [], unmapped: [] })
    }
  })
})

/** Rules that the model cannot see or that issue from other packs: syntax beyond the XSD, national rules, check digits. */
const notOurs = /^(UBL-CR|UBL-DT|CII-SR|CII-DT|PEPPOL-EN16931-(CL00[1-7]|R080)|(DE|DK|GR|IS|IT|NL|NO|SE)-)/

/** Findings that come before the rules: the XSD would refuse the document, and then the official rules do not count. */
const structural = /^(ubl|cii|value|xml)|^PEPPOL-EN16931-(F001|R043|R051)$|^UBL-SR-/

function official({ en16931 = [], peppol = [], document }: Verdict): Set<string> {
  const peppolApplies = document.includes('poacc:billing:3.0')
  return new Set([...en16931, ...(peppolApplies ? peppol : [])].filter(rule => !notOurs.test(rule)))
}

/** Without what only sending demands, where the document does not claim to be Peppol's. */
function ours({ document }: Verdict): Set<string> {
  const peppolApplies = document.includes('poacc:billing:3.0') || document.includes('poacc:selfbilling:3.0')
  const reading = readDocumentToSend(document, { rules: peppolApplies ? ['peppol'] : [] })
  const rules = ('findings' in reading ? reading.findings : reading.warnings).map(({ rule }) => rule)
  return new Set(rules.filter(rule => peppolApplies || !/R0(01|08|10|20)$/.test(rule)))
}

describe.skipIf(!hasSharedData)('the official rules agree', () => {
  it('with every rule id on every official example', () => {
    const differences = verdictsOfExamples().flatMap(verdict => {
      const [theirs, mine] = [official(verdict), ours(verdict)]
      const different = [...theirs.symmetricDifference(mine)]
      return different.length === 0 ? [] : [`${verdict.name}: ${different.join(' ')}`]
    })
    expect(differences).toEqual([])
  })

  it('with every rule id on every official CII example', () => {
    const differences = verdictsOfCiiExamples().flatMap(verdict => {
      const [theirs, mine] = [official(verdict), ours(verdict)]
      const different = [...theirs.symmetricDifference(mine)]
      return different.length === 0 ? [] : [`${verdict.name}: ${different.join(' ')}`]
    })
    expect(differences).toEqual([])
  })

  it('with the verdict on every mutated CII document', () => {
    const differences = verdictsOfMutants('cii').flatMap(verdict => {
      const theirs = [...official(verdict)]
      const mine = [...ours(verdict)]
      if (theirs.length > 0 && mine.length === 0 && xsdErrorsOf(verdict.document).length === 0)
        return [`${verdict.name} is accepted in spite of ${theirs.join(' ')}`]
      if (
        verdict.en16931 !== undefined &&
        theirs.length === 0 &&
        mine.length > 0 &&
        !mine.some(rule => structural.test(rule))
      ) {
        return [`${verdict.name} is refused for ${mine.join(' ')}`]
      }
      return []
    })
    expect(differences).toEqual([])
  })

  it('with the verdict on every mutated document', () => {
    const differences = verdictsOfMutants('ubl').flatMap(verdict => {
      const theirs = [...official(verdict)]
      const mine = [...ours(verdict)]
      if (theirs.length > 0 && mine.length === 0) return [`${verdict.name} is accepted in spite of ${theirs.join(' ')}`]
      const judged = verdict.en16931 !== undefined && verdict.peppol !== undefined
      if (judged && theirs.length === 0 && mine.length > 0 && !mine.some(rule => structural.test(rule))) {
        return [`${verdict.name} is refused for ${mine.join(' ')}`]
      }
      return []
    })
    expect(differences).toEqual([])
  })
})
