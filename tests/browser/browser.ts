import AxeBuilder from '@axe-core/playwright'
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
  context.setDefaultTimeout(15_000)
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

/** No violation of WCAG 2.2 A and AA that axe can find, on the page or `within` a part of it, and nothing wider than the window. */
export async function expectAccessible(page: Page, what: string, within?: string): Promise<void> {
  // Colours are judged as they end up, not in the middle of a transition. What turns while one waits never ends.
  await page.evaluate(() =>
    Promise.all(
      document
        .getAnimations()
        .filter(({ effect }) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
        .map((animation) => animation.finished.catch(() => {})),
    ),
  )
  const builder = new AxeBuilder({ page })
  // A dialog that is modal covers what is behind it, which nobody can reach meanwhile.
  if (within !== undefined) builder.include(within)
  const { violations } = await builder
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze()
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
