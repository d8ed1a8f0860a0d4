import type { z } from 'zod'
import type { SurveyBody, SurveyFields } from '../api/buyers/survey-schemas.js'
import type { TemplateRequest } from '../api/buyers/template-schemas.js'

/** A price as it may be sent: 2.5, or "2.50". */
interface Priced {
  readonly offer_price?: number | string | null | undefined
}

/** What a survey of seed 002 is created and edited with. */
export type BuyerSurveyRequest = Omit<z.output<typeof SurveyBody>, 'offer_price'> & Priced

/** A template, its survey fields whole or in part. */
export type TemplateFields = Omit<z.input<typeof TemplateRequest>, 'survey'> & {
  readonly survey: Omit<SurveyFields, 'offer_price'> & Priced
}
