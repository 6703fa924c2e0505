import { readFileSync } from 'node:fs'
import { crc32, deflateSync } from 'node:zlib'
import { fileURLToPath } from 'node:url'
import { type Invoice, readDocument, readInvoice } from '../../src/wire/invoice/index.ts'

const shared = fileURLToPath(new URL('../../../shared/data/', import.meta.url))

/** What the judges get to see: ordinary invoices and odd ones. */
export const judgedInvoices: Readonly<Record<string, () => Invoice>> = {
  french: () => official('france/examples/z12-014-annexB-v1.3/UC1/UC1_F202500003_00-INV_20250701_UBL_EN16931.xml'),
  'credit-note': () =>
    official(
      'france/examples/z12-014-annexB-v1.3/UC5/UC5b_F202500011_00-CN_20250703/UC5b_F202500011_00-CN_20250703_UBL_EN16931.xml',
    ),
  'sub-lines': () =>
    official('france/examples/z12-014-annexB-v1.3/sous-ligne/UC12_F202600025_SOUS-LIGNE_UBL_Commentee_EXTENDED.xml'),
  'multi-seller': () =>
    official(
      'france/examples/z12-014-annexB-v1.3/multi-vendeur/UC10_F202600004_MULTI-VENDEUR_CII_Commentee_EXTENDED.xml',
    ),
  peppol: () => official('peppol-bis/examples/3.0.21/base-example.xml'),
  'three-pages': () =>
    authored({
      number: 'LONG-1',
      lines: Array.from({ length: 90 }, (_, index) => line(index + 1, `Article ${index + 1}`)),
    }),
  attachments: () => authored({ number: 'FILES-1', attachments }),
  odd: () =>
    authored({
      number: 'ODD-1',
      seller: { ...seller, name: 'Dupont & Fils <Paris> "1er"' },
      paymentTerms: 'À 30 jours,\nescompte < 2 % & pénalités\u202f: 3\u00d7 le taux légal 漢字 \u{1f600}',
      lines: [line(1, 'Tôle < 3 mm & > 1 mm\tcoupée')],
    }),
  'greek-polish': () =>
    authored({
      number: 'ELPL-1',
      seller: {
        ...seller,
        name: 'Βιβλιοπωλείο Αθηνών Α.Ε.',
        vatId: 'EL094259216',
        address: { line1: 'Οδός Ερμού 1', city: 'Αθήνα', postCode: '10563', country: 'GR' },
      },
      buyer: {
        ...buyer,
        name: 'Księgarnia Żółć Sp. z o.o.',
        address: { line1: 'ul. Święty Marcin 1', city: 'Łódź', postCode: '90-001', country: 'PL' },
      },
      lines: [line(1, 'Λεξικό ελληνο-πολωνικό / Słownik grecko-polski')],
    }),
}

function official(path: string): Invoice {
  const read = readDocument(readFileSync(shared + path))
  if (!('invoice' in read)) throw new Error(`${path}: ${JSON.stringify(read.findings)}`)
  return read.invoice
}

function authored(changes: object): Invoice {
  const read = readInvoice({ ...base, ...changes })
  if ('findings' in read) throw new Error(JSON.stringify(read.findings))
  return read.invoice
}

function line(id: number, name: string): object {
  return {
    id: `${id}`,
    quantity: `${1 + (id % 7)}`,
    unit: 'C62',
    item: { name, description: `Réf. ${1000 + id}, livré sous huitaine` },
    price: { net: `${10 + id}.${10 + (id % 89)}` },
    vat: { category: 'S', rate: id % 3 === 0 ? '5.5' : '20' },
  }
}

const seller = {
  name: 'Atelier des Quais',
  vatId: 'FR44391838042',
  legalRegistration: { value: '391838042', scheme: '0002' },
  endpoint: { value: '391838042', scheme: '0225' },
  address: { line1: '1 quai de la Fosse', city: 'Nantes', postCode: '44000', country: 'FR' },
  contact: { name: 'Anne Le Goff', phone: '+33 2 40 00 00 00', email: 'anne@quais.example' },
}

const buyer = {
  name: 'Librairie Mistral',
  legalRegistration: { value: '732829320', scheme: '0002' },
  endpoint: { value: '732829320', scheme: '0225' },
  address: { line1: '5 rue des Moulins', city: 'Orange', postCode: '84100', country: 'FR' },
}

const base = {
  issueDate: '2026-11-21',
  dueDate: '2026-12-21',
  currency: 'EUR',
  buyerReference: 'commande 42',
  customization: 'urn:cen.eu:en16931:2017',
  process: 'B1',
  notes: [
    { subjectCode: 'PMT', text: 'Indemnité forfaitaire pour frais de recouvrement : 40 EUR' },
    { subjectCode: 'PMD', text: 'Pénalités de retard : trois fois le taux légal' },
    { subjectCode: 'AAB', text: 'Pas d’escompte' },
  ],
  paymentMeans: [{ code: '30', transfer: { account: 'FR7630006000011234567890189', bank: 'AGRIFRPP' } }],
  seller,
  buyer,
  lines: [line(1, 'Reliure')],
}

const attachments = [
  {
    reference: 'BL-1',
    description: 'BON_LIVRAISON',
    file: {
      content: Buffer.from('%PDF-1.4\n%%EOF\n').toString('base64'),
      mimeType: 'application/pdf',
      filename: 'Bon de livraison.pdf',
    },
  },
  {
    reference: 'IMG-1',
    file: { content: png().toString('base64'), mimeType: 'image/png', filename: 'φωτογραφία.png' },
  },
  { reference: 'WEB-1', url: 'https://transport.example/suivi?n=1&l=fr' },
]

/** One grey pixel. */
function png(): Buffer {
  const header = Buffer.from('00000001000000010800000000', 'hex')
  const pixels = deflateSync(Buffer.from([0, 128]))
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', pixels),
    pngChunk('IEND', Buffer.alloc(0)),
  ])
}

function pngChunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, check])
}
