import { builtInRoles, type Permission } from '@tenantry/contract'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { button, item, launch, noBrowser, openMenu } from './browser.ts'
import { bob, carol } from './made-up-people.ts'
import {
  asked,
  choices,
  everyWorkspace,
  id,
  openAt,
  origin,
  problem,
  type State,
  workspace,
} from './workspaces-answers.ts'

describe.skipIf(noBrowser)(`workspaces${noBrowser ? ` (not run: ${noBrowser})` : ''}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())
  const open = (path: string, more?: Partial<State>, options?: Parameters<typeof openAt>[3]) =>
    openAt(browser, path, more, options)
  const card = (page: Page, name: string) => page.locator(`[data-workspace="${name}"]`)
  const only = (...permissions: Permission[]) => ({ permissions })
  /** Presses Tab until what has this name has the focus. */
  const tabTo = async (page: Page, name: string) => {
    const focused = () =>
      page.evaluate(() => {
        const { activeElement } = document
        const label = activeElement instanceof HTMLInputElement ? activeElement.labels?.[0]?.textContent : null
        return (activeElement?.getAttribute('aria-label') ?? label ?? activeElement?.textContent ?? '').trim()
      })
    for (let n = 0; n < 120; n += 1) {
      if ((await focused()) === name) return
      await page.keyboard.press('Tab')
    }
    throw new Error(`${name} cannot be reached by Tab`)
  }

  test('each state is said in words, with the one thing to do about it in its place', async () => {
    const { context, page } = await open('/workspaces')
    await card(page, 'training').getByText('Active: a kernel is busy.').waitFor()
    await card(page, 'training').getByText('1 × h100').waitFor()
    await card(page, 'training').getByText('Shared with 2 people').waitFor()
    await card(page, 'resting').getByText('2 × 1g.10gb').waitFor()
    await card(page, 'resting')
      .getByText(/Idle since .*, stops at /)
      .waitFor()
    await card(page, 'coming up').getByText('Pulling the image').waitFor()
    await card(page, 'coming up')
      .getByText(/\d+ s$/)
      .waitFor()
    await card(page, 'in line').getByText('Waiting for its turn').waitFor()
    await card(page, 'going down').getByText('Stopping').waitFor()
    await card(page, 'of bob').getByText('Shared by Bob Builder').waitFor()
    await button(page, 'Start put away').waitFor()
    const failed = page.getByRole('listitem').filter({ hasText: 'a name so long' })
    await failed.getByText('could not be pulled').waitFor()
    await failed.getByText('Failed').waitFor()
    for (const name of ['coming up', 'in line', 'going down']) {
      expect(
        await card(page, name)
          .getByRole('button', { name: /^(Open|Start)/ })
          .count(),
      ).toBe(0)
    }
    await context.close()
  })

  test('one that is about to stop says so, and one click keeps it', async () => {
    const { context, page, state } = await open('/workspaces')
    await card(page, 'forgotten')
      .getByText(/^It stops at .*, because nobody works there\.$/)
      .waitFor()
    await button(page, 'Keep forgotten running').click()
    await card(page, 'forgotten')
      .getByText(/Idle since/)
      .waitFor()
    expect(await button(page, 'Keep forgotten running').count()).toBe(0)
    expect(asked(state, `POST workspaces/${id(2)}/extend`)).toHaveLength(1)
    await context.close()
  })

  test('a workspace opens in a window that knows nothing of this one, and no secret is in an address', async () => {
    const { context, page, state } = await open('/workspaces')
    const [opened] = await Promise.all([context.waitForEvent('page'), button(page, 'Open training').click()])
    await opened.getByText('a notebook').waitFor()
    expect(state.opened).toEqual([{ url: 'http://ws-1.workspaces.test/enter', body: 'ticket=a-ticket', opener: null }])
    expect(opened.url()).not.toContain('ticket')
    expect(await opened.evaluate(() => window.opener)).toBeNull()
    expect(asked(state, `POST workspaces/${id(1)}/open`)).toHaveLength(1)
    await context.close()
  })

  test('where the server refuses to open it, the window goes and the reason is said', async () => {
    const { context, page } = await open('/workspaces', {
      instead: { 'POST workspaces/:id/open': problem('wrong_state', 409, 'It is not running any more.') },
    })
    await button(page, 'Open training').click()
    await page.getByText('It is not running any more.').waitFor()
    await expect.poll(() => context.pages().length).toBe(1)
    await context.close()
  })

  test('a browser that blocks the window is told of, and it opens in the place of the page', async () => {
    const { context, page, state } = await open('/workspaces')
    await page.evaluate(() => {
      window.open = () => null
    })
    await button(page, 'Open training').click()
    await page.getByText('Your browser blocked the window').waitFor()
    // No ticket is made that nobody uses.
    expect(state.asked).toEqual([])
    await button(page, 'Open it here').click()
    await page.getByText('a notebook').waitFor()
    expect(state.opened.map(({ body }) => body)).toEqual(['ticket=a-ticket'])
    await context.close()
  })

  test('search, states, whose and order are in the address', async () => {
    const { context, page } = await open('/workspaces?state=failed,melted&sort=name')
    await page.getByText('could not be pulled').waitFor()
    await expect.poll(() => page.locator('[data-workspace]').count()).toBe(1)
    await button(page, 'Clear filters').click()
    await card(page, 'training').waitFor()
    await page.getByLabel('Search by name').fill('rest')
    await expect.poll(() => page.locator('[data-workspace]').count()).toBe(1)
    await page.getByText('Everybody’s').click()
    await expect.poll(() => page.url()).toMatch(/q=rest.*/)
    expect(page.url()).toMatch(/whose=all/)
    expect(page.url()).toMatch(/sort=name/)
    await page.getByLabel('Search by name').fill('nothing like it')
    await page.getByText('Nothing matches').waitFor()
    await context.close()
  })

  test('nothing there: who may make a template is led to it, others are told whom to ask', async () => {
    const none = { workspaces: [], choices: { templates: [], volumes: [] } }
    const admin = await open('/workspaces', none)
    await admin.page.getByRole('link', { name: 'New Template' }).click()
    await admin.page.getByRole('heading', { name: 'New Template' }).waitFor()
    await admin.context.close()
    const user = await open('/workspaces', { ...none, permissions: builtInRoles.tenant_user.permissions })
    await user.page.getByText('Ask your tenant admin to make one.').waitFor()
    expect(await user.page.getByRole('link', { name: 'Templates' }).count()).toBe(0)
    await user.context.close()
    const some = await open('/workspaces', { workspaces: [] })
    await some.page.getByText('No workspace yet').waitFor()
    await some.context.close()
  })

  test('who may not is told what it takes, on every page', async () => {
    const { context, page, state } = await open('/workspaces', only('job.view_own'))
    for (const [path, needs] of [
      ['/workspaces', 'workspace.view_own'],
      ['/workspaces/new', 'workspace.create'],
      [`/workspaces/${id(1)}`, 'workspace.view_own'],
      ['/workspaces/volumes', 'workspace.view_own'],
      ['/workspaces/templates', 'workspace.manage_all'],
      ['/workspaces/templates/new', 'workspace.manage_all'],
    ] as const) {
      await page.goto(origin + path)
      await page.getByText(needs).waitFor()
    }
    expect(await page.getByRole('link', { name: 'Workspaces' }).count()).toBe(0)
    state.permissions = ['workspace.view_own']
    await page.goto(`${origin}/workspaces`)
    await card(page, 'training').waitFor()
    expect(await page.getByRole('link', { name: 'New Workspace' }).count()).toBe(0)
    await context.close()
  })

  test('while it is read, and when it cannot be', async () => {
    const { context, page, state } = await open('/workspaces', { instead: { 'GET workspaces': null } })
    await page.locator('[aria-busy=true]').waitFor()
    state.instead = { 'GET workspaces': problem('internal', 500) }
    await page.reload()
    await page.getByRole('alert').getByText('internal').waitFor()
    state.instead = {}
    await button(page, 'Try again').click()
    await card(page, 'training').waitFor()
    state.instead = { 'GET workspaces/:id': problem('not_found', 404) }
    await page.goto(`${origin}/workspaces/${id(77)}`)
    await page.getByText('There is nothing here').waitFor()
    await context.close()
  })

  test('a launch that is refused leads to the reason, in the words of the server; what can be had is launched', async () => {
    const { context, page, state } = await open('/workspaces/new')
    const summary = page.getByRole('region', { name: 'Summary' })
    await summary.getByText('4 in use · 2 for this · 6 left').waitFor()
    // What cannot be had stays to be seen, with the exact reason.
    const four = page.getByRole('radio', { name: 'Four H100' })
    expect(await four.isDisabled()).toBe(true)
    await page.getByText('You may use 2 h100 GPUs, 1 in use: 1 left, and this needs 4.').waitFor()
    await page.getByRole('radio', { name: 'One H100' }).check()
    await summary.getByText('1 in use · 1 for this · 0 left').waitFor()

    await page.getByLabel('Cores', { exact: false }).last().fill('10')
    await summary.getByText('4 in use · 10 for this · 2 too many').waitFor()
    const reason = 'You may use 12 cores, 4 in use: 8 left, and this needs 10.'
    await summary.getByText(reason).waitFor()
    await button(page, 'Launch').click()
    const focused = await page.evaluate(() => document.activeElement?.textContent)
    expect(focused).toContain(reason)
    expect(state.asked).toEqual([])

    await page.getByLabel('Cores', { exact: false }).last().fill('4')
    await page.getByRole('radio', { name: 'A new volume' }).check()
    await page.getByLabel('Size (GiB)').fill('30')
    await page.getByLabel('imagenet').check()
    await summary.getByText('Keeps its files on the new volume PyTorch, 30 GiB').waitFor()
    state.instead = { 'POST workspaces': problem('workspace_name_taken', 409, 'You have one of this name.') }
    await button(page, 'Launch').click()
    await page.getByText('You have one of this name.').waitFor()
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('name')
    state.instead = {}
    await page.getByLabel('Name', { exact: true }).fill('mine')
    await button(page, 'Launch').click()
    await page.getByRole('heading', { name: 'mine' }).waitFor()
    await page.getByText(/for .* so far/).waitFor()
    const sent = asked(state, 'POST workspaces').at(-1)
    expect(sent?.body).toEqual({
      ...{ name: 'mine', templateId: id(50), profileId: 'gpu', cpus: 4, memoryMiB: 16_384, datasets: ['imagenet'] },
      ...{ volume: { name: 'PyTorch', sizeGiB: 30 }, idleMinutes: null },
    })
    expect(sent?.headers['idempotency-key']).toMatch(/^[0-9a-f]{32}$/)
    await context.close()
  })

  test('what one should know of an engine is said before one launches there', async () => {
    const { context, page } = await open('/workspaces/new')
    await page.getByRole('radio', { name: 'Notebook' }).check()
    await page.getByText('It isolates nothing').waitFor()
    await page.getByText('You have no volume on this machine yet.').waitFor()
    await page.getByText('This template makes no new volumes.').waitFor()
    expect(await page.getByRole('radio', { name: 'No volume' }).isChecked()).toBe(true)
    expect(await page.getByRole('radio', { name: 'R', exact: true }).isDisabled()).toBe(true)
    await page.getByText('k8s-east does not answer.').waitFor()
    await context.close()
  })

  test('stop, delete with and without the volume: what is lost and what is kept is said first', async () => {
    const among = everyWorkspace().map((one) =>
      one.name === 'put away' ? { ...one, sharedWith: 5, sharedPeople: [carol, { ...bob, name: null }] } : one,
    )
    const { context, page, state } = await open('/workspaces', { workspaces: among })
    await card(page, 'training').waitFor()
    await openMenu(page, 'training')
    await item(page, 'Stop').click()
    await page.getByText('stays. It is shared with Bob Builder and Carol Danvers, who may be working in it.').waitFor()
    await button(page, 'Stop').click()
    await card(page, 'training').getByText('Stopping').waitFor()

    await openMenu(page, 'put away')
    await item(page, 'Delete').click()
    await page
      .getByText('lost. It is shared with Carol Danvers, bob and 3 others, who can no longer open it.')
      .waitFor()
    await button(page, 'Delete').click()
    await card(page, 'put away').waitFor({ state: 'detached' })

    await openMenu(page, 'resting')
    await item(page, 'Delete').click()
    const dialog = page.getByRole('dialog', { name: 'Delete resting?' })
    await dialog.getByText('This cannot be undone. The volume home (40 GiB) is kept').waitFor()
    await page.getByLabel('Delete the volume home as well').check()
    expect(await button(page, 'Delete').isDisabled()).toBe(true)
    await page.getByLabel('Type resting to confirm').fill('resting')
    await button(page, 'Delete').click()
    await card(page, 'resting').waitFor({ state: 'detached' })
    expect(state.asked.map(({ what }) => what)).toEqual([
      `POST workspaces/${id(1)}/stop`,
      `DELETE workspaces/${id(7)}?volume=keep`,
      `DELETE workspaces/${id(3)}?volume=delete`,
    ])
    await context.close()
  })

  test('the page of one: facts, phases, output, events, volume', async () => {
    const { context, page } = await open(`/workspaces/${id(1)}`)
    await page.getByText('Stops after 1 hour without work.').waitFor()
    await page.getByText('50 s in all').waitFor()
    await page.getByRole('tab', { name: 'Logs' }).click()
    await page.getByRole('log').getByText('Jupyter is running').waitFor()
    await page.getByText('That is all there is.').waitFor()
    expect(page.url()).toContain('tab=logs')
    const saving = page.waitForEvent('download')
    await button(page, 'Download').click()
    expect((await saving).suggestedFilename()).toBe('training.log')
    await page.getByRole('tab', { name: 'Events' }).click()
    await page.getByText('Back-off pulling image').waitFor()
    await page.getByText('Warning').waitFor()
    await page.getByRole('tab', { name: 'Volume' }).click()
    await page.getByText('The volume outlives the workspace').waitFor()
    await context.close()
  })

  test('by keyboard alone: launch, open, share, withdraw, stop', async () => {
    const running = [workspace(100, { name: 'PyTorch' })]
    const { context, page, state } = await open('/workspaces', { workspaces: [] }, { reducedMotion: 'reduce' })
    await page.getByText('No workspace yet').waitFor()
    await tabTo(page, 'New Workspace')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'New Workspace' }).waitFor()
    await page.getByRole('radio', { name: 'CPU only' }).waitFor()
    await tabTo(page, 'Launch')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'PyTorch', level: 1 }).waitFor()
    await page.getByText('Pulling the image').first().waitFor()
    // It comes up: what was on its way is asked for again by itself.
    state.workspaces = running
    await button(page, 'Open PyTorch').waitFor()
    await tabTo(page, 'Open PyTorch')
    const [opened] = await Promise.all([context.waitForEvent('page'), page.keyboard.press('Enter')])
    await opened.getByText('a notebook').waitFor()
    await opened.close()
    await page.bringToFront()

    await tabTo(page, 'Actions for PyTorch')
    await page.keyboard.press('Enter')
    await item(page, 'Share').waitFor()
    for (let n = 0; n < 4; n += 1) {
      await page.keyboard.press('ArrowDown')
      if ((await page.evaluate(() => document.activeElement?.textContent)) === 'Share') break
    }
    await page.keyboard.press('Enter')
    await page.getByText('It is shared with nobody').waitFor()
    await tabTo(page, 'Share with')
    await page.keyboard.type('car')
    await page.getByRole('option', { name: 'Carol Danvers (carol)' }).waitFor()
    await page.getByRole('option', { name: 'Bob Builder (bob)' }).waitFor({ state: 'detached' })
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await tabTo(page, 'Share')
    await page.keyboard.press('Enter')
    await page.getByText('Carol Danvers can open it now').waitFor()
    await tabTo(page, 'Withdraw from Carol Danvers (carol)')
    await page.keyboard.press('Enter')
    await page.getByText('Carol Danvers is cut off').waitFor()
    await page.getByText('It is shared with nobody').waitFor()

    await page.reload()
    await button(page, 'Open PyTorch').waitFor()
    await tabTo(page, 'Actions for PyTorch')
    await page.keyboard.press('Enter')
    await item(page, 'Stop').waitFor()
    for (let n = 0; n < 4; n += 1) {
      if ((await page.evaluate(() => document.activeElement?.textContent)) === 'Stop') break
      await page.keyboard.press('ArrowDown')
    }
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByText('Stop PyTorch?').waitFor()
    await tabTo(page, 'Stop')
    await page.keyboard.press('Enter')
    await page.getByText('Stopping PyTorch').waitFor()
    expect(state.asked.map(({ what }) => what)).toEqual([
      'POST workspaces',
      `POST workspaces/${id(100)}/open`,
      `POST workspaces/${id(100)}/shares`,
      `DELETE workspaces/${id(100)}/shares/${id(31)}`,
      `POST workspaces/${id(100)}/stop`,
    ])
    await context.close()
  })

  test('a template that is gone from the offer while one chooses is no longer launched', async () => {
    const offered = choices()
    const { context, page, state } = await open('/workspaces/new', { choices: offered })
    await page.getByText('Quota after launch').waitFor()
    const [first] = offered.templates
    if (!first) throw new Error('no template')
    state.choices = { ...offered, templates: [{ ...first, refused: 'k8s-west does not answer.' }] }
    // The list is asked for again when the page is looked at anew.
    await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')))
    await page.getByText('It cannot be launched like this').waitFor({ timeout: 30_000 })
    await button(page, 'Launch').click()
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('k8s-west does not answer.')
    expect(state.asked).toEqual([])
    await context.close()
  })
})
