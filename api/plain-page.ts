import type { Response } from 'express'

/** A small page for a respondent who cannot be sent on. Everything in it is ours: nothing of the request is shown. */
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
    .send(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><link rel="stylesheet" href="/page.css"></head>
<body><main><h1>${title}</h1><p>${text}</p></main></body></html>`)
}

/** For a respondent who comes while PostgreSQL is away: the page asks again by itself. */
export function sendTryAgain(response: Response, url: string): void {
  response.setHeader('Retry-After', '2')
  sendPage(response, 503, 'One moment, please', 'We cannot look it up just now. This page tries again by itself.', {
    after: 3,
    url,
  })
}

/** The stylesheet of those pages, served at /page.css because the content security policy allows nothing inline. */
export const PAGE_CSS = `:root{color-scheme:light dark}
body{font:1.05rem/1.6 system-ui,sans-serif;margin:0;display:grid;place-items:center;min-height:100vh}
main{max-width:32rem;padding:2rem;text-align:center}h1{font-size:1.4rem}`
