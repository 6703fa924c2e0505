import { describe, expect, it } from 'vitest'
import { instantOf } from '../../../src/kernel/index.ts'
import { readSbd } from '../../../src/wire/peppol/index.ts'
import { itShared, sharedData } from '../../support/shared.ts'
import {
  billing,
  billingProcess,
  codeOf,
  contentOf,
  envelope,
  header,
  instanceId,
  invoice,
  invoiceNamespace,
  sbdhNamespace,
} from './sample.ts'

const scope = (type: string, value: string, identifier = '') =>
  `<Scope><Type>${type}</Type><InstanceIdentifier>${value}</InstanceIdentifier>${identifier && `<Identifier>${identifier}</Identifier>`}</Scope>`
const withScope = (added: string) => envelope().replace('</BusinessScope>', `${added}</BusinessScope>`)
const sbdhOf = (xml: string) => readSbd(contentOf(xml)).sbdh

describe('an envelope', () => {
  it('is read field by field', () => {
    const { sbdh, payload } = readSbd(contentOf(envelope()))
    expect(payload).toEqual({ namespace: invoiceNamespace, local: 'Invoice' })
    expect(sbdh).toEqual({
      sender: { scheme: 'iso6523-actorid-upis', value: '9915:sender' },
      receiver: { scheme: 'iso6523-actorid-upis', value: '9915:Receiver' },
      documentType: { scheme: 'busdox-docid-qns', value: billing },
      process: { scheme: 'cenbii-procid-ubl', value: billingProcess },
      countryC1: 'BE',
      instanceId,
      createdAt: instantOf('2026-11-01T09:00:00.500Z'),
      standard: invoiceNamespace,
      type: 'Invoice',
      typeVersion: '2.1',
      mlsTo: undefined,
      mlsType: 'FAILURE_ONLY',
      extensions: new Map(),
      remarks: [],
    })
  })

  it.each([
    [
      'a prefix',
      envelope()
        .replaceAll(/<(\/?)(?=StandardB|Header|Send|Rec|Ident|Doc|Std|Type|Inst|Creat|Bus|Scope|Standard>)/g, '<$1x:')
        .replace('xmlns=', 'xmlns:x='),
    ],
    ['a byte order mark', `\ufeff${envelope()}`],
    [
      'CDATA sections',
      envelope()
        .replace('9915:Receiver', '<![CDATA[9915:Receiver]]>')
        .replace(
          '</Sender>',
          '<ContactInformation><![CDATA[</StandardBusinessDocumentHeader><a>]]></ContactInformation></Sender>',
        ),
    ],
    [
      'delimiters in attribute values',
      envelope().replace(
        '</Sender>',
        `<ContactInformation><Contact a="/>" b='">'>x</Contact></ContactInformation></Sender>`,
      ),
    ],
    ['no XML declaration', envelope().replace(/<\?xml.*\n/, '')],
    [
      'comments, instructions and white space around everything',
      envelope(` <!-- <a> -->\n${header}<?x y?>\n<!-- b -->${invoice}<!-- c -->\n`).replace(
        '?>\n',
        '?><!-- d ><?e -->',
      ) + '\n<!-- f -->',
    ],
    ['white space around values', envelope().replaceAll(/>([^<>]+)<\//g, '>\n  $1\t</')],
    [
      'other parts of the SBDH standard',
      envelope()
        .replace('</Sender>', '<ContactInformation><Contact>x</Contact></ContactInformation></Sender>')
        .replace('<BusinessScope>', '<Manifest><NumberOfItems>1</NumberOfItems></Manifest><BusinessScope>'),
    ],
    [
      'a document in a prefix that the envelope declares',
      envelope(header + `<u:Invoice/>`).replace(' xmlns=', ` xmlns:u="${invoiceNamespace}" xmlns=`),
    ],
  ])('may have %s', (_, xml) => {
    expect(readSbd(contentOf(xml)).payload).toEqual({ namespace: invoiceNamespace, local: 'Invoice' })
    expect(readSbd(contentOf(xml, xml.lastIndexOf('Invoice') + 200)).sbdh.receiver.value).toBe('9915:Receiver')
  })

  it('without scheme identifiers is of the schemes of version 1.0', () => {
    const { documentType, process } = sbdhOf(envelope().replaceAll(/<Identifier>[^<]*<\/Identifier>/g, ''))
    expect([documentType.scheme, process.scheme]).toEqual(['busdox-docid-qns', 'cenbii-procid-ubl'])
  })

  it('may be about a document type of the wildcard scheme', () => {
    const xml = envelope().replace('busdox-docid-qns', 'peppol-doctype-wildcard')
    expect(sbdhOf(xml).documentType.scheme).toBe('peppol-doctype-wildcard')
  })

  it.each(['XK', '1A'])('may come from Kosovo as %s', country => {
    expect(sbdhOf(envelope().replace('>BE<', `>${country}<`)).countryC1).toBe(country)
  })

  it('says where a Message Level Status goes and when', () => {
    const xml = withScope(scope('MLS_TO', '0242:000306', 'iso6523-actorid-upis') + scope('MLS_TYPE', 'ALWAYS_SEND'))
    expect(sbdhOf(xml)).toMatchObject({ mlsTo: { value: '0242:000306' }, mlsType: 'ALWAYS_SEND', remarks: [] })
  })

  it.each([
    ['an MLS_TO that is no service provider', scope('MLS_TO', '0088:1', 'iso6523-actorid-upis'), /MLS_TO/],
    ['an MLS_TO of another scheme', scope('MLS_TO', '0242:000306', 'x'), /MLS_TO/],
    ['an MLS_TO without scheme', scope('MLS_TO', '0242:000306'), /MLS_TO/],
    ['an unknown MLS_TYPE', scope('MLS_TYPE', 'NEVER'), /MLS_TYPE/],
    ['an extension given twice', scope('X', '1') + scope('X', '2'), /"X"/],
  ])('is taken with a remark when it has %s', (_, added, remark) => {
    const { mlsTo, mlsType, remarks } = sbdhOf(withScope(added))
    expect({ mlsTo, mlsType }).toEqual({ mlsTo: undefined, mlsType: 'FAILURE_ONLY' })
    expect(remarks).toEqual([expect.stringMatching(remark)])
  })

  it('is taken with a remark when its instance identifier is no UUID', () => {
    const { instanceId: found, remarks } = sbdhOf(envelope().replace(instanceId, '123123'))
    expect(found).toBe('123123')
    expect(remarks).toEqual([expect.stringContaining('no UUID')])
  })

  it('carries further scopes, empty ones too', () => {
    const { extensions } = sbdhOf(withScope(scope('COUNTRY_C4', 'FR') + scope('country_c4', '')))
    expect([...extensions]).toEqual([
      ['COUNTRY_C4', 'FR'],
      ['country_c4', ''],
    ])
  })
})

/** Every forgery has one defect; it must be found in content that is at hand and in content that is not. */
function expectRefused(xml: string, code: string): void {
  expect(codeOf(() => readSbd(contentOf(xml)))).toBe(`EBMS:0004/${code}`)
  expect(codeOf(() => readSbd(contentOf(xml, Buffer.byteLength(xml) - 1)))).toBe(`EBMS:0004/${code}`)
}

describe('an envelope is refused', () => {
  it.each<[string, (xml: string) => string]>([
    ['another version', xml => xml.replace('>1.0<', '>1.1<')],
    ['no version', xml => xml.replace(/<HeaderVersion>.*?<\/HeaderVersion>/, '')],
    ['no sender', xml => xml.replace(/<Sender>.*?<\/Sender>/, '')],
    ['two senders', xml => xml.replace(/<Sender>.*?<\/Sender>/, '$&$&')],
    ['a sender with two identifiers', xml => xml.replace(/<Identifier .*?<\/Identifier>/, '$&$&')],
    ['no receiver', xml => xml.replace(/<Receiver>.*?<\/Receiver>/, '')],
    ['two receivers', xml => xml.replace(/<Receiver>.*?<\/Receiver>/, '$&$&')],
    [
      'a receiver without authority',
      xml => xml.replace('<Receiver><Identifier Authority="iso6523-actorid-upis">', '<Receiver><Identifier>'),
    ],
    ['a sender of another authority', xml => xml.replace('"iso6523-actorid-upis"', '"iso6523"')],
    ['an empty receiver', xml => xml.replace('9915:Receiver', ' ')],
    ['a receiver that is no participant', xml => xml.replace('9915:Receiver', 'Receiver')],
    ['no document identification', xml => xml.replace(/<DocumentIdentification>.*?<\/DocumentIdentification>/, '')],
    ['no instance identifier', xml => xml.replace(instanceId, '')],
    ['an instance identifier of 501 characters', xml => xml.replace(instanceId, 'x'.repeat(501))],
    ['a date without zone', xml => xml.replace('+01:00<', '<')],
    ['a date without time', xml => xml.replace('T10:00:00.5+01:00', 'Z')],
    ['a date that is none', xml => xml.replace('2026-11-01T', '2026-13-01T')],
    ['no scopes', xml => xml.replace(/<BusinessScope>.*?<\/BusinessScope>/, '')],
    ['no DOCUMENTID', xml => xml.replace('DOCUMENTID', 'X')],
    ['no PROCESSID', xml => xml.replace('PROCESSID', 'X')],
    ['no COUNTRY_C1', xml => xml.replace('COUNTRY_C1', 'X')],
    ['DOCUMENTID twice', xml => xml.replace(/<Scope>.*?<\/Scope>/, '$&$&')],
    ['COUNTRY_C1 twice', xml => xml.replace('</BusinessScope>', `${scope('COUNTRY_C1', 'FR')}$&`)],
    ['a country in lower case', xml => xml.replace('>BE<', '>be<')],
    ['a country of three letters', xml => xml.replace('>BE<', '>BEL<')],
    ['an unknown document type scheme', xml => xml.replace('busdox-docid-qns', 'busdox-docid-edifact')],
    ['a process that is none', xml => xml.replace(billingProcess, 'a b')],
    ['a scope without type', xml => xml.replace('<Type>COUNTRY_C1</Type>', '')],
    ['a field with an element in it', xml => xml.replace('>BE<', '><a/>BE<')],
  ])('with %s', (_, forge) => {
    expectRefused(forge(envelope()), 'header')
  })

  it.each<[string, (xml: string) => string]>([
    [
      'a Standard that is not the namespace of the document type',
      xml => xml.replace(`<Standard>${invoiceNamespace}`, '<Standard>urn:x'),
    ],
    ["a TypeVersion that is not the document type's", xml => xml.replace('<TypeVersion>2.1', '<TypeVersion>2.2')],
    ['a Type that is not the root of the document type', xml => xml.replace('<Type>Invoice<', '<Type>CreditNote<')],
    ['a document of another name', xml => xml.replaceAll(/(<\/?)Invoice(?=[ >])/g, '$1CreditNote')],
    [
      'a document of another namespace',
      xml => xml.replace(`<Invoice xmlns="${invoiceNamespace}"`, '<Invoice xmlns="urn:x"'),
    ],
    ['a document in no namespace', xml => xml.replace(`<Invoice xmlns="${invoiceNamespace}"`, '<Invoice xmlns=""')],
  ])('with %s', (_, forge) => {
    expectRefused(forge(envelope()), 'mismatch')
  })

  it.each<[string, string, string]>([
    [
      'a wildcard as document type',
      envelope().replace('busdox-docid-qns', 'peppol-doctype-wildcard').replace('billing:3.0::', 'billing:3.0*::'),
      'wildcard',
    ],
    ['a document type that cannot be taken apart', envelope().replace(billing, 'urn:x'), 'document-type'],
    [
      'another root',
      envelope().replaceAll('StandardBusinessDocument ', 'SBD ').replaceAll('StandardBusinessDocument>', 'SBD>'),
      'envelope',
    ],
    ['a root of another namespace', envelope().replace(sbdhNamespace, 'urn:x'), 'envelope'],
    ['the header alone', header.replace('Header>', `Header xmlns="${sbdhNamespace}">`), 'envelope'],
    ['no document', envelope(header), 'envelope'],
    ['something else than the header', envelope(`<Header/>${invoice}`), 'envelope'],
    ['the document before the header', envelope(invoice + header), 'envelope'],
    ['an envelope within', envelope(header + envelope().replace(/<\?.*\n/, '')), 'envelope'],
    ['a second header', envelope(header + header), 'envelope'],
    ['a document type declaration', envelope().replace('?>\n', '?><!DOCTYPE x>'), 'envelope'],
    ['text before the document', envelope(`${header}x${invoice}`), 'envelope'],
    ['an encoding other than UTF-8', envelope().replace('UTF-8', 'ISO-8859-1'), 'encoding'],
    ['a broken header', envelope().replace('</Sender>', '</Absender>'), 'envelope'],
    ['an undeclared prefix at the document', envelope(`${header}<u:Invoice></u:Invoice>`), 'envelope'],
  ])('with %s', (_, xml, code) => {
    expectRefused(xml, code)
  })

  it.each([
    ['a second document', envelope(header + invoice + invoice)],
    ['text after the document', envelope(`${header}${invoice}x`)],
    ['a document that is not well-formed', envelope(header + invoice.replace('</ID>', '</id>'))],
  ])('with %s, which shows when all of it is at hand', (_, xml) => {
    expect(codeOf(() => readSbd(contentOf(xml)))).toBe('EBMS:0004/envelope')
  })

  it('in UTF-16', () => {
    for (const octets of [Buffer.from(`\ufeff${envelope()}`, 'utf16le'), Buffer.from(envelope(), 'utf16le')]) {
      expect(codeOf(() => readSbd(contentOf(octets, 5000)))).toBe('EBMS:0004/encoding')
    }
  })

  it.each([
    ['nothing behind the document', envelope().replace('</StandardBusinessDocument>', '')],
    ['the wrong closing tag', envelope().replace('</StandardBusinessDocument>', '</StandardBusinessDocumen>')],
    ['something behind the envelope', `${envelope()}x`],
  ])('that is large and ends with %s', (_, xml) => {
    expect(codeOf(() => readSbd(contentOf(xml, xml.indexOf('<ID>'))))).toBe('EBMS:0004/envelope')
  })

  it('whose header does not lie within the head', () => {
    const xml = envelope()
    expect(codeOf(() => readSbd(contentOf(xml, xml.indexOf('<ID>'))))).toBe('nothing was thrown')
    expect(codeOf(() => readSbd(contentOf(xml, xml.indexOf('<ID>') - 1)))).toBe('EBMS:0004/envelope')
    for (const cut of [0, 1, 40, 45, 200, 900]) {
      expect(codeOf(() => readSbd(contentOf(xml, cut)))).toBe('EBMS:0004/envelope')
    }
  })
})

describe('a document that is not XML', () => {
  const syntax = 'urn:peppol:doctype:edifact:INVOIC'
  const wrapped = (content: string) =>
    envelope(header + content)
      .replace(billing, `${syntax}##eb2b::0`)
      .replace(`<Standard>${invoiceNamespace}`, `<Standard>${syntax}`)
      .replace('<TypeVersion>2.1', '<TypeVersion>0')
      .replace('<Type>Invoice', '<Type>INVOIC')
  const wrapper = 'http://peppol.eu/xsd/ticc/envelope/1.0'
  const binary = `<BinaryContent xmlns="${wrapper}" mimeType="application/EDIFACT" encoding="ISO-8859-1">VU5B</BinaryContent>`

  it('is wrapped as BinaryContent or TextContent', () => {
    expect(readSbd(contentOf(wrapped(binary))).payload).toEqual({ namespace: wrapper, local: 'BinaryContent' })
    expect(readSbd(contentOf(wrapped(binary.replaceAll('BinaryContent', 'TextContent')))).payload.local).toBe(
      'TextContent',
    )
  })

  it.each<[string, string, string]>([
    ['is not wrapped', invoice, 'payload'],
    ['is wrapped in something unknown', binary.replaceAll('BinaryContent', 'Content'), 'payload'],
    ['has no media type', binary.replace(' mimeType="application/EDIFACT"', ''), 'payload'],
    ['has an empty media type', binary.replace('application/EDIFACT', ' '), 'payload'],
    ['is XML all the same', binary.replace('application/EDIFACT', 'Application/XML; charset=utf-8'), 'payload'],
  ])('is refused when it %s', (_, content, code) => {
    expectRefused(wrapped(content), code)
  })

  it('is refused when Standard is not the syntax of the document type', () => {
    expectRefused(wrapped(binary).replace(`<Standard>${syntax}`, '<Standard>EDIFACT'), 'mismatch')
  })

  it('is not what an XML document type names', () => {
    expectRefused(envelope(header + binary), 'mismatch')
  })
})

/** Most samples are a header alone: it gets a frame and the document it announces. */
const frame = (name: string) =>
  envelope(
    sharedData(`as4/sbdh/${name}.xml`)
      .toString()
      .replace(/<\?xml.*\?>/, '') + invoice,
  )

const withCountry = (xml: string) => xml.replace('</BusinessScope>', `${scope('COUNTRY_C1', 'NO')}</BusinessScope>`)

describe('the official envelopes', () => {
  itShared('2.00, 2.01 and phase4’s are accepted, with a remark on the instance identifier', () => {
    for (const name of ['peppol-sbdh-2.00', 'peppol-sbdh-2.01']) {
      const { sbdh } = readSbd(contentOf(frame(name)))
      expect(sbdh).toMatchObject({ countryC1: 'IN', instanceId: '123123' })
      expect(sbdh.remarks).toEqual([expect.stringContaining('no UUID')])
    }
    expect(sbdhOf(frame('peppol-sbdh-2.01'))).toMatchObject({ mlsTo: { value: '0242:000723' }, mlsType: 'ALWAYS_SEND' })
    const phase4 = readSbd(contentOf(sharedData('as4/sbdh/phase4-base-sbdh.xml')))
    expect(phase4.sbdh).toMatchObject({ countryC1: 'GB', receiver: { value: '9915:helger' } })
  })

  itShared('1.00, 1.02 and 1.03 are read but for the country, which was not yet known', () => {
    for (const name of ['peppol-sbdh-1.00', 'peppol-sbdh-1.02', 'peppol-sbdh-1.03']) {
      expect(
        codeOf(() => readSbd(contentOf(frame(name)))),
        name,
      ).toBe('EBMS:0004/header')
      expect(sbdhOf(withCountry(frame(name))).countryC1).toBe('NO')
    }
    expect(sbdhOf(withCountry(frame('peppol-sbdh-1.00'))).documentType.value).toMatch(/^urn:oasis.*::2\.1$/)
  })

  itShared('1.01 is of a scheme that was never taken up', () => {
    expect(codeOf(() => readSbd(contentOf(withCountry(frame('peppol-sbdh-1.01')))))).toBe('EBMS:0004/header')
  })

  itShared('of Oxalis has a date without zone and no country', () => {
    const xml = sharedData('as4/sbdh/oxalis-bis-invoice-sbdh.xml').toString()
    expect(codeOf(() => readSbd(contentOf(xml)))).toBe('EBMS:0004/header')
    expect(codeOf(() => readSbd(contentOf(withCountry(xml))))).toBe('EBMS:0004/header')
    expect(sbdhOf(withCountry(xml).replace('05:10:10<', '05:10:10Z<')).process.scheme).toBe('cenbii-procid-ubl')
  })

  itShared('an invoice without envelope is refused', () => {
    expect(codeOf(() => readSbd(contentOf(sharedData('as4/sbdh/valid-t10.xml'))))).toBe('EBMS:0004/envelope')
  })

  itShared('of the generated messages is accepted', () => {
    const { sbdh } = readSbd(contentOf(sharedData('as4/generated/payload.sbd.xml')))
    expect(sbdh).toMatchObject({ sender: { value: '9915:interop-sender' }, countryC1: 'BE', remarks: [] })
  })
})
