import { z } from 'zod'
import { HealthAnswer, JwksAnswer, ReadyAnswer } from '../public/schemas.js'
import type { Operation } from './operation.js'

const ConnectionPath = z.object({ connection: z.string() })
const page = (description: string) => ({ description, schema: z.string(), contentType: 'text/html' })
const NOT_CONFIGURED = 'Connection not found, or this arrival is not configured for it'

const stored = {
  200: {
    description: 'The claim is committed; a repeat gets the same answer',
    schema: z.object({ status: z.literal('stored') }),
  },
}
const refused = {
  400: 'Malformed',
  401: 'Not proven to be the provider',
  404: NOT_CONFIGURED,
  503: 'It cannot be stored now; send it again',
}

/**
 * Entry links, returns and postbacks (docs/sessions.md, States). Their verification is configured per connection.
 */
const arrivalOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/e/{token}',
    tag: 'Arrivals',
    summary: "The respondent's click on an entry link",
    description:
      "Locks the start and redirects to the provider. Expired, closed, paused or full: to the panel's redirect for TIMEOUT or QUOTA_FULL. Still opening: a page that refreshes itself for at most a minute.",
    audience: 'anyone',
    errors: 'page',
    params: z.object({ token: z.string() }),
    answers: {
      200: page('The entry is still opening: a page that refreshes itself'),
      302: { description: "To the provider, or to the panel's redirect" },
      404: page('The link is not known'),
    },
  },
  {
    method: 'get',
    path: '/returns/{connection}',
    tag: 'Arrivals',
    summary: 'A browser returns from a provider',
    description: 'Redirects to the panel for the outcome, with our signed token as `token=`.',
    audience: 'anyone',
    errors: 'page',
    params: ConnectionPath,
    answers: {
      302: { description: "To the panel's redirect for the outcome" },
      400: page('Forged, expired or malformed: nothing changed'),
      404: page(NOT_CONFIGURED),
    },
  },
  {
    method: 'post',
    path: '/postbacks/{connection}',
    tag: 'Arrivals',
    summary: 'A provider reports an outcome, server to server',
    audience: 'anyone',
    params: ConnectionPath,
    body: { schema: z.unknown(), contentType: '*/*' },
    answers: stored,
    problems: refused,
  },
  {
    method: 'post',
    path: '/postbacks/{connection}/{name}',
    tag: 'Arrivals',
    summary: 'The same, for providers with several kinds of messages',
    audience: 'anyone',
    params: ConnectionPath.extend({ name: z.string().meta({ example: 'member-status' }) }),
    body: { schema: z.unknown(), contentType: '*/*' },
    answers: stored,
    problems: refused,
  },
  {
    method: 'get',
    path: '/postbacks/{connection}',
    tag: 'Arrivals',
    summary: 'The same, for a provider that sends it by GET',
    audience: 'anyone',
    params: ConnectionPath,
    answers: stored,
    problems: refused,
  },
  {
    method: 'get',
    path: '/postbacks/{connection}/{name}',
    tag: 'Arrivals',
    summary: 'The same, for kinds of messages sent by GET',
    audience: 'anyone',
    params: ConnectionPath.extend({ name: z.string().meta({ example: 'reversal' }) }),
    answers: stored,
    problems: refused,
  },
]

/** The operations that need no key. */
const publicOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/healthz',
    tag: 'Public',
    summary: 'The process is up',
    audience: 'anyone',
    answers: { 200: { description: 'It is', schema: HealthAnswer } },
  },
  {
    method: 'get',
    path: '/readyz',
    tag: 'Public',
    summary: 'PostgreSQL, its migrations and the index are ready',
    audience: 'anyone',
    answers: {
      200: {
        description: 'Ready; `degraded` while Temporal, a worker or the janitor is away or silent',
        schema: ReadyAnswer,
      },
      503: { description: 'Not ready; `parts` says what is missing', schema: ReadyAnswer },
    },
  },
  {
    method: 'get',
    path: '/metrics',
    tag: 'Public',
    summary: 'Metrics for Prometheus',
    audience: 'anyone',
    answers: { 200: { description: 'Text exposition format', schema: z.string(), contentType: 'text/plain' } },
  },
  {
    method: 'get',
    path: '/.well-known/jwks.json',
    tag: 'Public',
    summary: 'The public key of the tokens in our redirects',
    audience: 'anyone',
    answers: { 200: { description: 'A JWK set', schema: JwksAnswer } },
  },
  {
    method: 'get',
    path: '/openapi.json',
    tag: 'Public',
    summary: 'This document',
    audience: 'anyone',
    answers: { 200: { description: 'OpenAPI 3.1', schema: z.looseObject({ openapi: z.string() }) } },
  },
  {
    method: 'get',
    path: '/docs',
    tag: 'Public',
    summary: 'This document as a page',
    audience: 'anyone',
    answers: { 200: page('The page') },
  },
]

export const openOperations: readonly Operation[] = [...arrivalOperations, ...publicOperations]
