import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type Express } from 'express'
import { createAdmin } from './admin.js'
import { type BuyerOptions, type Buyers, createBuyers } from './buyer/index.js'
import { type Clock, type ClockOptions, createClock } from './clock.js'
import { createDemo, type DemoOptions } from './demo/index.js'
import { createDynata, type Dynata, type DynataOptions } from './dynata/index.js'
import { createFaultBoard, type FaultBoard } from './faults.js'
import { createFieldwork, type Fieldwork, type FieldworkOptions } from './fieldwork/index.js'
import { createJournal, type Journal } from './journal.js'
import { createKantar, type Kantar, type KantarOptions } from './kantar/index.js'
import { createPureSpectrum, type PureSpectrum, type PureSpectrumOptions } from './purespectrum/index.js'
import { createRandom } from './random.js'
import { createSurveyPlatform, type SurveyPlatformOptions } from './survey-platform/index.js'
import { createToluna, type Toluna, type TolunaOptions } from './toluna/index.js'

export interface SandboxOptions {
  /** The same seed makes the same inventory and the same changes [tributary]. */
  seed?: string
  clock?: Clock | ClockOptions
  /** Tributary's address, without a slash at the end; `setApiUrl` may set it later. */
  apiUrl?: string
  /** Tributary's address in its links and tokens, if it is not `apiUrl`. */
  publicUrl?: string
  /** The sandbox's own address for other processes [the address it listens on]. */
  url?: string
  /** The inventory changes every N simulated milliseconds; 0 disables that [0]. */
  tickMs?: number
  kantar?: KantarOptions
  dynata?: DynataOptions
  purespectrum?: PureSpectrumOptions
  toluna?: TolunaOptions
  buyer?: BuyerOptions
  platform?: SurveyPlatformOptions
  field?: FieldworkOptions
  demo?: DemoOptions
}

/** A simulated world of providers in this process: the sandbox program, tests and benchmarks run it. */
export interface Sandbox {
  app: Express
  clock: Clock
  journal: Journal
  faults: FaultBoard
  kantar: Kantar
  dynata: Dynata
  purespectrum: PureSpectrum
  toluna: Toluna
  buyers: Buyers
  field: Fieldwork
  /** The address in session and survey URLs. Throws before `listen`, unless it was an option. */
  url(): string
  setApiUrl(url: string): void
  /** Starts serving on a port (0: any free one) of an interface [127.0.0.1]; returns the real port. */
  listen(port?: number, host?: string): Promise<{ port: number; url: string }>
  /** Stops serving, drops open connections, stops retrying postbacks. */
  close(): Promise<void>
}

/** Builds a sandbox. It serves nothing before `listen`, and its inventory changes only if `tickMs` is set. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const { seed = 'tributary', tickMs = 0 } = options
  const clock = isClock(options.clock) ? options.clock : createClock(options.clock)
  const journal = createJournal(clock)
  const faults = createFaultBoard(createRandom(`${seed}/faults`))
  let apiUrl = options.apiUrl
  let ownUrl = options.url

  const url = () => known(ownUrl, 'the sandbox has no address yet: call listen() first, or give it one as `url`')
  const knownApiUrl = () =>
    known(apiUrl, 'the sandbox does not know where Tributary is: give `apiUrl`, or call setApiUrl()')
  const kantar = createKantar(options.kantar ?? {}, {
    seed,
    clock,
    journal,
    faults,
    url: () => `${url()}/kantar`,
    apiUrl: knownApiUrl,
  })
  const purespectrum = createPureSpectrum(options.purespectrum ?? {}, {
    seed,
    clock,
    journal,
    faults,
    url: () => `${url()}/purespectrum`,
    apiUrl: knownApiUrl,
  })
  const toluna = createToluna(options.toluna ?? {}, {
    seed,
    clock,
    journal,
    faults,
    url: () => `${url()}/toluna`,
    apiUrl: knownApiUrl,
  })
  const dynata = createDynata(options.dynata ?? {}, {
    seed,
    clock,
    journal,
    faults,
    url: () => `${url()}/dynata`,
    apiUrl: knownApiUrl,
  })
  const publicUrl = () => known(options.publicUrl ?? knownApiUrl(), '')
  const platformUrl = () => `${url()}/survey-platform`
  const around = { seed, clock, journal, faults, apiUrl: knownApiUrl, publicUrl, platformUrl }
  const platform = createSurveyPlatform(options.platform ?? {}, around)
  const buyers = createBuyers(options.buyer ?? {}, around)
  const field = createFieldwork(options.field ?? {}, around)
  const demo = createDemo(options.demo ?? {}, {
    clock,
    journal,
    apiUrl: knownApiUrl,
    publicUrl,
    platformUrl,
    buyers,
    field,
  })

  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.use('/kantar', kantar.router)
  app.use('/dynata', dynata.router)
  app.use('/purespectrum', purespectrum.router)
  app.use('/toluna', toluna.router)
  app.use('/survey-platform', platform.router)
  app.use('/_sandbox', createAdmin(journal, faults))
  app.use('/_sandbox/buyer', buyers.admin)
  app.use('/_sandbox/field', field.admin)
  app.use('/_sandbox/purespectrum', purespectrum.admin)
  app.use('/_sandbox/toluna', toluna.admin)
  app.use('/_sandbox/dynata', dynata.admin)
  // kantar is the first provider, so its switches also answer without its name
  app.use(['/_sandbox/kantar', '/_sandbox'], kantar.admin)
  app.use('/demo', demo.router)
  app.get('/', (_request, response) => response.redirect('/demo'))

  const server = createServer(app)
  const parts = [kantar, dynata, purespectrum, toluna, platform, buyers, field, demo]
  let ticking: NodeJS.Timeout | undefined

  return {
    app,
    clock,
    journal,
    faults,
    kantar,
    dynata,
    purespectrum,
    toluna,
    buyers,
    field,
    url,
    setApiUrl(given) {
      apiUrl = given
    },
    async listen(port = 0, host = '127.0.0.1') {
      server.listen(port, host)
      await once(server, 'listening')
      const { port: bound } = server.address() as AddressInfo
      ownUrl ??= `http://${host.includes(':') ? `[${host}]` : host}:${bound}`
      if (tickMs > 0) {
        ticking = setInterval(
          () => {
            kantar.ticker.tick()
            dynata.tick()
            purespectrum.ticker.tick()
            toluna.ticker.tick()
          },
          Math.max(10, clock.realMilliseconds(tickMs)),
        )
        ticking.unref()
      }
      return { port: bound, url: url() }
    },
    async close() {
      clearInterval(ticking)
      const closed = server.listening ? once(server, 'close') : undefined
      server.close()
      server.closeAllConnections()
      await Promise.all([closed, ...parts.map((part) => part.close())])
    },
  }
}

function known(url: string | undefined, otherwise: string): string {
  if (url === undefined) throw new Error(otherwise)
  return url.replace(/\/+$/, '')
}

function isClock(given: Clock | ClockOptions | undefined): given is Clock {
  return given !== undefined && 'now' in given
}
