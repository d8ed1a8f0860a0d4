import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { WorkflowHandle } from '@temporalio/client'

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>

/** The protocol's own class, as the SDK's worker loads it: the SDK's JSON converters need another protobufjs. */
const { temporal } = createRequire(createRequire(import.meta.url).resolve('@temporalio/worker'))(
  '@temporalio/proto',
) as {
  temporal: { api: { history: { v1: { History: { fromObject(json: object): History } } } } }
}

const checkout = fileURLToPath(new URL('../../', import.meta.url))

/** A history as text to store: enums by name, bytes in base64, stack traces without the path of this checkout. */
export function historyToText(history: History): string {
  return `${JSON.stringify(history, null, 1).replaceAll(checkout, '')}\n`
}

/** Reads a history that historyToText wrote. */
export function historyFromText(text: string): History {
  return temporal.api.history.v1.History.fromObject(JSON.parse(text))
}
