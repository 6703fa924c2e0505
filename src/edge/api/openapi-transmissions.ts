/* The part of the API's description that is about transmissions by their own id. */

/** What the whole description shares. */
interface Shared {
  readonly query: (name: string, description: string, schema: object) => object
  readonly problem: (description: string) => object
  readonly json: (schema: string) => object
  /** Answers that every operation may give. */
  readonly everywhere: object
}

type Path = '/exceptions' | `/transmissions/{id}${'' | '/events' | '/files/original'}`

export function transmissionPaths({ query, problem, json, everywhere }: Shared): Readonly<Record<Path, object>> {
  const id = {
    name: 'id',
    in: 'path',
    required: true,
    description: 'The transmissionId of an answer, of an event of the log or of the list of exceptions.',
    schema: { type: 'string', format: 'uuid' },
  }
  const one = (operationId: string, summary: string, content: object): object => ({
    get: {
      operationId,
      summary,
      parameters: [id],
      responses: {
        '200': { description: summary, content },
        '404': problem('There is no such transmission, or its document is not kept.'),
        ...everywhere,
      },
    },
  })
  return {
    '/exceptions': {
      get: {
        operationId: 'listExceptions',
        summary: 'What a person must look at, the latest trouble first',
        description:
          'Received documents that cannot be read as what they claim to be, and sent ones that were refused, failed, or may have arrived and are not tried again.',
        parameters: [
          query('direction', 'Only those that came in or went out.', { enum: ['inbound', 'outbound'] }),
          query('cursor', '`next` of the page before.', { type: 'string', format: 'uuid' }),
          query('limit', 'Most in the answer.', { type: 'integer', minimum: 1, default: 50 }),
        ],
        responses: {
          '200': { description: 'One page.', content: json('ExceptionPage') },
          '400': problem('A parameter has a wrong value.'),
          ...everywhere,
        },
      },
    },
    '/transmissions/{id}': one('getTransmission', 'A transmission, whatever it holds', json('Exception')),
    '/transmissions/{id}/events': one('getTransmissionEvents', 'What happened to it', json('Trace')),
    '/transmissions/{id}/files/original': one('getTransmissionDocument', 'The document as it travelled', {
      '*/*': { schema: { type: 'string' } },
    }),
  }
}
