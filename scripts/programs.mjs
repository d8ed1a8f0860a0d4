/**
 * Compiles the product's programs from TypeScript, for `npm start` and for the tests that start processes: one file for
 * each program, and shared chunks, without packages. A compiled program loads in a third of the processor time that it
 * takes under tsx, because tsx resolves and compiles every module at the start
 * (docs/decisions/0024-programs-are-compiled-at-start.md).
 */
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { checkout, toolsDirectory } from './checkout.mjs'
import { rooms } from './rooms.mjs'

/** Every process of the product. */
export const programs = ['api/main.ts', 'db/main.ts', 'sandbox/main.ts', 'workers/main.ts']

const UNUSED_AFTER_MS = 30 * 24 * 3600_000

/**
 * Compiles programs into a folder that is named after the hash of their code, so that two copies of one checkout never
 * write the same file. It does not compile packages: programs load them from the checkout's node_modules.
 *
 * @param {readonly string[]} [entries] from the checkout: `api/main.ts`
 * @param {{ root?: string, folder?: string }} [options] `root`: the checkout; `folder`: stores compiled programs,
 *   at or below `root`
 * @returns {Promise<string>} the folder: `api/main.ts` is in it as `api/main.js`
 * @throws Error when TypeScript cannot be read or the folder cannot be written
 */
export async function compilePrograms(entries = programs, { root = checkout, folder = toolsDirectory } = {}) {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    entryPoints: entries.map((entry) => path.join(root, entry)),
    absWorkingDir: root,
    outdir: path.join(folder, 'programs'),
    outbase: root,
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // errors, logs and workflow types show names of classes and functions
    keepNames: true,
    sourcemap: 'linked',
    sourcesContent: false,
    write: false,
    logLevel: 'silent',
    plugins: [ownAddresses(root, entries)],
  })
  const hash = createHash('sha256')
  for (const file of outputFiles) hash.update(file.path).update(file.contents)
  const target = path.join(folder, `programs-${hash.digest('hex').slice(0, 20)}`)
  if (!fs.existsSync(target)) writeWhole(target, outputFiles, path.join(folder, 'programs'))
  fs.utimesSync(target, new Date(), new Date())
  removeUnused(folder)
  return target
}

/**
 * The command that starts a compiled program.
 *
 * @param {string} folder the result of `compilePrograms`
 * @param {string} entry `api/main.ts`
 */
export function compiledProgram(folder, entry) {
  const file = path.join(folder, entry.replace(/\.ts$/, '.js'))
  return { command: process.execPath, args: ['--enable-source-maps', file] }
}

/** The command that starts a program from its TypeScript. */
export const sourceProgram = (entry) => ({ command: process.execPath, args: ['--import', 'tsx', entry] })

/**
 * A module finds files in its folder by `import.meta.url`, so in a compiled program that stays the address of its source.
 * esbuild passes only the modules that use it to this process, because passing all of them takes longer than compiling them.
 */
function ownAddresses(root, entries) {
  return {
    name: 'own-addresses',
    setup(build) {
      const users = modulesOf(root, entries).filter((file) => fs.readFileSync(file, 'utf8').includes('import.meta.url'))
      if (users.length === 0) return
      const filter = new RegExp(`^(?:${users.map((file) => file.replace(/[\\/.*+?^${}()|[\]]/g, '\\$&')).join('|')})$`)
      build.onLoad({ filter }, ({ path: file }) => {
        const address = JSON.stringify(pathToFileURL(file).href)
        return { contents: fs.readFileSync(file, 'utf8').replaceAll('import.meta.url', address), loader: 'ts' }
      })
    },
  }
}

/** Every module that a program may contain: those of the rooms, and those in the folders of the programs. */
function modulesOf(root, entries) {
  const folders = new Set([...rooms(root), ...entries.map((entry) => path.dirname(entry))])
  return [...folders].flatMap((folder) =>
    fs
      .readdirSync(path.join(root, folder), { recursive: true })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => path.join(root, folder, name)),
  )
}

/** Writes the folder atomically, because another start may use it. */
function writeWhole(target, outputFiles, outdir) {
  const draft = `${target}.${process.pid}`
  for (const { path: file, contents } of outputFiles) {
    const copy = path.join(draft, path.relative(outdir, file))
    fs.mkdirSync(path.dirname(copy), { recursive: true })
    // linked source maps name their sources relative to the file
    fs.writeFileSync(copy, contents)
  }
  try {
    fs.renameSync(draft, target)
  } catch (error) {
    fs.rmSync(draft, { recursive: true, force: true })
    if (!fs.existsSync(target)) throw error // otherwise another start was faster
  }
}

function removeUnused(folder) {
  const before = Date.now() - UNUSED_AFTER_MS
  for (const name of fs.readdirSync(folder)) {
    const file = path.join(folder, name)
    if (name.startsWith('programs-') && fs.statSync(file).mtimeMs < before)
      fs.rmSync(file, { recursive: true, force: true })
  }
}
