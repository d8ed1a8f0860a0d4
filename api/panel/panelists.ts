import type { RequestHandler } from 'express'
import { storePanelist as store } from '../../commands/panelists/store-panelist.js'
import { readStoredPanelist } from '../../db/read-models/stored-panelist.js'
import type { StoredPanelist } from '../../db/rows/panelist-row.js'
import type { Profile } from '../../domain/panelist.js'
import type { ApiDependencies } from '../dependencies.js'
import { panelOf } from '../http/auth.js'
import { notFound } from '../http/problem.js'
import { parse, parseBody } from '../http/validate.js'
import { type PanelistAnswer, PanelistPath, PanelistRequest } from './panelist-schemas.js'
import { warningsOf } from './profile-warnings.js'

/**
 * `PUT /v1/panelists/{panelist_id}`: stores a profile and replaces the whole earlier one (docs/api.md, From an
 * offer to the money).
 */
export function storePanelist(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const panel = panelOf(response)
    const { panelist_id: panelistId } = parse(PanelistPath, request.params)
    const body = parseBody(PanelistRequest, request)
    const panelist = {
      panelistId,
      country: body.country,
      locale: body.locale ?? null,
      dateOfBirth: body.date_of_birth ?? null,
      profile: body.profile,
    }
    const stored = await store(deps, panel.id, panelist)
    response.json({ ...answer(stored), ...warningsOf(deps, body.profile, body.country) })
  }
}

/** `GET /v1/panelists/{panelist_id}`. */
export function readPanelist(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const panel = panelOf(response)
    const { panelist_id: panelistId } = parse(PanelistPath, request.params)
    const stored = await readStoredPanelist(deps.knex, panel.id, panelistId)
    if (stored === null) throw notFound('Panelist not found')
    response.json(answer(stored))
  }
}

function answer(stored: StoredPanelist): PanelistAnswer {
  return {
    panelist_id: stored.panelistId,
    country: stored.country,
    locale: stored.locale,
    date_of_birth: stored.dateOfBirth,
    profile: stored.profile as { [Attribute in keyof Profile]: string | number | (string | number)[] },
    created_at: stored.createdAt.toISOString(),
    updated_at: stored.updatedAt.toISOString(),
  }
}
