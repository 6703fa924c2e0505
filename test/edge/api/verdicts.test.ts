import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { apiDoor } from '../../../src/edge/api/index.ts'
import type { Verdict } from '../../../src/services/domain.ts'
import { invoiceUbl } from '../../support/invoices.ts'
import { type Answer, ask, serve } from '../serve.ts'
import { conforms } from './described.ts'
import { invoice, scripted, uuid } from './scripted.ts'

const ubl = invoiceUbl({ number: 'F-1', seller: '0225:391838042', buyer: '0225:732829320' })
const payableWrong = String(ubl).replace(/(<cbc:PayableAmount[^>]*>)[^<]*/, '$11.00')

const wrapped = (document: string): Buffer =>
  gzipSync(
    `<StandardBusinessDocument xmlns="http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"><StandardBusinessDocumentHeader><HeaderVersion>1.0</HeaderVersion></StandardBusinessDocumentHeader>${document.replace(/^<\?xml.*\?>\n/, '')}</StandardBusinessDocument>`,
  )

function messages(answer: Answer): readonly string[] {
  return (answer.json() as Verdict).findings.map(({ message }) => message)
}

describe('the verdict that is kept', () => {
  const path = `/api/v1/invoices/${uuid(101)}/verdict`
  const model = {
    severity: 'fatal',
    layer: 'model',
    location: '/Invoice/cac:LegalMonetaryTotal/cbc:PayableAmount',
  } as const
  const verdict: Verdict = {
    syntax: 'ubl',
    profile: 'p',
    valid: false,
    packs: ['old@1'],
    findings: [
      { ...model, rule: 'BR-CO-16', pointer: '/totals/payable', message: 'kept' },
      { ...model, rule: 'OLD-1', layer: 'pack', pointer: null, message: 'only the old pack says this' },
    ],
  }
  const kept = { documentOctetsMax: 100_000, invoices: [invoice()], payload: wrapped(payableWrong), verdict }
  it('is given in its own words when nothing else is asked for', async () => {
    await using served = await serve(apiDoor(scripted(kept)))
    const answer = await ask(served.url, path, { headers: { 'accept-language': 'fr' } })
    expect(conforms(answer, '/invoices/{id}/verdict')).toEqual(verdict)
  })

  it('is said in the language that is asked for, as far as that is known, and stays the same verdict', async () => {
    await using served = await serve(apiDoor(scripted(kept)))
    const answer = await ask(served.url, `${path}?language=fr`)
    expect(conforms(answer, '/invoices/{id}/verdict')).toMatchObject({ packs: ['old@1'], findings: [{}, {}] })
    expect(messages(answer)).toEqual([
      expect.stringMatching(/^Montant à payer \(BT-115\)/),
      'only the old pack says this',
    ])
    expect(messages(await ask(served.url, `${path}?language=en`))[0]).toMatch(/^Amount due for payment \(BT-115\)/)
  })

  it('is said in the language that is asked for when it is made again', async () => {
    await using served = await serve(apiDoor(scripted(kept)))
    const reader = { headers: { 'accept-language': 'fr' } }
    const english = await ask(served.url, `${path}?asOf=2026-11-21&language=en`, reader)
    expect(messages(english)).toEqual([expect.stringMatching(/^Amount due for payment/)])
    expect(messages(await ask(served.url, `${path}?asOf=2026-11-21`, reader))[0]).toMatch(/^Montant à payer/)
  })

  it('is not given in a language that findings do not have', async () => {
    await using served = await serve(apiDoor(scripted(kept)))
    expect(conforms(await ask(served.url, `${path}?language=de`), '/invoices/{id}/verdict')).toMatchObject({
      status: 400,
      detail: 'language must be one of en, fr',
      errors: [{ pointer: '/language' }],
    })
  })
})
