import { describe, expect, it } from 'vitest'
import { MappingRun, applyMapping, proposeMapping, readMapping } from '../../../src/wire/mapping/index.ts'

// What a proposal holds depends on its sample.
// oxlint-disable-next-line typescript/no-explicit-any
type Json = any

/** What the proposal makes of the sample itself: the first invoice, and the proposal. */
async function proposal(
  text: string | Buffer,
  kind: 'csv' | 'json',
): Promise<{ first: Json; proposed: Json; remarks: readonly string[] }> {
  const octets = typeof text === 'string' ? Buffer.from(text) : text
  const { mapping: proposed, remarks } = await proposeMapping(octets, kind)
  const read = readMapping(proposed)
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  const run = new MappingRun('2026-11-21')
  for await (const mapped of applyMapping(read.mapping, octets))
    return { first: run.add(mapped).json, proposed, remarks }
  return { first: undefined, proposed, remarks }
}

const expected = {
  number: 'R1',
  issueDate: '2026-11-03',
  dueDate: '2026-12-03',
  buyer: { name: 'Muster', vatId: 'DE136695976', address: { postCode: '10115', city: 'Berlin', country: 'DE' } },
  lines: [
    {
      item: { name: 'Buch' },
      quantity: '2',
      unit: 'H87',
      price: { net: '1048.50' },
      vat: { category: 'S', rate: '19' },
    },
    { item: { name: 'Stift' }, quantity: '1', unit: 'H87', price: { net: '2.5' }, vat: { category: 'Z', rate: '0' } },
  ],
}

const csvs: readonly (readonly [language: string, text: string | Buffer])[] = [
  [
    'French, semicolons, windows-1252',
    Buffer.from(
      'N° facture;Date facture;Échéance;Client;TVA client;Code postal;Ville;Pays;Désignation;Quantité;Unité;Prix unitaire HT;Taux TVA\n' +
        'R1;03/11/2026;03/12/2026;Muster;DE 136695976;10115;Berlin;Allemagne;Buch;2;pce;1 048,50;19\n' +
        'R1;03/11/2026;03/12/2026;Muster;DE 136695976;10115;Berlin;Allemagne;Stift;1;pce;2,5;0\n',
      'latin1',
    ),
  ],
  [
    'English, commas, American dates',
    'Invoice Number,Invoice Date,Due Date,Customer Name,Customer VAT Number,Zip Code,City,Country,Description,Qty,Unit,Unit Price,VAT Rate\n' +
      'R1,11/03/2026,12/03/2026,Muster,DE136695976,10115,Berlin,Germany,Buch,2,pcs,1048.50,19\n' +
      'R1,11/03/2026,12/03/2026,Muster,DE136695976,10115,Berlin,Germany,Stift,1,pcs,2.5,0\n' +
      'R2,11/23/2026,12/03/2026,Muster,DE136695976,10115,Berlin,Germany,Stift,1,pcs,2.5,0\n',
  ],
  [
    'German, tabs, utf-16',
    Buffer.from(
      '\uFEFFRechnungsnummer\tRechnungsdatum\tFälligkeitsdatum\tKunde\tUSt-IdNr.\tPLZ\tOrt\tLand\tBezeichnung\tMenge\tEinheit\tEinzelpreis\tMwSt-Satz\n' +
        'R1\t03.11.2026\t03.12.2026\tMuster\tDE136695976\t10115\tBerlin\tDeutschland\tBuch\t2\tStk\t1.048,50\t19\n' +
        'R1\t03.11.2026\t03.12.2026\tMuster\tDE136695976\t10115\tBerlin\tDeutschland\tStift\t1\tStk\t2,5\t0\n',
      'utf16le',
    ),
  ],
  [
    'Dutch, semicolons',
    'Factuurnummer;Factuurdatum;Vervaldatum;Klant;BTW-nummer;Postcode;Plaats;Land;Omschrijving;Aantal;Eenheid;Stukprijs;BTW %\n' +
      'R1;03-11-2026;03-12-2026;Muster;DE136695976;10115;Berlin;Duitsland;Buch;2;stuks;1048,50;19\n' +
      'R1;03-11-2026;03-12-2026;Muster;DE136695976;10115;Berlin;Duitsland;Stift;1;stuks;2,5;0\n',
  ],
]

describe('a proposed mapping', () => {
  it.each(csvs)('reads an export in %s', async (_, text) => {
    const { first } = await proposal(text, 'csv')
    // A unit may also be C62; what matters is that it is one.
    for (const line of first.lines) line.unit = line.unit === 'C62' ? 'H87' : line.unit
    expect(first).toMatchObject(expected)
    expect(first.lines).toHaveLength(2)
  })

  it('finds invoices and lines in JSON, and says how sure it is', async () => {
    const text = JSON.stringify({
      meta: { tags: [{ a: 1 }] },
      documents: [
        {
          documentNumber: 'R1',
          documentDate: '2026-11-03',
          dueDate: '2026-12-03',
          customer: {
            name: 'Muster',
            vatId: 'DE136695976',
            address: { zip: '10115', city: 'Berlin', country: 'Deutschland' },
          },
          payments: [{ x: 1 }],
          items: [
            { description: 'Buch', quantity: 2, unit: 'Stk', unitPrice: 1048.5, vatRate: 19 },
            { description: 'Stift', quantity: 1, unit: 'Stk', unitPrice: 2.5, vatRate: 0 },
          ],
          colour: 'blue',
        },
      ],
    }).replace('{"meta":{"tags":[{"a":1}]},', '{"meta":{},')
    const { first, proposed, remarks } = await proposal(text, 'json')
    expect(first).toMatchObject({ ...expected, lines: [{ price: { net: '1048.5' } }, {}] })
    expect(proposed.source).toEqual({ kind: 'json', invoices: '/documents' })
    expect(proposed.invoice['/number']).toEqual({ from: 'documentNumber', comment: 'sure' })
    expect(remarks).toContain('not recognised: colour')
    expect(remarks.some(remark => remark.startsWith('to be mapped: /seller/name, '))).toBe(true)
  })

  it('makes tables of codes, and a company of its SIRET', async () => {
    const { proposed, first } = await proposal(
      'Facture;Type;Règlement;SIRET;Désignation;Code TVA\nF1;FA;Virement;73282932000074;x;V55\nF2;AV;Troc;73282932000074;x;EXO\n',
      'csv',
    )
    expect(proposed.tables).toEqual({
      types: { FA: '380', AV: '381' },
      payment: { Virement: '30' },
      vat: { V55: { category: 'S', rate: '5.5' }, EXO: { category: 'E', rate: '0' } },
    })
    expect(first).toMatchObject({
      typeCode: '380',
      paymentMeans: [{ code: '30' }],
      buyer: {
        legalRegistration: { scheme: '0002', value: '732829320' },
        endpoint: { scheme: '0225', value: '732829320' },
      },
      lines: [{ id: '1', vat: { category: 'S', rate: '5.5' } }],
    })
  })

  it.each([
    ['csv', ''],
    ['csv', '\u0000\u0001'],
    ['csv', '"'],
    ['csv', ';;;\n;;;'],
    ['json', ''],
    ['json', '{'],
    ['json', '7'],
    ['json', '[[[[]]]]'],
    ['json', '{"a":1}\n{"a":2}'],
  ] as const)('is made of %s %j without complaint', async (kind, text) => {
    const { mapping } = await proposeMapping(Buffer.from(text), kind)
    expect(mapping).toHaveProperty('mapping', 1)
  })
})
