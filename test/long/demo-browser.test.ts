import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Story, startStory } from '../support/story.js'

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'

let story: Story

beforeAll(async () => {
  story = await startStory({ demo: true })
}, 120_000)

afterAll(() => story.close(), 60_000)

it.runIf(existsSync(CHROMIUM))(
  'a person takes a survey in a browser and sees what the panel was told',
  async () => {
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    })
    try {
      const page = await browser.newPage()
      await page.goto(`${story.sandbox.url()}/demo`)
      await page.getByText('Ana').first().click()
      await page.getByRole('button', { name: 'Take this survey' }).first().click()
      await page.waitForURL(/sessions\/start/)
      await page.getByRole('button', { name: /^COMPLETED/ }).click()
      await page.waitForURL(/demo\/done/)
      await expect
        .poll(
          async () => {
            await page.reload()
            return page.getByText('Verified').count()
          },
          { timeout: 15_000 },
        )
        .toBe(2)
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('COMPLETED')
    } finally {
      await browser.close()
    }
  },
  60_000,
)
