import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, type Logger as SdkLogger } from '@temporalio/worker'

/** What workflow code may be made of: a change in one of these folders makes another bundle. */
const SOURCES = ['workflows', 'domain']

export interface BundleOptions {
  /** From the data converter, when payloads are encrypted; the workflow sandbox loads it too. */
  readonly failureConverterPath?: string | undefined
  /** Where bundles are kept between starts. */
  readonly cacheFolder: string
  readonly logger?: SdkLogger
}

/**
 * The code of all workflows as Temporal's sandbox wants it: built once (about 1.5 s), shared by all workers of the
 * process, and kept on disk under a hash of its sources so that a restart takes it from there.
 */
export async function workflowBundle(options: BundleOptions): Promise<{ code: string }> {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const file = join(options.cacheFolder, `workflows-${await sourceHash(root, options.failureConverterPath ?? '')}.js`)
  const kept = await readFile(file, 'utf8').catch(() => null)
  if (kept !== null) return { code: kept }

  const { code } = await bundleWorkflowCode({
    workflowsPath: join(root, 'workflows', `index${extname(fileURLToPath(import.meta.url))}`),
    ...(options.failureConverterPath === undefined ? {} : { failureConverterPath: options.failureConverterPath }),
    ...(options.logger === undefined ? {} : { logger: options.logger }),
  })
  await keep(file, options.cacheFolder, code)
  return { code }
}

async function sourceHash(root: string, converter: string): Promise<string> {
  const hash = createHash('sha256').update(converter)
  const sdk = createRequire(import.meta.url).resolve('@temporalio/worker/package.json')
  hash.update(await readFile(sdk))
  for (const source of SOURCES) {
    const entries = await readdir(join(root, source), { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    for (const file of files.sort()) hash.update(file).update(await readFile(file))
  }
  return hash.digest('hex').slice(0, 20)
}

/** Whole or not at all, as two processes may start at once. A folder that cannot be written only costs the next start time. */
async function keep(file: string, folder: string, code: string): Promise<void> {
  const draft = `${file}.${randomBytes(4).toString('hex')}`
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(draft, code)
    await rename(draft, file)
  } catch {
    // read-only file system
  }
}
