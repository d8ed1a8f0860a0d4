import { setTimeout as sleep } from 'node:timers/promises'
import { exampleRequest } from './banner.mjs'
import { Failure } from './report.mjs'

const servingPatience = 60_000
const surveysPatience = 15_000

/**
 * Waits until the API says that the database, the migrations and the index are ready.
 *
 * @param {string} api its URL
 * @param {string} log named in the failure
 * @param {() => boolean} stopping ends the wait
 * @throws {Failure} after a minute
 */
export async function untilServing(api, log, stopping) {
  const deadline = Date.now() + servingPatience
  while (!stopping()) {
    const answer = await fetch(`${api}/readyz`, { signal: AbortSignal.timeout(5000) }).catch(() => undefined)
    if (answer?.ok) return
    const said = answer === undefined ? 'no answer' : `${answer.status} ${(await answer.text()).slice(0, 200)}`
    if (Date.now() > deadline) throw new Failure(`the API does not become ready (${said}): see ${log}`)
    await sleep(50)
  }
}

/**
 * Waits until the example returns surveys, because the printed line must work when it is pasted and the sandbox's first
 * poll takes a moment. Stops waiting without an error.
 *
 * @param {string} api its URL
 * @param {string} key of a panel
 * @param {() => boolean} stopping ends the wait
 */
export async function untilSurveysMatch(api, key, stopping) {
  const deadline = Date.now() + surveysPatience
  while (!stopping() && Date.now() < deadline) {
    const answer = await fetch(`${api}/v1/surveys/match`, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      body: JSON.stringify(exampleRequest),
      signal: AbortSignal.timeout(5000),
    }).catch(() => undefined)
    if (answer !== undefined && !answer.ok) return // waiting does not change an error answer
    const body = await answer?.json().catch(() => ({}))
    if (body?.offers?.length > 0) return
    await sleep(100)
  }
}
