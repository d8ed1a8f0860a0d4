import { Router } from 'express'
import type { ApiDependencies } from '../dependencies.js'
import { unknownRoute } from '../http/errors.js'
import { clientOnly } from '../http/gateway-auth.js'
import { jsonBody } from '../http/json-body.js'
import { buyerErrors } from './errors.js'
import { listFolders } from './list-templates.js'
import { listOwnTemplates, readTemplate, removeTemplate, storeTemplate } from './manage-templates.js'
import { createSurvey, editSurvey, readSurvey } from './surveys.js'
import { managersOnly } from './template-manager.js'

/**
 * The PureSpectrum Buy API (surveys from templates) in the document's words, and our own routes that manage templates.
 */
export function buyerRoutes(deps: ApiDependencies): Router {
  const router = Router({ caseSensitive: true })
  const manager = managersOnly(deps)
  router.get('/v1/templates', manager, listOwnTemplates(deps))
  router.put('/v1/templates/:id', manager, jsonBody(), storeTemplate(deps))
  router.get('/v1/templates/:id', manager, readTemplate(deps))
  router.delete('/v1/templates/:id', manager, removeTemplate(deps))

  const seed = Router({ caseSensitive: true })
  const buyer = clientOnly('demand_partner', deps, 'access-token')
  seed.get('/buyers/v2/templates', buyer, listFolders(deps))
  seed.post('/buyers/v2/surveys', buyer, jsonBody(), createSurvey(deps))
  seed.put('/buyers/v2/surveys/:survey_id', buyer, jsonBody(), editSurvey(deps))
  seed.get('/buyers/v2/surveys/:survey_id', buyer, readSurvey(deps))
  // unknown addresses and wrong methods below this path are answered in the document's words as well
  seed.use('/buyers/v2', unknownRoute)
  seed.use(buyerErrors(deps.logger))
  router.use(seed)
  return router
}
