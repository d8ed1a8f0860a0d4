import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { checkout } from './checkout.mjs'

/**
 * The number of open surveys of each connection of the sandbox, from the operators' API. Retries for a moment, because
 * the first polls may still run and a busy API may be slow. A provider that matches panelist by panelist has no list to
 * count.
 *
 * @param {string} api
 * @param {string} key an operator's
 * @param {{ answer?: number, polls?: number }} [patience] milliseconds to wait for an answer [15,000], and after it
 *   for polls [2000]
 * @returns {Promise<{ id: string, surveys: number }[]>} empty without an answer
 */
export async function countSurveys(api, key, { answer = 15_000, polls = 2000 } = {}) {
  let answered = false
  let until = Date.now() + answer
  for (;;) {
    const connections = await askConnections(api, key)
    if (connections !== undefined && !answered) until = Date.now() + polls
    answered ||= connections !== undefined
    const waiting = connections?.some(({ surveys_open: open, state }) => open === 0 && state === 'starting') ?? true
    if (!waiting || Date.now() > until)
      return (connections ?? [])
        .filter((one) => one.surveys_open > 0)
        .map(({ id, surveys_open: surveys }) => ({ id, surveys }))
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

/** Undefined when there is no answer; an error answer has no connections. */
async function askConnections(api, key) {
  try {
    const answer = await fetch(`${api}/v1/ops/connections`, {
      headers: { 'x-api-key': key },
      signal: AbortSignal.timeout(5000),
    })
    return answer.ok ? (await answer.json()).connections : []
  } catch {
    return undefined
  }
}

/**
 * The first panel of a configuration file, with its key when the file (with the defaults of its
 * `${NAME:-default}`) has it. Only used to print an example, so an unreadable value is left out.
 *
 * @param {string} file
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<{ id: string, key: string } | undefined>}
 */
export function firstPanel(file, environment) {
  return firstOf(file, 'panels', environment)
}

/**
 * The first buyer of a configuration file; as `firstPanel`.
 *
 * @param {string} file
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<{ id: string, key: string } | undefined>}
 */
export function firstBuyer(file, environment) {
  return firstOf(file, 'demand_partners', environment)
}

function firstOf(file, section, environment) {
  return readFrom(file, ({ [section]: [first] }) => ({
    id: String(first.id),
    key: expand(String(first.api_key), environment),
  }))
}

/** Only for the banner: an unreadable value is left out; the processes themselves report what is wrong with it. */
async function readFrom(file, read) {
  try {
    // loaded here, because this module is also imported before the dependencies are installed
    const { parse } = await import(pathToFileURL(path.join(checkout, 'node_modules', 'yaml', 'dist', 'index.js')).href)
    return read(parse(fs.readFileSync(file, 'utf8')))
  } catch {
    return undefined
  }
}

/**
 * The `public_url` of a configuration file; undefined when it has none.
 *
 * @param {string} file
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<string | undefined>}
 */
export async function publicUrlOf(file, environment) {
  const url = await readFrom(file, ({ public_url: given }) => expand(String(given ?? ''), environment))
  return url === '' ? undefined : url?.replace(/\/+$/, '')
}

/** `${NAME}` and `${NAME:-default}` as in the configuration file. */
export function expand(text, environment) {
  return text.replace(/\$\{(\w+)(?::-([^}]*))?\}/g, (_, name, fallback) => environment[name] || fallback || '')
}

/** The example's request: a panelist who qualifies for most surveys of the sandbox. */
export const exampleRequest = {
  panelist_id: 'ann',
  country: 'USA',
  locale: 'en-US',
  profile: { age: 34, sex: 'female' },
}

/**
 * The text that `npm start` prints when everything runs.
 *
 * @param {{ api: string, temporal?: string, namespace?: string, temporalUi: string | null, demo: string | null, panel: { id: string, key: string } | undefined, buyer?: { id: string, key: string } | undefined, showKey: boolean, data: string, configuration: string, surveys?: { id: string, surveys: number }[], sandbox?: 'alone' | 'added' | 'off', publicUrl?: string }} facts
 *   `showKey`: the key is one of the sandbox's, which are not secret; `sandbox`: whether it runs alone, is added to the
 *   user's own configuration, or is off; `publicUrl`: of that configuration
 */
export function banner(facts) {
  const { api, temporal, namespace = 'default', temporalUi, demo, panel, buyer, showKey, data, configuration } = facts
  const { surveys = [], sandbox = 'alone', publicUrl } = facts
  const lines = [
    '',
    '  Tributary is running. Ctrl-C stops it.',
    '',
    `  API            ${api}`,
    `  documentation  ${api}/docs`,
    `  operations     ${api}/ops`,
    ...(demo === null ? [] : [`  demo           ${demo}`]),
    // an added sandbox has no buyers
    ...(demo === null || sandbox === 'added' ? [] : [`  buyer's view   ${demo}/buyer`]),
    ...(temporalUi === null ? [] : [`  Temporal UI    ${temporalUi}`]),
    ...(temporal === undefined
      ? []
      : [`  Temporal       ${temporal}, namespace ${namespace} (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE)`]),
    ...(surveys.length === 0
      ? []
      : [`  surveys        ${surveys.map(({ id, surveys: open }) => `${id} ${open}`).join(', ')}`]),
    `  configuration  ${configuration}`,
    ...sandboxLines(sandbox, publicUrl),
    `  data and logs  ${data}`,
  ]
  // show only the sandbox's keys, which are not secret
  if (buyer !== undefined && showKey) lines.push(`  buyer          ${buyer.id}, key ${buyer.key}`)
  if (panel !== undefined) {
    const key = showKey ? panel.key : `<the key of ${panel.id}>`
    lines.push(`  panel          ${panel.id}${showKey ? `, key ${panel.key}` : ''}`, '')
    lines.push(
      showKey ? '  Surveys for one panelist:' : '  Surveys for one panelist, with your key:',
      '',
      `  ${exampleCurl(api, key)}`,
    )
  }
  return [...lines, ''].join('\n')
}

/** With the user's own configuration, says whether the sandbox is part of it. */
function sandboxLines(sandbox, publicUrl) {
  if (sandbox === 'alone') return []
  if (sandbox === 'off')
    return ['  sandbox        off, because you have your own configuration; npm start -- --with-sandbox adds it']
  const outside = publicUrl !== undefined && !/^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|\/|$)/.test(publicUrl)
  return [
    '  sandbox        its connections are added to yours: a panel that lists `connections` must name those it wants',
    ...(outside
      ? [`                 public_url ${publicUrl} must lead here: the simulated providers send browsers there`]
      : []),
  ]
}

function exampleCurl(api, key) {
  return `curl -s ${api}/v1/surveys/match -H 'x-api-key: ${key}' -H 'content-type: application/json' -d '${JSON.stringify(exampleRequest)}'`
}
