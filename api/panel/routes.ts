import { Router } from 'express'
import type { ApiDependencies } from '../dependencies.js'
import { panelOnly } from '../http/auth.js'
import { jsonBody } from '../http/json-body.js'
import { attributes } from './attributes.js'
import { sessionList } from './list-sessions.js'
import { readPanelist, storePanelist } from './panelists.js'
import { listPostbacks, redeliverPostback } from './postbacks.js'
import { readSession } from './read-session.js'

/**
 * The routes on which a panel stores and reads data; matching and starting sessions are elsewhere (docs/api.md, From an
 * offer to the money).
 */
export function panelReadRoutes(deps: ApiDependencies): Router {
  const router = Router({ caseSensitive: true })
  const panel = panelOnly(deps.keys, deps.limiter)
  router.put('/v1/panelists/:panelist_id', panel, jsonBody(), storePanelist(deps))
  router.get('/v1/panelists/:panelist_id', panel, readPanelist(deps))
  router.get('/v1/attributes', panel, attributes(deps))
  router.get('/v1/sessions', panel, sessionList(deps))
  router.get('/v1/sessions/:session_id', panel, readSession(deps))
  router.get('/v1/postbacks', panel, listPostbacks(deps))
  router.post('/v1/postbacks/:id/redeliver', panel, redeliverPostback(deps))
  return router
}
