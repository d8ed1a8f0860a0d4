import { z } from 'zod'

const Answer = z.object({
  id: z.string().meta({ example: 'male' }),
  text: z.string().meta({ example: 'Male' }),
  exclusive_multi_punch_answer: z
    .boolean()
    .optional()
    .meta({ description: 'Of multi_punch answers: true for one that excludes all others' }),
})

/** One question (Kantar Gateway API, TargetingAttribute): range_limits of a range question, answers of the others. */
const TargetingAttribute = z
  .object({
    id: z.string().meta({ example: 'age' }),
    text: z.string().meta({ example: 'What is your age?' }),
    answer_type: z.enum(['single_choice', 'range', 'multi_punch']),
    supported_countries: z.array(z.string()).optional().meta({ description: 'Absent: asked everywhere' }),
    range_limits: z.object({ start: z.int(), end: z.int() }).optional(),
    answers: z.array(Answer).optional(),
  })
  .meta({ id: 'TargetingAttribute' })

export const TargetingAttributesAnswer = z
  .object({ targeting_attributes: z.array(TargetingAttribute) })
  .meta({ id: 'TargetingAttributeResponse' })

export const TargetingPanelsAnswer = z
  .record(z.string(), z.record(z.string(), z.object({ locales: z.array(z.string()), currency: z.string() })))
  .meta({
    id: 'TargetingPanelsResponse',
    example: { lifepoints: { USA: { locales: ['en-US', 'es-US'], currency: 'USD' } } },
  })

export const TargetingQuery = z.object({
  country: z.string().optional().meta({ description: 'ISO 3166-1 alpha-3', example: 'USA' }),
  panel: z.string().optional().meta({ description: 'Compared without case', example: 'lifepoints' }),
})
