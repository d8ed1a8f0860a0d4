import { IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { RequestHandler } from 'express'
import helmet from 'helmet'

/**
 * Sets the headers that every answer carries, pages for respondents and refusals too: content security policy, nosniff,
 * no frames, no referrer, and `Cache-Control: no-store`, as hardly an answer of ours is without a person in it. What may
 * be kept (style sheets, the documentation, our public keys) says so itself afterwards.
 *
 * The headers are worked out once: a respondent's click costs no more for them than setting them.
 * @param https whether we are reached by https: then browsers are told to stay with it
 */
export function securityHeaders(https: boolean): RequestHandler {
  const headers = Object.entries(helmetHeaders(https)).map(([name, value]) => [name, String(value)] as const)
  return (_request, response, next) => {
    for (const [name, value] of headers) response.setHeader(name, value)
    response.setHeader('Cache-Control', 'no-store')
    next()
  }
}

/** What helmet sets, read off an answer that nobody gets. */
function helmetHeaders(https: boolean): OutgoingHttpHeaders {
  const response = new ServerResponse(new IncomingMessage(new Socket()))
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
      },
    },
    xFrameOptions: { action: 'deny' },
    strictTransportSecurity: https,
  })(response.req, response, () => undefined)
  return response.getHeaders()
}
