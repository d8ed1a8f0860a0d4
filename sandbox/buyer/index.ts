import express, { Router } from 'express'
import type { Clock } from '../clock.js'
import type { Journal } from '../journal.js'
import { type BuyerAccount, SANDBOX_BUYERS } from './accounts.js'
import { type BuyerClient, createBuyerClient } from './client.js'
import { createLauncher, type Launch } from './launcher.js'
import { createProgressBook, type ProgressBook } from './progress.js'
import { type StarterPlan, starterPlans } from './starter-plans.js'
import { STARTER_TEMPLATES, type StarterTemplate } from './starter-templates.js'

export interface BuyerOptions {
  /** The demand partners that it plays [acme and globex of tributary.sandbox.yaml]. */
  accounts?: readonly BuyerAccount[]
  /** What `launch` launches [two plans of acme's, one of globex's]. */
  plans?: readonly StarterPlan[]
  /** The templates that it creates if they are missing [one of acme's]. */
  templates?: readonly StarterTemplate[]
  /** Writes a line for an operator [nowhere]. */
  warn?: (line: string) => void
}

export interface BuyerSurroundings {
  clock: Clock
  journal: Journal
  apiUrl: () => string
  /** The sandbox's survey platform. */
  platformUrl: () => string
}

/** The simulated buyers: demand partners who launch survey plans and watch their progress. */
export interface Buyers {
  /** Under `/_sandbox/buyer`. */
  admin: Router
  clients: readonly BuyerClient[]
  progress: ProgressBook
  /** Launches the first plans as soon as Tributary answers, each plan once. */
  launch(): Promise<Record<string, Launch | undefined>>
  close(): Promise<void>
}

export function createBuyers(options: BuyerOptions, around: BuyerSurroundings): Buyers {
  const { clock, journal, apiUrl, platformUrl } = around
  const { accounts = SANDBOX_BUYERS, templates = STARTER_TEMPLATES, warn = () => {} } = options
  const clients = accounts.map((account) => createBuyerClient(account, apiUrl))
  const progress = createProgressBook(clock)
  const plans = () => [...(options.plans ?? starterPlans(platformUrl()))]
  const launcher = createLauncher({
    buyers: clients,
    plans,
    templates,
    clock,
    journal,
    warn,
    // its history begins with the launch
    onLaunched: (client, planId) => progress.follow(planId, async () => (await client.plan(planId)).value),
  })

  const admin = Router()
  admin.use(express.json({ limit: '100kb' }))
  admin.post('/launch', async (_request, response) => void response.json(await launcher.run()))

  return {
    admin,
    clients,
    progress,
    launch: () => launcher.run(),
    async close() {
      launcher.stop()
      progress.close()
      await Promise.all(clients.map((client) => client.close()))
    },
  }
}
