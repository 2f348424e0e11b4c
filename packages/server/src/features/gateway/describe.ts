type Json = { [key: string]: unknown }

const error = {
  type: 'object',
  properties: {
    error: {
      type: 'object',
      properties: {
        message: { type: 'string' },
        type: { type: 'string' },
        param: { type: ['string', 'null'] },
        code: { type: ['string', 'null'] },
      },
    },
  },
}
const refused = (description: string): Json => ({
  description,
  content: { 'application/json': { schema: error } },
})
const refusals = {
  401: refused('`invalid_api_key`: not known, revoked, expired, or its owner may not sign in.'),
  403: refused('`missing_permission`, `cut_off`: its owner may not use models, or not any more.'),
  404: refused('`model_not_found`: not there, or not for you or this key.'),
  429: refused('`rate_limit_exceeded`, `insufficient_quota`: see `Retry-After` and `x-ratelimit-…`.'),
  502: refused('`bad_gateway`, `broke_off`: the endpoint, not you.'),
}
const answered = (types: string[]): Json => ({
  description: 'As OpenAI’s interface has it.',
  content: Object.fromEntries(
    types.map((type) => [type, { schema: type.endsWith('json') ? { type: 'object' } : { type: 'string' } }]),
  ),
})

const operation = (operationId: string, summary: string, more: Json): Json => ({
  operationId,
  tags: ['Gateway'],
  summary,
  description: 'For programs, with a model key in `Authorization: Bearer`. Refusals are in OpenAI’s shape.',
  security: [{ modelKey: [] }],
  ...more,
})
const post = (operationId: string, summary: string, required: string, streams: boolean): Json => ({
  post: operation(operationId, summary, {
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: ['model', required],
            properties: {
              model: { type: 'string', description: 'The name of a model that is published here.' },
              [required]: {},
              ...(streams && { stream: { type: 'boolean' } }),
            },
            additionalProperties: true,
          },
        },
      },
    },
    responses: { 200: answered(['application/json', ...(streams ? ['text/event-stream'] : [])]), ...refusals },
  }),
})

/** What of the OpenAPI description is the gateway’s: its paths, and how its keys are given. */
export const describeGateway = (): { paths: Json; securitySchemes: Json } => ({
  paths: {
    '/v1/chat/completions': post('createChatCompletion', 'Have a model answer a conversation.', 'messages', true),
    '/v1/completions': post('createCompletion', 'Have a model go on from a text.', 'prompt', true),
    '/v1/embeddings': post('createEmbedding', 'Have a model turn texts into vectors.', 'input', false),
    '/v1/models': {
      get: operation('listGatewayModels', 'The models that the key may be used for.', {
        responses: { 200: answered(['application/json']), 401: refusals[401], 403: refusals[403] },
      }),
    },
    '/v1/models/{name}': {
      get: operation('getGatewayModel', 'One of them.', {
        parameters: [{ name: 'name', in: 'path', required: true, schema: { type: 'string' } }],
        responses: { 200: answered(['application/json']), 401: refusals[401], 404: refusals[404] },
      }),
    },
  },
  securitySchemes: { modelKey: { type: 'http', scheme: 'bearer', bearerFormat: 'tk_…' } },
})
