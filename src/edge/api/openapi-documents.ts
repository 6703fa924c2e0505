import { facturxProfiles } from '../../wire/facturx/index.ts'
import { languages } from '../../wire/view/index.ts'
import { mappingParameter } from './openapi-mappings.ts'
import { tenantParameter } from './openapi-tenants.ts'

/* The part of the API's description that is about documents which belong to no invoice of ours. */

/** What the whole description shares. */
interface Shared {
  readonly query: (name: string, description: string, schema: object) => object
  readonly problem: (description: string) => object
  /** Answers that every operation may give. */
  readonly everywhere: object
}

export const leftOutHeader = {
  'Passerelle-Left-Out': {
    description: 'Only when converted: how many elements and terms of the original the document does not carry.',
    schema: { type: 'integer', minimum: 0 },
  },
}

export const acceptLanguage = {
  name: 'Accept-Language',
  in: 'header',
  description: `The language of the page, one of ${languages.join(', ')}; that of the seller's country without it.`,
  schema: { type: 'string' },
}

export const acceptFindings = {
  name: 'Accept-Language',
  in: 'header',
  description: 'The language of the findings, en or fr; English without it.',
  schema: { type: 'string' },
}

const anyOctets = { schema: { type: 'string', contentMediaType: 'application/octet-stream' } }

const form = (properties: object): object => ({ schema: { type: 'object', properties } })

const octets = { type: 'string', contentMediaType: 'application/octet-stream' }

export function documentPaths(shared: Shared): Readonly<Record<'/validations' | '/conversions', object>> {
  return { '/validations': validations(shared), '/conversions': conversions(shared) }
}

function validations({ query, problem, everywhere }: Shared): object {
  const verdicts = {
    'application/json': {
      schema: { oneOf: [{ $ref: '#/components/schemas/Verdict' }, { $ref: '#/components/schemas/VerdictList' }] },
    },
  }
  return {
    post: {
      operationId: 'validateDocument',
      summary: 'Judge documents',
      description:
        'Takes a document of any format, which is found out by looking at it: UBL, CII, Factur-X, JSON. A plain body gets its verdict; a form gets one for each of its files. A document that breaks rules is a verdict and no error. Nothing is kept.',
      parameters: [
        query('asOf', 'The rules in force on this day; today without it.', { type: 'string', format: 'date' }),
        query('pack', 'Just this pack of rules, `name` or `name@version`; may be repeated.', {
          type: 'array',
          items: { type: 'string' },
        }),
        query('language', 'Of the findings, where a rule speaks it; Accept-Language without it.', {
          enum: ['en', 'fr'],
        }),
        mappingParameter,
        tenantParameter,
        acceptFindings,
      ],
      requestBody: {
        required: true,
        content: {
          '*/*': anyOctets,
          'multipart/form-data': form({ file: { type: 'array', items: octets } }),
        },
      },
      responses: {
        '200': { description: 'Judged: a Verdict, or for a form a VerdictList.', content: verdicts },
        '400': problem('A parameter has a wrong value, or the form cannot be read.'),
        '404': problem('There is no such mapping or tenant.'),
        '413': problem('The body is too large.'),
        '415': problem('The body is compressed.'),
        '422': problem('The export is not what the mapping is for, or cannot be carried over.'),
        ...everywhere,
      },
    },
  }
}

function conversions({ query, problem, everywhere }: Shared): object {
  const report = { $ref: '#/components/schemas/ConversionReport' }
  return {
    post: {
      operationId: 'convertDocument',
      summary: 'Write a document in another syntax, or as a page',
      description:
        'The answer is the converted document; with `report=true` it is JSON with the document in Base64 and everything that it does not carry. To facturx, a form may bring a PDF/A as `pdf`: its pages are taken in place of ours. Nothing is kept.',
      parameters: [
        {
          ...query('to', 'What it becomes.', { enum: ['ubl', 'cii', 'facturx', 'json', 'html', 'pdf'] }),
          required: true,
        },
        query('profile', 'Of facturx; EN 16931 without it.', { enum: facturxProfiles }),
        query('language', 'Of html, pdf and facturx.', { enum: languages }),
        query('color', 'Of headings and rules: `#RRGGBB`.', { type: 'string', pattern: '^#[0-9A-Fa-f]{6}$' }),
        query('footer', 'A line at the foot of every page.', { type: 'string' }),
        query('report', 'Whether to answer with a report.', { enum: ['true', 'false'] }),
        mappingParameter,
        tenantParameter,
        acceptLanguage,
      ],
      requestBody: {
        required: true,
        content: { '*/*': anyOctets, 'multipart/form-data': form({ file: octets, logo: octets, pdf: octets }) },
      },
      responses: {
        '200': {
          description: 'Converted.',
          headers: leftOutHeader,
          content: {
            'application/xml': { schema: { type: 'string' } },
            'application/pdf': { schema: { type: 'string' } },
            'text/html': { schema: { type: 'string' } },
            'application/json': { schema: { anyOf: [report, { type: 'object' }] } },
          },
        },
        '400': problem('A parameter has a wrong value, or the form cannot be read.'),
        '404': problem('There is no such mapping or tenant.'),
        '413': problem('The body is too large.'),
        '415': problem('The body is compressed.'),
        '422': problem(
          'The document cannot be read as an invoice; `errors` says what is wrong with it. Or the export is not what the mapping is for.',
        ),
        ...everywhere,
      },
    },
  }
}
