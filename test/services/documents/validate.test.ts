import { describe, expect, it } from 'vitest'
import { WireError } from '../../../src/kernel/index.ts'
import type { PdfContents } from '../../../src/services/ports.ts'
import { invoiceCii, invoiceJson, invoiceUbl } from '../../support/invoices.ts'
import { engine } from './engine.ts'

const facts = { number: 'F-1', seller: '0225:391838042', buyer: '0225:732829320' }
const ubl = String(invoiceUbl(facts))
const payableWrong = ubl.replace(/(<cbc:PayableAmount[^>]*>)[^<]*/, '$11.00')

const pdf: PdfContents = {
  xml: invoiceCii(facts),
  relationship: 'Data',
  files: [],
  conformanceLevel: 'EN 16931',
  warnings: [],
}

const peppolRules = async (document: string): Promise<string[]> =>
  (await engine().documents.validate(Buffer.from(document))).findings
    .map(({ rule }) => rule)
    .filter(rule => rule.startsWith('PEPPOL'))

const json = (changes: object): Buffer => Buffer.from(JSON.stringify({ ...invoiceJson(facts), ...changes }))

const attached = (content: string): string =>
  ubl.replace(
    '<cac:AccountingSupplierParty>',
    `<cac:AdditionalDocumentReference><cbc:ID>A</cbc:ID><cac:Attachment><cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf" filename="a.pdf">${content}</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference><cac:AccountingSupplierParty>`,
  )

describe('what a document is', () => {
  it.each([
    ['UBL', ubl, 'ubl'],
    ['UBL with a byte order mark and white space', `\uFEFF\n ${ubl.replace(/^<\?xml.*\?>/, '')}`, 'ubl'],
    ['CII', invoiceCii(facts), 'cii'],
    ['JSON', JSON.stringify(invoiceJson(facts)), 'json'],
    ['JSON with a byte order mark', `\uFEFF${JSON.stringify(invoiceJson(facts))}`, 'json'],
    [
      'JSON behind more white space than a look takes',
      `${' '.repeat(3000)}${JSON.stringify(invoiceJson(facts))}`,
      'json',
    ],
    ['a PDF', '%PDF-1.7 …', 'facturx'],
    ['a PDF behind junk', `From: somebody\r\n\r\n%PDF-1.4 …`, 'facturx'],
  ])('is found out by looking: %s', async (_, document, syntax) => {
    const verdict = await engine({ pdf }).documents.validate(Buffer.from(document))
    expect(verdict).toMatchObject({ syntax, valid: true, findings: [] })
  })

  it.each([
    ['nothing', '', 'document.empty'],
    ['white space only', ' \n'.repeat(2000), 'document.empty'],
    ['text', 'hello', 'document.format'],
    ['text behind much white space', `${' '.repeat(3000)}hello`, 'document.format'],
    ['a PDF header too far behind', `${'x'.repeat(2000)}%PDF-1.4`, 'document.format'],
    ['half of a JSON', '{"number":', 'json'],
    ['JSON in another encoding', Buffer.from('{"number":"é"}', 'latin1'), 'json'],
    ['half of an XML', '<Invoice>', 'xml'],
    ['a document type', `<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>`, 'xml'],
    ['XML in UTF-16', Buffer.from(`\uFEFF${ubl}`, 'utf16le'), 'xml'],
    ['XML in Latin-1', Buffer.from(ubl.replace('Atelier', 'Atélier'), 'latin1'), 'xml'],
    ['XML that says it is Latin-1', ubl.replace('UTF-8', 'ISO-8859-1').replace('Atelier', 'Atélier'), 'xml'],
  ])('that cannot be read is one fatal finding: %s', async (_, document, rule) => {
    const { documents } = engine()
    const verdict = await documents.validate(Buffer.from(document))
    expect(verdict).toMatchObject({ syntax: 'unknown', profile: null, valid: false, packs: [] })
    expect(verdict.findings).toMatchObject([{ rule, severity: 'fatal', layer: 'xsd', location: null, pointer: null }])
  })

  it('is told in French when that is asked for', async () => {
    const { findings } = await engine().documents.validate(Buffer.from('hello'), { language: 'fr' })
    expect(findings[0]?.message).toBe("Le document n'est ni du XML, ni un PDF, ni du JSON")
  })

  it.each(['not-a-pdf', 'encrypted', 'damaged', 'too-large', 'two-invoices', 'no-invoice', 'timeout'] as const)(
    'says of a PDF that it is %s',
    async code => {
      const { documents } = engine({ pdf: new WireError(code, 'so it is') })
      const { valid, findings } = await documents.validate(Buffer.from('%PDF-1.7'))
      expect([valid, findings]).toMatchObject([
        false,
        [{ rule: `pdf.${code}`, message: expect.stringContaining('so it is') }],
      ])
    },
  )

  it('does not hide a fault of the PDF reader', async () => {
    const { documents } = engine({ pdf: new WireError('fault', 'a bug') })
    await expect(documents.validate(Buffer.from('%PDF-1.7'))).rejects.toThrow('a bug')
  })
})

describe('the facts that packs are chosen by', () => {
  it('are syntax, root, specification, process, countries and day', async () => {
    const { documents, asked } = engine()
    await documents.validate(Buffer.from(ubl))
    await documents.validate(invoiceCii(facts), { asOf: '2025-01-31' })
    const common = {
      customization: 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0',
      process: 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0',
      countries: ['FR', 'FR'],
    }
    expect(asked).toEqual([
      {
        day: '2026-11-21',
        facts: { ...common, syntax: 'ubl', root: '{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice' },
      },
      {
        day: '2025-01-31',
        facts: {
          ...common,
          syntax: 'cii',
          root: '{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice',
        },
      },
    ])
  })

  it('of the XML in a PDF say that it is one, of JSON that it is the UBL to be sent', async () => {
    const { documents, asked } = engine({ pdf })
    await documents.validate(Buffer.from('%PDF-1.7'))
    await documents.validate(Buffer.from(JSON.stringify(invoiceJson(facts))))
    expect(asked.map(one => one.facts.syntax)).toEqual(['facturx', 'ubl'])
  })
})

describe('a verdict', () => {
  const packs = { 'own@1': [['/ubl:Invoice', 'OWN-1', "cbc:ID = 'F-2'"]] } as const

  it('without packs is that of the model, and says so', async () => {
    const verdict = await engine().documents.validate(Buffer.from(payableWrong))
    expect(verdict).toMatchObject({ valid: false, packs: [], syntax: 'ubl' })
    expect(verdict.findings).toMatchObject([
      {
        rule: 'BR-CO-16',
        severity: 'fatal',
        layer: 'model',
        pointer: '/totals/payable',
        location: '/Invoice/cac:LegalMonetaryTotal/cbc:PayableAmount',
      },
    ])
  })

  it('names schema and packs in the order in which they judged', async () => {
    const schema = { name: 'ubl@2.1', problems: [] }
    const verdict = await engine({ packs, schema }).documents.validate(Buffer.from(ubl))
    expect(verdict).toMatchObject({ valid: false, packs: ['ubl@2.1', 'own@1'] })
    expect(verdict.findings).toEqual([
      {
        rule: 'OWN-1',
        severity: 'fatal',
        layer: 'pack',
        location: '/Invoice',
        pointer: null,
        message: 'OWN-1 is broken',
      },
    ])
  })

  it('has a rule of model and pack once, as the pack says it and with the pointer of the model', async () => {
    const same = { 'en@1': [['/ubl:Invoice/cac:LegalMonetaryTotal', 'BR-CO-16', 'false()']] } as const
    const { findings } = await engine({ packs: same }).documents.validate(Buffer.from(payableWrong))
    expect(findings).toMatchObject([{ rule: 'BR-CO-16', layer: 'pack', pointer: '/totals/payable' }])
  })

  it('leaves a family of rules to the pack that has it, also where that has not the rule or finds nothing', async () => {
    for (const id of ['BR-CO-16', 'BR-CO-15']) {
      const lenient = { 'en@1': [['/ubl:Invoice', id, 'true()']] } as const
      const verdict = await engine({ packs: lenient }).documents.validate(Buffer.from(payableWrong))
      expect(verdict).toMatchObject({ valid: true, findings: [] })
    }
  })

  it('asks for the addresses of Peppol only where the document says it is one of Peppol', async () => {
    const without = ubl.replaceAll(/<cbc:EndpointID.*?<\/cbc:EndpointID>/g, '')
    const plain = without.replace(/#compliant#[^<]*/, '').replace(/(<cbc:ProfileID>)[^<]*/, '$1B1')
    expect(await peppolRules(without)).toEqual(['PEPPOL-EN16931-R010', 'PEPPOL-EN16931-R020'])
    expect(await peppolRules(plain)).toEqual([])
  })

  it('has a rule that two packs share once for one place', async () => {
    const twice = { 'a@1': packs['own@1'], 'b@1': packs['own@1'] }
    const { findings } = await engine({ packs: twice }).documents.validate(Buffer.from(ubl))
    expect(findings.map(({ rule }) => rule)).toEqual(['OWN-1'])
  })

  it('says where the schema found something, when the line tells', async () => {
    const broken =
      '<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">\n<a/><a\n/>\n<b/>\n</Invoice>'
    const namespace = 'urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'
    const problems = [
      { line: 3, message: `Element '{${namespace}}a': This element is not expected.` },
      { line: 4, message: `Element '{${namespace}}b': This element is not expected.` },
      { line: 4, message: `Element '{${namespace}}c': It is not on that line.` },
      { line: undefined, message: 'no place' },
    ]
    const { documents } = engine({ schema: { name: 'ubl@2.1', problems } })
    const { valid, findings } = await documents.validate(Buffer.from(broken))
    const found = findings.filter(({ layer }) => layer === 'xsd')
    expect(valid).toBe(false)
    expect(found.map(({ rule, location }) => [rule, location])).toEqual([
      ['xsd', '/Invoice/a[2]'],
      ['xsd', '/Invoice/b'],
      ['xsd', null],
      ['xsd', null],
    ])
  })

  it('leaves the shape to the schema where there is one', async () => {
    const twoIds = ubl.replace('<cbc:IssueDate>', '<cbc:ID>F-2</cbc:ID><cbc:IssueDate>')
    const rules = async (schema?: { name: string; problems: [] }): Promise<string[]> =>
      (await engine(schema === undefined ? {} : { schema }).documents.validate(Buffer.from(twoIds))).findings.map(
        ({ rule }) => rule,
      )
    expect(await rules()).toEqual(['ubl.structure'])
    expect(await rules({ name: 'ubl@2.1', problems: [] })).toEqual([])
  })

  it('has a test that cannot be evaluated as a finding, unless the schema has named the cause', async () => {
    const sum = { 'own@1': [['//cac:LegalMonetaryTotal', 'SUM', 'xs:decimal(cbc:PayableAmount) > 0']] } as const
    const letters = Buffer.from(ubl.replace(/(<cbc:PayableAmount[^>]*>)[^<]*/, '$1abc'))
    const alone = await engine({ packs: sum }).documents.validate(letters, { packs: ['own'] })
    expect(alone.findings).toMatchObject([
      { rule: 'SUM', layer: 'pack', message: expect.stringContaining('could not be evaluated') },
    ])
    const schema = { name: 'ubl@2.1', problems: [{ line: undefined, message: "'abc' is not a valid value" }] }
    const both = await engine({ packs: sum, schema }).documents.validate(letters)
    expect(both.findings.map(({ rule }) => rule)).toEqual(['xsd'])
  })

  it('by named packs has neither schema nor model', async () => {
    const schema = { name: 'ubl@2.1', problems: [{ line: 1, message: 'x' }] }
    const { documents, asked } = engine({ packs, schema })
    const verdict = await documents.validate(Buffer.from('<a/>'), { packs: ['own'] })
    expect(verdict).toEqual({ syntax: 'other', profile: null, valid: true, packs: ['own@1'], findings: [] })
    expect(asked).toEqual([])
  })

  it('is not given by a pack that is not there', async () => {
    await expect(engine().documents.validate(Buffer.from('<a/>'), { packs: ['x'] })).rejects.toMatchObject({
      code: 'unknown-pack',
    })
  })

  it('on what nothing imported is about is not that it is valid', async () => {
    const { findings } = await engine().documents.validate(Buffer.from('<Order xmlns="urn:o"/>'))
    expect(findings).toMatchObject([
      {
        rule: 'document.root',
        severity: 'fatal',
        location: '/Order',
        message: expect.stringContaining('{urn:o}Order'),
      },
    ])
    const cdar = 'urn:un:unece:uncefact:data:standard:CrossDomainAcknowledgementAndResponse:100'
    const status = await engine().documents.validate(
      Buffer.from(`<r:CrossDomainAcknowledgementAndResponse xmlns:r="${cdar}"/>`),
    )
    expect(status).toMatchObject({ syntax: 'cdar', valid: false, findings: [{ rule: 'document.unjudged' }] })
  })

  it('warns of the container of a Factur-X', async () => {
    const { documents } = engine({
      pdf: { ...pdf, warnings: [{ code: 'relationship', message: 'AFRelationship is missing' }] },
    })
    const verdict = await documents.validate(Buffer.from('%PDF-1.7'))
    expect(verdict).toMatchObject({ syntax: 'facturx', valid: true })
    expect(verdict.findings).toMatchObject([
      { rule: 'facturx.relationship', layer: 'xsd', severity: 'warning', message: 'AFRelationship is missing' },
    ])
  })

  it('does not call a PDF valid that nobody can open', async () => {
    const { documents } = engine({ pdf: { ...pdf, warnings: [{ code: 'catalog', message: 'it has no catalog' }] } })
    expect(await documents.validate(Buffer.from('%PDF-1.7'))).toMatchObject({
      syntax: 'facturx',
      valid: false,
      findings: [{ rule: 'facturx.catalog', severity: 'fatal' }],
    })
  })

  it('does not hold the rules of EN 16931 against a profile that is less', async () => {
    const xml = String(invoiceCii(facts))
      .replace(/urn:cen\.eu:en16931[^<]*/, 'urn:factur-x.eu:1p0:minimum')
      .replace(/<ram:IncludedSupplyChainTradeLineItem>.*?<\/ram:IncludedSupplyChainTradeLineItem>/s, '')
    const schema = { name: 'facturx-minimum@1.09', problems: [] }
    const minimum = { ...pdf, xml: Buffer.from(xml), conformanceLevel: 'MINIMUM' }
    expect(await engine({ pdf: minimum, schema }).documents.validate(Buffer.from('%PDF-1.7'))).toMatchObject({
      valid: true,
      findings: [],
    })
    // Alone, nothing has judged it.
    expect(await engine({ pdf: minimum }).documents.validate(Buffer.from('%PDF-1.7'))).toMatchObject({
      valid: false,
      findings: [{ rule: 'document.unjudged' }],
    })
  })

  it('on JSON has pointers, and the packs judge the UBL that would be sent', async () => {
    const bad = await engine({ packs }).documents.validate(json({ curency: 'EUR' }))
    expect(bad).toMatchObject({
      syntax: 'json',
      valid: false,
      findings: [{ rule: 'json.unknown-field', layer: 'model', pointer: '/curency' }],
    })
    const judged = await engine({ packs }).documents.validate(json({}))
    expect(judged).toMatchObject({ syntax: 'json', packs: ['own@1'], findings: [{ rule: 'OWN-1', layer: 'pack' }] })
  })
})

describe('large documents', () => {
  it('are judged without the content of their files', async () => {
    const packs = { 'own@1': [['//cbc:EmbeddedDocumentBinaryObject', 'FILE', 'string-length(.) = 4']] } as const
    const { valid, findings } = await engine({ packs }).documents.validate(
      Buffer.from(attached('JVBE'.repeat(500_000))),
    )
    expect([valid, findings]).toEqual([true, []])
  })

  it('keep a text that is long and no file, for the rules to see it', async () => {
    const { valid, findings } = await engine().documents.validate(Buffer.from(attached('J*BE'.repeat(500_000))))
    expect([valid, findings]).toMatchObject([false, [{ rule: 'value.base64' }]])
  })

  it('with 10,000 lines are judged', async () => {
    const many = invoiceUbl({ ...facts, lines: 10_000 })
    expect(await engine().documents.validate(many)).toMatchObject({ valid: true, findings: [] })
  })

  it('with more elements side by side than a call takes arguments are judged and opened', async () => {
    const wide = Buffer.from(`<Order xmlns="urn:o">\n${'<a/>'.repeat(300_000)}</Order>`)
    const schema = { name: 'order@1', problems: [{ line: 2, message: "Element 'a': too many" }] }
    const { documents } = engine({ schema })
    expect(await documents.validate(wide)).toMatchObject({ valid: false, findings: [{ rule: 'xsd', location: null }] })
    expect(await documents.files(wide)).toEqual({ syntax: 'other', files: [], findings: [] })
  })

  it('say so when there are more findings than are listed, and are never valid for it', async () => {
    const packs = {
      'own@1': [
        ['//cac:InvoiceLine', 'LINE', 'false()'],
        ['//cac:Item', 'ITEM', 'false()'],
      ],
    } as const
    const { valid, findings } = await engine({ packs }).documents.validate(invoiceUbl({ ...facts, lines: 6000 }))
    expect([valid, findings.length, findings.at(-1)?.rule]).toEqual([false, 10_001, 'findings.limit'])
  })
})
