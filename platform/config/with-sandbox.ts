import { basename } from 'node:path'
import { type Env, type Place, readDocument, type SourceDocument } from './document.js'
import { ConfigError } from './faults.js'
import { listAt, textAt } from './raw-lists.js'
import { isMapValue } from './schema-walk.js'

/** The id of the sandbox's demo panel in a file that has panels of its own. */
export const DEMO_PANEL_ID = 'sandbox-demo'

/** A loopback address as an IP literal: it cannot resolve to another machine. */
const LOOPBACK = /^http:\/\/(127\.0\.0\.1|\[::1\]):\d+$/

/**
 * Reads a configuration file and, with TRIBUTARY_WITH_SANDBOX, adds the sandbox to it (docs/sandbox.md, Beside your own
 * configuration): its connections, and its demo panel, which may use only those. Leaves out the sandbox's operators,
 * buyers and other panels, because their keys are public.
 * @param env TRIBUTARY_WITH_SANDBOX: the sandbox's configuration file; TRIBUTARY_SANDBOX_URL: where it runs
 * @throws ConfigError as readDocument, and when the two files clash
 */
export function readConfiguration(file: string, env: Env): SourceDocument {
  const own = readDocument(file, env)
  if (!env.TRIBUTARY_WITH_SANDBOX) return own
  const url = env.TRIBUTARY_SANDBOX_URL ?? ''
  if (!LOOPBACK.test(url)) {
    throw new ConfigError([
      `TRIBUTARY_SANDBOX_URL: must be the address of a sandbox on this machine when TRIBUTARY_WITH_SANDBOX is set; example: TRIBUTARY_SANDBOX_URL=http://127.0.0.1:8090`,
    ])
  }
  return addSandbox(own, readDocument(env.TRIBUTARY_WITH_SANDBOX, env), new URL(url).origin)
}

function addSandbox(own: SourceDocument, sandbox: SourceDocument, origin: string): SourceDocument {
  // the schema reports data that is not a map
  const data = own.data ?? {}
  if (!isMapValue(data)) return own
  const connections = listAt(sandbox.data, 'connections')
  const demo = demoPanel(sandbox, connections)
  refuseClashes(own, connections, demo)
  const added = { connections, panels: [demo] }
  return {
    ...own,
    data: { ...data, ...joined(data, added) },
    places: new Map([...own.places, ...movedPlaces(data, sandbox, added)]),
    openOrigins: [origin],
  }
}

type Added = Readonly<Record<'connections' | 'panels', readonly unknown[]>>

/** The file's own entries come first, so that their list positions stay as in the file. */
function joined(data: Readonly<Record<string, unknown>>, added: Added): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(added).map(([section, items]) => {
      const given = data[section]
      return [section, given === undefined || Array.isArray(given) ? [...listAt(data, section), ...items] : given]
    }),
  )
}

function demoPanel(sandbox: SourceDocument, connections: readonly unknown[]): Record<string, unknown> {
  const [panel] = listAt(sandbox.data, 'panels')
  const ids = connections.map((connection) => textAt(connection, 'id'))
  return { ...(isMapValue(panel) ? panel : {}), id: DEMO_PANEL_ID, connections: ids }
}

/** The places of the sandbox's settings: in its own file, after the file's own entries in the list. */
function movedPlaces(data: unknown, sandbox: SourceDocument, added: Added): [string, Place][] {
  return [...sandbox.places].flatMap(([name, place]): [string, Place][] => {
    const found = /^(connections|panels)\[(\d+)\](.*)$/s.exec(name)
    if (found === null) return []
    const [, section = '', index = '', rest = ''] = found
    if (Number(index) >= added[section as keyof Added].length) return []
    const moved = `${section}[${listAt(data, section).length + Number(index)}]${rest}`
    return [[moved, { ...place, file: basename(sandbox.file) }]]
  })
}

function refuseClashes(own: SourceDocument, connections: readonly unknown[], demo: Record<string, unknown>): void {
  const ids = new Set(listAt(own.data, 'connections').map((connection) => textAt(connection, 'id')))
  const clashes = connections.map((connection) => textAt(connection, 'id')).filter((id) => id !== null && ids.has(id))
  const panels = listAt(own.data, 'panels')
  if (panels.some((panel) => textAt(panel, 'id')?.toLowerCase() === DEMO_PANEL_ID)) clashes.push(DEMO_PANEL_ID)
  const sameKey = panels.find((panel) => textAt(panel, 'api_key') === demo.api_key)
  if (sameKey !== undefined) clashes.push(`the key of panel ${textAt(sameKey, 'id') ?? ''}`)
  if (clashes.length === 0) return
  throw new ConfigError([
    `${basename(own.file)}: ${clashes.join(', ')}: the sandbox, which --with-sandbox adds, has the same; remove or rename yours, or start without --with-sandbox`,
  ])
}
