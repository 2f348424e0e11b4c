import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ServerProcess, startServer, temporaryDataFolder, tenantry } from '../support/server-process.ts'
import { button, fill, item, launch, noBrowser, openContext, openMenu, row, signIn } from './browser.ts'

const password = 'lantern copper walrus 79'

describe.skipIf(noBrowser)(`a help desk that cannot escalate${noBrowser ? ` (not run: ${noBrowser})` : ''}`, () => {
  let data: Awaited<ReturnType<typeof temporaryDataFolder>>
  let server: ServerProcess
  let browser: Browser
  let admin: Page
  let desk: Page

  const run = async (words: string[]) => {
    const done = await tenantry(data.folder, words, `${password}\n`)
    expect([words.join(' '), done.code, done.stderr]).toEqual([words.join(' '), 0, ''])
    return done.stdout
  }

  beforeAll(async () => {
    data = await temporaryDataFolder()
    await run(['setup', '--username', 'root', '--email', 'r@example.org', '--password-stdin'])
    await run(['tenant', 'create', 'acme', '--name', 'Acme'])
    for (const [name, role] of [
      ['ada', 'Tenant Admin'],
      ['uma', 'Tenant User'],
      ['hedy', 'Tenant User'],
    ] as const) {
      await run([
        ...['user', 'create', '--tenant', 'acme', '--username', name, '--email', `${name}@acme.test`],
        ...['--first-name', name, '--last-name', 'Person', '--role', role, '--password-stdin', '--no-must-change'],
      ])
    }
    server = await startServer(data.folder)
    browser = await launch()
    admin = await (await openContext(browser)).newPage()
    desk = await (await openContext(browser)).newPage()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    await data?.remove()
  })

  test('Create Role: named, searched for, ticked', async () => {
    await signIn(admin, server.url, 'acme', 'ada', password)
    await admin.getByRole('link', { name: 'Roles and Permissions' }).click()
    await button(admin, 'Create Role').click()
    await fill(admin, { Name: 'Tenant  Admin' })
    await button(admin, 'Submit').click()
    await admin.getByText('reads like the name of a built-in role').waitFor()
    await admin
      .getByRole('dialog')
      .getByRole('checkbox', { name: /^Disable and enable users/ })
      .check()
    await admin.getByText('begin with Duplicate of Tenant User').waitFor()
    await button(admin, 'Cancel').click()
    // Who resets a user must hold what the user holds, so a help desk begins as a copy.
    await admin.getByRole('button', { name: 'Actions for Tenant User', exact: true }).click()
    await item(admin, 'Duplicate').click()
    await fill(admin, { Name: 'Help Desk', 'Description (optional)': 'Lets people in again' })
    const tick = (name: RegExp) => admin.getByRole('dialog').getByRole('checkbox', { name }).check()
    await tick(/^See the users of the tenant/)
    await admin.getByLabel('Search permissions').fill('temporary password')
    await tick(/^Give a user a new temporary password/)
    await admin.getByText('19 permissions').waitFor()
    await button(admin, 'Submit').click()
    await admin.getByRole('link', { name: 'Help Desk', exact: true }).waitFor()
  })

  test('it is offered at once, and given by Change Role', async () => {
    await admin.getByRole('link', { name: 'User Management' }).click()
    await openMenu(admin, 'hedy')
    await item(admin, 'Change Role').click()
    await admin.getByRole('dialog').getByRole('combobox', { name: 'Role' }).click()
    await admin.getByRole('option', { name: 'Help Desk' }).click()
    await button(admin, 'Apply').click()
    await row(admin, 'hedy').getByText('Help Desk').waitFor()
  })

  test('the help desk resets a user, and cannot touch a Tenant Admin', async () => {
    await signIn(desk, server.url, 'acme', 'hedy', password)
    await desk.getByRole('link', { name: 'User Management' }).click()
    await openMenu(desk, 'uma')
    await item(desk, 'Reset Password').click()
    await button(desk, 'Reset Password').click()
    await desk.getByLabel('Temporary Password').waitFor()
    await desk.goto(`${server.url}/users`)
    await openMenu(desk, 'ada')
    expect(await desk.getByRole('menuitem', { name: 'Reset Password' }).isDisabled()).toBe(true)
    const id = (await row(desk, 'ada').getByRole('link').getAttribute('href'))?.split('/').at(-1)
    const answer = await desk.evaluate(async (user) => {
      const response = await fetch(`/api/v1/users/${user}/reset-password`, { method: 'POST' })
      return [response.status, (await response.json()).code]
    }, id)
    expect(answer).toEqual([403, 'exceeds_your_rights'])
  })

  test('an edit shows first what changes for whom, and reaches the open page', async () => {
    await desk.goto(`${server.url}/users`)
    await button(desk, 'Create User').waitFor({ state: 'detached' })
    await admin.getByRole('link', { name: 'Roles and Permissions' }).click()
    await admin.getByRole('button', { name: 'Actions for Help Desk' }).click()
    await item(admin, 'Edit').click()
    await admin
      .getByRole('dialog')
      .getByRole('checkbox', { name: /^See and end the sessions of users/ })
      .check()
    await button(admin, 'Review changes').click()
    await admin.getByText('They may from then on').waitFor()
    await admin.getByText('hedy Person (hedy)').waitFor()
    await button(admin, 'Save').click()
    await admin.getByRole('dialog').waitFor({ state: 'detached' })
    const held = await desk.evaluate(async () => (await (await fetch('/api/v1/session')).json()).permissions)
    expect(held).toContain('user.sign_out')
  })

  test('Duplicate, Disable, Enable and Delete with a replacement', async () => {
    const menu = async (name: string, command: string) => {
      await admin.getByRole('button', { name: `Actions for ${name}`, exact: true }).click()
      await item(admin, command).click()
    }
    await menu('Help Desk', 'Duplicate')
    await button(admin, 'Submit').click()
    await admin.getByRole('link', { name: 'Copy of Help Desk', exact: true }).waitFor()
    await menu('Copy of Help Desk', 'Disable')
    await admin
      .getByRole('row', { name: /Copy of Help Desk/ })
      .getByText('Disabled')
      .waitFor()
    await menu('Copy of Help Desk', 'Enable')
    await menu('Copy of Help Desk', 'Delete')
    await admin.getByText('Nobody holds it').waitFor()
    await button(admin, 'Delete role').click()
    await admin.getByRole('link', { name: 'Copy of Help Desk', exact: true }).waitFor({ state: 'detached' })
    await menu('Help Desk', 'Delete')
    await admin.getByRole('combobox', { name: 'Replacement' }).click()
    await admin.getByRole('option', { name: 'Tenant User' }).click()
    await button(admin, 'Delete role').click()
    await admin.getByRole('link', { name: 'Help Desk', exact: true }).waitFor({ state: 'detached' })
  })

  test('the audit log tells the whole story', async () => {
    await admin.getByRole('link', { name: 'Audit Log' }).click()
    const story = ['Role deleted', 'Role edited', 'Password reset', 'Role changed', 'Role created', 'User created']
    for (const told of story) await admin.getByRole('button', { name: told, exact: true }).first().waitFor()
    await admin.getByLabel('Search the audit log').fill('hedy')
    await expect.poll(() => new URL(admin.url()).searchParams.get('q')).toBe('hedy')
    await admin.getByRole('combobox', { name: 'Result' }).click()
    await admin.getByRole('option', { name: 'Refused' }).click()
    await expect.poll(() => admin.getByRole('table').getByRole('row').count()).toBe(2)
    await admin.getByRole('button', { name: 'Password reset', exact: true }).click()
    await admin.getByRole('dialog').getByText('ada (user)').waitFor()
    await admin.getByRole('dialog').getByText('exceeds_your_rights').waitFor()
    await admin.reload()
    await admin.getByRole('dialog').getByText('exceeds_your_rights').waitFor()
  })

  test('Settings hold from then on', async () => {
    await admin.goto(`${server.url}/settings`)
    await fill(admin, { 'Temporary passwords and set-up links work for, in hours': '2' })
    await admin.getByLabel('Temporary passwords and set-up links work for, in hours').press('Enter')
    await admin.getByText('Settings saved').waitFor()
  })

  test('the platform goes to the tenant, is seen there, and leaves by one click; suspends and resumes it', async () => {
    const root = await (await openContext(browser)).newPage()
    await signIn(root, server.url, 'platform', 'root', password)
    await root.getByRole('link', { name: 'Tenants' }).click()
    const menu = async (command: string) => {
      await root.getByRole('button', { name: 'Actions for acme' }).click()
      await item(root, command).click()
    }
    await menu('Go to tenant')
    await root.getByText('You act as an admin of Acme').waitFor()
    await root.getByRole('link', { name: 'User Management' }).click()
    await row(root, 'uma').waitFor()
    await button(root, 'Leave tenant').click()
    await root.getByRole('heading', { name: 'Tenants' }).waitFor()
    await menu('Suspend')
    await root.getByRole('row', { name: /acme/ }).getByText('Suspended').waitFor()
    await admin.goto(`${server.url}/users`)
    await admin.getByRole('heading', { name: 'Sign in' }).waitFor()
    await menu('Resume')
    await root.getByRole('row', { name: /acme/ }).getByText('Ready').waitFor()
    await signIn(admin, server.url, 'acme', 'ada', password)
    await admin.goto(`${server.url}/audit?q=root`)
    await admin.getByRole('button', { name: 'Entered by the platform' }).waitFor()
  })

  test('and its chain holds, as the command line says', async () => {
    const said = JSON.parse(await run(['audit', 'verify', '--json']))
    expect(said.map(({ tenant, broken }: { tenant: string; broken: unknown }) => [tenant, broken])).toEqual([
      ['platform', null],
      ['acme', null],
    ])
    expect(said[1].entries).toBeGreaterThan(15)
  })
})
