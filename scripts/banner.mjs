import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { checkout } from './checkout.mjs'

/**
 * How many surveys each connection of the sandbox has open, as the API tells its operator. The first polls may still be
 * under way, so it is asked again for a moment. A provider that matches panelist by panelist has no list to count.
 *
 * @param {string} api
 * @param {string} key an operator's
 * @param {number} [patience] milliseconds [2000]
 * @returns {Promise<{ id: string, surveys: number }[]>} empty when the API does not tell
 */
export async function countSurveys(api, key, patience = 2000) {
  const until = Date.now() + patience
  for (;;) {
    const connections = await askConnections(api, key)
    const waiting = connections.some(({ surveys_open: open, state }) => open === 0 && state === 'starting')
    if (!waiting || Date.now() > until)
      return connections.filter((one) => one.surveys_open > 0).map(({ id, surveys_open: surveys }) => ({ id, surveys }))
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

async function askConnections(api, key) {
  try {
    const answer = await fetch(`${api}/v1/ops/connections`, {
      headers: { 'x-api-key': key },
      signal: AbortSignal.timeout(2000),
    })
    return answer.ok ? (await answer.json()).connections : []
  } catch {
    return []
  }
}

/**
 * The first panel of a configuration file, with its key when the file (with the defaults of its
 * `${NAME:-default}`) tells it. Only used to print an example, so whatever cannot be read is left out.
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

async function firstOf(file, section, environment) {
  try {
    // loaded late: this module is also imported before the dependencies are installed
    const { parse } = await import(pathToFileURL(path.join(checkout, 'node_modules', 'yaml', 'dist', 'index.js')).href)
    const [first] = parse(fs.readFileSync(file, 'utf8'))[section]
    return { id: String(first.id), key: expand(String(first.api_key), environment) }
  } catch {
    return undefined
  }
}

/** `${NAME}` and `${NAME:-default}` as in the configuration file. */
export function expand(text, environment) {
  return text.replace(/\$\{(\w+)(?::-([^}]*))?\}/g, (_, name, fallback) => environment[name] || fallback || '')
}

/** What the example asks for: a panelist whom most surveys of the sandbox want. */
export const exampleRequest = {
  panelist_id: 'ann',
  country: 'USA',
  locale: 'en-US',
  profile: { age: 34, sex: 'female' },
}

/**
 * What a person sees when everything runs.
 *
 * @param {{ api: string, temporalUi: string | null, demo: string | null, panel: { id: string, key: string } | undefined, buyer?: { id: string, key: string } | undefined, showKey: boolean, data: string, configuration: string, surveys?: { id: string, surveys: number }[] }} facts
 *   `showKey`: the key is one of the sandbox's, which are no secret
 */
export function banner({ api, temporalUi, demo, panel, buyer, showKey, data, configuration, surveys = [] }) {
  const lines = [
    '',
    '  Tributary is running. Ctrl-C stops it.',
    '',
    `  API            ${api}`,
    `  documentation  ${api}/docs`,
    `  operations     ${api}/ops`,
    ...(demo === null ? [] : [`  demo           ${demo}`, `  buyer's view   ${demo}/buyer`]),
    ...(temporalUi === null ? [] : [`  Temporal UI    ${temporalUi}`]),
    ...(surveys.length === 0
      ? []
      : [`  surveys        ${surveys.map(({ id, surveys: open }) => `${id} ${open}`).join(', ')}`]),
    `  configuration  ${configuration}`,
    `  data and logs  ${data}`,
  ]
  // only the sandbox's keys are no secret
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

function exampleCurl(api, key) {
  return `curl -s ${api}/v1/surveys/match -H 'x-api-key: ${key}' -H 'content-type: application/json' -d '${JSON.stringify(exampleRequest)}'`
}
