import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createSandbox, type Sandbox } from '../../sandbox/server.js'
import { type Story, startStory } from '../support/story.js'

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
const PANEL_KEY = 'tk_story'
const BUYERS = `
demand_partners:
  - { id: acme, buyer_id: 145, api_key: "dk_story_acme", templates: true }
  - { id: globex, buyer_id: 146, api_key: "dk_story_globex" }
survey_platforms: [{ id: DECIPHER, api_key: "pk_story" }]
`

let story: Story
let buying: Sandbox
let browser: Browser

beforeAll(async () => {
  story = await startStory({ demo: true, connections: () => BUYERS })
  // the buyers, their survey platform and the panel's people, in addition to the story's sandbox
  buying = createSandbox({
    apiUrl: story.apiUrl,
    kantar: { plans: 0 },
    buyer: {
      accounts: [
        { id: 'acme', apiKey: 'dk_story_acme', buyerId: 145, templates: true },
        { id: 'globex', apiKey: 'dk_story_globex', buyerId: 146, templates: false },
      ],
    },
    platform: { apiKey: 'pk_story' },
    field: { panels: [{ id: 'lifepoints', apiKey: PANEL_KEY }], paceMs: 50 },
    demo: { apiKey: PANEL_KEY },
  })
  await buying.listen()
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await buying?.close()
  await story?.close()
}, 60_000)

/** A page in a window of this width that reports errors on it, and content wider than the window. */
async function open(width: number, colorScheme: 'light' | 'dark'): Promise<{ page: Page; faults: string[] }> {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme })
  const faults: string[] = []
  page.on('pageerror', ({ message }) => void faults.push(message))
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
  page.on('load', async () => {
    const wide = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth').catch(() => 0))
    if (wide > 0) faults.push(`${page.url()} is ${wide} px too wide`)
  })
  return { page, faults }
}

it.runIf(existsSync(CHROMIUM))(
  'a person takes a survey in a browser and sees what the panel got',
  async () => {
    const { page } = await open(1280, 'light')
    await page.goto(`${story.sandbox.url()}/demo`)
    await page.getByText('Ana').first().click()
    // the first poll may not have finished yet
    const offers = page.getByRole('button', { name: 'Take this survey' })
    await reloadUntil(page, async () => (await offers.count()) > 0)
    await offers.first().click()
    await page.waitForURL(/sessions\/start/)
    await page.getByRole('button', { name: /^COMPLETED/ }).click()
    await page.waitForURL(/demo\/done/)
    await expectVerified(page)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('COMPLETED')
    await page.close()
  },
  60_000,
)

it.runIf(existsSync(CHROMIUM))(
  'a buyer launches a plan, panelists complete it, and its progress shows',
  async () => {
    const { page, faults } = await open(390, 'dark')
    await page.goto(`${buying.url()}/demo/buyer`)
    await page.getByRole('link', { name: 'Launch a plan' }).click()
    await page.getByLabel('Your name of the survey').fill('browser & plan')
    await page.getByLabel('Completes wanted').first().fill('4')
    await page.getByLabel('Price (hundredths)').fill('5000')
    await page.getByLabel('Quotas').selectOption('sex')
    // with the keyboard
    await page.getByRole('button', { name: 'Launch', exact: true }).press('Enter')
    await page.getByRole('heading', { level: 1, name: 'browser & plan' }).waitFor()
    const plan = page.url()

    // the best paid offer of the demo's panelist is the plan; its survey is the sandbox's platform's
    await page.goto(`${story.sandbox.url()}/demo/panelists/demo-ana`)
    const offer = page.locator('article', { hasText: 'gateway' }).first()
    await reloadUntil(page, async () => (await offer.count()) > 0)
    await offer.getByRole('button').click()
    await page.waitForURL(/survey-platform\/surveys/)
    expect(await page.getByText('browser & plan').count()).toBeGreaterThan(0)
    await page.getByRole('button', { name: /^COMPLETED/ }).click()
    await page.waitForURL(/demo\/done/)
    await expectVerified(page)
    await page.goto(plan)
    expect(await tile(page, 'Completes')).toBe('1 of 4')

    await page.getByLabel('Respondents').fill('25')
    await page.getByRole('button', { name: 'Field it' }).click()
    await page.getByText('Fielded').waitFor({ timeout: 60_000 })
    await page.goto(plan)
    expect(await tile(page, 'Completes')).toBe('4 of 4')
    expect(await tile(page, 'Available')).toBe('0')
    expect(await page.getByText('its target is reached').count()).toBe(1)
    expect(await page.getByRole('row', { name: /^COMPLETED/ }).innerText()).toMatch(/COMPLETED\s+4/)
    for (const plot of ['Completes over time', 'Outcomes per panel'])
      expect(await page.getByRole('img', { name: plot }).count()).toBe(1)

    // a filled plan cannot be opened again, and the buyer gets the reason
    await page.getByRole('button', { name: 'Open the plan' }).click()
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Tributary refused')
    expect(faults.filter((fault) => !fault.includes('502'))).toEqual([])
    await page.close()
  },
  120_000,
)

it.runIf(existsSync(CHROMIUM))(
  'a buyer launches from a template with unsigned outcomes; another buyer does not see it',
  async () => {
    await buying.buyers.launch()
    const { page, faults } = await open(1280, 'light')
    await page.goto(`${buying.url()}/demo/buyer/acme/launch`)
    await page.getByRole('button', { name: 'Launch from the template' }).click()
    await page.waitForURL(/plans\/plan_/)
    const plan = page.url()
    await page.getByRole('link', { name: 'Change the policy' }).click()
    await page.getByLabel('Accept unsigned outcomes').check()
    await page.getByLabel('lifepoints').fill('5')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.waitForURL(plan)
    await page.getByRole('button', { name: 'Field it' }).click()
    await page.getByText('Fielded').waitFor({ timeout: 60_000 })
    await page.goto(plan)
    expect(Number.parseInt(await tile(page, 'Completes'), 10)).toBeGreaterThan(0)
    expect(faults).toEqual([])

    const others = await page.goto(plan.replace('/acme/', '/globex/'))
    expect(others?.status()).toBe(404)
    await page.goto(`${buying.url()}/demo/buyer/globex`)
    expect(await page.getByRole('link', { name: 'globex-commuting' }).count()).toBe(1)
    expect(await page.content()).not.toContain('acme-')
    await page.close()
  },
  120_000,
)

/** Expects a valid signed redirect and a valid signed postback, which may take a moment. */
async function expectVerified(page: Page): Promise<void> {
  await reloadUntil(page, async () => (await page.getByText('Verified').count()) === 2)
}

async function reloadUntil(page: Page, holds: () => Promise<boolean>): Promise<void> {
  const look = async () => {
    if (await holds()) return true
    await page.reload()
    return holds()
  }
  await expect.poll(look, { timeout: 30_000 }).toBe(true)
}

/** The figure of a plan with this label. */
async function tile(page: Page, name: string): Promise<string> {
  return page
    .locator('.tiles .card', { has: page.getByText(name, { exact: true }) })
    .locator('dd')
    .innerText()
}
