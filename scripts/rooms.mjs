import fs from 'node:fs'
import path from 'node:path'
import { checkout } from './checkout.mjs'

const all = [
  'activities',
  'api',
  'bench',
  'catalogue',
  'cli',
  'client',
  'commands',
  'db',
  'domain',
  'platform',
  'providers',
  'sandbox',
  'web',
  'workers',
  'workflows',
]

/** The rooms of the project that contain code; the import rules apply to these. */
export function rooms(root = checkout) {
  return all.filter((room) => {
    const folder = path.join(root, room)
    return fs.existsSync(folder) && fs.readdirSync(folder, { recursive: true }).some((file) => file.endsWith('.ts'))
  })
}
