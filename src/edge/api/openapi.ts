import { invoiceJsonSchema } from '../../wire/invoice/index.ts'
import { languages } from '../../wire/view/index.ts'
import { problemCodes } from '../http/index.ts'
import { acceptFindings, acceptLanguage, documentPaths, leftOutHeader } from './openapi-documents.ts'
import { mappingParameter, mappingPaths, mappingSchemas } from './openapi-mappings.ts'
import { tenantParameter, tenantPaths, tenantSchemas } from './openapi-tenants.ts'
import { transmissionPaths } from './openapi-transmissions.ts'
import { findingLanguages } from './parameters.ts'
import { schemas } from './schemas.ts'

/* The description of the API, written by hand; tests hold it against the routes, and every answer against its schema. */

const json = (schema: string): object => ({
  'application/json': { schema: { $ref: `#/components/schemas/${schema}` } },
})

const problem = (description: string): object => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
})

const query = (name: string, description: string, schema: object): object => ({
  name,
  in: 'query',
  description,
  schema,
})

const invoiceId = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'The id that sending gave, or one from the list.',
  schema: { type: 'string', format: 'uuid' },
}

/** Answers that every operation may give. */
const everywhere = {
  '401': problem('No valid bearer token.'),
  '403': problem('An API without tokens was called under another name than a loopback address.'),
  '405': problem('The resource does not know the method.'),
  '500': problem('A fault of ours; the request may be repeated.'),
}

const paths = {
  '/invoices': {
    post: {
      operationId: 'sendInvoice',
      summary: 'Send an invoice',
      description:
        'Takes an invoice as JSON in the shape of the EN 16931 model, or as a UBL or CII document or a Factur-X that is passed on as it is. It is stored when the answer comes; sending follows. With an Idempotency-Key the request may be repeated until an answer arrives: it is sent once.',
      parameters: [
        mappingParameter,
        tenantParameter,
        {
          name: 'Idempotency-Key',
          in: 'header',
          description:
            'Any text of the caller, 1 to 255 visible ASCII characters; the same key with the same body gives the same invoice.',
          schema: { type: 'string', pattern: '^[!-~]{1,255}$' },
        },
        acceptFindings,
      ],
      requestBody: {
        required: true,
        content: {
          'application/json': { schema: { $ref: '#/components/schemas/InvoiceDocument' } },
          'application/xml': { schema: { type: 'string', contentMediaType: 'application/xml' } },
          'text/xml': { schema: { type: 'string', contentMediaType: 'text/xml' } },
          'application/pdf': { schema: { type: 'string', contentMediaType: 'application/pdf' } },
        },
      },
      responses: {
        '202': {
          description: 'Stored and on its way.',
          headers: { Location: { description: 'The invoice.', schema: { type: 'string' } } },
          content: json('Accepted'),
        },
        '400': problem('The body is not JSON, the Idempotency-Key is not one, or a parameter is unknown.'),
        '404': problem('There is no such mapping or tenant.'),
        '409': problem('The number is taken, or the Idempotency-Key belongs to another request.'),
        '413': problem('The body is too large.'),
        '415': problem('The body is neither JSON nor XML nor PDF.'),
        '422': problem(
          'The invoice breaks rules; `errors` lists them with pointers into the JSON. Or the export is not what the mapping is for.',
        ),
        ...everywhere,
      },
    },
    get: {
      operationId: 'listInvoices',
      summary: 'List invoices, newest first',
      parameters: [
        query('direction', 'Only those that came in or went out.', { enum: ['inbound', 'outbound'] }),
        query('number', 'Only those with this number.', { type: 'string' }),
        query('cursor', '`next` of the page before.', { type: 'string', format: 'uuid' }),
        query('limit', 'Most invoices in the answer.', { type: 'integer', minimum: 1, default: 50 }),
      ],
      responses: {
        '200': { description: 'One page.', content: json('InvoicePage') },
        '400': problem('A parameter has a wrong value.'),
        ...everywhere,
      },
    },
  },
  '/invoices/{id}': one('getInvoice', 'An invoice and its transmission', 'Invoice'),
  '/invoices/{id}/status': one('getInvoiceStatus', 'Where the transmission stands', 'Status'),
  '/invoices/{id}/events': one('getInvoiceEvents', 'What happened, and every step of every attempt', 'Trace'),
  '/invoices/{id}/verdict': verdict(),
  '/invoices/{id}/files/original': file(
    'getInvoiceDocument',
    'The business document as it travelled',
    'application/xml',
  ),
  '/invoices/{id}/files/ubl': converted('getInvoiceUbl', {
    summary: 'The invoice in UBL: converted when it travelled in another syntax',
  }),
  '/invoices/{id}/files/cii': converted('getInvoiceCii', {
    summary: 'The invoice in CII: converted when it travelled in another syntax',
  }),
  '/invoices/{id}/files/facturx': converted('getInvoiceFacturx', {
    summary: 'The invoice as a Factur-X (PDF/A-3 with its XML) of the profile EN 16931',
    mediaType: 'application/pdf',
    isPage: true,
  }),
  '/invoices/{id}/files/pdf': converted('getInvoicePdf', {
    summary: 'The invoice as a person reads it, as PDF',
    mediaType: 'application/pdf',
    isPage: true,
  }),
  '/invoices/{id}/files/html': converted('getInvoiceHtml', {
    summary: 'The invoice as a person reads it, as a page without scripts and outside references',
    mediaType: 'text/html',
    isPage: true,
  }),
  '/invoices/{id}/files/attachments': attachmentList(),
  '/invoices/{id}/files/attachments/{number}': attachment(),
  '/invoices/{id}/files/receipt': file('getInvoiceReceipt', 'The signed receipt', 'application/soap+xml'),
  ...documentPaths({ query, problem, everywhere }),
  ...transmissionPaths({ query, problem, json, everywhere }),
  ...mappingPaths({ problem, everywhere }),
  ...tenantPaths({ query, problem, json, everywhere }),
  '/participants/{participant}': {
    get: {
      operationId: 'lookUpParticipant',
      summary: 'Look up a participant in the network',
      description:
        'Without parameters: what its SMP publishes. With documentType and process: the endpoint that such a document goes to. Every step is told, also when the look-up fails.',
      parameters: [
        {
          name: 'participant',
          in: 'path',
          required: true,
          description: '`scheme:value`, e.g. `0225:123456789`.',
          schema: { type: 'string' },
        },
        query('documentType', 'Document type identifier, `scheme::value`.', { type: 'string' }),
        query('process', 'Process identifier, `scheme::value`.', { type: 'string' }),
        query('fresh', 'Go past the cache.', { enum: ['true', 'false'] }),
      ],
      responses: {
        '200': {
          description: 'Found.',
          content: {
            'application/json': {
              schema: {
                oneOf: [
                  { $ref: '#/components/schemas/ParticipantCard' },
                  { $ref: '#/components/schemas/ParticipantEndpoint' },
                ],
              },
            },
          },
        },
        '400': problem('An identifier is none.'),
        '404': problem('Not registered: asking again later does not help. `steps` says what was asked.'),
        '503': problem('The look-up failed, which says nothing about the participant: ask again.'),
        ...everywhere,
      },
    },
  },
  '/openapi.json': {
    get: {
      operationId: 'getDescription',
      summary: 'This document',
      security: [],
      responses: {
        '200': { description: 'OpenAPI 3.1.', content: { 'application/json': { schema: { type: 'object' } } } },
      },
    },
  },
}

function one(operationId: string, summary: string, schema: string): object {
  return {
    get: {
      operationId,
      summary,
      parameters: [invoiceId],
      responses: {
        '200': { description: summary, content: json(schema) },
        '404': problem('There is no such invoice.'),
        ...everywhere,
      },
    },
  }
}

function file(operationId: string, summary: string, mediaType: string) {
  return {
    get: {
      operationId,
      summary,
      parameters: [invoiceId],
      responses: {
        '200': { description: summary, content: { [mediaType]: { schema: { type: 'string' } } } },
        '404': problem('There is no such invoice, or it has no such file.'),
        ...everywhere,
      },
    },
  }
}

interface Converted {
  readonly summary: string
  readonly mediaType?: string
  /** Its words are in a language that the reader may choose. */
  readonly isPage?: true
}

function converted(operationId: string, { summary, mediaType = 'application/xml', isPage }: Converted): object {
  const { get } = file(operationId, summary, mediaType)
  const found = { ...get.responses['200'], headers: leftOutHeader }
  const refused = problem(
    'The document cannot be converted: it cannot be read as an invoice or is too large. `errors` says what is wrong with it.',
  )
  const language = query(
    'language',
    `${isPage === undefined ? 'Of findings' : 'Of the page'}; Accept-Language without it.`,
    {
      enum: languages,
    },
  )
  const parameters = [...get.parameters, language, acceptLanguage]
  const unknown = problem('language is none of those that are known.')
  const responses = { ...get.responses, '200': found, '400': unknown, '422': refused }
  return { get: { ...get, parameters, responses } }
}

function verdict(): object {
  const { get } = one('getInvoiceVerdict', 'What schema, rule packs and model say of the document', 'Verdict') as {
    get: { parameters: readonly object[]; responses: object }
  }
  const asOf = query('asOf', 'Judges it again, by the rules in force on this day; what is kept stays as it is.', {
    type: 'string',
    format: 'date',
  })
  const language = query('language', 'Of the findings, where a rule speaks it.', { enum: findingLanguages })
  const refused = {
    '400': problem('asOf is not a day, or language none of those that are known.'),
    '422': problem('The document is too large to be judged again.'),
  }
  return {
    get: {
      ...get,
      parameters: [...get.parameters, asOf, language, acceptFindings],
      responses: { ...get.responses, ...refused },
    },
  }
}

function attachmentList(): object {
  const { get } = one('listInvoiceAttachments', 'The files inside the document', 'AttachmentList') as { get: object }
  const refused = { '422': problem('The document is too large to be looked into.') }
  return { get: { ...get, responses: { ...(get as { responses: object }).responses, ...refused } } }
}

function attachment(): object {
  const { get } = file('getInvoiceAttachment', 'One of them, as it is', 'application/octet-stream')
  const number = {
    name: 'number',
    in: 'path',
    required: true,
    description: 'Its number in the list, from 1.',
    schema: { type: 'integer', minimum: 1 },
  }
  const found = {
    description: 'The file, under its own media type.',
    content: { '*/*': { schema: { type: 'string' } } },
  }
  const refused = problem('The document is too large to be looked into.')
  return {
    get: {
      ...get,
      parameters: [...get.parameters, number],
      responses: { ...get.responses, '200': found, '422': refused },
    },
  }
}

/** The OpenAPI 3.1 document of the API. `server` is where this node's API is reached, e.g. `https://ap.example.org/api/v1`. */
export function openApiDocument(server: string): Readonly<Record<string, unknown>> & { readonly paths: typeof paths } {
  return {
    openapi: '3.1.0',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: 'Passerelle',
      version: '1',
      description: 'Send and receive invoices over Peppol.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: server }],
    security: [{ bearer: [] }, {}],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      schemas: { ...schemas(problemCodes), ...mappingSchemas, ...tenantSchemas, InvoiceDocument: invoiceJsonSchema() },
    },
  }
}
