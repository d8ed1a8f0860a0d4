import { z } from 'zod'
import { OUTCOMES } from '../../domain/outcome.js'
import { customPanelData, panelistId, profile, text } from '../panel/fields.js'

/** A survey platform may attach at most this many bytes of JSON to an outcome. */
const LARGEST_METADATA_BYTES = 8 * 1024

/** Body of `POST /panels/{panelId}/session/{token}` (Kantar Gateway API, SurveySession). */
export const SurveySession = z
  .strictObject({
    panelist_id: panelistId,
    target_quota_id: text(1, 512).optional().meta({ description: 'A quota of the survey, as the feed names it' }),
    custom_panel_data: customPanelData.optional(),
    panelist_profile: profile.optional(),
  })
  .meta({
    id: 'SurveySession',
    example: {
      panelist_id: '123456',
      target_quota_id: '1',
      custom_panel_data: { internal_id: '213' },
      panelist_profile: { age: 22, sex: 'male', pets: '1|2|4|7' },
    },
  })
export type SurveySession = z.output<typeof SurveySession>

/** 200 of the same. */
export const CreateSurveySessionResponse = z
  .object({ url: z.string().meta({ description: 'Send the panelist here' }) })
  .meta({
    id: 'CreateSurveySessionResponse',
    example: { url: 'https://tributary.example/sessions/start/mR3hT0pZ' },
  })
export type CreateSurveySessionResponse = z.output<typeof CreateSurveySessionResponse>

/** Answer of `GET /sessions/{token}` (Kantar Gateway API, RetrieveSessionResponse). */
export const RetrieveSessionResponse = z
  .object({
    session_id: z.string().meta({ description: 'Keep it: you report the outcome with it' }),
    survey_platform_id: z.string().meta({ description: 'Upper case' }),
    survey_id: z.string().meta({ description: "The demand partner's own id of the survey" }),
    survey_url: z.string().optional().meta({ description: 'As the demand partner posted it' }),
    supplier_id: z.string().meta({ description: 'The panel, upper case' }),
    custom_panel_data: z.record(z.string(), z.unknown()).optional(),
    panelist_id: z.string(),
    panelist_profile: profile.optional(),
  })
  .meta({
    id: 'RetrieveSessionResponse',
    example: {
      session_id: '3f0c1d52-6a3e-4b61-9a53-2f1d0b7c9e10',
      survey_platform_id: 'DECIPHER',
      survey_id: '123542',
      survey_url: 'https://survey-platform.com/survey/e9790abf',
      supplier_id: 'LIFEPOINTS',
      custom_panel_data: { internal_id: '213' },
      panelist_id: '562',
      panelist_profile: { age: 55, sex: 'female', pets: '1|2|4|7' },
    },
  })
export type RetrieveSessionResponse = z.output<typeof RetrieveSessionResponse>

/** Body of `POST /panelist-outcome` (Kantar Gateway API, PanelistSurveyOutcome). */
export const PanelistSurveyOutcome = z
  .strictObject({
    session_id: text(1, 256).meta({
      description: 'The `session_id` of the retrieved session, or the session token itself',
    }),
    outcome: z.enum(OUTCOMES, { error: `must be one of ${OUTCOMES.join(', ')}` }),
    metadata: z
      .record(z.string(), z.unknown(), { error: 'must be an object' })
      .refine((given) => Buffer.byteLength(JSON.stringify(given)) <= LARGEST_METADATA_BYTES, 'is larger than 8 KB')
      .optional()
      .meta({ description: 'Read and not stored, because it may identify a person. At most 8 KB of JSON' }),
  })
  .meta({
    id: 'PanelistSurveyOutcome',
    example: {
      session_id: '3f0c1d52-6a3e-4b61-9a53-2f1d0b7c9e10',
      outcome: 'COMPLETED',
      metadata: { timestamp: '2021-01-01T00:00:00Z' },
    },
  })

/** 200 of the same. */
export const PanelistSurveyOutcomeResponse = z
  .object({ redirect_url: z.string().meta({ description: 'Send the browser here' }) })
  .meta({
    id: 'PanelistSurveyOutcomeResponse',
    example: { redirect_url: 'https://tributary.example/sessions/finish/n0Qm7dWc' },
  })
export type PanelistSurveyOutcomeResponse = z.output<typeof PanelistSurveyOutcomeResponse>
