import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Finding, fault, ok, warn, wordsOf } from './finding.js'

const LEAST_NODE = [20, 19] as const
/** PostgreSQL stops writing when its disk is full, and does not always start again by itself. */
const LITTLE_BYTES = 2 * 1024 ** 3
const TOO_LITTLE_BYTES = 256 * 1024 ** 2

/** @param version as `process.versions.node` */
export function nodeVersion(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const enough = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])
  if (enough) return ok('Node.js', version)
  return fault('Node.js', `${version} is older than ${LEAST_NODE.join('.')}`, 'install a newer Node.js')
}

/** Free space on the disk that holds a data directory; the directory need not exist yet. */
export async function diskSpace(directory: string): Promise<Finding> {
  let place = directory
  while (!existsSync(place) && dirname(place) !== place) place = dirname(place)
  try {
    const { bavail, bsize } = await statfs(place)
    return diskFinding(place, bavail * bsize)
  } catch (error) {
    return warn('disk', `${place}: ${wordsOf(error)}`, 'make the directory readable')
  }
}

/** @param freeBytes bytes that an ordinary user can still write */
export function diskFinding(place: string, freeBytes: number): Finding {
  const found = `${(freeBytes / 1024 ** 3).toFixed(1)} GB free at ${place}`
  const wayOut = 'free disk space, or move the data: TRIBUTARY_DATA'
  if (freeBytes < TOO_LITTLE_BYTES) return fault('disk', found, wayOut)
  return freeBytes < LITTLE_BYTES ? warn('disk', found, wayOut) : ok('disk', found)
}
