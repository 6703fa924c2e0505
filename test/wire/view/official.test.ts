import { expect } from 'vitest'
import { readPartialDocument } from '../../../src/wire/invoice/index.ts'
import { renderHtml, viewOf } from '../../../src/wire/view/index.ts'
import { parseXml } from '../../../src/wire/xml/index.ts'
import { itShared, sharedData } from '../../support/shared.ts'
import { ciiDocuments, facturxDocuments, officialDocuments, xmlOf } from '../invoice/official.ts'

itShared('every official invoice has a view and a page, the partial profiles of Factur-X too', () => {
  const documents = [...[...officialDocuments, ...ciiDocuments].map(sharedData), ...facturxDocuments.map(xmlOf)]
  expect(documents.length).toBeGreaterThan(130)
  for (const document of documents) {
    const reading = readPartialDocument(document)
    if (!('invoice' in reading)) throw new Error(JSON.stringify(reading.findings))
    const view = viewOf(reading.invoice)
    expect(view.number).toBe(reading.invoice.number)
    expect(view.lines?.rows ?? []).toHaveLength(reading.invoice.lines?.length ?? 0)
    expect(view.totals?.items.at(-1)?.strong).toBe(true)
    const page = renderHtml(view)
    expect(() => parseXml(Buffer.from(page.slice(page.indexOf('<body>'), page.indexOf('</html>'))))).not.toThrow()
  }
})
