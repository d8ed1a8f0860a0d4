import type { Knex } from 'knex'
import * as roles from './0001-roles.js'
import * as supply from './0002-supply.js'
import * as panelists from './0003-panelists.js'
import * as sessions from './0004-sessions.js'
import * as ledger from './0005-ledger.js'
import * as postbacks from './0006-postbacks.js'
import * as partitions from './0007-partitions.js'
import * as grants from './0008-grants.js'
import * as invariantViews from './0009-invariant-views.js'
import * as providerAnswers from './0010-provider-answers.js'
import * as panelistMatches from './0011-panelist-matches.js'
import * as deadPostbacks from './0013-dead-postbacks.js'
import * as surveyPlans from './0014-survey-plans.js'
import * as feed from './0015-feed.js'
import * as templates from './0016-templates.js'
import * as received from './0017-received.js'
import * as planDriving from './0018-plan-driving.js'
import * as postbackRounds from './0019-postback-rounds.js'
import * as arrivalProofs from './0020-arrival-proofs.js'
import * as unknownWords from './0021-unknown-words.js'
import * as otherSurveys from './0022-other-surveys.js'
import * as ledgerNumbers from './0023-ledger-numbers.js'
import * as currencyScales from './0024-currency-scales.js'
import * as heartbeats from './0025-heartbeats.js'
import * as operatorSignOuts from './0026-operator-sign-outs.js'
import * as waitingRespondents from './0027-waiting-respondents.js'
import * as ledgerSources from './0028-ledger-sources.js'
import * as ledgerPeriods from './0029-ledger-periods.js'

interface Migration {
  readonly name: string
  readonly up: (knex: Knex) => Promise<void>
  readonly down: (knex: Knex) => Promise<void>
}

/** In order. Names have no file extension, because .ts and compiled .js files migrate the same database. */
const migrations: readonly Migration[] = [
  { name: '0001-roles', ...roles },
  { name: '0002-supply', ...supply },
  { name: '0003-panelists', ...panelists },
  { name: '0004-sessions', ...sessions },
  { name: '0005-ledger', ...ledger },
  { name: '0006-postbacks', ...postbacks },
  { name: '0007-partitions', ...partitions },
  { name: '0008-grants', ...grants },
  { name: '0009-invariant-views', ...invariantViews },
  { name: '0010-provider-answers', ...providerAnswers },
  { name: '0011-panelist-matches', ...panelistMatches },
  { name: '0013-dead-postbacks', ...deadPostbacks },
  { name: '0014-survey-plans', ...surveyPlans },
  { name: '0015-feed', ...feed },
  { name: '0016-templates', ...templates },
  { name: '0017-received', ...received },
  { name: '0018-plan-driving', ...planDriving },
  { name: '0019-postback-rounds', ...postbackRounds },
  { name: '0020-arrival-proofs', ...arrivalProofs },
  { name: '0021-unknown-words', ...unknownWords },
  { name: '0022-other-surveys', ...otherSurveys },
  { name: '0023-ledger-numbers', ...ledgerNumbers },
  { name: '0024-currency-scales', ...currencyScales },
  { name: '0025-heartbeats', ...heartbeats },
  { name: '0026-operator-sign-outs', ...operatorSignOuts },
  { name: '0027-waiting-respondents', ...waitingRespondents },
  { name: '0028-ledger-sources', ...ledgerSources },
  { name: '0029-ledger-periods', ...ledgerPeriods },
]

/** The source of migrations for knex. */
export const migrationSource: Knex.MigrationSource<Migration> = {
  getMigrations: async () => [...migrations],
  getMigrationName: (migration) => migration.name,
  getMigration: async (migration) => migration,
}
