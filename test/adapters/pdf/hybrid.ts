import { deflateSync } from 'node:zlib'
import { facturxXmp } from '../../../src/wire/facturx/index.ts'

/** One object of a PDF: what stands between `obj` and `endobj`; a stream has its octets, already packed. */
export type Part = string | { readonly dict: string; readonly stream: Buffer }

export const xml = Buffer.from(
  `<?xml version="1.0" encoding="UTF-8"?>
<!-- of ours -->
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
  xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100">
  <rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter>
    <ram:ID>urn:cen.eu:en16931:2017</ram:ID>
  </ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
</rsm:CrossIndustryInvoice>
`,
)

/** Numbers of the objects of a hybrid invoice. */
export const at = { catalog: 1, pages: 2, page: 3, file: 4, octets: 5, tree: 6, xmp: 7, more: 8 }

export function flate(octets: Buffer, dict = ''): Part {
  const stream = deflateSync(octets)
  return { dict: `/Filter /FlateDecode ${dict}`, stream }
}

/** An embedded file as an honest writer makes it. */
export function embeddedFile(
  octets: Buffer,
  dict = '/Subtype /text#2Fxml /Params << /ModDate (D:20261121100000Z) >>',
): Part {
  return flate(octets, `/Type /EmbeddedFile ${dict}`)
}

export function fileSpecification(name: string, octets: number, more = '/AFRelationship /Alternative'): string {
  return `<< /Type /Filespec /F (${name}) /UF (${name}) /EF << /F ${octets} 0 R /UF ${octets} 0 R >> ${more} >>`
}

export function xmpPacket(inside: string): Part {
  const text = `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
    xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">${inside}</rdf:RDF></x:xmpmeta><?xpacket end="w"?>`
  return { dict: '/Type /Metadata /Subtype /XML', stream: Buffer.from(text) }
}

export const hybridParts: Readonly<Record<number, Part>> = {
  [at.catalog]: `<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles 6 0 R >> /AF [4 0 R] /Metadata 7 0 R >>`,
  [at.pages]: `<< /Type /Pages /Count 1 /Kids [3 0 R] >>`,
  [at.page]: `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>`,
  [at.file]: fileSpecification('factur-x.xml', at.octets),
  [at.octets]: embeddedFile(xml),
  [at.tree]: `<< /Names [(factur-x.xml) 4 0 R] >>`,
  [at.xmp]: xmpPacket(facturxXmp('EN 16931')),
}

/** A hybrid invoice with nothing to warn of, where nothing is changed. No PDF/A: that is for veraPDF to see. */
export function hybrid(changes: Readonly<Record<number, Part>> = {}): Buffer {
  return pdfOf({ ...hybridParts, ...changes })
}

/** The octets of a PDF of these objects; 1 is the catalog. */
export function pdfOf(parts: Readonly<Record<number, Part>>): Buffer {
  const chunks: Buffer[] = [Buffer.from('%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n', 'latin1')]
  const offsets = new Map<number, number>()
  let size = chunks[0]?.length ?? 0
  const push = (chunk: Buffer): void => {
    chunks.push(chunk)
    size += chunk.length
  }
  for (const [number, part] of Object.entries(parts)) {
    offsets.set(Number(number), size)
    push(Buffer.from(`${number} 0 obj\n`))
    push(octetsOf(part))
    push(Buffer.from('\nendobj\n'))
  }
  const start = size
  const count = Math.max(...offsets.keys()) + 1
  const rows = Array.from({ length: count }, (_, number) => {
    const offset = offsets.get(number)
    return offset === undefined ? '0000000000 65535 f \n' : `${String(offset).padStart(10, '0')} 00000 n \n`
  })
  push(
    Buffer.from(
      `xref\n0 ${count}\n${rows.join('')}trailer\n<< /Size ${count} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`,
    ),
  )
  return Buffer.concat(chunks)
}

function octetsOf(part: Part): Buffer {
  if (typeof part === 'string') return Buffer.from(part, 'latin1')
  const { dict, stream } = part
  return Buffer.concat([
    Buffer.from(`<< ${dict} /Length ${stream.length} >>\nstream\n`, 'latin1'),
    stream,
    Buffer.from('\nendstream'),
  ])
}
