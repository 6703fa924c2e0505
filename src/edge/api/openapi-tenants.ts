import { namePattern } from './parameters.ts'

/* The part of the API's description that is about tenants. Their mappings stand with those of the node. */

/** What the whole description shares. */
interface Shared {
  readonly query: (name: string, description: string, schema: object) => object
  readonly problem: (description: string) => object
  readonly json: (schema: string) => object
  /** Answers that every operation may give. */
  readonly everywhere: object
}

type Path = `/tenants${'' | '/{tenant}' | '/{tenant}/logo'}`

export const tenantPathParameter = {
  name: 'tenant',
  in: 'path',
  required: true,
  description: 'What the operator calls it.',
  schema: { type: 'string', pattern: namePattern },
}

/** As a parameter of sending, judging and converting. */
export const tenantParameter = {
  name: 'tenant',
  in: 'query',
  description:
    'Whose mapping it is; of the node without it. A conversion also looks as the invoices of this tenant do.',
  schema: { type: 'string' },
}

const logo = {
  'image/png': { schema: { type: 'string', contentMediaType: 'image/png' } },
  'image/jpeg': { schema: { type: 'string', contentMediaType: 'image/jpeg' } },
}

export function tenantPaths(shared: Shared): Readonly<Record<Path, object>> {
  return { '/tenants': tenants(shared), '/tenants/{tenant}': tenant(shared), '/tenants/{tenant}/logo': logos(shared) }
}

function tenants({ query, problem, json, everywhere }: Shared): object {
  return {
    get: {
      operationId: 'listTenants',
      summary: 'List tenants, by id',
      parameters: [
        query('cursor', '`next` of the page before.', { type: 'string', pattern: namePattern }),
        query('limit', 'Most in the answer.', { type: 'integer', minimum: 1, default: 50 }),
      ],
      responses: {
        '200': { description: 'One page.', content: json('TenantPage') },
        '400': problem('A parameter has a wrong value.'),
        ...everywhere,
      },
    },
  }
}

function tenant({ problem, json, everywhere }: Shared): object {
  const missing = { '404': problem('There is no such tenant.') }
  const parameters = [tenantPathParameter]
  return {
    put: {
      operationId: 'saveTenant',
      summary: 'Keep a tenant: whose invoices are its own, and how they look',
      description:
        'Takes the place of the one of this id; its logo and mappings stay. All of it is kept, or nothing. A participant belongs to one tenant at most.',
      parameters,
      requestBody: { required: true, content: json('TenantDraft') },
      responses: {
        '200': { description: 'Kept.', content: json('Tenant') },
        '400': problem('The id is none, or the body is not JSON.'),
        '409': problem('Participants belong to other tenants; `errors` says which and to whom.'),
        '413': problem('The body is too large.'),
        '415': problem('The body is compressed.'),
        '422': problem('The tenant cannot be kept so; `errors` has pointers into the body.'),
        ...everywhere,
      },
    },
    get: {
      operationId: 'getTenant',
      summary: 'A tenant',
      parameters,
      responses: { '200': { description: 'The tenant.', content: json('Tenant') }, ...missing, ...everywhere },
    },
    delete: {
      operationId: 'removeTenant',
      summary: 'Forget a tenant',
      description:
        'Its logo is forgotten with it and its participants are free. Invoices that it sent stay, and look as those of the node. One that keeps mappings is not forgotten.',
      parameters,
      responses: {
        '204': { description: 'Forgotten.' },
        ...missing,
        '409': problem('It keeps mappings: `links.mappings` has them.'),
        ...everywhere,
      },
    },
  }
}

function logos({ problem, json, everywhere }: Shared): object {
  const missing = { '404': problem('There is no such tenant, or it has no logo.') }
  const parameters = [tenantPathParameter]
  return {
    put: {
      operationId: 'saveTenantLogo',
      summary: 'Keep the logo of a tenant',
      description: 'PNG or JPEG, which is found out by looking, of at most 512 KB and 4 million pixels.',
      parameters,
      requestBody: { required: true, content: logo },
      responses: {
        '200': { description: 'Kept.', content: json('Tenant') },
        '404': problem('There is no such tenant.'),
        '413': problem('The body is too large.'),
        '415': problem('The body is compressed.'),
        '422': problem('It is no picture that every reader of a page and of a PDF/A can show.'),
        ...everywhere,
      },
    },
    get: {
      operationId: 'getTenantLogo',
      summary: 'The logo of a tenant',
      parameters,
      responses: { '200': { description: 'The picture as it was given.', content: logo }, ...missing, ...everywhere },
    },
    delete: {
      operationId: 'removeTenantLogo',
      summary: 'Forget the logo of a tenant',
      parameters,
      responses: { '204': { description: 'Forgotten.' }, ...missing, ...everywhere },
    },
  }
}

const text = { type: 'string' }

function object(properties: Readonly<Record<string, object>>, optional: readonly string[] = []): object {
  const required = Object.keys(properties).filter(name => !optional.includes(name))
  return { type: 'object', properties, required, additionalProperties: false }
}

const name = { type: 'string', minLength: 1, maxLength: 200, description: 'For people.' }
const branding = object(
  {
    color: { type: 'string', pattern: '^#[0-9A-Fa-f]{6}$', description: 'Of headings and rules.' },
    footer: { type: 'string', maxLength: 500, description: 'A line at the foot of every page.' },
  },
  ['color', 'footer'],
)

const summary = {
  id: { type: 'string', pattern: namePattern },
  name,
  changedAt: { type: 'string', format: 'date-time' },
  links: object({ self: text, logo: text, mappings: text }),
}

export const tenantSchemas: Readonly<Record<string, object>> = {
  TenantDraft: object(
    {
      name,
      participants: {
        type: 'array',
        items: { type: 'string', description: '`scheme:value`, e.g. `0225:123456789`.' },
        maxItems: 1000,
        description: 'Whose invoices it sends.',
      },
      branding,
    },
    ['participants', 'branding'],
  ),
  Tenant: object(
    {
      ...summary,
      participants: { type: 'array', items: text },
      branding,
      logo: object({ mimeType: { enum: ['image/png', 'image/jpeg'] }, size: { type: 'integer', minimum: 1 } }),
    },
    ['logo'],
  ),
  TenantPage: object({ tenants: { type: 'array', items: object(summary) }, next: text }, ['next']),
}
