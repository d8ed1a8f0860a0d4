import { z } from 'zod'
import { VISIBILITIES } from '../../domain/template/template.js'
import { SurveyFields } from './survey-schemas.js'

const ONE_LINE = /^(?=.*\S)[^\p{Cc}\p{Cs}]+$/u
const line = (example: string) =>
  z.string().min(1).max(256).regex(ONE_LINE, 'must be one line of text, not blank').meta({ example })
const buyerId = z.int().min(1).max(2_147_483_647).meta({ example: 145 })
/** The maximum of PostgreSQL's integer. */
const LARGEST_ID = 2_147_483_647
const templateId = z.int().min(1).max(2_147_483_647).meta({ example: 26 })

/** Query of `GET /buyers/v2/templates`. */
export const TemplateListQuery = z.object({
  UI: z
    .enum(['0', '1'], 'must be 0 or 1')
    .default('0')
    .meta({ description: '1 = with owner and sharing, for a page that manages templates' }),
})

/** Answer of `GET /buyers/v2/templates`. */
export const FolderList = z
  .array(
    z.object({
      folder: z.string().meta({ example: 'CA-en' }),
      templates: z.array(
        z.object({
          id: templateId,
          name: z.string().meta({ example: 'Province qual' }),
          title: z.string().meta({ example: 'Template - Non US countries' }),
          owner: z.int().optional().meta({ example: 145, description: 'UI=1 only; 0 = the service' }),
          shared_with: z.array(buyerId).optional(),
          isOwner: z.boolean().optional(),
          is_service_buyer: z.boolean().optional(),
        }),
      ),
    }),
  )
  .meta({ id: 'TemplateFolders' })
export type FolderList = z.output<typeof FolderList>

/** Path of `/v1/templates/{id}`. */
export const TemplatePath = z.strictObject({
  id: z
    .string()
    .regex(/^[1-9]\d{0,9}$/, 'must be a whole number from 1')
    .transform(Number)
    .refine((id) => id <= 2_147_483_647, 'must be at most 2147483647')
    .meta({ example: '26' }),
})

/** Body of `PUT /v1/templates/{id}`. */
export const TemplateRequest = z
  .strictObject({
    id: templateId.optional(),
    owner: z
      .int()
      .min(0)
      .max(2_147_483_647)
      .optional()
      .meta({ description: 'Buyer id, 0 = the service. Only an operator may set another than your own', example: 145 }),
    folder: line('CA-en'),
    name: line('Province qual'),
    title: line('Template - Non US countries'),
    visibility: z.enum(VISIBILITIES).default('own'),
    shared_with: z
      .array(buyerId)
      .max(10_000)
      .refine((ids) => new Set(ids).size === ids.length, 'must name every buyer once')
      .optional()
      .meta({ description: 'Buyer ids; left out: the owner' }),
    survey: SurveyFields.meta({ description: "The PureSpectrum Buy API's survey fields, whole or in part" }),
  })
  .meta({
    id: 'TemplateRequest',
    example: {
      folder: 'CA-en',
      name: 'Province qual',
      title: 'Template - Non US countries',
      visibility: 'own',
      survey: { survey_category_code: 232, survey_localization: 'en_CA', completes_required: 100 },
    },
  })

/** Answer of `/v1/templates/{id}`. */
export const Template = z
  .object({
    id: templateId,
    owner: z.int().meta({ example: 145, description: 'Buyer id; 0 = the service' }),
    folder: z.string(),
    name: z.string(),
    title: z.string(),
    visibility: z.enum(VISIBILITIES),
    shared_with: z.array(buyerId),
    survey: z.record(z.string(), z.unknown()).meta({ description: 'As it was stored' }),
  })
  .meta({ id: 'Template' })
export type Template = z.output<typeof Template>

/** Query of `GET /v1/templates`. */
export const TemplatesQuery = z.strictObject({
  cursor: z
    .string()
    .regex(/^\d{1,10}$/, 'must be the next_cursor of a page before')
    .refine((id) => Number(id) <= LARGEST_ID, 'must be the next_cursor of a page before')
    .optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'must be from 1 to 200')
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= 200, 'must be from 1 to 200')
    .optional()
    .meta({ description: '[50]' }),
})

/** Answer of `GET /v1/templates`. */
export const TemplatesAnswer = z
  .object({ templates: z.array(Template), next_cursor: z.string().nullable() })
  .meta({ id: 'Templates' })
export type TemplatesAnswer = z.output<typeof TemplatesAnswer>
