import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, type Logger as SdkLogger } from '@temporalio/worker'

/** The folders of workflow code; a change in one of them needs a new bundle. */
const SOURCES = ['workflows', 'domain']

export interface BundleOptions {
  /** From the data converter, when payloads are encrypted; the workflow sandbox loads it too. */
  readonly failureConverterPath?: string | undefined
  /** Where bundles are cached between starts. */
  readonly cacheFolder: string
  readonly logger?: SdkLogger
}

/**
 * The bundled code of all workflows for Temporal's sandbox: built once (about 1.5 s), shared by all workers of the
 * process, and cached on disk under a hash of its sources, so a restart reads it from there.
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

/** Writes the bundle atomically, because two processes may start concurrently. Ignores a folder that is read-only. */
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
