import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Kantar, KantarState } from './index.js'
import type { Session } from './sessions.js'

/** The most stored sessions; the next start drops the oldest beyond it. */
const MOST_SESSIONS = 20_000

interface SavedState extends Omit<KantarState, 'sessions'> {
  /** Whether the sandbox shut down cleanly; if not, the last second's changes may be missing. */
  clean: boolean
}

/** The simulated gateway's state on disk, because a provider keeps its sessions when Tributary restarts. */
export interface StateFile {
  /** The stored state; undefined at the first start. */
  load(): { state: KantarState; clean: boolean } | undefined
  /** Stores the gateway's state from now on: sessions immediately, the rest every second. */
  follow(kantar: Kantar): void
  /** Saves a last time, for a clean shutdown. */
  close(): Promise<void>
}

/** Stores state in a folder, which it creates if needed. */
export function openStateFile(folder: string): StateFile {
  mkdirSync(folder, { recursive: true })
  const stateFile = join(folder, 'kantar.json')
  const sessionsFile = join(folder, 'kantar-sessions.ndjson')
  let followed: Kantar | undefined
  let saving: NodeJS.Timeout | undefined
  let savedAckId = -1
  let savedCursors = ''

  async function save(clean: boolean): Promise<void> {
    if (!followed) return
    const { sessions: _kept, ...state } = await followed.state()
    savedAckId = state.plans.lastAckId
    savedCursors = JSON.stringify(state.cursors)
    writeAtomically(stateFile, JSON.stringify({ ...state, clean } satisfies SavedState))
  }

  async function saveWhenChanged(): Promise<void> {
    if (!followed) return
    const cursors = JSON.stringify(Object.fromEntries(followed.accounts.map((one) => [one.connection, one.cursor])))
    if (followed.plans.lastAckId !== savedAckId || cursors !== savedCursors) await save(false)
  }

  return {
    load() {
      const text = readIfThere(stateFile)
      if (text === undefined) return undefined
      const { clean, ...state } = JSON.parse(text) as SavedState
      const sessions = new Map<string, Session>()
      for (const line of (readIfThere(sessionsFile) ?? '').split('\n')) {
        const session = readLine(line)
        if (session) sessions.set(session.id, session)
      }
      const newest = [...sessions.values()].slice(-MOST_SESSIONS)
      writeAtomically(sessionsFile, newest.map((session) => `${JSON.stringify(session)}\n`).join(''))
      return { state: { ...state, sessions: newest }, clean }
    },
    follow(kantar) {
      followed = kantar
      kantar.sessions.onChange((session) => appendFileSync(sessionsFile, `${JSON.stringify(session)}\n`))
      saving = setInterval(() => void saveWhenChanged().catch(() => {}), 1_000)
      saving.unref()
    },
    async close() {
      clearInterval(saving)
      await save(true)
    },
  }
}

function writeAtomically(file: string, text: string): void {
  writeFileSync(`${file}.new`, text)
  renameSync(`${file}.new`, file)
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** A session of the log; undefined for a line that a crash truncated. */
function readLine(line: string): Session | undefined {
  if (line === '') return undefined
  try {
    return JSON.parse(line) as Session
  } catch {
    return undefined
  }
}
