import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { button, item, launch, noBrowser } from './browser.ts'
import { id, openAt } from './made-up-models.ts'
import { openAt as openPlayground } from './made-up-playground.ts'
import { openAt as openWorkspaces } from './workspaces-answers.ts'

describe.skipIf(noBrowser)(`where the focus is${noBrowser ? ` (not run: ${noBrowser})` : ''}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())
  const focused = (page: Page) =>
    page.evaluate(() => {
      const { activeElement: one } = document
      if (one === document.body) return 'nothing'
      return (one?.getAttribute('aria-label') ?? one?.textContent ?? '').trim()
    })
  const expectFocus = (page: Page, name: string) => expect.poll(() => focused(page)).toBe(name)
  const expectHeading = async (page: Page, name: string) => {
    await expect
      .poll(() => page.evaluate(() => [document.activeElement?.tagName, document.activeElement?.textContent]))
      .toEqual(['H1', name])
  }
  const sought = (page: Page) => page.getByRole('textbox', { name: 'Search and commands' })
  /** Opens with the keyboard alone, and closes with Escape. */
  const openAndLeave = async (page: Page, name: string) => {
    await button(page, name).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await expect.poll(() => page.evaluate(() => document.activeElement?.closest('[role=dialog]') !== null)).toBe(true)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }
  const choose = async (page: Page, menu: string, command: string) => {
    await button(page, menu).focus()
    await page.keyboard.press('Enter')
    await item(page, command).waitFor()
    for (let n = 0; n < 12 && (await focused(page)) !== command; n += 1) await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
  }

  test('a dialog gives it back to what opened it: a button, the menu of a row, one more dialog', async () => {
    const { context, page } = await openAt(browser, '/models/keys')
    await openAndLeave(page, 'Create Key')
    await expectFocus(page, 'Create Key')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByLabel('Name').fill('mine')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'I have stored it' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await expectFocus(page, 'Create Key')

    await page.goto(new URL('/models', page.url()).href)
    for (const command of ['Test', 'Withdraw']) {
      await choose(page, 'Actions for Llama 3.1 8B', command)
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await expectFocus(page, 'Actions for Llama 3.1 8B')
    }
    await context.close()
  })

  test('a drawer and a dialog of the shell give it back too', async () => {
    const { close, page } = await openPlayground(browser, '/playground', {}, { viewport: { width: 600, height: 860 } })
    await openAndLeave(page, 'Chats')
    await expectFocus(page, 'Chats')
    await page.keyboard.press('?')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await expectFocus(page, 'Chats')
    await close()
  })

  test('where what opened it is gone, the heading of the page has it, and Tab goes on from there', async () => {
    const { context, page } = await openAt(browser, '/models')
    await choose(page, 'Actions for Fresh', 'Withdraw')
    await page.getByRole('dialog').getByRole('textbox').fill('fresh')
    await page.keyboard.press('Enter')
    await page.getByRole('row', { name: /Fresh/ }).waitFor({ state: 'detached' })
    await expectFocus(page, 'Models')
    await page.keyboard.press('Tab')
    await expectFocus(page, 'Publish Model')
    await context.close()

    // Opened by its address: there was nothing to go back to.
    const other = await openAt(browser, '/models/keys?create=true')
    await other.page.getByRole('dialog').waitFor()
    await other.page.keyboard.press('Escape')
    await other.page.getByRole('dialog').waitFor({ state: 'detached' })
    await expectFocus(other.page, 'Model Keys')
    await other.context.close()

    const volumes = await openWorkspaces(browser, '/workspaces/volumes')
    await openAndLeave(volumes.page, 'Delete spare')
    await expectFocus(volumes.page, 'Delete spare')
    await volumes.page.keyboard.press('Enter')
    await volumes.page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).focus()
    await volumes.page.keyboard.press('Enter')
    await volumes.page.getByRole('dialog').waitFor({ state: 'detached' })
    await expectFocus(volumes.page, 'Delete spare')
    await volumes.context.close()
  })

  test('a new page has it at its heading: from a row, the navigation, the menu of a row, what was searched', async () => {
    const { context, page } = await openAt(browser, '/models')
    await page.getByRole('link', { name: 'Llama 3.1 8B', exact: true }).focus()
    await page.keyboard.press('Enter')
    await expectHeading(page, 'Llama 3.1 8B')
    expect(await page.evaluate(() => getComputedStyle(document.activeElement as Element).outlineStyle)).toBe('none')
    await page.keyboard.press('Tab')
    await expectFocus(page, 'Try it')
    await page.locator('.shell-side').getByRole('link', { name: 'Models', exact: true }).focus()
    await page.keyboard.press('Enter')
    await expectHeading(page, 'Models')
    // Another filter is the same page.
    await page.getByRole('link', { name: 'Model Keys' }).focus()
    await page.keyboard.press('Enter')
    await expectHeading(page, 'Model Keys')
    const ended = page.getByRole('switch')
    await ended.focus()
    await page.keyboard.press('Space')
    await page.waitForURL(/ended=yes/)
    expect(await ended.evaluate((one) => one === document.activeElement)).toBe(true)

    await page.goBack()
    await page.goBack()
    await page.getByRole('heading', { name: 'Models', level: 1 }).waitFor()
    await button(page, 'Actions for BGE M3').focus()
    await page.keyboard.press('Enter')
    await item(page, 'Edit').press('Enter')
    await expectHeading(page, 'Edit BGE M3')

    await page.keyboard.press('Control+k')
    await sought(page).fill('Model Usage')
    await page.getByRole('dialog').getByRole('button', { name: 'Model Usage' }).waitFor()
    await page.keyboard.press('Enter')
    await expectHeading(page, 'Model Usage')
    await context.close()
  })

  test('what takes it keeps it: a dialog at an address, and a page that is still being loaded', async () => {
    const { context, page } = await openAt(browser, '/models')
    await page.getByRole('heading', { name: 'Models', level: 1 }).waitFor()
    let answer = () => {}
    const held = new Promise<void>((resolve) => {
      answer = resolve
    })
    await page.route(`**/api/v1/models/${id(2)}`, async (route) => {
      await held
      await route.fallback()
    })
    await page.getByRole('link', { name: 'BGE M3', exact: true }).focus()
    await page.keyboard.press('Enter')
    await page.waitForURL(`**/models/${id(2)}`)
    await expectFocus(page, 'nothing')
    answer()
    await expectHeading(page, 'BGE M3')

    await page.keyboard.press('Control+k')
    await sought(page).fill('Create User')
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Create User' })
    await expect.poll(() => dialog.evaluate((one) => one.contains(document.activeElement))).toBe(true)
    await page.waitForURL(/\/users/)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await expectHeading(page, 'User Management')
    await context.close()
  })
})
