import type { RequestHandler } from 'express'
import { Histogram, Registry } from 'prom-client'

/** The registry of this process's HTTP metrics. */
export const httpRegistry = new Registry()

const durations = new Histogram({
  name: 'tributary_http_request_duration_seconds',
  help: 'Time to answer, by route template, because an address may hold ids.',
  labelNames: ['method', 'route', 'status'],
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  registers: [httpRegistry],
})

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Measures every request. Labels come from our own routes, never from the sender, so that their number is bounded. */
export const httpMetrics: RequestHandler = (request, response, next) => {
  const stop = durations.startTimer()
  response.once('close', () => {
    const template: unknown = request.route?.path
    stop({
      method: METHODS.has(request.method) ? request.method : 'other',
      route: typeof template === 'string' ? template : 'unmatched',
      status: response.writableFinished ? response.statusCode : 'aborted',
    })
  })
  next()
}
