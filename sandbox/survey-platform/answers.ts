import { z } from 'zod'

/** Kantar Gateway API, RetrieveSessionResponse. */
export const Session = z.object({
  session_id: z.string().min(1),
  survey_platform_id: z.string(),
  survey_id: z.string(),
  survey_url: z.string().nullish(),
  supplier_id: z.string(),
  custom_panel_data: z.unknown().optional(),
  panelist_id: z.string(),
  panelist_profile: z.record(z.string(), z.unknown()).nullish(),
})
export type PlatformSession = z.infer<typeof Session>

/** Kantar Gateway API, PanelistSurveyOutcomeResponse. Accepts only http addresses for the redirect. */
export const OutcomeAnswer = z.object({ redirect_url: z.url({ protocol: /^https?$/ }) })
