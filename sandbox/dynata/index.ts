import { Router } from 'express'
import type { Clock } from '../clock.js'
import type { FaultBoard } from '../faults.js'
import type { Journal } from '../journal.js'
import { DEFAULT_PUBLISHER, type PublisherAccount } from './account.js'
import { createDynataAdmin } from './admin.js'
import { createCallbackSender } from './callbacks.js'
import { createEntryPage } from './entry-page.js'
import { Inventory } from './inventory.js'
import { createMatch } from './match.js'
import { People } from './people.js'
import { Participations } from './sessions.js'

export interface DynataOptions {
  /** How many surveys there are at first [160]. */
  surveys?: number
  /** The publishers [one: pub_id 4242, connection `dynata-sandbox`]. */
  accounts?: readonly PublisherAccount[]
}

/** What the simulated provider needs from the sandbox around it. */
export interface DynataSurroundings {
  seed: string
  clock: Clock
  journal: Journal
  faults: FaultBoard
  /** This provider's address for other processes, e.g. `http://127.0.0.1:8090/dynata`. */
  url: () => string
  /** Tributary's address. */
  apiUrl: () => string
}

/** The simulated publisher API of the Dynata Match API, with handles for programs that run it in their own process. */
export interface Dynata {
  router: Router
  admin: Router
  inventory: Inventory
  people: People
  participations: Participations
  /** The next answers have this code, for any request; null ends that. */
  force(code: number | null, count?: number): void
  tick(): unknown[]
  close(): Promise<void>
}

export function createDynata(options: DynataOptions, around: DynataSurroundings): Dynata {
  const { seed, clock, journal, faults, url, apiUrl } = around
  const accounts = options.accounts ?? [DEFAULT_PUBLISHER]
  const inventory = new Inventory(seed, options.surveys ?? 160)
  const people = new People()
  const sender = createCallbackSender({ clock, faults, journal, apiUrl })
  const participations = new Participations({ clock, journal, inventory, sender, apiUrl })
  let forced: { code: number; left: number } | null = null

  const takeForced = (): number | null => {
    if (forced === null) return null
    const { code } = forced
    forced.left -= 1
    if (forced.left <= 0) forced = null
    return code
  }
  const force = (code: number | null, count = Number.POSITIVE_INFINITY) => {
    forced = code === null ? null : { code, left: count }
  }
  const tick = () => {
    const changes = inventory.tick()
    if (changes.length > 0) journal.record('dynata.ticked', { changes })
    return changes
  }

  const router = Router()
  router.use(
    '/publisher/api/v1/surveys/match',
    createMatch({ accounts, people, inventory, clock, faults, journal, url, forced: takeForced }),
  )
  router.use('/direct_link', createEntryPage({ accounts, participations, inventory, faults, journal }))
  router.use((_request, response) => void response.status(404).json({ message: 'page not found' }))

  return {
    router,
    admin: createDynataAdmin({ inventory, people, participations, force, tick }),
    inventory,
    people,
    participations,
    force,
    tick,
    close: () => sender.close(),
  }
}
