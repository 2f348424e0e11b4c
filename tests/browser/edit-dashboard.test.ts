import { existsSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import {
  builtInRoles,
  defaultLayout,
  type Layout,
  type LayoutAnswer,
  type Overview,
  overlaps,
  type Session,
  widgets,
} from '@tenantry/contract'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { button, expectAccessible, item, launch, noBrowser, openContext } from './browser.ts'

// The page against answers made up here: engines in every state, and somebody else who saves at the wrong moment.
const dist = resolve(import.meta.dirname, '../../packages/web/dist')
const types: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }
const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString()

type Card = Overview['cards'][number]
const card = (kind: Card['kind'], more: Partial<Card> = {}): Card => ({
  ...{ kind, state: 'ok', count: 2, states: [{ state: 'running', count: 2 }], gpus: [], cpus: null },
  ...{ memoryMiB: null, jobs: null, attention: [], engines: [] },
  ...more,
})
const engine = (n: number, name: string): Card['engines'][number] => ({
  ...{ id: id(n), name, status: 'ok', asOf: ago(2), reason: null },
})
const overview: Overview = {
  cards: [
    card('baremetal', {
      states: [
        { state: 'running', count: 1 },
        { state: 'failed', count: 1 },
      ],
      gpus: [{ model: 'NVIDIA H100 80GB', profile: null, total: 16, used: 8, free: 4 }],
      attention: [{ id: id(1), name: 'gx-014', state: 'failed', reason: 'fell off the bus' }],
      engines: [{ ...engine(2, 'ironic-west'), status: 'failing', asOf: ago(700), reason: 'connection refused' }],
    }),
    card('vm', { state: 'no_engine', count: 0, states: [] }),
    card('kubernetes', { count: 0, states: [], engines: [engine(3, 'k8s')] }),
    card('slurm', { jobs: { running: 3, pending: 40 }, engines: [engine(4, 'hpc')] }),
  ],
}

const session: Session = {
  user: { id: id(20), username: 'ada', email: 'ada@acme.test', firstName: 'Ada', lastName: 'Person' },
  role: { id: id(21), name: 'Tenant Admin' },
  tenant: { id: id(22), slug: 'acme', name: 'Acme', kind: 'tenant' },
  visitingFrom: null,
  permissions: [...builtInRoles.tenant_admin.permissions],
  passwordChangeRequired: false,
  passwordPolicy: { minLength: 12, maxLength: 128 },
  expiresAt: ago(-3600),
}

/** Answers in the place of a server; `elsewhere` saves from another window. */
async function answerAll(context: BrowserContext) {
  const state: { answer: LayoutAnswer; saved: Layout[] } = {
    answer: { layout: defaultLayout(widgets), source: 'product', revision: 0, defaultRevision: 0 },
    saved: [],
  }
  const json = (body: unknown, status = 200) => ({
    status,
    contentType: 'application/json',
    body: JSON.stringify(body),
  })
  const problem = (code: string, status: number) => json({ type: '', code, title: 'Not now', status }, status)
  await context.route('http://tenantry.test/**', async (route) => {
    const file = resolve(dist, new URL(route.request().url()).pathname.slice(1))
    const found = extname(file) !== '' && existsSync(file)
    await route.fulfill({
      path: found ? file : resolve(dist, 'index.html'),
      contentType: found ? types[extname(file)] : 'text/html',
    })
  })
  await context.route('http://tenantry.test/api/**', async (route) => {
    const request = route.request()
    const path = new URL(request.url()).pathname.replace(/^\/api\/v1\/(dashboard\/)?/, '')
    if (path === 'session') return route.fulfill(json(session))
    if (path === 'overview') return route.fulfill(json(overview))
    if (path === 'events') return route.fulfill({ status: 200, contentType: 'text/event-stream', body: ': here\n\n' })
    if (path === 'jobs') return route.fulfill(problem('internal', 500))
    if (path === 'layout' && request.method() === 'PUT') {
      const { layout, revision } = request.postDataJSON()
      if (revision !== state.answer.revision) return route.fulfill(problem('changed_meanwhile', 412))
      state.saved.push(layout)
      state.answer = { ...state.answer, layout, source: 'own', revision: revision + 1 }
    }
    if (path === 'layout') return route.fulfill(json(state.answer))
    return route.fulfill(json({ items: [], next: null, previous: null }))
  })
  return {
    state,
    elsewhere: () => {
      state.answer = { ...state.answer, source: 'own', revision: state.answer.revision + 1 }
    },
  }
}

describe.skipIf(noBrowser)(`the dashboard${noBrowser ? ` (not run: ${noBrowser})` : ''}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())

  async function open(options: Parameters<typeof openContext>[1] = {}) {
    const context = await openContext(browser, { viewport: { width: 1440, height: 900 }, ...options })
    const dashboard = await answerAll(context)
    const page = await context.newPage()
    await page.goto('http://tenantry.test/dashboard')
    await page.getByText('fell off the bus').waitFor()
    return { context, page, ...dashboard }
  }
  const edit = async (page: Page) => {
    await button(page, 'Edit Dashboard').click()
    await button(page, 'Save').waitFor()
  }
  const said = (page: Page, words: RegExp) =>
    expect.poll(() => page.locator('.unseen[aria-live]').allTextContents()).toContainEqual(expect.stringMatching(words))
  const places = (page: Page) =>
    page.locator('.widget').evaluateAll((all) => all.map((one) => [one.dataset.widget, one.style.cssText].join(' ')))

  test('a widget or an engine that fails says so alone', async () => {
    const { context, page } = await open()
    await page.getByText(/ironic-west fails; this is as of .*: connection refused/).waitFor()
    await page.getByText(/hpc as of/).waitFor()
    await page.getByText('No engine connected').waitFor()
    const jobs = page.getByRole('region', { name: 'My jobs' })
    await jobs.getByRole('alert').getByText('Not now').waitFor()
    expect(await page.getByRole('region', { name: 'Slurm' }).getByRole('alert').count()).toBe(0)
    await context.close()
  })

  test('by keyboard: take, move, resize, put back, remove, add, save', async () => {
    const { context, page, state } = await open({ reducedMotion: 'reduce' })
    await edit(page)
    const before = await places(page)
    const handle = button(page, 'Move GPUs by model')
    await handle.focus()
    await page.keyboard.press('Space')
    await said(page, /GPUs by model taken\. Column 1, row 9/)
    await page.keyboard.press('ArrowUp')
    await said(page, /GPUs by model moved to column 1, row 5; \d widgets? made way/)
    await page.keyboard.press('Shift+ArrowLeft')
    await said(page, /GPUs by model is 5 wide and 4 high/)
    await page.keyboard.press('Escape')
    await said(page, /is back at column 1, row 9/)
    expect(await places(page)).toEqual(before)
    await page.keyboard.press('Enter')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Enter')
    await said(page, /put down at column 1, row 5/)
    expect(await handle.evaluate((element) => element === document.activeElement)).toBe(true)

    await button(page, 'Remove Quota').press('Enter')
    await said(page, /Quota removed/)
    await button(page, 'Add widget').press('Enter')
    await page.getByLabel('Search widgets').fill('quota')
    await page.keyboard.press('Enter')
    await said(page, /Quota added at column/)
    const after = await places(page)
    await page.keyboard.press('Control+s')
    await button(page, 'Edit Dashboard').waitFor()
    expect(state.saved).toHaveLength(1)
    expect(overlaps(state.saved[0]?.items ?? [])).toBeNull()
    await page.reload()
    await page.getByText('fell off the bus').waitFor()
    expect(await places(page)).toEqual(after)
    await context.close()
  })

  test('without dragging: the menu of a widget; with it: the handle and the corner', async () => {
    const { context, page } = await open()
    await edit(page)
    await button(page, 'Move and resize Slurm from a menu').click()
    await item(page, 'Narrower').click()
    await said(page, /Slurm is 5 wide/)
    await item(page, 'Up').click()
    await said(page, /Slurm moved to column 7, row 1/)
    await page.keyboard.press('Escape')
    await item(page, 'Up').waitFor({ state: 'hidden' })

    const drag = async (name: string, by: [number, number], leave: () => Promise<unknown>) => {
      // What still glides to its place is elsewhere by the time that the mouse gets there.
      await expect.poll(() => page.evaluate(() => document.getAnimations().length)).toBe(0)
      const box = await button(page, name).boundingBox()
      if (!box) throw new Error('no handle')
      await page.mouse.move(box.x + 10, box.y + 10)
      await page.mouse.down()
      await page.mouse.move(box.x + by[0], box.y + by[1], { steps: 6 })
      await leave()
      await page.mouse.up()
    }
    const before = await places(page)
    await drag('Move Bare Metal', [300, 150], () => page.keyboard.press('Escape'))
    await said(page, /Bare Metal stays at column 1, row 1/)
    expect(await places(page)).toEqual(before)
    await drag('Move Bare Metal', [600, 40], async () => {})
    await said(page, /Bare Metal moved to column 7/)
    await context.close()
  })

  test('what was saved elsewhere meanwhile is not lost without asking', async () => {
    const { context, page, state, elsewhere } = await open()
    await edit(page)
    await button(page, 'Remove Quota').click()
    elsewhere()
    await button(page, 'Save').click()
    await page.getByRole('dialog').getByText('This was saved elsewhere in the meantime').waitFor()
    await button(page, 'Keep mine').click()
    await button(page, 'Edit Dashboard').waitFor()
    expect(state.saved.at(-1)?.removed).toEqual(['quota'])

    await edit(page)
    await button(page, 'Remove Slurm').click()
    elsewhere()
    await button(page, 'Save').click()
    await button(page, 'Take theirs').click()
    await button(page, 'Edit Dashboard').waitFor()
    await page.getByRole('region', { name: 'Slurm' }).waitFor()
    expect(state.saved).toHaveLength(1)
    await context.close()
  })

  test('changes that are not saved are asked about, or can be had back', async () => {
    const { context, page } = await open()
    await edit(page)
    await button(page, 'Remove Quota').click()
    await page.getByRole('link', { name: 'User Management' }).click()
    await page.getByRole('dialog').getByText('Leave without saving?').waitFor()
    await button(page, 'Stay').click()
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await button(page, 'Cancel').click()
    await page.getByRole('region', { name: 'Quota' }).waitFor()
    await button(page, 'Undo').click()
    await button(page, 'Save').waitFor()
    expect(await page.getByRole('region', { name: 'Quota' }).count()).toBe(0)
    await context.close()
  })

  test.each(['light', 'dark'] as const)('no violation, edited or not, in the %s', async (colorScheme) => {
    const { context, page } = await open({ colorScheme, reducedMotion: 'reduce' })
    for (const width of [320, 768, 1440]) {
      await page.setViewportSize({ width, height: 900 })
      await expectAccessible(page, `dashboard ${colorScheme} ${width}`)
      await edit(page)
      await expectAccessible(page, `edited ${colorScheme} ${width}`)
      await button(page, 'Remove Quota').click()
      // Nothing half under the bar: axe judges what is behind the dialog as well.
      await page.evaluate(() => window.scrollTo(0, 0))
      await button(page, 'Add widget').click()
      await page.getByRole('dialog').waitFor()
      await expectAccessible(page, `palette ${colorScheme} ${width}`, '[role=dialog]')
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'hidden' })
      await button(page, 'Cancel').click()
      await button(page, 'Edit Dashboard').waitFor()
    }
    await context.close()
  })
})
