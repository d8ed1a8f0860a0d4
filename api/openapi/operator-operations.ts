import { z } from 'zod'
import { COMPLETES_COLUMNS } from '../finance/completes.js'
import { CompletesQuery, LedgerAnswer, LedgerQuery, TrialBalanceAnswer, TrialBalanceQuery } from '../finance/schemas.js'
import { PlansAnswer, PlansQuery } from '../ops/plan-schemas.js'
import {
  ConnectionActionAnswer,
  ConnectionsAnswer,
  PauseRequest,
  QuarantineAnswer,
  QuarantineQuery,
  RedriveAnswer,
} from '../ops/schemas.js'
import type { Operation } from './operation.js'

const MALFORMED = 'The request is malformed; `errors` names every field'
const ConnectionPath = z.object({ id: z.string() })
const NO_CONNECTION = 'Connection not found in the configuration'

const CompletesFile = z.string().meta({
  example: `${COMPLETES_COLUMNS.join(',')}
3f0c1d52-6a3e-4b61-9a53-2f1d0b7c9e10,kantar-us,kantar,10482,b7e1c9,lifepoints,p-1001,COMPLETED,E1,true,false,false,2026-01-15T09:41:07.512Z,150,1.50,USD
`,
})

/** The operations for an operator's key with the role `finance` (docs/api.md, Finance). */
const financeOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/finance/completes.csv',
    tag: 'Finance',
    summary: 'Every session whose outcome is or was COMPLETED, as CSV',
    description:
      'Ordered by `completed_at`, then `session_id`; the same data give the same bytes. `amount_minor` is the locked price, also after a reversal; only the lines with `payable` true are owed. Without `from` and `to` the file holds every line. Text that a spreadsheet would read as a formula gets an apostrophe in front.',
    audience: 'operator',
    query: CompletesQuery,
    answers: { 200: { description: 'One line a session', schema: CompletesFile, contentType: 'text/csv' } },
    problems: { 400: MALFORMED },
  },
  {
    method: 'get',
    path: '/v1/finance/ledger',
    tag: 'Finance',
    summary: "The ledger's transactions in the order of posting",
    description:
      'Double entry: debits equal credits in every transaction and currency. A reversal is a linked transaction, and comes after the complete that it reverses. Follow `next_cursor` until it is null; later, `resume_cursor` continues with every transaction posted since.',
    audience: 'operator',
    query: LedgerQuery,
    answers: { 200: { description: 'A page of transactions', schema: LedgerAnswer } },
    problems: { 400: MALFORMED },
  },
  {
    method: 'get',
    path: '/v1/finance/trial-balance',
    tag: 'Finance',
    summary: 'Debits and credits of every account, currency by currency',
    audience: 'operator',
    query: TrialBalanceQuery,
    answers: { 200: { description: 'The accounts by name', schema: TrialBalanceAnswer } },
    problems: { 400: MALFORMED },
  },
]

const action = (name: 'pause' | 'resume' | 'poll', summary: string): Operation => ({
  method: 'post',
  path: `/v1/ops/connections/{id}/${name}`,
  tag: 'Operations',
  summary,
  audience: 'operator',
  params: ConnectionPath,
  ...(name === 'pause' ? { body: { schema: PauseRequest, required: false } } : {}),
  answers: {
    202: {
      description: 'The poll loop has the message; without a poll loop, PostgreSQL has it',
      schema: ConnectionActionAnswer,
    },
  },
  problems: {
    ...(name === 'pause' ? { 400: MALFORMED, 415: 'The body is not application/json' } : {}),
    404: NO_CONNECTION,
    503: 'PostgreSQL or Temporal cannot be reached, or the poll loop does not run; see Retry-After',
  },
})

/** The operations for an operator's key with the role `ops` (docs/api.md, Operations). */
const opsOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/ops/connections',
    tag: 'Operations',
    summary: 'The state of every connection: its poll loop, its surveys, its quarantine',
    audience: 'operator',
    answers: { 200: { description: 'The configured connections', schema: ConnectionsAnswer } },
  },
  action('pause', 'Stop polling and offering a connection'),
  action('resume', 'Poll and offer a connection again'),
  action('poll', 'Poll now; once even while paused'),
  {
    method: 'get',
    path: '/v1/ops/plans',
    tag: 'Operations',
    summary: "Every buyer's survey plans with their completes so far",
    description:
      'Newest first; deleted ones are not shown. `completes` are payable; `held` are slots of sessions in progress.',
    audience: 'operator',
    query: PlansQuery,
    answers: { 200: { description: 'A page of plans', schema: PlansAnswer } },
    problems: { 400: MALFORMED },
  },
  {
    method: 'get',
    path: '/v1/ops/quarantine',
    tag: 'Operations',
    summary: 'Records that could not be read, with their bytes',
    audience: 'operator',
    query: QuarantineQuery,
    answers: { 200: { description: 'A page of records, newest first', schema: QuarantineAnswer } },
    problems: { 400: MALFORMED },
  },
  {
    method: 'post',
    path: '/v1/ops/quarantine/{id}/redrive',
    tag: 'Operations',
    summary: 'Read a record again, after a fix of its adapter or mapping',
    description:
      'Still unreadable: `open`, with `count` increased by one. A record that is healed or redriven stays as it is.',
    audience: 'operator',
    params: z.object({ id: z.string() }),
    answers: { 200: { description: 'The state of the record after the redrive', schema: RedriveAnswer } },
    problems: {
      404: 'Record not found in quarantine',
      503: 'PostgreSQL or Temporal cannot be reached, or the poll loop does not run; see Retry-After',
    },
  },
]

export const operatorOperations: readonly Operation[] = [...financeOperations, ...opsOperations]
