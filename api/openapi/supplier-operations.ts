import { z } from 'zod'
import { SupplierFailure, SurveyAnswer, SurveysAnswer, SurveysQuery } from '../suppliers/schemas.js'
import type { Answer, Operation } from './operation.js'

const failures: Readonly<Record<number, Answer>> = {
  400: { description: 'An unknown or invalid filter', schema: SupplierFailure },
  401: { description: "access-token is missing, unknown, or not a panel's", schema: SupplierFailure },
  429: { description: 'The key exceeds its rate limit; see Retry-After', schema: SupplierFailure },
  503: { description: 'PostgreSQL cannot be reached; see Retry-After', schema: SupplierFailure },
}

/** The operations for panels that use PureSpectrum's supply API (docs/allocation.md; the PureSpectrum Supply API). */
export const supplierOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/suppliers/v2/surveys',
    tag: 'Feed',
    summary: 'Every survey that the panel may use, with its allocation',
    description:
      "Buyers' survey plans that name the panel, and every survey of the connections it may use; live ones unless `survey_status` asks for others.",
    audience: 'panel',
    errors: 'supplier',
    keyHeader: 'access-token',
    query: SurveysQuery,
    answers: { 200: { description: 'The surveys', schema: SurveysAnswer }, ...failures },
  },
  {
    method: 'get',
    path: '/suppliers/v2/surveys/{surveyId}',
    tag: 'Feed',
    summary: 'One survey: qualifications, quotas, completes and the guaranteed allocation',
    audience: 'panel',
    errors: 'supplier',
    keyHeader: 'access-token',
    params: z.object({ surveyId: z.string().meta({ example: 'sv_4f2a91c0d6e87b35aa01c2d4' }) }),
    answers: {
      200: { description: 'The survey', schema: SurveyAnswer },
      ...failures,
      404: { description: 'Not found, or not for this panel; both get the same answer', schema: SupplierFailure },
    },
  },
]
