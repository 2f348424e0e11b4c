import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { button, expectAccessible, expectAccessibleEverywhere, item, launch, noBrowser } from './browser.ts'
import { everyJob, openAt as openJobs, sent } from './made-up-jobs.ts'
import { id, openAt as openModels } from './made-up-models.ts'
import { chat, composer, openAt as openPlayground } from './made-up-playground.ts'
import { openAt as openWorkspaces } from './workspaces-answers.ts'

describe.skipIf(noBrowser)(`around every page${noBrowser ? ` (not run: ${noBrowser})` : ''}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())
  const search = async (page: Page, words: string) => {
    await page.getByRole('main').waitFor()
    await page.keyboard.press('Control+k')
    await page.getByRole('textbox', { name: 'Search and commands' }).fill(words)
  }
  const found = (page: Page, name: string) => page.getByRole('dialog').getByRole('button', { name }).first()

  test('the search finds jobs, workspaces and models by name, and goes to them', async () => {
    const [job] = everyJob
    if (!job) throw new Error('no job is made up')
    const jobs = await openJobs(browser, '/profile')
    await search(jobs.page, job.name)
    await found(jobs.page, job.name).waitFor()
    expect(Object.fromEntries(sent(jobs.made, 'GET', '/jobs').at(-1)?.query ?? [])).toEqual({
      ...{ q: job.name, whose: 'all', limit: '5' },
    })
    await jobs.page.keyboard.press('Enter')
    await jobs.page.waitForURL(`**/jobs/${job.id}`)
    await jobs.context.close()

    const workspaces = await openWorkspaces(browser, '/profile', { permissions: ['workspace.view_own'] })
    await search(workspaces.page, 'training')
    await found(workspaces.page, 'training').waitFor()
    if (process.env.SCREENSHOTS) await workspaces.page.screenshot({ path: `${process.env.SCREENSHOTS}/palette.png` })
    await workspaces.page.keyboard.press('Enter')
    await workspaces.page.waitForURL(`**/workspaces/${id(1)}`)
    await workspaces.context.close()

    const models = await openModels(browser, '/profile')
    await search(models.page, 'LLAMA')
    await found(models.page, 'Llama 3.1 8B').waitFor()
    await expectAccessible(models.page, 'what is found', '[role=dialog]')
    await models.page.keyboard.press('Enter')
    await models.page.waitForURL(`**/models/${id(1)}`)
    await models.context.close()
  })

  test('the search asks only for what one may see', async () => {
    const { context, page, made } = await openModels(browser, '/profile', { permissions: ['model.view'] })
    await search(page, 'llama')
    await found(page, 'Llama 3.1 8B').waitFor()
    expect(made.asked.map(({ what }) => what).filter((what) => /jobs|workspaces|users/.test(what))).toEqual([])
    await context.close()
    const own = await openJobs(browser, '/profile', { permissions: ['job.view_own'] })
    await search(own.page, 'any')
    await expect.poll(() => sent(own.made, 'GET', '/jobs').at(-1)?.query.get('q')).toBe('any')
    expect(sent(own.made, 'GET', '/jobs').at(-1)?.query.get('whose')).toBe(null)
    await own.context.close()
  })

  test('a short message covers nothing one writes in or sends with, and its way back is whole', async () => {
    const title = 'A conversation about how many accelerators are needed to fine-tune a large model in one night'
    const chats = [chat(301, { title })]
    const { close, page } = await openPlayground(browser, '/playground', { chats })
    await page.getByRole('main').waitFor()
    for (const width of [1440, 320]) {
      await page.setViewportSize({ width, height: 860 })
      if (width === 320) await button(page, 'Chats').click()
      await button(page, `Actions for ${title}`).click()
      await item(page, 'Delete').click()
      const undo = button(page, 'Undo')
      await undo.waitFor()
      const [all, inner] = await undo.evaluate((one) => [one.scrollWidth, one.clientWidth])
      expect([width, (all ?? 0) <= (inner ?? 0)]).toEqual([width, true])
      if (width === 320) {
        await page.keyboard.press('Escape')
        await page.getByRole('dialog').waitFor({ state: 'detached' })
      }
      await composer(page).click()
      const hidden = await page.evaluate(() => {
        const notes = [...document.querySelectorAll('.notices [role="alert"], .mantine-Notification-root')]
        const below = document.querySelector('textarea')?.getBoundingClientRect()
        return notes.some((one) => one.getBoundingClientRect().bottom > (below?.top ?? 0))
      })
      expect([width, hidden]).toEqual([width, false])
      if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/notice-${width}.png` })
      await undo.click()
      await page.getByText(`Restored: ${title}`).first().waitFor()
    }
    await close()
  })

  test('every entry of the navigation stands on one line', async () => {
    const { context, page } = await openModels(browser, '/models')
    await page.locator('.shell-side .nav-link').first().waitFor()
    const heights = await page
      .locator('.shell-side .nav-link')
      .evaluateAll((links) => links.map((one) => one.clientHeight))
    expect(heights.length).toBeGreaterThan(8)
    expect(new Set(heights).size).toBe(1)
    await expectAccessibleEverywhere(page, 'shell')
    await context.close()
  })
})
