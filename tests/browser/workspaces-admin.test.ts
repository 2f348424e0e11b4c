import type { Permission } from '@tenantry/contract'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { button, item, launch, noBrowser, openMenu } from './browser.ts'
import { owning, resultOf } from './made-up-people.ts'
import { asked, id, openAt, origin, problem, type State } from './workspaces-answers.ts'

describe.skipIf(noBrowser)(`what is around workspaces${noBrowser ? ` (not run: ${noBrowser})` : ''}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())
  const open = (path: string, more?: Partial<State>, options?: Parameters<typeof openAt>[3]) =>
    openAt(browser, path, more, options)
  const only = (...permissions: Permission[]) => ({ permissions })

  test('a volume that is used stays; another goes when its name is typed', async () => {
    const { context, page, state } = await open('/workspaces/volumes')
    // Marked as disabled, and still there to be asked why.
    await button(page, 'Delete home').press('Enter')
    const reason = page.getByRole('tooltip', { name: 'A workspace uses it: delete that first.' })
    await reason.waitFor()
    const [beside, row] = [await reason.boundingBox(), await button(page, 'Delete home').boundingBox()]
    expect(Math.abs((beside?.y ?? 0) - (row?.y ?? 0))).toBeLessThan(40)
    expect(asked(state, `DELETE volumes/${id(60)}`)).toEqual([])
    await button(page, 'Delete spare').click()
    await page.getByLabel('Type spare to confirm').fill('spare')
    await button(page, 'Delete').click()
    await page.getByRole('row').filter({ hasText: 'spare' }).waitFor({ state: 'detached' })
    expect(state.asked.map(({ what }) => what)).toEqual([`DELETE volumes/${id(61)}`])
    await context.close()
  })

  test('a template: made of what there is, refused at its field, not overwritten by mistake', async () => {
    const { context, page, state } = await open('/workspaces/templates')
    await openMenu(page, 'PyTorch')
    await item(page, 'Edit').click()
    await page.getByLabel('Cores at most').fill('32')
    await page.getByLabel('Profile 1: Accelerator').click()
    await page.getByRole('option', { name: '1g.10gb of h100 (6 of 14 free)' }).click()
    state.instead = {
      'PUT workspace-templates/:id': problem('invalid_input', 400, undefined, [
        { pointer: '/profiles/1/id', code: 'custom', detail: 'lower-case letters, digits and hyphens' },
      ]),
    }
    await button(page, 'Save').click()
    await page.getByText('lower-case letters, digits and hyphens').waitFor()
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
      .toBe('Profile 2: ID')
    state.instead = { 'PUT workspace-templates/:id': problem('changed_meanwhile', 412) }
    await button(page, 'Save').click()
    await page.getByText('Somebody else changed PyTorch in the meantime.').waitFor()
    state.instead = {}
    await button(page, 'Save mine anyway').click()
    await page.getByRole('heading', { name: 'Templates', level: 1 }).waitFor()
    const puts = asked(state, `PUT workspace-templates/${id(50)}`)
    expect(puts.map(({ headers }) => headers['if-match'])).toEqual(['"7"', '"7"', '*'])
    expect(puts.at(-1)?.body).toMatchObject({
      limits: { cpus: 32 },
      profiles: [{ accelerator: { kind: 'mig', model: 'h100', profile: '1g.10gb', count: 1 } }, {}, {}],
      environment: { HF_HOME: '/home/jovyan/hf' },
    })

    await openMenu(page, 'PyTorch')
    await item(page, 'Duplicate').click()
    expect(await page.getByLabel('Name', { exact: true }).first().inputValue()).toBe('Copy of PyTorch')
    await page.getByRole('combobox', { name: 'Engine' }).click()
    await page.getByRole('option', { name: 'hpc' }).click()
    expect(await page.getByRole('combobox', { name: 'Place' }).inputValue()).toBe(
      'gpu · account acme · QOS long · at most 8 hours',
    )
    await page.getByLabel('Environment').fill('nonsense')
    await button(page, 'Save').click()
    await page.getByText('Line 1 is not NAME=value.').waitFor()

    await page.goto(`${origin}/workspaces/templates`)
    state.instead = {
      'DELETE workspace-templates/:id': problem('template_in_use', 409, 'Workspaces are made of this template'),
    }
    await openMenu(page, 'PyTorch')
    await item(page, 'Delete').click()
    await page.getByText('3 workspaces are made of it').waitFor()
    await button(page, 'Delete').click()
    await page.getByRole('alert').getByText('Workspaces are made of this template').waitFor()
    await context.close()
  })

  test('the quota of everybody, and of one person', async () => {
    const { context, page, state } = await open('/settings')
    await page.getByRole('form', { name: 'Everybody' }).getByLabel('GPUs').fill('')
    await page.getByRole('form', { name: 'Everybody' }).getByRole('button', { name: 'Save' }).click()
    await page.getByText('The quota is saved').first().waitFor()
    await button(page, 'Change the quota of bob').click()
    await page.getByRole('dialog').getByLabel('As everybody').check()
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(state.asked.map(({ what, body }) => [what, body])).toEqual([
      ['PUT user-quotas/standard', { gpus: null, cpus: 12, memoryMiB: 65_536, storageGiB: 100, workspaces: 5 }],
      [`PUT user-quotas/${id(30)}`, { quota: null }],
    ])
    await context.close()
    const few = await open('/settings', only('quota.assign'))
    await few.page.getByText('Quota per person').waitFor()
    expect(await few.page.getByLabel('Description').count()).toBe(0)
    await few.context.close()
  })

  test('whoever is disabled or deleted leaves nothing running unasked', async () => {
    const belongings = {
      workspaces: [{ id: id(1), name: 'training', state: 'running' }],
      volumes: [{ id: id(60), name: 'home', sizeGiB: 40 }],
      jobs: 2,
    }
    const { context, page, state } = await open('/users', { belongings })
    await openMenu(page, 'bob')
    await item(page, 'Disable').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Workspaces: training (Running)').waitFor()
    expect(await dialog.getByLabel('Stop them').isChecked()).toBe(true)
    expect(await dialog.getByLabel('Let them finish').isChecked()).toBe(true)
    await dialog.getByLabel('Hand them over').check()
    await dialog.getByRole('button', { name: 'Disable' }).click()
    await dialog.getByText('Choose to whom.').waitFor()
    expect(state.asked).toEqual([])
    await dialog.getByLabel('Stop them').check()
    await dialog.getByRole('button', { name: 'Disable' }).click()
    await page.getByText('bob is disabled and signed out everywhere').waitFor()
    await openMenu(page, 'bob')
    await item(page, 'Delete').click()
    await dialog.getByText('1 volume, which is kept: home (40 GiB)').waitFor()
    await dialog.getByLabel('Type bob to confirm').fill('bob')
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await dialog.waitFor({ state: 'detached' })
    const settled = `POST users/${id(30)}/belongings`
    expect(state.asked.map(({ what }) => what)).toEqual([
      ...[settled, `POST users/${id(30)}/disable`],
      ...[settled, `DELETE users/${id(30)}`],
    ])
    expect(asked(state, settled).map(({ body }) => body)).toEqual([
      { workspaces: 'stop', to: null, jobs: 'keep' },
      { workspaces: 'stop', to: null, jobs: 'cancel' },
    ])

    // Where there is nothing, and where it cannot be read, nothing holds it up.
    for (const instead of [{}, { 'GET users/:id/belongings': problem('internal', 500) }]) {
      Object.assign(state, { instead, asked: [], belongings: { workspaces: [], volumes: [], jobs: 0 } })
      await page.reload()
      await openMenu(page, 'bob')
      await item(page, 'Disable').click()
      await page.getByText('bob is disabled and signed out everywhere').waitFor()
      expect(state.asked.map(({ what }) => what)).toEqual([`POST users/${id(30)}/disable`])
    }
    await context.close()
  })

  test('nor do several at once: asked together, settled, and only then let go', async () => {
    const people = [owning(31, 'carol', [2, 1, 1]), owning(32, 'dan', [0, 0, 3]), owning(33, 'eve')]
    const ids = people.map((one) => one.id)
    const { context, page, state } = await open('/users', { people })
    const dialog = page.getByRole('dialog')
    const bar = page.getByRole('region', { name: 'Selected users' })
    for (const { username } of people) await page.getByLabel(`Select ${username}`).check()
    await bar.getByRole('button', { name: 'Disable' }).click()
    await dialog.getByText('2 of 3 own something that goes on without them:').waitFor()
    await expect
      .poll(() => dialog.getByRole('list', { name: 'Who owns what' }).getByRole('listitem').allInnerTexts())
      .toEqual(['carol: 2 workspaces, 1 job, 1 volume', 'dan: 3 jobs'])
    await dialog.getByText('4 jobs that are not over').waitFor()
    await dialog.getByText('1 volume, which is kept').waitFor()
    expect(await dialog.getByLabel('Stop them').isChecked()).toBe(true)
    expect(await dialog.getByLabel('Let them finish').isChecked()).toBe(true)
    // Nothing is handed over to one of them, nor without saying to whom.
    await dialog.getByLabel('Hand them over').check()
    await dialog.getByRole('button', { name: 'Disable' }).click()
    await dialog.getByText('Choose to whom.').waitFor()
    await dialog.getByRole('combobox', { name: 'Hand over to' }).click()
    await expect.poll(() => page.getByRole('option').allInnerTexts()).toEqual(['Bob Builder (bob)'])
    await page.getByRole('option').click()
    expect(state.asked.map(({ what, body }) => [what, body])).toEqual([['POST users/bulk/belongings', { ids }]])
    // Of whom it is refused, nothing else is done.
    state.instead['POST users/bulk/settle-belongings'] = {
      status: 200,
      body: {
        items: [
          resultOf(people, id(31), problem('wrong_state', 409, 'Somebody deleted them.').body),
          ...[resultOf(people, id(32)), resultOf(people, id(33))],
        ],
      },
    }
    state.instead['POST users/bulk/disable'] = {
      status: 200,
      body: {
        items: [resultOf(people, id(32), problem('last_tenant_admin', 409).body), resultOf(people, id(33))],
      },
    }
    state.asked = []
    await dialog.getByRole('button', { name: 'Disable' }).click()
    await dialog.getByText('1 done, 2 not.').waitFor()
    expect(state.asked.map(({ what, body }) => [what, body])).toEqual([
      ['POST users/bulk/settle-belongings', { ids, workspaces: 'hand_over', to: id(30), jobs: 'keep' }],
      ['POST users/bulk/disable', { ids: [id(32), id(33)] }],
    ])
    await expect
      .poll(() => dialog.getByRole('listitem').allInnerTexts())
      .toEqual([
        'carol: Not done: what they own could not be dealt with. wrong_state. Somebody deleted them.',
        'dan: Not done: last_tenant_admin. What they own was dealt with all the same: 3 jobs left to finish',
        'eve: Done',
      ])
    await dialog.getByRole('button', { name: 'Close' }).last().click()

    Object.assign(state, { instead: {}, asked: [] })
    await bar.getByRole('button', { name: 'Delete' }).click()
    await dialog.getByLabel('Cancel them').waitFor()
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await dialog.getByText('All 3 done.').waitFor()
    await dialog.getByText('carol: Done: 2 workspaces stopped, 1 job cancelled').waitFor()
    expect(state.asked.slice(1).map(({ what, body }) => [what, body])).toEqual([
      ['POST users/bulk/settle-belongings', { ids, workspaces: 'stop', to: null, jobs: 'cancel' }],
      ['POST users/bulk/delete', { ids }],
    ])
    await context.close()
  })

  test('of several, nothing is settled where there is nothing to settle or it is not theirs to decide', async () => {
    const disabled = (state: State) => state.asked.map(({ what }) => what)
    const counted = ['POST users/bulk/belongings', 'POST users/bulk/disable']
    // Nothing there; and somebody who may disable, and manage neither workspaces nor jobs of everybody.
    const none = { people: [owning(31, 'carol', [0, 1, 0])] }
    const some = { people: [owning(31, 'carol', [1, 0, 1])], ...only('user.view', 'user.disable') }
    for (const more of [none, some]) {
      const { context, page, state } = await open(`/users?selected=${id(31)}`, more)
      await button(page, 'Disable').click()
      const dialog = page.getByRole('dialog')
      if (more === some) {
        await dialog.getByText('What becomes of this is for somebody who may manage').waitFor()
        expect(await dialog.getByLabel('Stop them').isDisabled()).toBe(true)
      }
      await dialog.getByRole('button', { name: 'Disable' }).click()
      const left = ': 1 workspace left as it is, 1 job left to finish'
      await dialog.getByText(`carol: Done${more === some ? left : ''}`).waitFor()
      expect(disabled(state)).toEqual(counted)
      await context.close()
    }
    // What cannot be read is told, and does not hold it up.
    const { context, page, state } = await open(`/users?selected=${id(31)}`, {
      ...{ people: some.people, instead: { 'POST users/bulk/belongings': problem('internal', 500) } },
    })
    await button(page, 'Disable').click()
    await page.getByRole('dialog').getByText('What they own could not be read.').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click()
    await page.getByRole('dialog').getByText('carol: Done').waitFor()
    expect(disabled(state)).toEqual(counted)
    await context.close()
  })

  test('on the dashboard: the state, the way in, and what keeps it running', async () => {
    const { context, page, state } = await open('/dashboard')
    const widget = page.getByRole('region', { name: 'My workspaces' }).first()
    await widget.getByText('training').waitFor()
    await widget.getByRole('button', { name: 'Keep forgotten running' }).click()
    await widget.getByRole('button', { name: 'Keep forgotten running' }).waitFor({ state: 'detached' })
    const [opened] = await Promise.all([
      context.waitForEvent('page'),
      widget.getByRole('button', { name: 'Open training' }).click(),
    ])
    await opened.getByText('a notebook').waitFor()
    expect(state.opened).toHaveLength(1)
    await context.close()
  })
})
