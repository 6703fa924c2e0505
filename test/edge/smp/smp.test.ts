import { describe, expect, it } from 'vitest'
import { type Publisher, smpDoor } from '../../../src/edge/smp/index.ts'
import { formatIdentifier } from '../../../src/wire/peppol/index.ts'
import { ask, serve } from '../serve.ts'

const participant = 'iso6523-actorid-upis::0225:AbC'
const documentType =
  'busdox-docid-qns::urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice##urn:cen.eu:en16931:2017::2.1'

/** Publishes everything of 0225:abc, and says what it was asked for. */
const publisher: Publisher = {
  serviceGroup: async id =>
    id.value.toLowerCase() === '0225:abc' ? Buffer.from(`<group>${formatIdentifier(id)}</group>`) : undefined,
  serviceMetadata: async (id, type) =>
    type.value.includes('Invoice-2')
      ? Buffer.from(`<metadata>${formatIdentifier(id)} ${formatIdentifier(type)}</metadata>`)
      : undefined,
}

const encoded = encodeURIComponent(participant)

describe('the SMP door', () => {
  it.each([
    ['percent-encoded', encoded],
    ['as it is', participant],
    ['in lower-case hexadecimal', encoded.toLowerCase()],
    ['with colons of the value left', 'iso6523-actorid-upis%3A%3A0225:AbC'],
    ['with the scheme in capitals', encodeURIComponent('ISO6523-ACTORID-UPIS::0225:AbC')],
    ['with a slash at the end', `${encoded}/`],
  ])('answers for a participant %s', async (_title, path) => {
    await using served = await serve([smpDoor(publisher)])
    const answer = await ask(served.url, `/${path}`)
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/xml;charset=UTF-8'])
    expect(answer.text.toLowerCase()).toBe(`<group>${participant.toLowerCase()}</group>`)
  })

  it('answers for a document type, encoded or with its colons left', async () => {
    await using served = await serve([smpDoor(publisher)])
    for (const type of [encodeURIComponent(documentType), documentType.replaceAll('#', '%23')]) {
      const answer = await ask(served.url, `/${encoded}/services/${type}`)
      expect(answer.text).toBe(`<metadata>${participant} ${documentType}</metadata>`)
    }
  })

  it('answers HEAD with the length alone', async () => {
    await using served = await serve([smpDoor(publisher)])
    const answer = await ask(served.url, `/${encoded}`, { method: 'HEAD' })
    expect([answer.status, answer.text, answer.headers['content-length']]).toEqual([
      200,
      '',
      String(`<group>${participant}</group>`.length),
    ])
  })

  it.each([
    ['another participant', `/${encodeURIComponent('iso6523-actorid-upis::0225:other')}`],
    [
      'another document type',
      `/${encoded}/services/${encodeURIComponent('busdox-docid-qns::urn:other::Order##x::2.1')}`,
    ],
    ['a document type that is none', `/${encoded}/services/x`],
    ['a participant that is none', '/iso6523-actorid-upis%3A%3A'],
  ])('answers 404 in plain text for %s', async (_title, path) => {
    await using served = await serve([smpDoor(publisher)])
    const answer = await ask(served.url, path)
    expect([answer.status, answer.headers['content-type']]).toEqual([404, 'text/plain; charset=utf-8'])
  })

  it('knows only GET and HEAD', async () => {
    await using served = await serve([smpDoor(publisher)])
    const answer = await ask(served.url, `/${encoded}`, { method: 'PUT', body: 'x' })
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'GET, HEAD'])
  })

  it('leaves every other path to who comes next', async () => {
    await using served = await serve([smpDoor(publisher), async ctx => void (ctx.body = 'next')])
    for (const path of ['/', '/as4', '/api/v1/invoices', '/0225%3Aabc', `/x/${encoded}`]) {
      expect((await ask(served.url, path)).text).toBe('next')
    }
  })
})
