import { setTimeout as wait } from 'node:timers/promises'
import type { RequestHandler, Response } from 'express'
import type { FaultBoard, FaultRule } from './faults.js'
import type { Journal } from './journal.js'

/** The body of an error answer in the provider's format. */
export type ErrorBody = (status: number) => unknown

/**
 * Applies the board's rule for `endpoint` before the handler: delays, refuses, hangs, or changes what the handler
 * sends. The handler reads faults that only it can apply (drift, duplicates, order) with `faultOf(response)`.
 */
export function failing(board: FaultBoard, journal: Journal, endpoint: string, errorBody: ErrorBody): RequestHandler {
  board.register(endpoint)
  return async (request, response, next) => {
    const fault = board.strike(endpoint)
    if (!fault) return next()
    journal.record('fault', { endpoint, ...fault })
    response.locals.fault = fault
    if (fault.latency_ms) await wait(fault.latency_ms)
    if (request.socket.destroyed) return
    if (fault.reset) return void request.socket.destroy()
    if (fault.hang) return
    if (fault.status !== undefined) {
      if (fault.retry_after !== undefined) response.set('retry-after', String(fault.retry_after))
      return void response.status(fault.status).json(errorBody(fault.status))
    }
    if (spoilsAnswer(fault)) spoilAnswer(response, fault)
    next()
  }
}

/** The rule that applies to this request, for faults that only a handler can apply. */
export function faultOf(response: Response): FaultRule | undefined {
  return response.locals.fault as FaultRule | undefined
}

function spoilsAnswer(fault: FaultRule): boolean {
  return [fault.lost_answer, fault.cut, fault.cut_connection, fault.content_type, fault.body].some(
    (set) => set !== undefined && set !== false,
  )
}

/** Buffers the whole answer until it is complete, then sends its damaged form. */
function spoilAnswer(response: Response, fault: FaultRule): void {
  const chunks: Buffer[] = []
  const sendEnd = response.end.bind(response)
  const sendWrite = response.write.bind(response)
  const keep = (chunk: unknown) => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk))
  }

  response.write = ((chunk: unknown, ...rest: unknown[]) => {
    keep(chunk)
    const done = rest.find((argument) => typeof argument === 'function')
    if (done) queueMicrotask(() => done())
    return true
  }) as typeof response.write

  response.end = ((chunk?: unknown) => {
    keep(chunk)
    if (fault.lost_answer) {
      response.socket?.destroy()
      return response
    }
    const whole = fault.body === undefined ? Buffer.concat(chunks) : Buffer.from(fault.body)
    if (fault.content_type !== undefined) response.setHeader('content-type', fault.content_type)
    if (fault.cut_connection !== undefined) {
      response.setHeader('content-length', whole.length)
      sendWrite(whole.subarray(0, Math.floor(whole.length * fault.cut_connection)), () => response.socket?.destroy())
      return response
    }
    const sent = fault.cut === undefined ? whole : whole.subarray(0, Math.floor(whole.length * fault.cut))
    response.setHeader('content-length', sent.length)
    return sendEnd(sent)
  }) as typeof response.end
}
