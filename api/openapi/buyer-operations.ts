import { z } from 'zod'
import { BuyerErrorAnswer } from '../buyers/error-schemas.js'
import { BuyerSurvey, SurveyBody } from '../buyers/survey-schemas.js'
import {
  FolderList,
  Template,
  TemplateListQuery,
  TemplatePath,
  TemplateRequest,
  TemplatesAnswer,
  TemplatesQuery,
} from '../buyers/template-schemas.js'
import type { Operation } from './operation.js'

const error = (description: string) => ({ description, schema: BuyerErrorAnswer })
const KEY = { 401: error('1002: no key, or not that of a demand partner') }
const FEATURE = { 403: error('1018: the buyer has no templates') }
const SurveyPath = z.object({ survey_id: z.string().meta({ example: '100001' }) })
const seed = { tag: 'Templates', audience: 'demand_partner', errors: 'buyer', keyHeader: 'access-token' } as const
const ours = { tag: 'Templates', audience: 'demand_partner' } as const
const NOT_HERE = 'Template not found'

/** The PureSpectrum Buy API, and the routes that manage its templates (docs/templates.md, Managing templates). */
export const buyerOperations: readonly Operation[] = [
  {
    ...seed,
    method: 'get',
    path: '/buyers/v2/templates',
    summary: 'The templates that a buyer may use, by folder',
    query: TemplateListQuery,
    answers: {
      200: { description: 'Own, default and shared ones', schema: FolderList },
      400: error('1001: UI is neither 0 nor 1'),
      ...KEY,
      ...FEATURE,
    },
  },
  {
    ...seed,
    method: 'post',
    path: '/buyers/v2/surveys',
    summary: 'Draft a survey, from a template or without',
    description:
      'Values of the request override those of the template; qualifications and quotas of both are kept. When the request has `completes_required`, the quotas of the template are rescaled to it, each dimension separately.',
    body: { schema: SurveyBody },
    answers: {
      200: { description: 'The draft', schema: BuyerSurvey },
      400: error('1001: the request is malformed; `errors` names every field'),
      404: error('1006: template not found, or not shared with this buyer'),
      ...KEY,
      ...FEATURE,
    },
  },
  {
    ...seed,
    method: 'put',
    path: '/buyers/v2/surveys/{survey_id}',
    summary: 'Edit, launch, pause or close a survey',
    description:
      'Absent members stay as they are. With `live_url`, `offer_price`, `currency`, `panels` and `ps_survey_status` 22 a draft is launched: it becomes a survey plan, whose `survey_id` is this id. Later 33 pauses it, 22 opens and 44 closes it.',
    params: SurveyPath,
    body: { schema: SurveyBody },
    answers: {
      200: { description: 'The survey as it is now', schema: BuyerSurvey },
      400: error('1001: the request is malformed; 1014: another template, or one for a survey that has none'),
      404: error('1003: survey not found; 1006: template not found'),
      ...KEY,
      ...FEATURE,
    },
  },
  {
    ...seed,
    method: 'get',
    path: '/buyers/v2/surveys/{survey_id}',
    summary: 'A survey, with the status of the plan that it became',
    params: SurveyPath,
    answers: {
      200: { description: 'The survey', schema: BuyerSurvey },
      404: error('1003: survey not found'),
      ...KEY,
    },
  },
  {
    ...ours,
    method: 'get',
    path: '/v1/templates',
    summary: "A buyer's own templates; for an operator those of all buyers",
    query: TemplatesQuery,
    answers: { 200: { description: 'A page, by id', schema: TemplatesAnswer } },
    problems: { 400: 'The request is malformed; `errors` names every field' },
  },
  {
    ...ours,
    method: 'put',
    path: '/v1/templates/{id}',
    summary: 'Create or replace a template',
    description:
      "With a demand partner's key; visibility `default`, or another `owner` than yourself, needs an operator's key.",
    params: TemplatePath,
    body: { schema: TemplateRequest },
    answers: {
      200: { description: 'Replaced', schema: Template },
      201: { description: 'Created', schema: Template },
    },
    problems: {
      400: 'The request is malformed; `errors` names every field',
      404: NOT_HERE,
      415: 'The body is not application/json',
    },
  },
  {
    ...ours,
    method: 'get',
    path: '/v1/templates/{id}',
    summary: 'A template of yours',
    params: TemplatePath,
    answers: { 200: { description: 'The template', schema: Template } },
    problems: { 400: 'The id is no whole number', 404: NOT_HERE },
  },
  {
    ...ours,
    method: 'delete',
    path: '/v1/templates/{id}',
    summary: 'Delete a template; surveys made from it stay',
    params: TemplatePath,
    answers: { 204: { description: 'Deleted' } },
    problems: { 400: 'The id is no whole number', 404: NOT_HERE },
  },
]
