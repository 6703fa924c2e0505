import { describe, expect, it } from 'vitest'
import {
  type PeppolError,
  encodeIdentifier,
  formatIdentifier,
  parseDocumentTypeId,
  parseParticipantId,
  parseProcessId,
  participantKey,
  sameDocumentType,
  sameParticipant,
  sameProcess,
} from '../../../src/wire/peppol/index.ts'

function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return (error as PeppolError).code
  }
  return 'nothing was thrown'
}

describe('a participant identifier', () => {
  it('is read with its scheme or bare, and keeps its spelling', () => {
    const bare = parseParticipantId('0225:784301772_ABC')
    expect(bare).toEqual({ scheme: 'iso6523-actorid-upis', value: '0225:784301772_ABC' })
    expect(parseParticipantId('iso6523-actorid-upis::0225:784301772_ABC')).toEqual(bare)
    expect(formatIdentifier(bare)).toBe('iso6523-actorid-upis::0225:784301772_ABC')
  })

  it('is compared without regard to case', () => {
    expect(sameParticipant(parseParticipantId('9957:FR12784301772'), parseParticipantId('9957:fr12784301772'))).toBe(
      true,
    )
    expect(sameParticipant(parseParticipantId('9957:fr1'), parseParticipantId('9957:fr2'))).toBe(false)
    expect(participantKey(parseParticipantId('9957:FR12784301772'))).toBe('9957:fr12784301772')
  })

  it('takes 130 characters behind the ICD and not one more', () => {
    expect(parseParticipantId(`0088:${'1'.repeat(130)}`).value).toHaveLength(135)
    expect(codeOf(() => parseParticipantId(`0088:${'1'.repeat(131)}`))).toBe('identifier')
  })

  it.each([
    ['nothing behind the ICD', '0088:'],
    ['no ICD', '123456'],
    ['an ICD of three digits', '088:123'],
    ['letters in the ICD', '00a8:123'],
    ['a blank, which is never trimmed away', ' 0088:123'],
    ['a trailing line end', '0088:123\n'],
    ['a slash', '0088:12/3'],
    ['a letter outside US-ASCII', '0088:é'],
    ['another scheme', 'busdox-actorid-upis::0088:123'],
    ['a scheme in capitals: scheme names are case-sensitive', 'ISO6523-ACTORID-UPIS::0088:123'],
  ])('is refused with %s', (_, text) => {
    expect(codeOf(() => parseParticipantId(text))).toBe('identifier')
  })
})

describe('a document type identifier', () => {
  const invoice = 'busdox-docid-qns::urn:x::Invoice##urn:y#compliant#urn:z::2.1'

  it('is split at its first double colon', () => {
    expect(parseDocumentTypeId(invoice)).toEqual({
      scheme: 'busdox-docid-qns',
      value: 'urn:x::Invoice##urn:y#compliant#urn:z::2.1',
    })
  })

  it('is compared with its case and its scheme', () => {
    const other = parseDocumentTypeId(invoice.replace('urn:y', 'urn:Y'))
    expect(sameDocumentType(parseDocumentTypeId(invoice), other)).toBe(false)
    const wildcard = parseDocumentTypeId(invoice.replace('busdox-docid-qns', 'peppol-doctype-wildcard'))
    expect(sameDocumentType(parseDocumentTypeId(invoice), wildcard)).toBe(false)
  })

  it('takes 500 characters and not one more', () => {
    expect(parseDocumentTypeId(`busdox-docid-qns::${'a'.repeat(500)}`).value).toHaveLength(500)
    expect(codeOf(() => parseDocumentTypeId(`busdox-docid-qns::${'a'.repeat(501)}`))).toBe('identifier')
  })

  it('may have a * in the wildcard scheme only', () => {
    expect(parseDocumentTypeId('peppol-doctype-wildcard::urn:x::I##a*::2.1').value).toBe('urn:x::I##a*::2.1')
    expect(codeOf(() => parseDocumentTypeId('busdox-docid-qns::urn:x::I##a*::2.1'))).toBe('wildcard')
  })

  it.each([
    ['no scheme', 'urn:x'],
    ['an unknown scheme', 'busdox-docid-edifact::urn:x'],
    ['nothing behind the scheme', 'busdox-docid-qns::'],
    ['a blank', 'busdox-docid-qns::urn: x'],
    ['a letter outside US-ASCII', 'busdox-docid-qns::urn:é'],
  ])('is refused with %s', (_, text) => {
    expect(codeOf(() => parseDocumentTypeId(text))).toBe('identifier')
  })
})

describe('a process identifier', () => {
  it('is read with any scheme and compared with its case', () => {
    expect(parseProcessId('bdx-procid-transport::bdx:noprocess')).toEqual({
      scheme: 'bdx-procid-transport',
      value: 'bdx:noprocess',
    })
    expect(sameProcess(parseProcessId('cenbii-procid-ubl::a'), parseProcessId('cenbii-procid-ubl::A'))).toBe(false)
    expect(sameProcess(parseProcessId('cenbii-procid-ubl::a'), parseProcessId('cenbii-procid-ubl::a'))).toBe(true)
  })

  it('takes 200 characters and not one more', () => {
    expect(parseProcessId(`cenbii-procid-ubl::${'a'.repeat(200)}`).value).toHaveLength(200)
    expect(codeOf(() => parseProcessId(`cenbii-procid-ubl::${'a'.repeat(201)}`))).toBe('identifier')
  })

  it.each([
    ['no scheme', 'urn:x'],
    ['an empty scheme', '::urn:x'],
    ['a blank in the value', 'cenbii-procid-ubl::urn: x'],
  ])('is refused with %s', (_, text) => {
    expect(codeOf(() => parseProcessId(text))).toBe('identifier')
  })
})

describe('a percent-encoded identifier', () => {
  it('leaves only RFC 3986 unreserved characters as they are', () => {
    expect(encodeIdentifier(parseParticipantId('0088:123aB-._~'))).toBe('iso6523-actorid-upis%3A%3A0088%3A123aB-._~')
    expect(encodeIdentifier(parseDocumentTypeId("peppol-doctype-wildcard::urn:x/y::I##a@b*!'()+,;=%::2.1"))).toBe(
      'peppol-doctype-wildcard%3A%3Aurn%3Ax%2Fy%3A%3AI%23%23a%40b%2A%21%27%28%29%2B%2C%3B%3D%25%3A%3A2.1',
    )
  })
})
