// Every workflow that this program runs: one line each. The worker bundles all modules reachable from here.
export { confirmQuota } from './confirm-quota.js'
export { fieldPlan } from './field-plan.js'
export { janitor } from './janitor.js'
export { pollProvider } from './poll-provider.js'
export { refreshPanelist } from './refresh-panelist.js'
export { respondentSession } from './respondent-session.js'
export { deliverPostback, settleClaim } from './settle-claim.js'
