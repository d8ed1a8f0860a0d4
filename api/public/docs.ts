import { Router } from 'express'
import { DOCS_SCRIPT, DOCS_STYLE } from '../../web/kit/stylesheets.js'
import type { ApiDependencies } from '../dependencies.js'
import { openApiDocument } from '../openapi/document.js'
import { sendAsset } from '../pages/send-asset.js'
import type { PageDocument } from './docs-document.js'
import { docsPage } from './docs-page.js'

const CACHE = 'public, max-age=300'

/** `GET /openapi.json` and the page made from it. Both are rendered once, because they change only with the code. */
export function docsRoutes(deps: ApiDependencies): Router {
  const router = Router({ caseSensitive: true })
  const document = openApiDocument(deps.publicUrl)
  const json = JSON.stringify(document, null, 2)
  const page = docsPage(document as unknown as PageDocument)
  const send = (path: string, type: string, content: string) =>
    router.get(path, (_request, response) => {
      response.setHeader('Cache-Control', CACHE)
      response.type(type).send(content)
    })
  send('/openapi.json', 'json', json)
  send('/docs', 'html', page)
  for (const asset of [DOCS_STYLE, DOCS_SCRIPT]) router.get(asset.path, sendAsset(asset))
  return router
}
