import { IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { RequestHandler } from 'express'
import helmet from 'helmet'

/**
 * Sets the headers of every answer, also of respondents' pages and refusals: content security policy, nosniff, no
 * frames, no referrer, and `Cache-Control: no-store`, because almost every answer holds personal data. Routes whose
 * answers may be cached (style sheets, the documentation, our public keys) replace that header.
 *
 * The headers are computed once, so that a request only sets them.
 * @param https true where the API is reached by https: browsers then get Strict-Transport-Security
 */
export function securityHeaders(https: boolean): RequestHandler {
  const headers = Object.entries(helmetHeaders(https)).map(([name, value]) => [name, String(value)] as const)
  return (_request, response, next) => {
    for (const [name, value] of headers) response.setHeader(name, value)
    response.setHeader('Cache-Control', 'no-store')
    next()
  }
}

/** The headers that helmet sets, read from an answer that is never sent. */
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
