import type { RequestHandler, Response } from 'express'
import type { NewClaim, RecordedClaim } from '../../commands/sessions/claim.js'
import { enter } from '../../commands/sessions/enter.js'
import { enterPlanSession } from '../../commands/sessions/enter-plan.js'
import { noteLook } from '../../commands/sessions/note-look.js'
import { recordClaim } from '../../commands/sessions/record-claim.js'
import { isDatabaseAway } from '../../db/connect.js'
import { findSessionByEntryToken } from '../../db/read-models/session.js'
import { findSurvey } from '../../db/read-models/survey-record.js'
import type { SessionRow } from '../../db/rows/session-row.js'
import type { Outcome } from '../../domain/outcome.js'
import { holdMilliseconds } from '../../platform/config/schema.js'
import { failpoint } from '../../platform/failpoints.js'
import { adapterOf } from '../../providers/adapters.js'
import type { ApiDependencies } from '../dependencies.js'
import { panelRedirect } from '../panel-redirect.js'
import { sendPage, sendTryAgain } from '../plain-page.js'

/** How long a respondent waits on the page that reloads while the entry is opening. */
const OPENING_PATIENCE_MS = 60_000
const REFRESH_SECONDS = 2
/** The characters of our tokens; PostgreSQL rejects some of the characters that browsers can send. */
const ENTRY_TOKEN = /^[\w-]{1,200}$/

/** One of the two addresses at which a respondent can start. */
interface Door {
  /** The address before the token. */
  readonly path: string
  /** Whether a respondent who has already entered the survey may return to it. */
  resumes(deps: ApiDependencies, row: SessionRow): Promise<boolean>
}

/**
 * True when we count the slots of the session's survey. Finds the adapter in the registry by the session's provider,
 * because the configuration may no longer have buyers.
 */
const takesSlot = ({ provider }: SessionRow): boolean => adapterOf(provider)?.slots !== undefined

/** The entry link of `POST /v1/sessions`: a repeated click resumes the same session (docs/sessions.md, States). */
const ENTRY: Door = { path: '/e', resumes: async () => true }

/** The start link of the session router: the buyer may forbid resuming (Kantar Gateway API, resume_allowed). */
const START: Door = {
  path: '/sessions/start',
  resumes: async ({ knex }, row) =>
    !takesSlot(row) || (await findSurvey(knex, row.survey_id))?.survey.resumeAllowed !== false,
}

/** `GET /e/{entry token}`. */
export const click = (deps: ApiDependencies): RequestHandler => enterBy(ENTRY, deps)

/** `GET /sessions/start/{entry token}` (Kantar Gateway API). */
export const startSurvey = (deps: ApiDependencies): RequestHandler => enterBy(START, deps)

/**
 * Handles the respondent's click. One short SQL statement locks the start, then the handler redirects the respondent.
 * Every other case takes the slower path, which always ends in a page or a redirect.
 */
function enterBy(door: Door, deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const token = String(request.params.token)
    // a link preview or a scanner sends HEAD, which does not count as a click
    if (request.method === 'HEAD') return void response.status(200).end()
    try {
      if (!ENTRY_TOKEN.test(token)) return sendUnknown(response)
      const entered = await enter(deps.knex, token, deps.clock())
      if (entered === null) return await slowerWay(door, deps, response, token)
      failpoint('session.in_start_lock')
      deps.sessions.entered(entered.sessionId)
      response.redirect(302, entered.url)
    } catch (error) {
      if (!isDatabaseAway(error)) throw error
      sendTryAgain(response, `${door.path}/${encodeURIComponent(token)}`)
    }
  }
}

async function slowerWay(door: Door, deps: ApiDependencies, response: Response, token: string): Promise<void> {
  const row = await findSessionByEntryToken(deps.knex, token)
  if (row === null) return sendUnknown(response)
  switch (row.state) {
    case 'entered':
      return resume(door, deps, response, row)
    case 'finished':
      return sendHome(deps, response, row)
    case 'opening':
      return stillOpening(door, deps, response, row)
    case 'created': {
      if (takesSlot(row)) return enterPlan(door, deps, response, row)
      const expired = row.entry_deadline.getTime() <= deps.clock().getTime()
      if (expired) return endAtTheDoor(deps, response, row, 'TIMEOUT', 'entry link expired')
      // a configuration error is not reported as a full survey
      if (deps.findUpstream(row.connection) === null)
        return endAtTheDoor(deps, response, row, 'ERROR', `connection ${row.connection} is no longer configured`)
      return endAtTheDoor(deps, response, row, 'QUOTA_FULL', 'closed, paused or full at the click')
    }
  }
}

/** Redirects the respondent back to the survey that they are in, if that is allowed. */
async function resume(door: Door, deps: ApiDependencies, response: Response, row: SessionRow): Promise<void> {
  if (await door.resumes(deps, row)) return response.redirect(302, row.provider_entry_url ?? '/')
  sendPage(response, 409, 'You have started already', 'This survey cannot be opened a second time.')
}

/** Enters a session of our own survey plan: takes its slot, or refuses if none is left (docs/buyers.md, Counting). */
async function enterPlan(door: Door, deps: ApiDependencies, response: Response, row: SessionRow): Promise<void> {
  const now = deps.clock()
  const hold = (loiMinutes: number) => holdMilliseconds(deps.config.sessions.holdTtl, loiMinutes)
  const entry = await enterPlanSession(deps.knex, row.entry_token, hold, now)
  if (entry.kind === 'entered') {
    failpoint('session.in_start_lock')
    deps.sessions.entered(entry.sessionId)
    return response.redirect(302, entry.url)
  }
  if (entry.kind === 'refused') return endAtTheDoor(deps, response, row, 'QUOTA_FULL', `no entry: ${entry.why.kind}`)
  if (row.entry_deadline <= now) return endAtTheDoor(deps, response, row, 'TIMEOUT', 'entry link expired')
  // another tab was faster
  const current = await findSessionByEntryToken(deps.knex, row.entry_token)
  if (current?.state === 'entered') return resume(door, deps, response, current)
  await sendHome(deps, response, current ?? row)
}

/**
 * Sends a page that reloads every two seconds for at most a minute after the first request, then redirects the
 * respondent to the panel. The session stores the time of the first request, because the URL does not contain it.
 */
async function stillOpening(door: Door, deps: ApiDependencies, response: Response, row: SessionRow): Promise<void> {
  const now = deps.clock()
  const since = await noteLook(deps.knex, row.session_id, now)
  if (since !== null && now.getTime() - since.getTime() >= OPENING_PATIENCE_MS)
    return endAtTheDoor(deps, response, row, 'ERROR', 'the provider gave no entry while the respondent waited')
  sendPage(response, 200, 'One moment, please', 'Your survey is being prepared. This page continues automatically.', {
    after: REFRESH_SECONDS,
    url: `${door.path}/${encodeURIComponent(row.entry_token)}`,
  })
}

async function endAtTheDoor(
  deps: ApiDependencies,
  response: Response,
  row: SessionRow,
  outcome: Outcome,
  word: string,
): Promise<void> {
  const claim: NewClaim = {
    source: 'entry',
    kind: 'outcome',
    outcome,
    word,
    grade: 'E2',
    fingerprint: 'entry',
    raw: null,
  }
  const recorded: RecordedClaim | null = await recordClaim(
    deps.knex,
    row.session_id,
    claim,
    deps.clock(),
    // since the row was read, another tab may have entered or the entry may have opened
    (locked) => locked.state === row.state,
  )
  if (recorded?.pending) deps.sessions.arrived(row.session_id, recorded.claimId)
  await sendHome(deps, response, recorded?.session ?? row)
}

async function sendHome(deps: ApiDependencies, response: Response, row: SessionRow): Promise<void> {
  const panel = deps.panels.get(row.panel)
  if (panel === undefined)
    return sendPage(response, 200, 'Thank you', 'This survey has ended. You may close this page.')
  response.redirect(302, await panelRedirect(deps.signer, panel, row))
}

function sendUnknown(response: Response): void {
  sendPage(response, 404, 'Link not found', 'Please go back to the app or the email where you found it.')
}
