import { describe, expect, it } from 'vitest'
import {
  bicProblem,
  ibanProblem,
  sirenOfVatId,
  sirenProblem,
  siretProblem,
  vatIdProblem,
} from '../../../src/wire/mapping/identifiers.ts'
import { say } from '../../../src/wire/mapping/texts.ts'

// Published examples of the national tax offices and of open source validators.
const vatIds = [
  'ATU13585627',
  'BE0428759497',
  'CHE100155212MWST',
  'DE136695976',
  'DK13585628',
  'EE100931558',
  'EL094259216',
  'FI20774740',
  'FR44391838042',
  'HR33392005961',
  'HU12892312',
  'IE6433435F',
  'IT00743110157',
  'LU15027442',
  'MT11679112',
  'NL004495445B01',
  'NO995525828MVA',
  'PL8567346215',
  'PT501964843',
  'RO18547290',
  'SE123456789701',
  'SI50223054',
  'SK2022749619',
]

/** With `V` for the identifier. */
function said(problem: ReturnType<typeof vatIdProblem>): string | undefined {
  return problem && say(problem.text, { value: 'V', ...problem.values }).en
}

describe('identifiers', () => {
  it.each(vatIds)('%s is a VAT identifier, and no longer one with a digit changed', vatId => {
    expect(vatIdProblem(vatId)).toBeUndefined()
    // The first digit counts in every rule; in Luhn by its doubled value too.
    const changed = vatId.replace(/\d(?=\d{3})/, digit => String((Number(digit) % 9) + 1))
    expect(changed).not.toBe(vatId)
    expect(said(vatIdProblem(changed))).toMatch(/check digits|not written/)
  })

  it.each([
    ['DE12345678', 'is not written as VAT identifiers of DE are: 999999999'],
    ['FR443918380', 'is not written as VAT identifiers of FR are: XX999999999'],
    ['FRO0391838042', 'is not written as VAT identifiers of FR are: XX999999999'],
    ['44391838042', 'has no country prefix'],
    ['BG12345', 'is not written as VAT identifiers of BG are: 999999999'],
  ])('%s %s', (vatId, problem) => {
    expect(said(vatIdProblem(vatId))).toBe(`V ${problem}`)
  })

  it('allows blanks, points and small letters, a key with letters, and countries without a rule', () => {
    expect(vatIdProblem('fr 44 391 838 042')).toBeUndefined()
    expect(vatIdProblem('BE 0428.759.497')).toBeUndefined()
    expect(vatIdProblem('FR4A391838042')).toBeUndefined()
    expect(vatIdProblem('US123456')).toBeUndefined()
  })

  it('SIREN and SIRET follow Luhn, but La Poste', () => {
    expect(sirenProblem('732829320')).toBeUndefined()
    expect(said(sirenProblem('732829321'))).toBe('V is no SIREN: its check digit is wrong')
    expect(said(sirenProblem('73282932'))).toBe('V is no SIREN: that has 9 digits')
    expect(siretProblem('73282932000074')).toBeUndefined()
    expect(said(siretProblem('73282932000075'))).toBe('V is no SIRET: its check digit is wrong')
    expect(said(siretProblem('7328293200007'))).toBe('V is no SIRET: that has 14 digits')
    expect(siretProblem('35600000000048')).toBeUndefined()
    expect(siretProblem('35600000000001')).toBeUndefined()
    expect(said(siretProblem('35600000000014'))).toBe('V is no SIRET: its check digit is wrong')
    expect(sirenOfVatId('FR44391838042')).toBe('391838042')
    expect(sirenOfVatId('DE136695976')).toBeUndefined()
  })

  it('an IBAN has the length of its country and a remainder of 1', () => {
    expect(ibanProblem('FR76 3000 6000 0112 3456 7890 189')).toBeUndefined()
    expect(ibanProblem('DE89370400440532013000')).toBeUndefined()
    expect(said(ibanProblem('DE89370400440532013001'))).toBe('V has wrong check digits')
    expect(said(ibanProblem('DE8937040044053201300'))).toBe('V has 21 characters where an IBAN of DE has 22')
    expect(said(ibanProblem('DE8A'))).toBe('V is no IBAN')
  })

  it('a BIC has 8 or 11 characters', () => {
    expect(bicProblem('AGRIFRPP')).toBeUndefined()
    expect(bicProblem('AGRIFRPPXXX')).toBeUndefined()
    expect(said(bicProblem('AGRIFRPPX'))).toBe('V is no BIC: that has 8 or 11 characters')
  })
})
