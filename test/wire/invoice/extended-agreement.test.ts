import { describe, expect, it } from 'vitest'
import { type XmlElement, XmlError, parseXml } from '../../../src/wire/xml/index.ts'
import { readInvoice, writeCii, writeUbl } from '../../../src/wire/invoice/index.ts'
import { hasSharedData, sharedData } from '../../support/shared.ts'
import {
  type Difference,
  type Exception,
  differencesInExtension,
  differencesInFacturx,
  isReadable,
  unexplained,
} from './agreement.ts'
import { mutantsOf } from './extended-mutants.ts'
import { ciiDocuments, facturxDocuments, officialDocuments, xmlOf } from './official.ts'
import { extended, sample } from './sample.ts'

/* The model and the rules of the extensions, on what the authors of the extensions made and on thousands of changes of it. */

/** Each of them is met. */
const exceptions: readonly Exception[] = [
  /* CII */
  {
    kind: 'extra',
    rules: /^BR-(48|DEC-19|DEC-20)$/,
    where: /cii .*(RateApplicablePercent|without a rate|BasisAmount|CalculatedAmount)/,
    why: 'in the CII of EXTENDED-CTC-FR the rule of each VAT category stands before the one with these and hides it',
  },
  {
    kind: 'missed',
    rules: /^BR-(47|48|CO-03)$/,
    where: /cii .* (without )?ram:TypeCode/,
    why: 'a VAT breakdown whose TypeCode is not VAT is none for the model, which misses its amount in BR-CO-14',
  },
  {
    kind: 'extra',
    rules: /^BR-(CO-14|FREXT-[A-Z]+-01)$/,
    where: /cii .* (without )?ram:TypeCode/,
    why: 'the other side of it',
  },
  {
    kind: 'extra',
    rules: /^BR-(AF|AG)-(09|10)$/,
    where: /cii .*(→ [LM]$|all [LM] )/,
    why: 'BR-AF-09 and BR-AG-09 are true() in CII, and it has no BR-AF-10 and BR-AG-10',
  },
  {
    kind: 'missed',
    rules: /^BR-AF-0[567]$/,
    where: /cii .* → L|cii .* all L 0/,
    why: 'the rule of CII forbids IGIC of 0 %, which UBL and EN 16931 allow',
  },
  {
    kind: 'extra',
    rules: /^BR-(CO-24|O-09|O-10|CL-07)$/,
    where: /cii .*(Reason|→ O$|all O |ReferenceTypeCode)/,
    why: 'CII has no BR-CO-24, BR-O-09 and BR-O-10, and looks for BR-CL-07 where no element is',
  },
  {
    kind: 'extra',
    rules: /^BR-FREXT-CO-10$/,
    where: /cii .*LineTotalAmount/,
    why: 'the tolerance of CII counts every line, that of UBL those that are added up',
  },
  {
    kind: 'missed',
    rules: /^BR-(29|30|52|55|62|63)$/,
    where: /cii .*without (udt:DateTimeString|ram:IssuerAssignedID|ram:URIID)/,
    why: 'an element without content is no term',
  },
  {
    kind: 'missed',
    rules: /^BR-CL-23$/,
    where: /cii .*BasisQuantity/,
    why: 'the unit of the base quantity of the gross price is no term: it is that of the net price',
  },
  {
    kind: 'missed',
    rules: /^BR-CO-16$/,
    where: /cii .*Amount .*\.\d{3}$/,
    why: 'CII does not round amounts of three decimals, which BR-DEC refuses',
  },
  {
    kind: 'extra',
    rules: /^BR-DEC-13$/,
    where: /cii .*TaxTotalAmount/,
    why: 'the rule of CII is content with one total of two decimals when there are two',
  },
  {
    kind: 'missed',
    rules: /^BR-DEC-15$/,
    where: /cii .*without ram:TaxTotalAmount/,
    why: 'the rule of CII wants a total in BT-6, which BR-53 says',
  },
  {
    kind: 'extra',
    rules: /^BR-CL-26$/,
    where: /cii .*GlobalID with another schemeID/,
    why: 'the rule of UBL is about every place of delivery, that of CII about that of the invoice',
  },
  /* UBL */
  {
    kind: 'extra',
    rules: /^BR-DEC-1[35]$/,
    where: /ubl .*TaxAmount/,
    why: 'the rules of UBL look for the currency of the invoice inside the amount, where it is not',
  },
  {
    kind: 'extra',
    rules: /^BR-CO-16$/,
    where: /ubl .*Amount .*\.\d{3}$/,
    why: 'with a rounding amount UBL rounds the amount to pay before it compares it; BR-DEC refuses its three decimals',
  },
  {
    kind: 'missed',
    rules: /^BR-(52|55)$/,
    where: /ubl .*without cbc:ID/,
    why: 'an element without content is no term',
  },
  {
    kind: 'missed',
    rules: /^BR-A[EG]-01$/,
    where: /ubl .*(→ (AE|M)$|all (AE|M) |TaxCategory|TaxSubtotal)/,
    why: 'left in UBL beside BR-FREXT-AE-01 and BR-FREXT-AG-01, which took their places',
  },
  {
    kind: 'missed',
    rules: /^BR-FREXT-(CO-10|CO-13|[A-Z]+-08)$/,
    where: /ubl .*without cbc:DocumentStatusCode/,
    why: 'a part of no kind, which BR-FREXT-06 refuses, counts in CII and not in UBL',
  },
  {
    kind: 'missed',
    rules: /^BR-FREXT-S-08$/,
    where: /ubl .*(TaxableAmount|LineExtensionAmount|cbc:Amount)/,
    why: 'the rule of UBL adds up as binary numbers, for which 90.95 and 90.92 differ by more than three cents',
  },
  /* Both */
  {
    kind: 'extra',
    rules: /^BR-CL-23$/,
    where: /(PackQuantity|PerPackageUnitQuantity)/,
    why: 'the rules do not look at the unit of a package, which has the list of all units',
  },
]

const facturxExceptions: readonly Exception[] = [
  {
    kind: 'extra',
    rules: /^BR-FXEXT-03$/,
    where: /without ram:ID$/,
    why: 'the rule looks at the identifier of a tax registration, and one without it is none for VAT either',
  },
  {
    kind: 'extra',
    rules: /^BR-(CO-14|FXEXT-[A-Z]+-01)$/,
    where: /ram:TypeCode/,
    why: 'a VAT breakdown whose TypeCode is not VAT is none for the model',
  },
  {
    kind: 'extra',
    rules: /^BR-(AF|AG)-(09|10)$/,
    where: /(→ [LM]$|all [LM] )/,
    why: 'BR-AF-09, BR-AF-10 and those of IPSI are true() in Factur-X',
  },
  {
    kind: 'missed',
    rules: /^BR-AF-0[567]$/,
    where: /(→ L$|all L 0)/,
    why: 'Factur-X forbids IGIC of 0 %, which EN 16931 allows',
  },
  {
    kind: 'extra',
    rules: /^BR-FXEXT-11$/,
    where: /LineID/,
    why: 'Factur-X lets a line be its own parent, which BR-FREXT-11 forbids',
  },
  {
    kind: 'extra',
    rules: /^BR-FXEXT-CO-10$/,
    where: /LineTotalAmount/,
    why: 'its tolerance counts every line, also those that are not added up',
  },
  {
    kind: 'missed',
    rules: /^BR-FXEXT-CO-10$/,
    where: /LineTotalAmount/,
    why: 'it adds up as binary numbers, for which three cents may be more than three cents',
  },
  {
    kind: 'missed',
    rules: /^BR-FXEXT-(08|CO-16)$/,
    where: /Amount .*\.\d{3}$/,
    why: 'it does not round amounts of three decimals, which BR-DEC refuses',
  },
  {
    kind: 'missed',
    rules: /^BR-(29|30|52|62|63|65|FXEXT-02)$/,
    where: /without (udt:DateTimeString|ram:IssuerAssignedID|ram:URIID|ram:ClassCode|ram:Content)$/,
    why: 'an element without content is no term',
  },
]

const met = new Set<Exception>()

/** Under EXTENDED-CTC-FR, whatever they said before. */
const customization = 'urn:cen.eu:en16931:2017#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr'

const facturxCustomization = 'urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended'

function samples(): (readonly [name: string, xml: string])[] {
  const reading = readInvoice(sample(extended), { rules: [] })
  if ('findings' in reading) throw new Error(JSON.stringify(reading.findings))
  const official = [...officialDocuments, ...ciiDocuments, ...facturxDocuments].filter(path =>
    /SOUS-LIGNE|MULTI-VENDEUR|EXTENDED/.test(path),
  )
  const documents = [
    ...official.map(path => [path.split('/').at(-1) ?? '', xmlIn(path)] as const),
    ['own sample', writeUbl(reading.invoice).toString()] as const,
    ['own sample', writeCii(reading.invoice).toString()] as const,
  ].map(([name, xml]) => [name, xml.replace(/urn:cen\.eu:en16931:2017(#[^<\s]*)?/, customization)] as const)
  // The XML in a PDF is often that beside it; each document once.
  const once = new Map(documents.map(pair => [pair[1].replaceAll(/<!--[^]*?-->|<\?[^]*?\?>|\s/g, ''), pair]))
  return [...once.values()]
}

function xmlIn(path: string): string {
  return (path.endsWith('.pdf') ? xmlOf(path) : sharedData(path)).toString()
}

function parsed(document: string): XmlElement | undefined {
  try {
    const { root } = parseXml(Buffer.from(document))
    return isReadable(root) ? root : undefined
  } catch (error) {
    if (error instanceof XmlError) return undefined
    throw error
  }
}

/** What every document and every change of it shows. */
function compare(
  documents: readonly (readonly [name: string, xml: string])[],
  differencesIn: typeof differencesInExtension,
): { compared: number; fired: ReadonlySet<string>; differences: readonly Difference[] } {
  const fired = new Set<string>()
  let compared = 0
  const differences = documents.flatMap(([name, xml]) =>
    [{ name, document: xml }, ...mutantsOf(name, xml)].flatMap(mutant => {
      const root = parsed(mutant.document)
      if (root === undefined) return []
      compared++
      const found = differencesIn(mutant.name, root)
      for (const rule of found.fired) fired.add(rule)
      return found.differences
    }),
  )
  return { compared, fired, differences }
}

describe.skipIf(!hasSharedData)('the model and the rules of extensions', { timeout: 180_000 }, () => {
  it('find the same in every sample of EXTENDED-CTC-FR and in every change of it', () => {
    const { compared, fired, differences } = compare(samples(), differencesInExtension)
    expect(unexplained(differences, exceptions, met)).toEqual([])
    // So many documents and so many of the rules were really put to the test.
    expect(compared).toBeGreaterThan(7000)
    expect(fired.size).toBeGreaterThan(130)
  })

  it('find the same in samples of Factur-X EXTENDED and in every change of them', () => {
    const documents = samples()
      .filter(([name, xml]) => /UC1[12]|F2026002/.test(name) && xml.includes('CrossIndustryInvoice'))
      .map(([name, xml]) => [name, xml.replace(customization, facturxCustomization)] as const)
    const { compared, fired, differences } = compare(documents, differencesInFacturx)
    expect(unexplained(differences, facturxExceptions, met)).toEqual([])
    expect(compared).toBeGreaterThan(1500)
    expect(fired.size).toBeGreaterThan(60)
  })

  it('differ in nothing else: each exception is met', () => {
    const all = [...exceptions, ...facturxExceptions]
    expect(all.filter(exception => !met.has(exception)).map(({ why }) => why)).toEqual([])
  })
})
