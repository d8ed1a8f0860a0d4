import { z } from 'zod'
import { GRADES, OUTCOMES } from '../../domain/outcome.js'
import { money, panelistId, reward, stamp } from './fields.js'
import { cursor, inOrder, instant, NOT_IN_ORDER, pageSize } from './paging.js'
import { SessionState } from './schemas.js'

export const Outcome = z.enum(OUTCOMES).meta({ id: 'Outcome', description: "The gateway's eight outcomes" })

/** How strong the proof of an outcome is. */
export const EvidenceGrade = z.enum(GRADES).meta({
  id: 'Grade',
  description: 'E0 unsigned redirect, E1 signed redirect, E2 authenticated server to server, E3 statement',
})

const sessionFields = {
  session_id: z.uuid(),
  state: SessionState,
  outcome: Outcome.nullable(),
  grade: EvidenceGrade.nullable(),
  provisional: z.boolean(),
  payable: z.boolean(),
  reason: z
    .enum(['over_quota'])
    .optional()
    .meta({ description: 'Why a proven complete is not payable: no slot was left for it. Absent otherwise' }),
  needs_review: z.boolean(),
  panelist_id: panelistId.nullable().meta({ description: 'Null once the panelist was erased' }),
  survey_id: z.string(),
  connection: z.string(),
  provider: z.string(),
  provider_survey_id: z.string(),
  provider_session_id: z.string().nullable(),
  price: money.nullable(),
  reward: reward.meta({ description: 'What is payable to the panelist now: 0 while open or provisional' }),
  custom_panel_data: z.record(z.string(), z.unknown()).nullable(),
  created_at: stamp,
  finished_at: stamp.nullable(),
  workflow_id: z.string().meta({ description: 'Of the Temporal workflow', example: 'session:…' }),
}

const SAMPLE = {
  session_id: '3f0c1d52-6a3e-4b61-9a53-2f1d0b7c9e10',
  state: 'finished',
  outcome: 'COMPLETED',
  grade: 'E1',
  provisional: false,
  payable: true,
  needs_review: false,
  panelist_id: 'p-1001',
  survey_id: 'sv_5f0c2ab19e7d43c8a1b60d27',
  connection: 'kantar-us',
  provider: 'kantar',
  provider_survey_id: '10482',
  provider_session_id: 'b7e1c9',
  price: { amount_minor: 150, currency: 'USD' },
  reward: { amount: 75, currency: 'points' },
  custom_panel_data: { click: 'c-77' },
  created_at: '2026-01-15T09:30:00.000Z',
  finished_at: '2026-01-15T09:41:07.512Z',
  workflow_id: 'session:3f0c1d52-6a3e-4b61-9a53-2f1d0b7c9e10',
}

/** A session in a list. */
export const SessionSummary = z.object(sessionFields).meta({ id: 'SessionSummary', example: SAMPLE })
export type SessionSummary = z.output<typeof SessionSummary>

/** Answer of `GET /v1/sessions/{session_id}`. */
export const SessionAnswer = z
  .object({
    ...sessionFields,
    events: z
      .array(z.looseObject({ at: stamp, type: z.string() }))
      .meta({ description: 'States entered, claims (`claim`) and deliveries to you (`postback`), oldest first' }),
  })
  .meta({
    id: 'Session',
    example: {
      ...SAMPLE,
      events: [
        { at: '2026-01-15T09:30:00.101Z', type: 'opening' },
        { at: '2026-01-15T09:30:00.348Z', type: 'created' },
        { at: '2026-01-15T09:30:09.020Z', type: 'entered' },
        { at: '2026-01-15T09:41:07.512Z', type: 'claim', source: 'return', outcome: 'COMPLETED', grade: 'E1' },
        { at: '2026-01-15T09:41:07.514Z', type: 'finished', outcome: 'COMPLETED', grade: 'E1' },
        { at: '2026-01-15T09:41:07.809Z', type: 'postback', message: 'session.outcome', status: 204 },
      ],
    },
  })
export type SessionAnswer = z.output<typeof SessionAnswer>

/** Query of `GET /v1/sessions`. */
export const SessionsQuery = z
  .strictObject({
    from: instant.optional().meta({ description: 'Created at or after' }),
    to: instant.optional().meta({ description: 'Created before' }),
    outcome: z.enum(OUTCOMES, { error: `must be one of ${OUTCOMES.join(', ')}` }).optional(),
    panelist_id: panelistId.optional(),
    cursor: cursor.optional(),
    limit: pageSize(50, 500),
  })
  .refine(inOrder, NOT_IN_ORDER)

/** Answer of `GET /v1/sessions`, newest first. */
export const SessionsAnswer = z
  .object({ sessions: z.array(SessionSummary), next_cursor: z.string().nullable().meta({ example: null }) })
  .meta({ id: 'SessionList' })
export type SessionsAnswer = z.output<typeof SessionsAnswer>
