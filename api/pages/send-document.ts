import type { Response } from 'express'
import { operatorPage, type PageContent } from '../../web/operator-page.js'

const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Sends one of the operators' pages: no script, no foreign content, not cacheable. */
export function sendDocument(response: Response, status: number, content: PageContent): void {
  response.setHeader('Content-Security-Policy', POLICY)
  // with no-referrer a browser would send `Origin: null` with our own forms
  response.setHeader('Referrer-Policy', 'same-origin')
  response.setHeader('Cache-Control', 'no-store')
  response.status(status).type('html').send(operatorPage(content))
}
