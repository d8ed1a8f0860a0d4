import type { PanelistStanding } from '../../db/read-models/panelist-standing.js'
import type { SurveyRecord } from '../../db/read-models/survey-record.js'
import type { PanelistSnapshot } from '../../domain/panelist.js'
import type { Clause, Quota } from '../../domain/survey.js'
import type { ExpandedProfile, Vocabulary } from '../../domain/targeting/expand.js'
import type { ConnectionBase } from '../../platform/config/connection-base.js'
import type { PanelConfig } from '../../platform/config/panel-schema.js'
import type { Bookable } from '../booked-session.js'
import type { ApiDependencies } from '../dependencies.js'
import { type GatewayFault, GatewayValidationError } from '../http/gateway-errors.js'
import { profileFaults } from './profile-faults.js'
import { unmetClauses, unmetQuota } from './qualification-faults.js'
import type { SurveySession } from './schemas.js'

/** Somebody whom a panel wants to send to a survey. */
export interface Asked {
  readonly deps: ApiDependencies
  readonly panel: PanelConfig
  readonly body: SurveySession
  readonly found: SurveyRecord
  readonly connection: ConnectionBase
  readonly standing: PanelistStanding
  readonly snapshot: PanelistSnapshot
  readonly now: Date
}

/** Where they would go, and on which terms. */
export type SurveyChoice = Pick<Bookable, 'quota' | 'price' | 'requiredGrade' | 'plan'>

/** There is no room for one more at the moment: not told to whoever has their place already. */
export interface NoRoomNow {
  readonly full: GatewayFault
}

/**
 * Holds a panelist to a survey's qualifications, and to those of the quota that the panel named.
 * @param target undefined = none was named, null = the survey has no such quota
 * @throws GatewayValidationError with every fault: of the answers themselves, and of what they have to be
 */
export function requireQualified(
  { deps, body, found, snapshot }: Asked,
  clauses: readonly Clause[],
  target: Quota | null | undefined,
  profile: ExpandedProfile,
  vocabulary: Vocabulary,
): void {
  const malformed = profileFaults(snapshot.profile, deps.config.targetingAttributes, found.survey.country)
  const told = new Set(malformed.map(({ field }) => field))
  const unmet = [
    ...unmetClauses(clauses, profile, vocabulary),
    ...(target ? unmetQuota(target, profile, vocabulary) : []),
  ].filter(({ field }) => !told.has(field))
  const unknown: GatewayFault[] =
    target === null
      ? [{ constraint: 'exists', field: 'target_quota_id', message: `the survey has no quota ${body.target_quota_id}` }]
      : []
  const faults = [...unknown, ...malformed, ...distinct(unmet)]
  if (faults.length > 0) throw new GatewayValidationError(faults)
}

/** Survey and quota may well ask for the same. */
function distinct(faults: readonly GatewayFault[]): GatewayFault[] {
  return [...new Map(faults.map((fault) => [`${fault.field} ${fault.message}`, fault])).values()]
}
