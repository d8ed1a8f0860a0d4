import type { Response } from 'express'
import { htmlDocument } from '../web/kit/document.js'
import { html } from '../web/kit/html.js'
import { PLAIN_STYLE } from '../web/kit/stylesheets.js'

/** Sends a small page to a respondent who cannot be redirected. It shows only our own text, no part of the request. */
export function sendPage(
  response: Response,
  status: number,
  title: string,
  text: string,
  refreshSeconds?: { after: number; url: string },
): void {
  if (refreshSeconds !== undefined) response.setHeader('Refresh', `${refreshSeconds.after}; url=${refreshSeconds.url}`)
  response.setHeader('Cache-Control', 'no-store')
  response
    .status(status)
    .type('html')
    .send(
      htmlDocument({ title, style: { linked: PLAIN_STYLE }, body: html`<main><h1>${title}</h1><p>${text}</p></main>` }),
    )
}

/** For a respondent who arrives while PostgreSQL is away: the page reloads itself. */
export function sendTryAgain(response: Response, url: string): void {
  response.setHeader('Retry-After', '2')
  sendPage(response, 503, 'One moment, please', 'We cannot look it up just now. This page tries again by itself.', {
    after: 3,
    url,
  })
}
