import axe from 'axe-core'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Why the browser tests do not run here; null where they do. */
export const noBrowser: string | null = process.env.CHROMIUM ? null : 'CHROMIUM names no browser'

export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '', args: flags })

/** A context that fails the test on any error in the page. */
export async function openContext(
  browser: Browser,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options })
  context.setDefaultTimeout(30_000)
  context.on('weberror', (error) => {
    throw error.error()
  })
  return context
}

export async function fill(page: Page, fields: Record<string, string>): Promise<void> {
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value)
}

export const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
export const item = (page: Page, name: string) => page.getByRole('menuitem', { name, exact: true })
export const row = (page: Page, username: string) =>
  page.getByRole('row').filter({ has: page.getByRole('link', { name: username, exact: true }) })

export async function openMenu(page: Page, username: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${username}`, exact: true }).click()
}

export async function signIn(
  page: Page,
  url: string,
  organization: string,
  username: string,
  password: string,
): Promise<void> {
  await page.goto(`${url}/sign-in/${organization}`)
  await fill(page, { 'Username or email': username, Password: password })
  await button(page, 'Sign in').click()
}

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** No violation of WCAG 2.2 A and AA that axe can find, on the page or `within` a part of it, and nothing wider than the window. */
export async function expectAccessible(page: Page, what: string, within?: string): Promise<void> {
  // Colours are judged as they end up, not in the middle of a transition. What turns while one waits never ends.
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(
        ({ effect, playState }) =>
          playState !== 'running' || effect?.getComputedTiming().endTime === Number.POSITIVE_INFINITY,
      ),
  )
  // Asked in the page itself, once for each document: the builder for Playwright opens a page of its own for each answer,
  // and takes four times as long. It looks into frames as well; no page has any.
  expect(page.frames().length).toBe(1)
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  // A dialog that is modal covers what is behind it, which nobody can reach meanwhile.
  const violations = await page.evaluate(
    async ({ part, options }) => {
      const { axe: inPage } = window as unknown as { axe: typeof axe }
      return (await inPage.run(part ?? document, options)).violations
    },
    { part: within, options: { runOnly: rules, resultTypes: ['violations' as const] } },
  )
  expect(
    violations.map(({ id, nodes }) => [
      what,
      id,
      nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary?.slice(0, 200)}`),
    ]),
  ).toEqual([])
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect([what, wide <= 0]).toEqual([what, true])
}

/** `expectAccessible` in the light and the dark, at 320, 768 and 1440 pixels, the page being opened once; a picture of each where wanted. */
export async function expectAccessibleEverywhere(page: Page, what: string, within?: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor()
    for (const width of [320, 768, 1440]) {
      await page.setViewportSize({ width, height: 860 })
      const where = `${what} ${colorScheme} ${width}`
      await expectAccessible(page, where, within)
      const folder = process.env.SCREENSHOTS
      if (folder) await page.screenshot({ path: `${folder}/${where.replace(/\W+/g, '-')}.png` })
    }
  }
}
