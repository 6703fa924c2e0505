type Schema = Readonly<Record<string, unknown>>

const text: Schema = { type: 'string' }
const flag: Schema = { type: 'boolean' }
const count: Schema = { type: 'integer', minimum: 0 }
const uuid: Schema = { type: 'string', format: 'uuid' }
const moment: Schema = { type: 'string', format: 'date-time' }
const date: Schema = { type: 'string', format: 'date' }
const detail: Schema = { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } }

const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })
const listOf = (items: Schema): Schema => ({ type: 'array', items })
const oneOf = (...values: readonly string[]): Schema => ({ enum: values })

/** Members are required unless their name ends with a question mark; others are not allowed. */
function object(members: Readonly<Record<string, Schema>>, description?: string): Schema {
  const names = Object.keys(members)
  return {
    type: 'object',
    ...(description === undefined ? {} : { description }),
    properties: Object.fromEntries(names.map(name => [name.replace('?', ''), members[name]])),
    required: names.filter(name => !name.endsWith('?')),
    additionalProperties: false,
  }
}

const direction = oneOf('inbound', 'outbound')
const outboundStates = ['queued', 'sending', 'indeterminate', 'delivered', 'refused', 'failed'] as const
const state = oneOf(...new Set([...outboundStates, 'received', 'processing', 'duplicate', 'exception']))

const stepNames = [
  'name-hash',
  'naptr',
  'smp',
  'smp-signature',
  'redirect',
  'endpoint',
  'certificate',
  'sealed',
  'posted',
  'answer',
] as const

const eventKinds = [
  'submitted',
  'attempt-failed',
  'answer-lost',
  'delivered',
  'refused',
  'failed',
  'recovered',
  'received',
  'duplicate',
  'exception',
] as const

const linkNames = [
  'self',
  'status',
  'events',
  'verdict',
  'original',
  'ubl',
  'cii',
  'facturx',
  'pdf',
  'html',
  'attachments',
  'receipt',
] as const

const orNull: Schema = { type: ['string', 'null'] }

const verdict: Readonly<Record<string, Schema>> = {
  syntax: oneOf('ubl', 'cii', 'facturx', 'json', 'cdar', 'other', 'unknown'),
  profile: { ...orNull, description: 'BT-24.' },
  valid: { type: 'boolean', description: 'No finding is fatal or an error.' },
  packs: {
    ...listOf(text),
    description: '`name@version` of every pack and schema that judged; none: only the rules of the model did.',
  },
  findings: listOf(
    object({
      rule: text,
      severity: oneOf('fatal', 'error', 'warning', 'information'),
      layer: oneOf('xsd', 'pack', 'model'),
      location: orNull,
      pointer: orNull,
      message: text,
    }),
  ),
}

/** One thing that is wrong with a document, or that a conversion loses. */
const finding: Schema = {
  type: 'object',
  properties: { pointer: text, rule: text, message: text, severity: oneOf('fatal', 'warning'), term: text },
  required: ['pointer', 'rule', 'message'],
}

const transmission: Readonly<Record<string, Schema>> = {
  id: uuid,
  sender: text,
  receiver: text,
  documentType: text,
  process: text,
  instanceId: text,
  'messageId?': text,
  'peer?': text,
  route: oneOf('peppol', 'static'),
  attempts: count,
  contentSize: count,
  contentSha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
  'failure?': ref('Failure'),
}

/** Components of the API's description; `problemCodes` are those that an answer may carry. */
export function schemas(problemCodes: readonly string[]): Readonly<Record<string, Schema>> {
  return {
    Accepted: object({ id: uuid, 'transmissionId?': uuid, repeated: flag, links: ref('Links') }),
    Links: object(Object.fromEntries(linkNames.map(name => [name, text]))),
    InvoicePage: object({ invoices: listOf(ref('Invoice')), 'next?': uuid }),
    Invoice: object({
      id: uuid,
      direction,
      number: text,
      typeCode: text,
      issueDate: date,
      'dueDate?': date,
      currency: text,
      payable: text,
      sellerName: text,
      buyerName: text,
      state,
      'verdict?': object({ valid: flag, packs: verdict['packs'] ?? {} }),
      createdAt: moment,
      transmission: ref('Transmission'),
      links: ref('Links'),
    }),
    Transmission: object(transmission),
    Exception: object({
      ...transmission,
      direction,
      state,
      createdAt: moment,
      updatedAt: moment,
      links: object({ self: text, events: text, original: text }),
    }),
    ExceptionPage: object({ exceptions: listOf(ref('Exception')), 'next?': uuid }),
    Failure: object({ code: text, message: text, retry: flag }),
    Status: object({
      id: uuid,
      direction,
      state,
      final: flag,
      attempts: count,
      'nextAttemptAt?': moment,
      'failure?': ref('Failure'),
      updatedAt: moment,
    }),
    Trace: object({
      id: uuid,
      transmissionId: uuid,
      state,
      events: listOf(object({ at: moment, kind: oneOf(...eventKinds), detail })),
      attempts: listOf(
        object({ number: count, startedAt: moment, outcome: oneOf(...outboundStates), steps: listOf(ref('Step')) }),
      ),
    }),
    Step: object({ name: oneOf(...stepNames), microseconds: count, detail }),
    ...documentSchemas(),
    ...participantSchemas(),
    Problem: problemSchema(problemCodes),
  }
}

/** What a look-up in the network found. */
function participantSchemas(): Readonly<Record<string, Schema>> {
  return {
    ParticipantCard: object({ participant: text, smp: text, documentTypes: listOf(text), steps: listOf(ref('Step')) }),
    ParticipantEndpoint: object({
      participant: text,
      endpoint: object({
        address: text,
        transportProfile: text,
        certificate: object({ commonName: text, fingerprint: text, validTo: moment }),
      }),
      steps: listOf(ref('Step')),
    }),
  }
}

/** Verdicts, conversions and what is inside a document. */
function documentSchemas(): Readonly<Record<string, Schema>> {
  return {
    Verdict: object(verdict),
    VerdictList: object({ verdicts: listOf(object({ file: text, ...verdict })) }),
    ConversionReport: object({
      mimeType: text,
      content: { type: 'string', contentEncoding: 'base64' },
      unmapped: listOf(text),
      lost: listOf(finding),
    }),
    AttachmentList: object({
      attachments: listOf(
        object({
          number: count,
          name: text,
          mimeType: text,
          'description?': text,
          'relationship?': text,
          size: count,
          link: text,
        }),
      ),
    }),
  }
}

/** RFC 9457 with the members of our own; extensions of single problems are allowed beside them. */
function problemSchema(codes: readonly string[]): Schema {
  return {
    type: 'object',
    properties: {
      type: text,
      title: text,
      status: count,
      detail: text,
      instance: text,
      code: oneOf(...codes),
      retry: { type: 'boolean', description: 'Whether the same request may succeed later.' },
      errors: listOf(finding),
      steps: listOf(ref('Step')),
      failure: ref('Failure'),
      links: { type: 'object', additionalProperties: text },
    },
    required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'retry'],
  }
}
