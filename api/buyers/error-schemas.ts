import { z } from 'zod'

/** An error in the words of `/buyers/v2` (PureSpectrum Buy API). */
export const BuyerErrorAnswer = z
  .object({
    ps_api_response_code: z.int().meta({ example: 1006 }),
    ps_api_response_message: z.string(),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'Every fault of a malformed request' }),
  })
  .meta({ id: 'BuyerError', description: 'What went wrong, as the PureSpectrum Buy API says it' })
