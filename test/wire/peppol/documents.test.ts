import { describe, expect, it } from 'vitest'
import { type Octets, inMemory, instantOf } from '../../../src/kernel/index.ts'
import {
  type Wrapping,
  buildSbd,
  extractDocument,
  openDocument,
  parseDocumentTypeId,
  parseParticipantId,
  parseProcessId,
  readSbd,
} from '../../../src/wire/peppol/index.ts'
import { itShared, sharedData } from '../../support/shared.ts'
import {
  billing,
  billingProcess,
  codeOfAsync,
  contentOf,
  envelope,
  header,
  instanceId,
  invoice,
  invoiceNamespace,
} from './sample.ts'

const facts = {
  sender: parseParticipantId('0225:784301772'),
  receiver: parseParticipantId('0225:123456782_A'),
  documentType: parseDocumentTypeId(`busdox-docid-qns::${billing}`),
  process: parseProcessId(`cenbii-procid-ubl::${billingProcess}`),
  countryC1: 'FR',
  instanceId,
  createdAt: instantOf('2026-11-21T10:00:00Z'),
}
const pdfFacts = {
  ...facts,
  documentType: parseDocumentTypeId(
    'busdox-docid-qns::urn:peppol:doctype:pdf+xml##urn:cen.eu:en16931:2017#conformant#urn:peppol:france:billing:Factur-X:1.0::D22B',
  ),
}
const pdf: Wrapping = { kind: 'binary', mimeType: 'application/pdf' }
const text: Wrapping = { kind: 'text', mimeType: 'application/EDIFACT' }

async function* inPieces(octets: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < octets.length; at += size) yield octets.subarray(at, at + size)
}

function stored(octets: Buffer, pieceSize: number): Octets {
  return { kind: 'stored', size: octets.length, key: 'x' as never, open: () => inPieces(octets, pieceSize) }
}

async function gather(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const gathered: Buffer[] = []
  for await (const piece of pieces) gathered.push(piece)
  return Buffer.concat(gathered)
}

async function built(document: Octets, options: { facts?: typeof facts; wrapping?: Wrapping } = {}): Promise<Buffer> {
  const sbd = buildSbd(options.facts ?? facts, document, options.wrapping)
  if (Symbol.asyncIterator in sbd) return await gather(sbd)
  if (sbd.kind !== 'memory') throw new Error('stored')
  return sbd.bytes
}

/** As much is read before the first octet goes out; pieces show only behind it. */
const startOctetsMin = 65_536

const padding = (size: number) => `<!--${'x'.repeat(size - 7)}-->`

/** The same envelope, in pieces that break off anywhere in its document. */
function brokenOff(sbd: Buffer, pieceSize: number): AsyncIterable<Buffer> {
  const text = sbd.toString('latin1')
  const header = text.lastIndexOf('StandardBusinessDocumentHeader>')
  const tag = header + text.slice(header).search(/<(?:\w+:)?(?:Invoice|BinaryContent|TextContent)\b/)
  const before = Buffer.from(padding(startOctetsMin - text.indexOf('>', tag) - 1))
  const at = sbd.indexOf('?>') + 2
  return joined(Buffer.concat([sbd.subarray(0, at), before, sbd.subarray(at)]), pieceSize)
}

async function* joined(octets: Buffer, pieceSize: number): AsyncGenerator<Buffer> {
  yield octets.subarray(0, startOctetsMin)
  yield* inPieces(octets.subarray(startOctetsMin), pieceSize)
}

/** The document as text, taken out at once and in pieces: always the same. */
async function extracted(sbd: Buffer): Promise<string> {
  const whole = (await gather(extractDocument(sbd))).toString()
  for (const size of [1, 2, 7, 100, 1024, 5000]) {
    if (sbd.length / size > 20_000) continue
    expect((await gather(extractDocument(inPieces(sbd, size)))).toString()).toBe(whole)
    expect((await gather(extractDocument(brokenOff(sbd, size)))).toString()).toBe(whole)
  }
  return whole
}

const large = (fill: string) => invoice.replace('<ID>', `<Note>${fill.repeat(200_000 / fill.length)}</Note><ID>`)

describe('an envelope that we write', () => {
  it('is read again with every fact', async () => {
    const more = {
      ...facts,
      mlsTo: parseParticipantId('0242:000306'),
      mlsType: 'ALWAYS_SEND' as const,
      extensions: new Map([['COUNTRY_C4', 'BE & "FR" <é>']]),
    }
    const { sbdh, payload } = readSbd(contentOf(await built(inMemory(Buffer.from(invoice)), { facts: more })))
    expect(payload).toEqual({ namespace: invoiceNamespace, local: 'Invoice' })
    expect(sbdh).toEqual({ ...more, standard: invoiceNamespace, type: 'Invoice', typeVersion: '2.1', remarks: [] })
  })

  it('begins with the header and names no namespace that a document could catch', async () => {
    const sbd = (await built(inMemory(Buffer.from(invoice)))).toString()
    expect(sbd).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<sh:StandardBusinessDocument xmlns:sh="[^"]+"><sh:StandardBusinessDocumentHeader><sh:HeaderVersion>1.0</,
    )
    expect(sbd).toContain(
      '<sh:Scope><sh:Type>COUNTRY_C1</sh:Type><sh:InstanceIdentifier>FR</sh:InstanceIdentifier></sh:Scope>',
    )
    expect(sbd).not.toContain('MLS')
    expect(sbd.endsWith(`${invoice}</sh:StandardBusinessDocument>`)).toBe(true)
  })

  it.each([
    ['as it is', invoice, invoice],
    ['without its XML declaration', `<?xml version="1.0" encoding="UTF-8"?>\n${invoice}\n`, `${invoice}\n`],
    ['without byte order mark', `\ufeff<?xml version='1.0'?>${invoice}`, invoice],
    [
      'with its comments and instructions',
      `<?xml version="1.0"?><!-- <a> --><?xml-stylesheet href="x"?>\n${invoice}<!-- b -->`,
      `<!-- <a> --><?xml-stylesheet href="x"?>\n${invoice}<!-- b -->`,
    ],
    [
      'with its own prefixes',
      `<u:Invoice xmlns:u="${invoiceNamespace}"><b xmlns="urn:b">é𝄞&amp;</b></u:Invoice>`,
      `<u:Invoice xmlns:u="${invoiceNamespace}"><b xmlns="urn:b">é𝄞&amp;</b></u:Invoice>`,
    ],
    ['without content', `<Invoice xmlns="${invoiceNamespace}"/>`, `<Invoice xmlns="${invoiceNamespace}"/>`],
  ])('holds the document %s and gives it back', async (_, document, expected) => {
    const octets = Buffer.from(document)
    const sbd = await built(inMemory(octets))
    readSbd(contentOf(sbd))
    expect(await extracted(sbd)).toBe(expected)
    for (const size of [1, 10, 1000]) expect((await built(stored(octets, size))).equals(sbd)).toBe(true)
  })

  it('streams a document that is stored, and gives it back byte for byte', async () => {
    const octets = Buffer.from(large('é€𝄞x'))
    const sbd = await built(stored(octets, 10_000))
    expect(sbd.equals(await built(inMemory(octets)))).toBe(true)
    readSbd(contentOf(sbd, 65_536))
    expect(await extracted(sbd)).toBe(octets.toString())
  })

  it.each<[string, string, string]>([
    ['with a document type declaration', `<!DOCTYPE Invoice>${invoice}`, 'envelope'],
    ['with an entity', `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>${invoice}`, 'envelope'],
    ['in another encoding', `<?xml version="1.0" encoding="ISO-8859-1"?>${invoice}`, 'encoding'],
    [
      'with another root',
      invoice.replaceAll('Invoice>', 'CreditNote>').replace('<Invoice ', '<CreditNote '),
      'mismatch',
    ],
    ['of another namespace', invoice.replace('Invoice-2', 'Invoice-3'), 'mismatch'],
    ['that is no XML', '{"invoice":1}', 'payload'],
    ['that is empty', '', 'payload'],
    ['that is an envelope already', envelope(), 'mismatch'],
    ['whose root is broken', '<Invoice xmlns=>', 'payload'],
    ['whose prolog never ends', `<!-- ${'x'.repeat(70_000)}`, 'payload'],
  ])('is not written around a document %s', async (_, document, code) => {
    const octets = Buffer.from(document)
    expect(await codeOfAsync(() => built(inMemory(octets)))).toBe(code)
    expect(await codeOfAsync(() => built(stored(octets, 9)))).toBe(code)
  })

  it('is not written in UTF-16', async () => {
    const octets = Buffer.from(`\ufeff${invoice}`, 'utf16le')
    expect(await codeOfAsync(() => built(inMemory(octets)))).toMatch(/payload|encoding/)
  })

  it.each([
    ['a country that is none', { countryC1: 'fr' }, 'header'],
    [
      'a wildcard',
      { documentType: parseDocumentTypeId(`peppol-doctype-wildcard::${billing.replace('3.0::', '3.0*::')}`) },
      'wildcard',
    ],
    [
      'a document type that cannot be taken apart',
      { documentType: parseDocumentTypeId('busdox-docid-qns::urn:x') },
      'document-type',
    ],
    ['a document type that is not XML, unwrapped', { documentType: pdfFacts.documentType }, 'payload'],
  ])('is not written with %s', async (_, change, code) => {
    expect(await codeOfAsync(() => built(inMemory(Buffer.from(invoice)), { facts: { ...facts, ...change } }))).toBe(
      code,
    )
  })
})

/** The last octets are held back: with so much behind the wrapper they are not its content. */
const behind = `<!--${'x'.repeat(1100)}-->`

const wrapper = (local: string, content: string) =>
  Buffer.from(
    envelope(
      `${header}<w:${local} xmlns:w="http://peppol.eu/xsd/ticc/envelope/1.0" mimeType="a/b">${content}</w:${local}>${behind}`,
    ),
  )

describe('a document that is not XML', () => {
  it.each([0, 1, 2, 3, 1000, 200_001])('of %i octets goes through BinaryContent unharmed', async size => {
    const octets = Buffer.alloc(size, 'PDF\u0000\u00ff', 'latin1')
    const sbd = await built(inMemory(octets), { facts: pdfFacts, wrapping: pdf })
    expect(readSbd(contentOf(sbd, Math.min(sbd.length, 65_536))).payload.local).toBe('BinaryContent')
    for (const pieceSize of [10, 1000]) {
      expect((await built(stored(octets, pieceSize), { facts: pdfFacts, wrapping: pdf })).equals(sbd)).toBe(true)
    }
    for (const source of [sbd, inPieces(sbd, 1024), inPieces(sbd, 1025)]) {
      const { kind, mimeType, octets: pieces } = await openDocument(source)
      expect({ kind, mimeType }).toEqual({ kind: 'binary', mimeType: 'application/pdf' })
      expect((await gather(pieces)).equals(octets)).toBe(true)
    }
  })

  it('may be text, whatever its characters', async () => {
    const octets = Buffer.from('UNA:+.? \'\r\nUNB+<é> & "𝄞" ]]>\t\r')
    const sbd = await built(inMemory(octets), { facts: pdfFacts, wrapping: text })
    readSbd(contentOf(sbd))
    expect(await extracted(sbd)).toBe(octets.toString())
    expect((await built(stored(octets, 1), { facts: pdfFacts, wrapping: text })).equals(sbd)).toBe(true)
    expect(await openDocument(sbd)).toMatchObject({ kind: 'text', mimeType: 'application/EDIFACT' })
  })

  it('names the charset of its octets', async () => {
    const wrapping = { ...pdf, mimeType: 'text/plain', characterSet: 'ISO-8859-1' }
    const sbd = await built(inMemory(Buffer.from([0xe9])), { facts: pdfFacts, wrapping })
    expect(await openDocument(sbd)).toMatchObject({ mimeType: 'text/plain', characterSet: 'ISO-8859-1' })
  })

  it.each<[string, typeof facts, Wrapping, string]>([
    ['XML is not wrapped', facts, pdf, 'x'],
    ['plain XML is not wrapped', pdfFacts, { ...pdf, mimeType: 'text/xml' }, 'x'],
    ['a media type is needed', pdfFacts, { ...pdf, mimeType: ' ' }, 'x'],
    ['control characters do not fit into TextContent', pdfFacts, text, 'a\u0001b'],
  ])('has rules: %s', async (_, someFacts, wrapping, content) => {
    const document = inMemory(Buffer.from(content))
    expect(await codeOfAsync(() => built(document, { facts: someFacts, wrapping }))).toBe('payload')
  })

  it.each([
    [
      'white space and character references, as some serializers break lines',
      'BinaryContent',
      ' SGVs&#13;\nbG8&#x3D;\t',
      'Hello',
    ],
    ['a CDATA section', 'TextContent', '<![CDATA[<a>&amp;]] >\r\n]]>&amp;<![CDATA[]]]]>&gt;', '<a>&amp;]] >\n&]]>'],
    ['references to any character', 'TextContent', '&lt;&gt;&quot;&apos;&#233;&#x1D11E;&#13;\r\n\r', '<>"\'é𝄞\r\n\n'],
  ])('is unwrapped with %s', async (_, local, content, expected) => {
    expect(await extracted(wrapper(local, content))).toBe(expected)
  })

  it.each([
    ['is no base64', 'BinaryContent', 'SGVs*G8='],
    ['goes on behind its padding', 'BinaryContent', 'SGVsbG8=SGVs'],
    ['goes on behind its padding and a blank', 'BinaryContent', 'SGVsbG8= SGVs'],
    ['is cut off', 'BinaryContent', 'SGVsb'],
    ['holds an element', 'TextContent', 'a<b/>'],
    ['holds a comment', 'TextContent', 'a<!-- b -->'],
    ['has an unknown entity', 'TextContent', '&nbsp;'],
    ['has a reference to no character', 'TextContent', '&#0;'],
    ['has a reference beyond Unicode', 'TextContent', '&#x110000;'],
    ['has an ampersand', 'TextContent', 'a & b'],
    ['has a CDATA section without end', 'TextContent', '<![CDATA[x'],
    ['is followed by another', 'TextContent', 'a</w:TextContent><w:TextContent>'],
  ])('is refused when it %s', async (_, local, content) => {
    const sbd = wrapper(local, content)
    expect(await codeOfAsync(() => gather(extractDocument(sbd)))).toBe('payload')
    expect(await codeOfAsync(() => gather(extractDocument(inPieces(sbd, 5))))).toBe('payload')
    for (const size of [1, 4, 100]) {
      expect(await codeOfAsync(() => gather(extractDocument(brokenOff(sbd, size))))).toBe('payload')
    }
  })

  it('is unwrapped with a comment behind the wrapper', async () => {
    const sbd = wrapper('TextContent', 'a').toString().replace('</w:TextContent>', '</w:TextContent> \n')
    expect(await extracted(Buffer.from(sbd))).toBe('a')
  })

  it('is refused early when its end does not end', async () => {
    let pieces = 0
    async function* endless(): AsyncGenerator<Buffer> {
      yield* brokenOff(wrapper('TextContent', 'a</'), 100_000)
      for (; pieces < 1000; pieces++) yield Buffer.alloc(1024, 'x')
    }
    expect(await codeOfAsync(() => gather(extractDocument(endless())))).toBe('payload')
    expect(pieces).toBeLessThan(20)
  })

  it('is refused when the wrapper is an empty tag', async () => {
    const sbd = wrapper('BinaryContent', '').toString().replace('></w:BinaryContent>', '/>')
    expect(await codeOfAsync(() => gather(extractDocument(Buffer.from(sbd))))).toBe('payload')
  })
})

describe('a document taken out of a foreign envelope', () => {
  it('loses the white space before it and nothing else', async () => {
    const sbd = envelope(`${header}\n  <!-- a -->${invoice}\n<!-- b -->\n`)
    expect(await extracted(Buffer.from(`${sbd}\n<!-- c --> <?d e?>\n`))).toBe(`<!-- a -->${invoice}\n<!-- b -->\n`)
  })

  it('declares itself what only the envelope declared', async () => {
    const sbd = envelope(`${header}<u:Invoice a="1"><x:y b="z:q"/>${behind}</u:Invoice>`).replace(
      ' xmlns=',
      ` xmlns:u="${invoiceNamespace}" xmlns:x="urn:x&amp;&lt;" xmlns:z="urn:z" xmlns:unused="urn:u" xmlns=`,
    )
    const declarations = `xmlns:u="${invoiceNamespace}" xmlns:x="urn:x&amp;&lt;" xmlns:z="urn:z"`
    const rest = `a="1"><x:y b="z:q"/>${behind}</u:Invoice>`
    expect((await gather(extractDocument(Buffer.from(sbd)))).toString()).toBe(`<u:Invoice ${declarations} ${rest}`)
    for (const size of [1, 10]) {
      const document = await gather(extractDocument(brokenOff(Buffer.from(sbd), size)))
      expect(document.toString()).toBe(`<u:Invoice ${declarations} xmlns:unused="urn:u" ${rest}`)
    }
  })

  it('declares what its root does not declare otherwise, and never the namespace of the envelope', async () => {
    const own = `<x:Invoice xmlns:x="${invoiceNamespace}"/>`
    const sbd = envelope(header + own).replace(' xmlns=', ' xmlns:x="urn:other" xmlns=')
    expect(await extracted(Buffer.from(sbd))).toBe(own)
  })

  it('inherits a default namespace that is not the envelope’s', async () => {
    const sbd = envelope(
      header.replace(
        'Header>',
        'Header xmlns="http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader">',
      ) + '<Invoice><ID/></Invoice>',
    )
      .replace('<StandardBusinessDocument xmlns=', `<s:StandardBusinessDocument xmlns="${invoiceNamespace}" xmlns:s=`)
      .replace('</StandardBusinessDocument>', '</s:StandardBusinessDocument>')
    readSbd(contentOf(sbd))
    expect(await extracted(Buffer.from(sbd))).toBe(`<Invoice xmlns="${invoiceNamespace}"><ID/></Invoice>`)
  })

  it('of which the end is not in sight gets every declaration it might need', async () => {
    const document = large('abcd')
    const sbd = Buffer.from(envelope(header + document).replace(' xmlns=', ' xmlns:x="urn:x" xmlns='))
    expect((await gather(extractDocument(inPieces(sbd, 8192)))).toString()).toBe(
      document.replace('<Invoice ', '<Invoice xmlns:x="urn:x" '),
    )
    expect((await gather(extractDocument(sbd))).toString()).toBe(document)
  })

  it.each([
    ['no end', envelope().replace('</StandardBusinessDocument>', '')],
    ['something behind its end', `${envelope()}<x/>`],
    ['no document', envelope(header)],
    ['nothing at all', ''],
    ['no envelope', invoice],
    ['a header that is not well-formed', envelope().replace('</Sender>', '</Absender>')],
    ['a header that is cut off', envelope().slice(0, 400)],
    ['a header that never ends', envelope(`<StandardBusinessDocumentHeader>${'<a>b</a>'.repeat(200_000)}`)],
  ])('is refused with %s', async (_, xml) => {
    const octets = Buffer.from(xml)
    expect(await codeOfAsync(() => gather(extractDocument(octets)))).toBe('envelope')
    expect(await codeOfAsync(() => gather(extractDocument(inPieces(octets, 4096))))).toBe('envelope')
  })

  it('is found when what is read first breaks off within a delimiter', async () => {
    for (const delimiter of ['<!--', '<![CDATA[', '<?a ', '</Contact>', '<b c=">">']) {
      const closing = {
        '<!--': '-->',
        '<![CDATA[': ']]>',
        '<?a ': '?>',
        '</Contact>': '<Contact>',
        '<b c=">">': '</b>',
      }[delimiter]
      const contact = `<ContactInformation><Contact>${delimiter}${closing}</Contact></ContactInformation></Sender>`
      const [before = '', after = ''] = envelope().replace('</Sender>', contact).split('?>\n')
      for (let cut = 1; cut <= delimiter.length; cut++) {
        const at = before.length + 3 + after.indexOf(`<Contact>${delimiter}`) + 9 + cut
        const sbd = Buffer.from(`${before}?>\n${padding(startOctetsMin - at)}${after}`)
        expect((await gather(extractDocument(inPieces(sbd, startOctetsMin)))).toString()).toBe(invoice)
      }
    }
  })

  it('closes its source when nobody reads on', async () => {
    let closed = false
    async function* source(): AsyncGenerator<Buffer> {
      try {
        yield* inPieces(Buffer.from(envelope(header + large('abcd'))), 8192)
      } finally {
        closed = true
      }
    }
    for await (const piece of extractDocument(source())) {
      expect(piece.length).toBeGreaterThan(0)
      break
    }
    expect(closed).toBe(true)
  })

  itShared('is phase4’s invoice', async () => {
    const sbd = sharedData('as4/sbdh/phase4-base-sbdh.xml')
    const document = (await gather(extractDocument(sbd))).toString()
    expect(document.startsWith('<Invoice xmlns:cac=')).toBe(true)
    expect(sbd.toString()).toContain(document)
    expect(document.trimEnd().endsWith('</Invoice>')).toBe(true)
  })
})
