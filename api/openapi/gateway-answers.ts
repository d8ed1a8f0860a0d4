import { z } from 'zod'

/** Kantar Gateway API, Error. */
export const GatewayErrorAnswer = z
  .object({
    code: z.string().meta({ description: 'The HTTP status as text', example: '404' }),
    message: z.string(),
    success: z.boolean().meta({ example: false }),
  })
  .meta({ id: 'GatewayError', description: 'What went wrong, as the Kantar Gateway API says it' })

/** Kantar Gateway API, ValidationError. */
export const GatewayValidationAnswer = z
  .object({
    code: z.string().meta({ example: '400' }),
    message: z.string(),
    details: z.array(z.object({ constraint: z.string(), field: z.string(), message: z.string() })),
  })
  .meta({
    id: 'GatewayValidationError',
    description: 'Every fault of the request, with the field, the constraint that it breaks, and the valid form',
  })
