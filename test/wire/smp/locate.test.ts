import { describe, expect, it } from 'vitest'
import { parseDocumentTypeId, parseParticipantId } from '../../../src/wire/peppol/index.ts'
import {
  type NaptrRecord,
  parseSmpPath,
  selectSmpUrl,
  serviceGroupUrl,
  serviceMetadataUrl,
  smpHostName,
} from '../../../src/wire/smp/index.ts'
import { itShared, sharedData } from '../../support/shared.ts'

const zone = 'participant.sml.test.tech.peppol.org'

describe('the host name of a participant', () => {
  it('is the one the specifications print, in whatever case the participant is written', () => {
    const name = `Y7DZFXAF3D4CJZ4KCGRXTEC6TWVCGA4KY7ZWA5BOIF6MSWD4TDRQ.iso6523-actorid-upis.${zone}`
    expect(smpHostName(parseParticipantId('0088:123abc'), zone)).toBe(name)
    expect(smpHostName(parseParticipantId('0088:123ABC'), zone)).toBe(name)
    expect(smpHostName(parseParticipantId('0088:123abc'), `${zone}.`)).toBe(name)
  })

  itShared('equals every vector', () => {
    const { vectors } = JSON.parse(sharedData('peppol/dns-name-vectors.json').toString()) as {
      vectors: readonly { participantIdentifier: string; prodName: string; testName: string }[]
    }
    expect(vectors.length).toBeGreaterThan(10)
    for (const { participantIdentifier, prodName, testName } of vectors) {
      const participant = parseParticipantId(participantIdentifier)
      expect(smpHostName(participant, 'participant.sml.prod.tech.peppol.org')).toBe(prodName)
      expect(smpHostName(participant, zone)).toBe(testName)
    }
  })
})

function record(change: Partial<NaptrRecord> = {}): NaptrRecord {
  return {
    order: 100,
    preference: 10,
    flags: 'U',
    service: 'Meta:SMP',
    regexp: '!.*!https://smp.example.org!',
    replacement: '.',
    ...change,
  }
}

const recordAt = (order: number, preference: number) =>
  record({ order, preference, regexp: `!.*!https://smp-${order}-${preference}.example!` })

const strict = { insecure: false }

function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'nothing was thrown'
}

describe('the URL of the SMP', () => {
  it.each([
    ['a host', 'https://smp.example.org', 'https://smp.example.org'],
    ['a host with a slash', 'https://smp.example.org/', 'https://smp.example.org'],
    ['a path', 'https://smp.example.org/path/smp', 'https://smp.example.org/path/smp'],
    ['a path with a slash', 'https://smp.example.org/path/smp/', 'https://smp.example.org/path/smp'],
    ['a port', 'https://smp.example.org:8443/x', 'https://smp.example.org:8443/x'],
  ])('may be %s', (_, url, expected) => {
    expect(selectSmpUrl([record({ regexp: `!.*!${url}!` })], strict)).toBe(expected)
  })

  it('loses one slash, not two', () => {
    expect(selectSmpUrl([record({ regexp: '!.*!https://smp.example.org/a//!' })], strict)).toBe(
      'https://smp.example.org/a/',
    )
  })

  it.each([
    '!.*!https://a.example!',
    '!^.*$!https://a.example!',
    '!^.*$!https://a.example!i',
    '!(.*)!https://a.example!',
  ])('is taken from %s', regexp => {
    expect(selectSmpUrl([record({ regexp })], strict)).toBe('https://a.example')
  })

  it.each([
    ['#', '#.*#https://a.example/x!y#', 'https://a.example/x!y'],
    ['!', '!.*!https://a.example/x\\!y!', 'https://a.example/x!y'],
    ['|', '|^.*$|https://a.example|', 'https://a.example'],
  ])('may be delimited by %s and hold it escaped', (_, regexp, expected) => {
    expect(selectSmpUrl([record({ regexp })], strict)).toBe(expected)
  })

  it('comes from the record with the least order, then the least preference', () => {
    expect(selectSmpUrl([recordAt(200, 1), recordAt(100, 20), recordAt(100, 10)], strict)).toBe(
      'https://smp-100-10.example',
    )
  })

  it('comes from a record for Meta:SMP in any case, past records for others', () => {
    const others = [record({ order: 1, service: 'E2U+sip' }), record({ order: 2, flags: 'S' })]
    const smp = record({ service: 'meta:smp', flags: 'u', regexp: '!.*!https://b.example!' })
    expect(selectSmpUrl([...others, smp], strict)).toBe('https://b.example')
  })

  it('comes from the next record when the first cannot be used', () => {
    const bad = record({ order: 1, regexp: '!.*!http://old.example!' })
    expect(selectSmpUrl([bad, record()], strict)).toBe('https://smp.example.org')
  })

  it('may be http on a private network only', () => {
    const records = [record({ regexp: '!.*!http://127.0.0.1:8080/smp!' })]
    expect(selectSmpUrl(records, { insecure: true })).toBe('http://127.0.0.1:8080/smp')
    expect(codeOf(() => selectSmpUrl(records, strict))).toBe('url')
  })

  it('is missing when no record is for an SMP', () => {
    expect(codeOf(() => selectSmpUrl([], strict))).toBe('no-smp')
    expect(codeOf(() => selectSmpUrl([record({ service: 'Meta:CAP' }), record({ flags: '' })], strict))).toBe('no-smp')
  })

  it.each([
    ['another scheme', 'ftp://smp.example.org'],
    ['user information', 'https://user@smp.example.org'],
    ['a password', 'https://user:secret@smp.example.org'],
    ['a query', 'https://smp.example.org/?x=1'],
    ['an empty query', 'https://smp.example.org/?'],
    ['a fragment', 'https://smp.example.org/#x'],
    ['no URL', 'smp.example.org'],
  ])('is refused with %s', (_, url) => {
    expect(codeOf(() => selectSmpUrl([record({ regexp: `!.*!${url}!` })], { insecure: true }))).toBe('url')
  })

  it.each([
    ['nothing', ''],
    ['no end', '!.*!https://a.example'],
    ['too many fields', '!.*!https://a.example!x!'],
    ['an unknown flag', '!.*!https://a.example!g'],
    ['a delimiter that is a digit', '1.*1https://a.example1'],
    ['a pattern that does not match everything', '!^B-.*$!https://a.example!'],
    ['a reference back', '!(.*)!https://a.example/\\1!'],
  ])('is refused with a regexp that has %s', (_, regexp) => {
    expect(codeOf(() => selectSmpUrl([record({ regexp })], strict))).toBe('naptr')
  })
})

const participant = parseParticipantId('9915:Interop-Receiver')
const pint = parseDocumentTypeId('peppol-doctype-wildcard::urn:x::Invoice##urn:peppol:pint:billing-1@eu-1*::2.1')

describe('the URLs of an SMP', () => {
  it('hold each identifier percent-encoded as one segment', () => {
    expect(serviceGroupUrl('https://smp.example.org/path', participant)).toBe(
      'https://smp.example.org/path/iso6523-actorid-upis%3A%3A9915%3AInterop-Receiver',
    )
    expect(serviceMetadataUrl('https://smp.example.org/', participant, pint)).toBe(
      'https://smp.example.org/iso6523-actorid-upis%3A%3A9915%3AInterop-Receiver/services/' +
        'peppol-doctype-wildcard%3A%3Aurn%3Ax%3A%3AInvoice%23%23urn%3Apeppol%3Apint%3Abilling-1%40eu-1%2A%3A%3A2.1',
    )
  })

  it('are read again from the request', () => {
    const path = new URL(serviceMetadataUrl('https://smp.example.org', participant, pint)).pathname
    expect(parseSmpPath(path)).toEqual({ kind: 'metadata', participant, documentType: pint })
    expect(parseSmpPath(new URL(serviceGroupUrl('https://smp.example.org', participant)).pathname)).toEqual({
      kind: 'group',
      participant,
    })
  })

  it.each([
    ['not encoded', '/iso6523-actorid-upis::9915:Interop-Receiver'],
    ['encoded in part', '/iso6523-actorid-upis::9915%3AInterop-Receiver'],
    ['with the scheme in capitals', '/ISO6523-ACTORID-UPIS%3a%3a9915%3aInterop-Receiver'],
    ['with a slash at the end', '/iso6523-actorid-upis%3A%3A9915%3AInterop-Receiver/'],
    ['without the slash at the start', 'iso6523-actorid-upis%3A%3A9915%3AInterop-Receiver'],
  ])('are read when they come %s', (_, path) => {
    expect(parseSmpPath(path)).toEqual({ kind: 'group', participant })
  })

  it('are read with an unencoded document type that has slashes', () => {
    expect(parseSmpPath('/9915:x/services/busdox-docid-qns::http://x/y::I%23%23z::1')).toMatchObject({
      kind: 'metadata',
      documentType: { value: 'http://x/y::I##z::1' },
    })
  })

  it.each([
    ['nothing', '/'],
    ['no participant', '/favicon.ico'],
    ['a broken escape', '/iso6523-actorid-upis%3A%3A9915%3'],
    ['another second segment', '/9915:x/complete/y'],
    ['no document type', '/9915:x/services'],
    ['a document type without scheme', '/9915:x/services/urn:x'],
  ])('are refused with %s', (_, path) => {
    expect(codeOf(() => parseSmpPath(path))).toBe('path')
  })
})
