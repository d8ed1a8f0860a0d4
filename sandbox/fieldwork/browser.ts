import { Agent, request } from 'undici'

/** A simulated respondent's browser: follows one redirect at a time and runs no script. */
export interface Browser {
  visit(url: string): Promise<{ status: number; location: string | undefined }>
  close(): Promise<void>
}

/** @param reach turns an address for browsers into one that answers here */
export function createBrowser(reach: (url: string) => string): Browser {
  const agent = new Agent({ connect: { timeout: 3_000 }, headersTimeout: 20_000, bodyTimeout: 20_000 })
  return {
    async visit(url) {
      const answer = await request(reach(url), { method: 'GET', headers: { accept: 'text/html' }, dispatcher: agent })
      await answer.body.dump()
      const { location } = answer.headers
      const next = Array.isArray(location) ? location[0] : location
      return { status: answer.statusCode, location: next === undefined ? undefined : new URL(next, url).href }
    },
    close: () => agent.destroy(),
  }
}
