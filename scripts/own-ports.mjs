import fs from 'node:fs'
import path from 'node:path'
import { choosePort, whyNotFree } from './ports.mjs'
import { Failure } from './report.mjs'

/**
 * Chooses the ports of the API and of the sandbox before anything starts, because each must know the other's address.
 * The data directory stores a chosen port, so the next start has the same addresses.
 *
 * @param {import('./settings.mjs').Settings} settings
 * @returns {Promise<{ api: number, sandbox: number | undefined }>}
 * @throws {Failure} when the address cannot be used, or a requested port is taken
 */
export async function chooseOwnPorts({ data, host, port, sandbox }) {
  const file = path.join(data, 'ports.json')
  const before = readJson(file)
  const unusable = await whyNotFree(0, host)
  if (unusable !== undefined) {
    throw new Failure(
      `HOST: cannot listen on ${host} (${unusable}): set an address of this machine, e.g. HOST=127.0.0.1`,
    )
  }
  const anyPort = port === undefined || port === 0
  const api = anyPort ? await choosePort([before.api ?? 0, port === 0 ? 0 : 8080], host) : port
  const problem = await whyNotFree(api, host)
  if (problem === 'EACCES') {
    throw new Failure(`PORT: ${api} needs rights that this user lacks: set a port above 1023, e.g. PORT=8080`)
  }
  if (problem !== undefined) {
    throw new Failure(
      `PORT: ${api} is taken by another program: stop it, set another port, or unset PORT to get a free one`,
    )
  }
  const ports = { api, sandbox: sandbox ? await choosePort([before.sandbox ?? 0]) : undefined }
  fs.writeFileSync(file, JSON.stringify({ ...before, ...ports, api: anyPort ? api : before.api }))
  return ports
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'))
  } catch {
    return {}
  }
}
