import { describe, expect, it } from 'vitest'
import { type DocumentTypeId, documentTypeParts, selectDocumentType } from '../../../src/wire/peppol/index.ts'

const wildcard = (customization: string): DocumentTypeId => ({
  scheme: 'peppol-doctype-wildcard',
  value: `urn:ubl:Invoice-2::Invoice##${customization}::2.1`,
})
const busdox = (customization: string): DocumentTypeId => ({ ...wildcard(customization), scheme: 'busdox-docid-qns' })

describe('a document type value', () => {
  it('is taken apart from the right, so that the customization may hold #, : and @', () => {
    expect(
      documentTypeParts(
        'urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1',
      ),
    ).toEqual({
      syntax: 'urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice',
      root: { namespace: 'urn:oasis:names:specification:ubl:schema:xsd:Invoice-2', local: 'Invoice' },
      customization: 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0',
      version: '2.1',
    })
    expect(documentTypeParts('urn:x::I##a##b::c@d::D22B')).toMatchObject({
      customization: 'a##b::c@d',
      version: 'D22B',
    })
  })

  it.each([
    [
      'urn:peppol:doctype:pdf+xml##urn:cen.eu:en16931:2017#conformant#urn:peppol:france:billing:Factur-X:1.0::D22B',
      'urn:peppol:doctype:pdf+xml',
      'D22B',
    ],
    ['urn:peppol:doctype:edifact:INVOIC##eb2b::0', 'urn:peppol:doctype:edifact:INVOIC', '0'],
  ])('without a namespace has no root: %s', (value, syntax, version) => {
    expect(documentTypeParts(value)).toMatchObject({ syntax, root: undefined, version })
  })

  it.each([
    ['no ##', 'urn:x::Invoice::2.1'],
    ['no version', 'urn:x::Invoice##abc'],
    ['an empty version', 'urn:x::Invoice##abc::'],
    ['a colon in the version', 'urn:x::Invoice##abc::2:1'],
    ['an empty customization', 'urn:x::Invoice##::2.1'],
    ['an empty syntax', '##abc::2.1'],
    ['an empty namespace', '::Invoice##abc::2.1'],
    ['an empty local name', 'urn:x::##abc::2.1'],
    ['a local name that is none', 'urn:x::In voice##abc::2.1'],
  ])('is refused with %s', (_, value) => {
    expect(() => documentTypeParts(value)).toThrowError(expect.objectContaining({ code: 'document-type' }))
  })
})

describe('the registration that answers for a document', () => {
  // The table of [peppol.md §3.3], BR-PDM-01..04.
  it.each([
    [['a'], { a: 'a', 'a@b': undefined, 'a@b@c': undefined, b: undefined }],
    [['a*'], { a: 'a*', 'a@b': 'a*', 'a@b@c': 'a*', b: undefined }],
    [['a@b*'], { a: undefined, 'a@b': 'a@b*', 'a@b@c': 'a@b*', b: undefined }],
    [['ab', 'a@bc'], { a: undefined, 'a@b': undefined, ab: 'ab' }],
    [['a*', 'a@b'], { a: 'a*', 'a@b': 'a@b', 'a@b@c': 'a*', b: undefined }],
    [['a*', 'a@b*'], { a: 'a*', 'a@b': 'a@b*', 'a@b@c': 'a@b*', 'a@c': 'a*', b: undefined }],
    [['a@b*', 'a*'], { a: 'a*', 'a@b': 'a@b*', 'a@b@c': 'a@b*', 'a@c': 'a*', b: undefined }],
    [['a*', 'a@b*', 'a@b@c'], { 'a@b@c': 'a@b@c', 'a@b@c@d': 'a@b*' }],
  ])('among %j is %j', (registered, answers) => {
    for (const [document, expected] of Object.entries(answers)) {
      const selected = selectDocumentType(wildcard(document), registered.map(wildcard))
      expect(selected, document).toEqual(expected === undefined ? undefined : wildcard(expected))
    }
  })

  it('compares whole parts, not characters', () => {
    expect(
      selectDocumentType(wildcard('urn:peppol:pint:billing-10'), [wildcard('urn:peppol:pint:billing-1*')]),
    ).toBeUndefined()
    expect(
      selectDocumentType(wildcard('urn:peppol:pint:billing-1@jp-1'), [wildcard('urn:peppol:pint:billing-1*')]),
    ).toEqual(wildcard('urn:peppol:pint:billing-1*'))
  })

  it('is of the same scheme', () => {
    expect(selectDocumentType(wildcard('a'), [busdox('a')])).toBeUndefined()
    expect(selectDocumentType(busdox('a'), [wildcard('a*'), wildcard('a')])).toBeUndefined()
    expect(selectDocumentType(busdox('a'), [busdox('b'), busdox('a')])).toEqual(busdox('a'))
  })

  it('is of the same syntax and version', () => {
    const other = { ...wildcard('a'), value: 'urn:ubl:CreditNote-2::CreditNote##a::2.1' }
    expect(selectDocumentType(other, [wildcard('a*')])).toBeUndefined()
    expect(
      selectDocumentType({ ...other, value: 'urn:ubl:Invoice-2::Invoice##a::2.2' }, [wildcard('a*')]),
    ).toBeUndefined()
  })

  it.each([
    ['a * in the middle', 'a*@b'],
    ['a * behind a separator', 'a@*'],
    ['two *', 'a**'],
    ['nothing but a *', '*'],
    ['a part twice', 'a@a*'],
    ['an empty part', 'a@@b*'],
  ])('is none that has %s (BR-PDC, BR-PDW)', (_, registered) => {
    expect(selectDocumentType(wildcard('a@a@b'), [wildcard(registered)])).toBeUndefined()
    expect(selectDocumentType(wildcard('a'), [wildcard(registered)])).toBeUndefined()
  })

  it('is none for a document with a *, not even the same text', () => {
    expect(selectDocumentType(wildcard('a*'), [wildcard('a*')])).toBeUndefined()
  })

  it('is none for a document whose value cannot be taken apart', () => {
    const broken = { scheme: 'peppol-doctype-wildcard', value: 'abc*' } as const
    expect(selectDocumentType({ ...broken, value: 'abc' }, [wildcard('a*')])).toBeUndefined()
    expect(selectDocumentType(wildcard('a'), [broken, wildcard('a*')])).toEqual(wildcard('a*'))
  })
})
