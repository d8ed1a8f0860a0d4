import type { EditRefusal } from '../../commands/buyer-surveys/apply-to-plan.js'
import { type BuyerError, malformed } from './errors.js'

/** Returns the 400 that explains to the buyer why the plan does not allow an edit. */
export function editRefused(refusal: EditRefusal): BuyerError {
  switch (refusal.kind) {
    case 'is_draft':
      return statusFault('must be 11 or 22: the survey is a draft')
    case 'is_launched':
      return statusFault('cannot be 11 again: the survey is launched')
    case 'plan_deleted':
      return statusFault('cannot change: the survey plan was deleted; create a new survey')
    case 'filled':
      return statusFault('cannot be 22: the completes are reached; raise completes_required')
    case 'finish_date':
      return statusFault('cannot be 22: the field time has passed; raise field_time')
    case 'below_completes': {
      const message = `must be at least ${refusal.taken} (completed or in progress), and for each quota at least what it has`
      return malformed([{ field: 'completes_required', message }])
    }
  }
}

const statusFault = (message: string): BuyerError => malformed([{ field: 'ps_survey_status', message }])
