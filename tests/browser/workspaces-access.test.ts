import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { expectAccessibleEverywhere, item, launch, noBrowser, openMenu } from './browser.ts'
import { owning, resultOf } from './made-up-people.ts'
import { everyWorkspace, id, openAt, origin, problem, type State } from './workspaces-answers.ts'

describe.skipIf(noBrowser)(`workspaces for everybody${noBrowser ? ` (not run: ${noBrowser})` : ''}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())
  const open = (path: string, more?: Partial<State>, options?: Parameters<typeof openAt>[3]) =>
    openAt(browser, path, more, options)
  async function look(page: Page, path: string, text: string, what = 'full'): Promise<void> {
    await page.goto(origin + path)
    await page.getByText(text).first().waitFor()
    await expectAccessibleEverywhere(page, `${what} ${path}`)
  }
  const part = (page: Page, what: string) => expectAccessibleEverywhere(page, what, '[role=dialog]')

  /** Several who go: what they own and what became of it, in a long list and in a narrow window. */
  async function lookAtSeveral(page: Page, state: State): Promise<void> {
    const owners = Array.from({ length: 12 }, (_, n) => owning(100 + n, `a-rather-long-name-of-${n}`, [n, 1, 20 - n]))
    state.people = [...owners, owning(31, 'carol')]
    const ids = state.people.map((one) => one.id)
    const refusal = problem('wrong_state', 409, 'The user is deleted. Restore them first.').body
    state.instead['POST users/bulk/settle-belongings'] = {
      ...{ status: 200, body: { items: ids.map((id, n) => resultOf(state.people, id, n === 1 ? refusal : null)) } },
    }
    await page.goto(`${origin}/users?selected=${ids.join(',')}`)
    await page.getByRole('region', { name: 'Selected users' }).getByRole('button', { name: 'Delete' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Hand them over').check()
    await part(page, 'several')
    await dialog.getByLabel('Stop them').check()
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await dialog.getByText('12 done, 1 not.').waitFor()
    await part(page, 'several gone')
    Object.assign(state, { people: [], instead: {} })
  }

  test('no violation on any page, in the light or the dark', async () => {
    const shares = [{ userId: id(30), username: 'bob', name: 'Bob Builder', sharedAt: new Date().toISOString() }]
    const { context, page } = await open('/workspaces', { shares }, { reducedMotion: 'reduce' })
    const pages: [path: string, text: string][] = [
      ['/workspaces', 'training'],
      ['/workspaces/new', 'Quota after launch'],
      [`/workspaces/${id(2)}`, 'because nobody works there'],
      [`/workspaces/${id(8)}`, 'could not be pulled'],
      [`/workspaces/${id(1)}?tab=logs`, 'Jupyter is running'],
      [`/workspaces/${id(1)}?tab=events`, 'Granted'],
      [`/workspaces/${id(1)}?tab=access`, 'Bob Builder'],
      [`/workspaces/${id(1)}?tab=volume`, 'outlives'],
      ['/workspaces/volumes', 'spare'],
      ['/workspaces/templates', 'PyTorch'],
      [`/workspaces/templates/${id(50)}`, 'Limits'],
      ['/settings', 'Who has another'],
      ['/dashboard', 'My workspaces'],
    ]
    for (const [path, text] of pages) await look(page, path, text)
    await context.close()
  })

  test('no violation while there is nothing, or something is in the way, in the light or the dark', async () => {
    const waiting = { instead: { 'GET workspaces': null } }
    const { context, page, state } = await open('/workspaces', waiting, { reducedMotion: 'reduce' })
    await look(page, '/workspaces', 'Notebooks that run for you', 'loading')
    state.instead = { 'GET workspaces': problem('internal', 500) }
    await look(page, '/workspaces', 'internal', 'error')
    state.instead = {}
    Object.assign(state, { workspaces: [], templates: [], volumes: [] })
    await look(page, '/workspaces', 'No workspace yet', 'empty')
    await look(page, '/workspaces/volumes', 'No volume yet', 'empty')
    await look(page, '/workspaces/templates', 'No template yet', 'empty')
    // A launch that is refused, and the dialogs.
    await page.goto(`${origin}/workspaces/new`)
    await page.getByRole('radio', { name: 'One H100' }).check()
    await page.getByLabel('Cores', { exact: false }).last().fill('16')
    await page.getByText('It cannot be launched like this').waitFor()
    await expectAccessibleEverywhere(page, 'refused')
    Object.assign(state, {
      workspaces: everyWorkspace(),
      belongings: { workspaces: [{ id: id(1), name: 'training', state: 'running' }], volumes: [], jobs: 2 },
    })
    await page.goto(`${origin}/workspaces`)
    await openMenu(page, 'training')
    await item(page, 'Delete').click()
    await page.getByLabel('Delete the volume home as well').check()
    await part(page, 'delete')
    await page.goto(`${origin}/users`)
    await openMenu(page, 'bob')
    await item(page, 'Disable').click()
    await page.getByRole('dialog').getByLabel('Hand them over').check()
    await part(page, 'disable')
    await lookAtSeveral(page, state)
    await page.goto(`${origin}/users`)
    await openMenu(page, 'bob')
    await item(page, 'Quota').click()
    await page.getByRole('dialog').getByLabel('As everybody').waitFor()
    await part(page, 'quota')
    await context.close()
  })
})
