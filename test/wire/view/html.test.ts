import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readInvoice } from '../../../src/wire/invoice/index.ts'
import { renderHtml, viewOf } from '../../../src/wire/view/index.ts'
import { parseXml } from '../../../src/wire/xml/index.ts'
import { decimal } from '../../support/decimal.ts'
import { everyTerm } from '../../support/every-term.ts'
import { png } from '../../support/png.ts'

const sample = new URL('../../../docs/images/invoice-fr.json', import.meta.url)
const reading = readInvoice(JSON.parse(readFileSync(sample, 'utf8')))
const view = viewOf('invoice' in reading ? reading.invoice : {})
const encodeQr = () => [
  [true, false],
  [false, true],
]

describe('the page of an invoice', () => {
  const page = renderHtml(view, { branding: { footer: 'Foot', color: '#0b6e5b', logo: png() }, encodeQr })

  it('says its language, its title and its headings', () => {
    expect(page).toContain('<html lang="fr">')
    expect(page).toContain('<title>Facture FA-2026-0318</title>')
    expect(page.match(/<h1>.*?<\/h1>/g)).toEqual(['<h1>Facture <span>FA-2026-0318</span></h1>'])
    expect([...page.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, heading]) => heading)).toEqual([
      'Vendeur',
      'Client',
      'Paiement',
      'Mentions légales',
      'Informations techniques',
    ])
    expect([...page.matchAll(/<caption>(.*?)<\/caption>/g)].map(([, caption]) => caption)).toEqual([
      'Lignes',
      'Détail de la TVA',
      'Totaux',
    ])
  })

  it('gives every heading of a table its scope, and every picture a text', () => {
    expect(page.match(/<th\b(?! scope="(col|row)")/g)).toBeNull()
    expect(page.match(/<img(?![^>]* alt="Atelier Verdeau SARL")/g)).toBeNull()
    expect(page).toMatch(/<svg[^>]* role="img" aria-label="Payer par QR code"/)
  })

  it('is well-formed, loads nothing and runs nothing', () => {
    const body = page.slice(page.indexOf('<body>'), page.indexOf('</html>')).replaceAll(/<img([^>]*)>/g, '<img$1/>')
    expect(() => parseXml(Buffer.from(body))).not.toThrow()
    expect(page).not.toMatch(/<script|<link|<iframe|<object|javascript:|\son\w+=|@import|url\(/i)
    expect([...page.matchAll(/(?:src|href)="([^"]{0,15})/g)].map(([, target]) => target)).toEqual(['data:image/png;'])
  })

  it('shows the code only with an encoder', () => {
    expect(page).toContain('<path d="M4 4h1v1h-1zM5 5h1v1h-1z"/>')
    expect(renderHtml(view)).not.toContain('<svg')
  })

  it('shows no logo that is no picture', () => {
    expect(renderHtml(view, { branding: { logo: Buffer.from('<svg onload="alert(1)"/>') } })).not.toContain('<img')
  })

  it('keeps the spelling of figures that do not fit in a floating point number', () => {
    expect(renderHtml(viewOf({ currency: 'EUR', totals: { payable: decimal('12345678901234567890.12') } }))).toContain(
      '€12,345,678,901,234,567,890.12',
    )
  })

  it('of nothing is a page too', () => {
    expect(renderHtml(viewOf({}))).toContain('<h1>Invoice <span></span></h1>')
  })
})

describe('a page of hostile texts', () => {
  const attack = `"'><script>alert(1)</script><img src=x onerror=alert(1)>&lt;`
  const hostile = viewOf(replaced(everyTerm().invoice, attack) as never, { language: 'en' })
  const page = renderHtml(hostile, { branding: { footer: attack, color: `#fff;}${attack}` }, encodeQr })

  it('holds no markup of theirs', () => {
    expect(page).not.toMatch(/<script|<img|onerror=alert\(1\)>/)
    expect(page.split('&quot;&#39;&gt;&lt;script&gt;').length).toBeGreaterThan(150)
    expect(page).not.toContain(attack)
  })

  it('is still well-formed', () => {
    expect(() => parseXml(Buffer.from(page.slice(page.indexOf('<body>'), page.indexOf('</html>'))))).not.toThrow()
  })

  it('shows what no document may hold as U+FFFD', () => {
    const odd = renderHtml(viewOf({ number: 'a\u0000b\u001bc\uffffd\ud800e\tf' }))
    expect(odd).toContain('a\ufffdb\ufffdc\ufffdd\ufffde\tf')
  })
})

/** The same invoice with the text in place of every text. */
function replaced(value: unknown, text: string): unknown {
  if (typeof value === 'string') return text
  if (Array.isArray(value)) return value.map(item => replaced(item, text))
  if (typeof value !== 'object' || value === null || 'coefficient' in value) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item, text)]))
}
