import { builtInRoles } from '@tenantry/contract'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { button, expectAccessible, item, launch, noBrowser, type openContext } from './browser.ts'
import {
  answers,
  ask,
  asked,
  chat,
  composer,
  dialogGone,
  everyModel,
  id,
  type MadeUp,
  model,
  ofBob,
  openAt as openAtServer,
  saved,
} from './made-up-playground.ts'

const member = builtInRoles.tenant_user.permissions
const markdown = [
  '# A heading',
  'Some **bold** text, `code`, and a [link](https://example.org/x).',
  '- [x] done\n- [ ] not',
  '| a | b |\n|---|---|\n| 1 | 2 |',
  '```python\nprint("a line of code that is longer than a narrow screen is wide, and some more of it")\n```',
  '<img src=x onerror=alert(1)> ![a cat](https://evil.test/cat.png)',
].join('\n\n')

describe.skipIf(noBrowser)(`chats of the playground${noBrowser ? ` (not run: ${noBrowser})` : ''}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())

  const openAt = (path: string, more: Partial<MadeUp> = {}, options: Parameters<typeof openContext>[1] = {}) =>
    openAtServer(browser, path, more, options)

  describe('chats that are kept', () => {
    test('are found, opened, renamed, shared, deleted and brought back', async () => {
      const { page, made, url, close } = await openAt('/playground', { chats: [chat(1), chat(2), ofBob(3)] })
      const list = page.getByRole('navigation', { name: 'Chats' })
      await list.getByLabel('Search chats').fill('Chat 2')
      await list.getByRole('link', { name: /Chat 1/ }).waitFor({ state: 'hidden' })
      await list.getByRole('link', { name: /Chat 2/ }).click()
      await page.waitForURL(`${url}/playground/${id(2)}`)
      await answers(page).getByText('chip').waitFor()
      await list.getByLabel('Search chats').fill('')

      await list.getByRole('button', { name: 'Actions for Chat 2' }).click()
      await item(page, 'Rename').click()
      await page.getByLabel('Title').fill('About chips')
      await page.getByLabel('Title').press('Enter')
      await page.getByRole('heading', { level: 1, name: 'About chips' }).waitFor()
      await list.getByRole('button', { name: 'Actions for About chips' }).click()
      await item(page, 'Share with everybody').click()
      await page.getByText(/^Everybody in .* who may use models can read this chat now$/).waitFor()
      await button(page, 'Undo').click()
      await page.getByText('Only you can read it now').waitFor()
      expect(await page.locator('.shared-mark').count()).toBe(0)
      await list.getByRole('button', { name: 'Actions for About chips' }).click()
      await item(page, 'Share with everybody').click()
      await page.locator('.shared-mark').waitFor()
      // One Undo at a time: the one of the sharing is let go of.
      await page.getByText(/can read this chat now$/).waitFor()
      await page.locator('.mantine-Notification-closeButton').last().click()
      await list.getByRole('button', { name: 'Actions for About chips' }).click()
      await item(page, 'Copy link').click()
      await page.getByText('The link is copied').waitFor()
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${url}/playground/${id(2)}`)
      await list.getByRole('button', { name: 'Actions for About chips' }).click()
      await item(page, 'Delete').click()
      await page.waitForURL(`${url}/playground`)
      await list.getByRole('link', { name: /About chips/ }).waitFor({ state: 'hidden' })
      await button(page, 'Undo').click()
      // It was the one that was open: it is again.
      await page.waitForURL(`${url}/playground/${id(2)}`)
      await list.locator('a[aria-current=page]').getByText('About chips').waitFor()
      await answers(page).getByText('chip').waitFor()
      // What was renamed and shared meanwhile is no change of what was said.
      await ask(page, 'more')
      await saved(page)
      expect(asked(made, 'PUT chats/:id').at(-1)?.ifMatch).toBe('"3"')
      await list.getByRole('button', { name: 'New chat' }).click()
      await page.getByText('What would you like to ask?').waitFor()
      await close()
    })

    test('whoever went on to another chat stays there when one is brought back', async () => {
      const { page, url, close } = await openAt(`/playground/${id(2)}`, { chats: [chat(1), chat(2)] })
      const list = page.getByRole('navigation', { name: 'Chats' })
      await list.getByRole('button', { name: 'Actions for Chat 2' }).click()
      await item(page, 'Delete').click()
      await page.waitForURL(`${url}/playground`)
      await list.getByRole('link', { name: /Chat 1/ }).click()
      await page.waitForURL(`${url}/playground/${id(1)}`)
      await button(page, 'Undo').click()
      await list.getByRole('link', { name: /Chat 2/ }).waitFor()
      await page.getByText('Restored: Chat 2').waitFor()
      expect(page.url()).toBe(`${url}/playground/${id(1)}`)
      // One that was not open is not opened either.
      await list.getByRole('button', { name: 'Actions for Chat 2' }).click()
      await item(page, 'Delete').click()
      await list.getByRole('link', { name: /Chat 2/ }).waitFor({ state: 'hidden' })
      await list.getByRole('button', { name: 'New chat' }).click()
      await page.waitForURL(`${url}/playground`)
      await button(page, 'Undo').click()
      await list.getByRole('link', { name: /Chat 2/ }).waitFor()
      expect(page.url()).toBe(`${url}/playground`)
      await close()
    })

    test('those of others are read, and gone on with in a copy', async () => {
      const { page, made, url, close } = await openAt('/playground', { chats: [ofBob(3)], permissions: member })
      await page.getByText('Shared with me', { exact: true }).click()
      await page.getByRole('link', { name: /Bob’s chat 3/ }).click()
      await page
        .getByText('A chat of Bob Builder (bob), shared with everybody who may use models. You can read it.')
        .waitFor()
      expect([await composer(page).count(), await page.getByRole('button', { name: 'Edit' }).count()]).toEqual([0, 0])
      await button(page, 'Continue in a copy of mine').click()
      await page.waitForURL((at) => at.href !== `${url}/playground/${id(3)}` && at.pathname !== '/playground')
      await page.getByRole('heading', { level: 1, name: 'Copy of Bob’s chat 3' }).waitFor()
      await ask(page, 'and then?')
      await answers(page).getByText('You asked: and then?').waitFor()
      expect(asked(made, 'PUT chats/:id').filter(({ what }) => what.includes(id(3)))).toEqual([])
      await close()
    })

    test('changed in two windows: theirs is loaded, or mine kept as a copy; not saved is said', async () => {
      const { page, made, url, close } = await openAt(`/playground/${id(1)}`, { chats: [chat(1)] })
      const elsewhere = () => {
        made.chats = made.chats.map((one) => (one.id === id(1) ? { ...one, version: one.version + 5 } : one))
      }
      await answers(page).getByText('chip').waitFor()
      elsewhere()
      await ask(page, 'mine')
      await page.getByText('This chat was changed in another window meanwhile').waitFor()
      await button(page, 'Load theirs').click()
      await answers(page).getByText('You asked: mine').waitFor({ state: 'hidden' })
      made.refuse['PUT chats/:id'] = { status: 503, code: 'unavailable', title: 'The server rests' }
      await ask(page, 'mine again')
      await page.getByText('Not saved: The server rests').waitFor()
      made.refuse = {}
      elsewhere()
      await page.locator('.keep-sign').getByRole('button', { name: 'Try again' }).click()
      await button(page, 'Keep mine as a copy').click()
      await page.waitForURL((at) => at.href !== `${url}/playground/${id(1)}`)
      await saved(page)
      await answers(page).getByText('You asked: mine again').waitFor()
      await close()
    })

    test('of guests none are kept, and one that is gone says so', async () => {
      const { page, made, url, close } = await openAt('/playground', {
        refuse: { 'POST chats': { status: 409, code: 'wrong_state' } },
      })
      await ask(page, 'one')
      await page.getByText('Chats of guests are not kept.').waitFor()
      await ask(page, 'two')
      await answers(page).getByText('You asked: two').waitFor()
      expect(asked(made, 'POST chats')).toHaveLength(1)
      await page.goto(`${url}/playground/${id(99)}`)
      await page.getByRole('heading', { name: 'This chat is not here' }).waitFor()
      await close()
    })
  })

  test('without a model, without the permission, and when models cannot be loaded', async () => {
    const none = await openAt('/playground', { models: everyModel().slice(3, 6) })
    await none.page.getByText('No model to chat with yet').waitFor()
    await none.page.getByRole('link', { name: 'Publish Model' }).waitFor()
    await expectAccessible(none.page, 'no model')
    await none.close()
    const shut = await openAt('/playground', { permissions: ['user.view'] })
    await shut.page.getByText('Your role does not open this page').waitFor()
    await shut.close()
    const failed = await openAt('/playground', { refuse: { 'GET models': { status: 500, code: 'internal' } } })
    await failed.page.getByRole('alert').getByText('Refused').waitFor()
    failed.made.refuse = {}
    await button(failed.page, 'Try again').click()
    await failed.page.getByText('What would you like to ask?').waitFor()
    await failed.close()
  })

  test.each([
    [1440, 'light'],
    [1440, 'dark'],
    [320, 'light'],
    [320, 'dark'],
  ] as const)('at %i pixels, %s: nothing is out of reach', async (width, colorScheme) => {
    const more = { text: () => markdown, chats: [chat(1)], models: [model(1), model(2)] }
    const { page, close } = await openAt(`/playground?model=${id(1)},${id(2)}`, more, {
      ...{ viewport: { width, height: 800 }, colorScheme },
    })
    const shot = async (name: string) => {
      const folder = process.env.SCREENSHOTS
      if (folder) await page.screenshot({ path: `${folder}/playground-${name}-${width}-${colorScheme}.png` })
    }
    await ask(page, 'one')
    await saved(page)
    // Nothing was loaded from elsewhere, and nothing of the answer ran.
    await expect.poll(() => page.locator('.markdown').count()).toBe(width === 320 ? 1 : 2)
    expect(await page.locator('.markdown img, .markdown script').count()).toBe(0)
    await shot('chat')
    await expectAccessible(page, 'chat')
    // Dialogs once in each, wide and narrow: what is light here is dark there.
    if ((width === 320) !== (colorScheme === 'dark')) return close()
    if (width === 320) {
      await page
        .getByRole('region', { name: 'Models that are compared' })
        .getByText('Model 1', { exact: true })
        .first()
        .click()
      await page.getByRole('article', { name: 'Answer of Model 1' }).waitFor()
      await button(page, 'Parameters of Model 1').click()
      await page.getByRole('dialog').getByLabel('Temperature').waitFor()
      await shot('parameters')
      await expectAccessible(page, 'parameters', '[role=dialog]')
      await page.keyboard.press('Escape')
      await dialogGone(page)
    }
    await button(page, 'Chats').click()
    await page
      .getByRole('dialog')
      .getByRole('link', { name: /Chat 1/ })
      .waitFor()
    await shot('chats')
    await expectAccessible(page, 'chats', '[role=dialog]')
    await page.keyboard.press('Escape')
    await dialogGone(page)
    await page.getByRole('button', { name: 'Raw' }).first().click()
    await page
      .getByRole('dialog')
      .getByText(/^Chunks/)
      .waitFor()
    await shot('raw')
    await expectAccessible(page, 'raw', '[role=dialog]')
    await page.keyboard.press('Escape')
    await dialogGone(page)
    await page
      .getByRole('button', { name: /^Code for/ })
      .first()
      .click()
    await page.getByRole('dialog').getByText('Copy code').waitFor()
    await shot('code')
    await expectAccessible(page, 'code', '[role=dialog]')
    await close()
  })
})
