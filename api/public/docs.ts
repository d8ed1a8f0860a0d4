import { Router } from 'express'
import type { ApiDependencies } from '../dependencies.js'
import { openApiDocument } from '../openapi/document.js'
import type { PageDocument } from './docs-document.js'
import { docsPage } from './docs-page.js'
import { DOCS_JS } from './docs-script.js'
import { DOCS_CSS } from './docs-style.js'

const CACHE = 'public, max-age=300'

/** `GET /openapi.json` and the page that is made of it. Both are written once: they change with the program only. */
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
  send('/docs/style.css', 'css', DOCS_CSS)
  send('/docs/script.js', 'js', DOCS_JS)
  return router
}
