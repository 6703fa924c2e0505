import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect } from 'vitest'
import { openApiDocument } from '../../../src/edge/api/index.ts'
import type { Answer } from '../serve.ts'

export const description = JSON.parse(JSON.stringify(openApiDocument('http://127.0.0.1/api/v1')))
export const ajv = new Ajv2020({
  strict: false,
  formats: { uuid: /^[0-9a-f-]{36}$/, date: /^\d{4}-\d\d-\d\d$/, 'date-time': /^\d{4}-\d\d-\d\dT[\d:.]+Z$/ },
})
ajv.addSchema({ ...description, $id: 'api' })

/** Whether an answer is one that the description knows for the operation, with the body it describes. */
export function conforms(answer: Answer, path: string, method = 'get'): unknown {
  const response = description.paths[path][method].responses[answer.status]
  expect(response, `${method} ${path} answers ${answer.status}, which is not described`).toBeDefined()
  const type = String(answer.headers['content-type']).replace(/;.*/, '')
  if ('*/*' in response.content) return undefined
  expect(Object.keys(response.content)).toContain(type)
  if (!type.endsWith('json')) return undefined
  const pointer = ['paths', path, method, 'responses', String(answer.status), 'content', type, 'schema']
  const encoded = pointer.map(part => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')
  const validate = ajv.compile({ $ref: `api#/${encoded}` })
  const body = answer.json()
  validate(body)
  expect(validate.errors).toBeNull()
  return body
}
