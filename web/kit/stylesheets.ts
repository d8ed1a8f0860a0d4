import { script, stylesheet } from './asset.js'

/** The pages for a respondent who cannot be redirected. */
export const PLAIN_STYLE = stylesheet('/page.css', 'plain')

/** The pages that require an operator's sign-in. */
export const OPERATOR_STYLE = stylesheet(
  '/pages/style.css',
  'tokens',
  'elements',
  'parts',
  'table',
  'lists',
  'operator',
)

/** The reference of the API. */
export const DOCS_STYLE = stylesheet('/docs/style.css', 'docs', 'docs-article')

/** The reference's filter and its copy buttons; the page works without them. */
export const DOCS_SCRIPT = script('/docs/script.js', 'docs')
