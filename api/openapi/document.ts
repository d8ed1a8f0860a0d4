import { OpenAPIRegistry, OpenApiGeneratorV31, type RouteConfig } from '@asteasolutions/zod-to-openapi'
import { buyerOperations } from './buyer-operations.js'
import { demandOperations } from './demand-operations.js'
import { finishedDocument } from './finished-document.js'
import { errorBody, middlewareAnswers } from './middleware-answers.js'
import { openOperations } from './open-operations.js'
import type { Answer, Operation } from './operation.js'
import { operatorOperations } from './operator-operations.js'
import { pageOperations } from './page-operations.js'
import { panelOperations } from './panel-operations.js'
import { routerOperations } from './router-operations.js'
import { supplierOperations } from './supplier-operations.js'
import { supplyOperations } from './supply-operations.js'

/** Every operation, in the order of the document. */
export const operations: readonly Operation[] = [
  ...panelOperations,
  ...demandOperations,
  ...buyerOperations,
  ...supplyOperations,
  ...supplierOperations,
  ...operatorOperations,
  ...routerOperations,
  ...openOperations,
  ...pageOperations,
]

const TAGS: Readonly<Record<string, string>> = {
  Surveys: 'Which surveys suit a panelist, and why.',
  Panelists: 'Profiles, kept for you. Ids are your own; send no names and no addresses.',
  Sessions: 'A respondent in a survey, from the entry link to the outcome and its price.',
  Postbacks: 'Messages sent to your server, as Standard Webhooks, and their delivery.',
  Feed: 'Every survey that you may field, as a feed of changes.',
  'Survey plans': 'Surveys that buyers launch here (Kantar Gateway API). A demand partner.',
  Templates:
    'Surveys that buyers draft from templates and launch as survey plans (PureSpectrum Buy API). A demand partner.',
  Finance: 'The books, to the minor unit. An operator with the role `finance`.',
  Operations: 'Provider accounts and their poll loops. An operator with the role `ops`.',
  'Session router':
    'The Kantar Gateway API: panels bring panelists, survey platforms fetch their sessions and report how they ended. Errors have the form of the seed.',
  Arrivals:
    'Returns of respondents and postbacks of providers. No operation takes a key; verification is configured per connection.',
  Public: 'Operations without a key.',
  Pages: 'For operators, in a browser; they sign in with their key.',
}

const INTRODUCTION = `One API for survey supply from many providers: ask which surveys suit a panelist, send the panelist
there, and receive the outcome.

Keys go in \`x-api-key\` or \`Authorization: Bearer\`. JSON, snake_case, unknown fields are refused. Money is integer minor
units with its currency. Times are UTC. Errors are problem+json with a stable \`code\` and a line for every field in
\`errors\`.`

export type OpenApiDocument = ReturnType<OpenApiGeneratorV31['generateDocument']>

/**
 * The OpenAPI 3.1 document, generated from the schemas that validate.
 * @param publicUrl where the API is reached, without a trailing slash
 */
export function openApiDocument(publicUrl: string): OpenApiDocument {
  const registry = new OpenAPIRegistry()
  registry.registerComponent('securitySchemes', 'apiKey', { type: 'apiKey', in: 'header', name: 'x-api-key' })
  registry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' })
  registry.registerComponent('securitySchemes', 'accessToken', { type: 'apiKey', in: 'header', name: 'access-token' })
  for (const operation of operations) registry.registerPath(routeOf(operation))
  const generator = new OpenApiGeneratorV31(registry.definitions, { sortComponents: 'alphabetically' })
  const document = generator.generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Tributary',
      version: '1',
      description: INTRODUCTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: publicUrl }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
  })
  return finishedDocument(document)
}

function routeOf(operation: Operation): RouteConfig {
  const { body } = operation
  return {
    method: operation.method,
    path: operation.path,
    operationId: operationId(operation),
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description === undefined ? {} : { description: operation.description }),
    security: securityOf(operation),
    request: {
      ...(operation.params === undefined ? {} : { params: operation.params }),
      ...(operation.query === undefined ? {} : { query: operation.query }),
      ...(operation.headers === undefined ? {} : { headers: operation.headers }),
      ...(body === undefined
        ? {}
        : {
            body: {
              required: body.required ?? true,
              content: { [body.contentType ?? 'application/json']: { schema: body.schema } },
            },
          }),
    },
    responses: Object.fromEntries(
      [...answersOf(operation)].map(([status, answers]) => [
        status,
        {
          description: answers[0]?.description ?? '',
          ...(answers.some(({ schema }) => schema !== undefined) ? { content: contentOf(answers) } : {}),
        },
      ]),
    ),
  }
}

/**
 * Collects every answer by status, the route's own before the middleware's. One status may have two content types: a
 * page that refuses a link, and problem+json for an address that cannot be decoded.
 */
function answersOf(operation: Operation): Map<number, Answer[]> {
  const { errors = 'problem', problems = {} } = operation
  const special = Object.entries(problems).map(([status, description]): [number, Answer] => [
    Number(status),
    { description, ...errorBody(errors, Number(status)) },
  ])
  const own = Object.entries(operation.answers).map(([status, answer]): [number, Answer] => [Number(status), answer])
  const front = Object.entries(middlewareAnswers(operation)).map(([status, answer]): [number, Answer] => [
    Number(status),
    answer,
  ])
  const found = new Map<number, Answer[]>()
  for (const [status, answer] of [...own, ...special, ...front]) {
    found.set(status, [...(found.get(status) ?? []), answer])
  }
  return new Map([...found].sort(([left], [right]) => left - right))
}

/** The content by type; of two schemas for one type the first counts. */
function contentOf(answers: readonly Answer[]) {
  const typed = answers.flatMap(({ schema, contentType = 'application/json' }) =>
    schema === undefined ? [] : [[contentType, { schema }] as const],
  )
  return Object.fromEntries(typed.toReversed())
}

function securityOf({ audience, keyHeader }: Operation): NonNullable<RouteConfig['security']> {
  if (audience === 'anyone') return []
  return keyHeader === 'access-token' ? [{ accessToken: [] }] : [{ apiKey: [] }, { bearer: [] }]
}

/** `get /v1/sessions/{session_id}` -> `get_v1_sessions_session_id`: stable, and unique for every address. */
function operationId({ method, path }: Operation): string {
  return `${method}_${path.replace(/[^A-Za-z0-9]+/g, '_').replace(/^_|_$/g, '')}`
}
