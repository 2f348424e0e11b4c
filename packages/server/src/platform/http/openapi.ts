import {
  allRoutes,
  isStreamed,
  Problem,
  type ProblemCode,
  permissionsNeeded,
  problems,
  type Route,
} from '@tenantry/contract'
import { z } from 'zod'

type Json = { [key: string]: unknown }

type More = { paths: Json; securitySchemes: Json }

/** The OpenAPI 3.1 description of every route, from the contract alone; `more` is what stands beside it. */
export function describeApi(version: string, more: More = { paths: {}, securitySchemes: {} }): Json {
  const paths: Record<string, Json> = {}
  for (const route of allRoutes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: describeRoute(route) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tenantry',
      version,
      description:
        'Users, roles and resources of a tenant. Sign in with `POST /api/v1/sign-in` and send the cookie it sets. ' +
        'Refusals are RFC 9457 problems; lists are paged by opaque cursors; a POST may carry an `Idempotency-Key`; ' +
        'a change names the version it changes with `If-Match`.',
    },
    paths: { ...paths, ...more.paths },
    components: {
      schemas: { Problem: schemaOf(Problem, 'output') },
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'tenantry' }, ...more.securitySchemes },
    },
  }
}

const people: Record<string, string> = {
  anyone: 'For anyone, signed in or not.',
  session: 'For everyone who has signed in.',
  any_session: 'For everyone who has signed in, also while a password change is owed.',
}

function whoMay({ needs }: Route): string {
  const permissions = permissionsNeeded(needs).map((permission) => `\`${permission}\``)
  return permissions.length > 0 ? `Needs ${permissions.join(' or ')}.` : (people[String(needs)] ?? '')
}

function describeRoute(route: Route): Json {
  const forAnyone = route.needs === 'anyone'
  return {
    operationId: route.operation,
    tags: [route.tag],
    summary: route.summary,
    description: whoMay(route),
    'x-needs': route.needs,
    security: forAnyone ? [] : [{ session: [] }],
    parameters: [
      ...parameters(route.params, 'path'),
      ...parameters(route.query, 'query'),
      ...(route.ifMatch ? [header('If-Match', true, 'The ETag of the version to change, or * for any.')] : []),
      ...(route.method === 'POST' && !forAnyone
        ? [header('Idempotency-Key', false, 'Makes a repetition of the request safe.')]
        : []),
    ],
    ...(route.body && {
      requestBody: {
        required: true,
        content:
          route.body === 'text/csv'
            ? { 'text/csv': { schema: { type: 'string' } } }
            : { 'application/json': { schema: schemaOf(route.body, 'input') } },
      },
    }),
    responses: { ...answers(route), ...refusals(route) },
  }
}

const header = (name: string, required: boolean, description: string): Json => ({
  name,
  in: 'header',
  required,
  description,
  schema: { type: 'string' },
})

function parameters(shape: z.ZodObject | undefined, place: 'path' | 'query'): Json[] {
  if (!shape) return []
  const { properties = {}, required = [] } = schemaOf(shape, 'input') as { properties?: Json; required?: string[] }
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema,
  }))
}

const answers = (route: Route): Json =>
  Object.fromEntries(
    Object.entries(route.answers).map(([status, schema]) => [
      status,
      schema === null
        ? { description: 'Done.' }
        : {
            description: 'The answer.',
            content: isStreamed(schema)
              ? { [schema]: { schema: { type: 'string' } } }
              : { 'application/json': { schema: schemaOf(schema, 'output') } },
          },
    ]),
  )

function refusals(route: Route): Json {
  const codes = new Set(route.problems)
  if (route.needs !== 'anyone') codes.add('not_signed_in')
  if (route.needs !== 'anyone' && route.needs !== 'any_session') codes.add('password_change_required')
  if (permissionsNeeded(route.needs).length > 0) codes.add('missing_permission')
  if (route.body || route.query) codes.add('invalid_input')
  codes.add('too_many_requests')
  const byStatus = new Map<number, ProblemCode[]>()
  for (const code of codes) byStatus.set(problems[code].status, [...(byStatus.get(problems[code].status) ?? []), code])
  return Object.fromEntries(
    [...byStatus].map(([status, list]) => [
      status,
      {
        description: list.map((code) => `\`${code}\`: ${problems[code].title}.`).join(' '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  )
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io,
    unrepresentable: 'any',
  }) as Json
  return json
}
