import type { z } from 'zod'
import type { SurveyBody, SurveyFields } from '../api/buyers/survey-schemas.js'
import type { TemplateRequest } from '../api/buyers/template-schemas.js'

/** A price in a request: 2.5, or "2.50". */
interface Priced {
  readonly offer_price?: number | string | null | undefined
}

/** The request that creates or edits a survey of the PureSpectrum Buy API. */
export type BuyerSurveyRequest = Omit<z.output<typeof SurveyBody>, 'offer_price'> & Priced

/** A template with all or some of the survey fields. */
export type TemplateFields = Omit<z.input<typeof TemplateRequest>, 'survey'> & {
  readonly survey: Omit<SurveyFields, 'offer_price'> & Priced
}
