import { type ErrorRequestHandler, Router } from 'express'
import type { Clock } from '../clock.js'
import type { FaultBoard } from '../faults.js'
import type { Journal } from '../journal.js'
import { createRandom } from '../random.js'
import { createTolunaAdmin } from './admin.js'
import { createEndings, type Endings } from './endings.js'
import { createEntryPage } from './entry-page.js'
import type { PanelSource } from './generate.js'
import { Inventory } from './inventory.js'
import { MemberBook } from './members.js'
import { createNotifications, type Notifications } from './notifications.js'
import { createPartnerApi } from './partner-api.js'

export interface TolunaOptions {
  /** How many surveys each panel has [80]. */
  surveys?: number
  apiAuthKey?: string
  /** The partner's panels, one per culture, with its ids of their connections. */
  panels?: readonly (PanelSource & { connection: string })[]
  /** The secret of the signatures of redirects and member notifications. */
  secret?: string
  notifyKey?: string
  /** How long a list of quotas stays the same, in simulated milliseconds [10,000]. */
  cacheMs?: number
  /** True = every member counts as registered [false]. */
  openRegistration?: boolean
  /** The members of every recontact quota [the demo's panelists]. */
  recontactMembers?: readonly string[]
  retryDelays?: readonly number[]
}

export interface TolunaSurroundings {
  seed: string
  clock: Clock
  journal: Journal
  faults: FaultBoard
  /** This provider's address for other processes, e.g. `http://127.0.0.1:8090/toluna`. */
  url: () => string
  apiUrl: () => string
}

/** The simulated External Sample, with handles for programs that run it in their own process. */
export interface Toluna {
  router: Router
  admin: Router
  inventories: ReadonlyMap<string, Inventory>
  members: MemberBook
  endings: Endings
  notifications: Notifications
  ticker: { tick(): unknown }
  close(): Promise<void>
}

/** The same values as in tributary.sandbox.yaml. */
export const TOLUNA_SANDBOX = {
  apiAuthKey: 'toluna-sandbox-key',
  secret: 'toluna-sandbox-secret',
  notifyKey: 'toluna-sandbox-notify-key',
} as const

const PANELS: readonly (PanelSource & { connection: string })[] = [
  {
    guid: '10B1BF48-F141-41CD-850F-4DE5A8BA44EB',
    connection: 'toluna-sandbox',
    countryId: 2000223,
    currencyId: 1,
    postal: ['100', '101', '606', '902', '94'],
  },
  {
    guid: '5F2C7A10-3E0B-4D5C-9A77-0C2B7A8E61D4',
    connection: 'toluna-sandbox-gb',
    countryId: 2000222,
    currencyId: 2,
    postal: ['SW1', 'EC', 'M1', 'LS'],
  },
]
const RECONTACT_MEMBERS = ['demo-ana', 'demo-marcos', 'demo-priya', 'a person & co/ü', 'Zoë#1']

/** Builds the simulation of Toluna's External Sample (Toluna External Sample). */
export function createToluna(options: TolunaOptions, around: TolunaSurroundings): Toluna {
  const { seed, clock, journal, faults, url, apiUrl } = around
  const { panels = PANELS, cacheMs = 10_000 } = options
  const inventories = new Map(
    panels.map((panel) => [
      panel.guid.toLowerCase(),
      new Inventory(seed, panel, options.surveys ?? 80, clock, cacheMs),
    ]),
  )
  const members = new MemberBook(options.openRegistration ?? false)
  const { recontactMembers = RECONTACT_MEMBERS.flatMap((member) => [member, `lifepoints.${member}`]) } = options
  const nameMembers = () => {
    for (const inventory of inventories.values()) {
      for (const survey of inventory.all()) {
        if (!survey.IsSurveyRecontact) continue
        for (const { QuotaID } of survey.Quotas) {
          if (members.named(QuotaID).length === 0) members.name(QuotaID, recontactMembers)
        }
      }
    }
  }
  nameMembers()
  const notifications = createNotifications({
    clock,
    faults,
    journal,
    secret: options.secret ?? TOLUNA_SANDBOX.secret,
    notifyKey: options.notifyKey ?? TOLUNA_SANDBOX.notifyKey,
    ...(options.retryDelays ? { retryDelays: options.retryDelays } : {}),
  })
  const connectionOf = (guid: string) =>
    panels.find((panel) => panel.guid.toLowerCase() === guid.toLowerCase())?.connection ?? 'toluna-sandbox'
  const endings = createEndings({ clock, journal, notifications, inventories, connectionOf, apiUrl })
  const random = createRandom(`${seed}/toluna/invites`)
  let invites = 0

  const tick = () => {
    const all = [...inventories.values()].map((inventory) => inventory.tick())
    nameMembers()
    const changes = all.flatMap((one) => one.changes)
    for (const change of all.flatMap((one) => one.quotas)) void endings.broadcast(change)
    if (changes.length > 0) journal.record('toluna.ticked', { changes })
    return { changes }
  }

  const router = Router()
  router.use(createEntryPage({ members, endings, faults, journal }))
  const api = createPartnerApi({
    apiAuthKey: options.apiAuthKey ?? TOLUNA_SANDBOX.apiAuthKey,
    inventories,
    members,
    faults,
    journal,
    url,
    newId: () => `${++invites}-${random.int(100_000_000, 999_999_999)}`,
  })
  // the document has the path with and without the prefix
  router.use('/IPExternalSamplingService', api)
  router.use(api)
  router.use((_request, response) => void response.status(404).json({ Message: 'resource not found' }))
  router.use(unreadable)

  return {
    router,
    admin: createTolunaAdmin({ inventories, members, endings, tick }),
    inventories,
    members,
    endings,
    notifications,
    ticker: { tick },
    close: () => notifications.close(),
  }
}

const unreadable: ErrorRequestHandler = (_error, _request, response, next) => {
  if (response.headersSent) return next(_error)
  response.status(400).json({ Message: 'the request is unreadable' })
}
