import { describe, expect, it } from 'vitest'
import { apiDoor } from '../../../src/edge/api/index.ts'
import type { TransmissionId } from '../../../src/services/domain.ts'
import { ask, serve } from '../serve.ts'
import { conforms } from './described.ts'
import { type Script, scripted, transmission, uuid } from './scripted.ts'

const base = '/api/v1'
const api = (script: Script = {}) => serve(apiDoor(scripted(script)))
const failure = { code: 'ubl.root', message: 'another root', retry: false }
const unreadable = (number: number) =>
  transmission({ id: uuid(number) as TransmissionId, direction: 'inbound', state: 'exception', failure })

describe('what a person must look at', () => {
  it('is listed with what troubles it, in pages', async () => {
    await using served = await api({ exceptions: [unreadable(1), unreadable(2), unreadable(3)] })
    const page = conforms(await ask(served.url, `${base}/exceptions?limit=2&direction=inbound`), '/exceptions')
    expect(page).toMatchObject({
      exceptions: [
        { id: uuid(1), direction: 'inbound', state: 'exception', failure },
        { links: { self: `${base}/transmissions/${uuid(2)}` } },
      ],
      next: uuid(2),
    })
    expect(conforms(await ask(served.url, `${base}/exceptions`), '/exceptions')).not.toHaveProperty('next')
  })

  it.each(['limit=0', 'limit=x', 'direction=up', 'cursor=x', 'colour=red'])(
    'is not listed for a wrong parameter: %s',
    async query => {
      await using served = await api()
      const answer = await ask(served.url, `${base}/exceptions?${query}`)
      expect(conforms(answer, '/exceptions')).toMatchObject({ status: 400, code: 'invalid-parameter' })
    },
  )
})

describe('a transmission', () => {
  it('is shown by its own id, with its events and its document', async () => {
    await using served = await api()
    const path = `${base}/transmissions/${uuid(2)}`
    expect(conforms(await ask(served.url, path), '/transmissions/{id}')).toMatchObject({ state: 'delivered' })
    expect(conforms(await ask(served.url, `${path}/events`), '/transmissions/{id}/events')).toMatchObject({
      events: [{ kind: 'delivered' }],
    })
    const document = await ask(served.url, `${path}/files/original`)
    conforms(document, '/transmissions/{id}/files/original')
    expect(document.text).toContain('<a>b</a>')
    expect(document.headers['content-disposition']).toMatch(/\.xml"$/)
  })

  it.each(['', '/events', '/files/original'])('that is not there is answered with 404: %s', async rest => {
    await using served = await api()
    const answer = await ask(served.url, `${base}/transmissions/nothing${rest}`)
    expect(conforms(answer, `/transmissions/{id}${rest}`)).toMatchObject({ status: 404, code: 'not-found' })
  })
})
