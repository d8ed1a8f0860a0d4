import { z } from 'zod'
import { OpsPageQuery } from '../ops/schemas.js'
import type { Operation } from './operation.js'

const page = (description: string) => ({ description, schema: z.string(), contentType: 'text/html' })
const FORM = 'application/x-www-form-urlencoded'
const FOREIGN = "Sent from another site, or with another sign-in's form token"
const Id = z.object({ id: z.string() })
const FormToken = z.object({ form_token: z.string() })

const pressed: Operation['answers'] = {
  303: { description: 'Done: redirects to the page, which shows a notice' },
  401: page('Not signed in: the sign-in form'),
}

const button = (path: string, summary: string, fields: z.ZodObject = FormToken): Operation => ({
  method: 'post',
  path,
  tag: 'Pages',
  summary,
  audience: 'anyone',
  params: Id,
  body: { schema: fields, contentType: FORM },
  answers: {
    ...pressed,
    400: page('The address cannot be decoded: a page with the error'),
    404: page('The page, with the error that the item was not found'),
    503: page('The page, with the error that PostgreSQL, Temporal or the poll loop cannot be reached'),
  },
  problems: { 403: FOREIGN },
})

/** Pages and forms for browsers; programs use the same actions under /v1. */
export const pageOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/ops',
    tag: 'Pages',
    summary: 'Operations: connections, survey plans, quarantine, dead letters',
    description: 'For an operator with the role `ops` who has signed in, or whose key is in `x-api-key`.',
    audience: 'anyone',
    query: OpsPageQuery,
    answers: {
      200: page('The page'),
      401: page('Not signed in: the sign-in form'),
      403: page('The operator lacks the role'),
    },
    problems: { 400: 'The request is malformed; `errors` says where' },
  },
  button(
    '/ops/connections/{id}/pause',
    'The button that pauses a connection',
    FormToken.extend({ reason: z.string() }),
  ),
  button('/ops/connections/{id}/resume', 'The button that resumes a connection'),
  button('/ops/connections/{id}/poll', 'The button that polls a connection now'),
  button('/ops/quarantine/{id}/redrive', 'The button that reads a record again'),
  button('/ops/postbacks/{id}/redeliver', 'The button that sends a message again'),
  {
    method: 'post',
    path: '/sign-in',
    tag: 'Pages',
    summary: 'Begin the sign-in of an operator in a browser',
    audience: 'anyone',
    body: { schema: z.object({ api_key: z.string(), page: z.string().optional() }), contentType: FORM },
    answers: {
      303: { description: 'Signed in for 8 hours, by a cookie: redirects to the page' },
      401: page("Not an operator's key"),
    },
    problems: { 403: 'Sent from another site' },
  },
  {
    method: 'post',
    path: '/sign-out',
    tag: 'Pages',
    summary: 'End the sign-in',
    audience: 'anyone',
    body: { schema: FormToken, contentType: FORM },
    answers: { 303: { description: 'The cookie is cleared' } },
    problems: { 403: FOREIGN },
  },
]
