import { z } from 'zod'
import { country } from './fields.js'

/** Query of `GET /v1/attributes`. */
export const AttributesQuery = z.strictObject({ country: country.optional() })

const Attribute = z
  .object({
    id: z.string().meta({ description: 'Its name in a profile' }),
    text: z.string(),
    type: z.enum(['single_choice', 'multi_punch', 'choice', 'range', 'text', 'date']),
    how: z.string().meta({ description: 'How its value is written in a profile' }),
    example: z.union([z.string(), z.number()]),
    countries: z.array(z.string()).optional().meta({ description: 'Absent: asked everywhere' }),
    range_limits: z.object({ start: z.number(), end: z.number() }).optional(),
    answers: z
      .array(z.object({ id: z.string(), text: z.string(), exclusive: z.boolean().optional() }))
      .optional()
      .meta({ description: '`id` is what a profile holds; `exclusive`: excludes all others' }),
    providers: z.array(z.string()).meta({ description: 'The providers whose surveys use it' }),
    connections: z
      .array(z.string())
      .meta({ description: 'The connections whose surveys use it, of those that you may use' }),
  })
  .meta({
    id: 'Attribute',
    example: {
      id: 'sex',
      text: 'What do you most closely identify as?',
      type: 'single_choice',
      how: 'The id of one answer, as text',
      example: 'male',
      countries: ['USA', 'GBR'],
      answers: [
        { id: 'male', text: 'Male' },
        { id: 'female', text: 'Female' },
      ],
      providers: ['kantar', 'toluna', 'purespectrum', 'dynata', 'gateway'],
      connections: ['kantar-us', 'toluna-us', 'purespectrum', 'dynata', 'gateway'],
    },
  })

/** Answer of `GET /v1/attributes`. */
export const AttributesAnswer = z.object({ attributes: z.array(Attribute) }).meta({ id: 'AttributeList' })
export type AttributesAnswer = z.output<typeof AttributesAnswer>
