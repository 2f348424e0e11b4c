import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ServerProcess, startServer, temporaryDataFolder, tenantry } from '../support/server-process.ts'
import {
  button,
  expectAccessible,
  expectAccessibleEverywhere,
  fill,
  launch,
  noBrowser,
  openContext,
  row,
  signIn,
} from './browser.ts'

const password = 'lantern copper walrus 79'

describe.skipIf(noBrowser)(`for everybody${noBrowser ? ` (not run: ${noBrowser})` : ''}`, () => {
  let data: Awaited<ReturnType<typeof temporaryDataFolder>>
  let server: ServerProcess
  let browser: Browser

  beforeAll(async () => {
    data = await temporaryDataFolder()
    const run = async (words: string[]) => {
      const { code, stderr } = await tenantry(data.folder, words, `${password}\n`)
      expect([words[0], code, stderr]).toEqual([words[0], 0, ''])
    }
    await run(['setup', '--username', 'root', '--email', 'r@example.org', '--password-stdin'])
    await run(['tenant', 'create', 'acme', '--name', 'Acme'])
    await run(['tenant', 'create', 'empty', '--name', 'A tenant with a very long name that has to go somewhere'])
    const user = (tenant: string, name: string, role: string) => [
      ...['user', 'create', '--tenant', tenant, '--username', name, '--email', `${name}@${tenant}.test`],
      ...['--first-name', name, '--last-name', 'Person', '--role', role, '--password-stdin'],
    ]
    await run([...user('acme', 'ada', 'Tenant Admin'), '--no-must-change'])
    await run([...user('acme', 'bob', 'Tenant User'), '--no-must-change'])
    await run(user('acme', 'carol', 'Tenant User'))
    await run(['user', 'disable', '--tenant', 'acme', 'bob'])
    server = await startServer(data.folder)
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    await data?.remove()
  })

  test('no page has a violation, in the light or the dark', async () => {
    const context = await openContext(browser, { reducedMotion: 'reduce' })
    const page = await context.newPage()
    const everywhere = async (path: string, ready: () => Promise<unknown>) => {
      await page.goto(server.url + path)
      await ready()
      await expectAccessibleEverywhere(page, path)
    }
    const heading = (name: string) => () => page.getByRole('heading', { name }).first().waitFor()
    await everywhere('/sign-in/acme', heading('Sign in'))
    await everywhere('/set-up', heading('This link no longer works'))
    await everywhere('/setup', heading('Set up Tenantry'))
    await signIn(page, server.url, 'acme', 'ada', 'wrong')
    await page.getByRole('alert').waitFor()
    await expectAccessibleEverywhere(page, 'sign-in refused')

    await signIn(page, server.url, 'acme', 'carol', password)
    await heading('Choose a new password')()
    await fill(page, { 'New Password': 'abc' })
    await expectAccessibleEverywhere(page, 'change-password')
    await button(page, 'Sign out').click()

    await signIn(page, server.url, 'acme', 'ada', password)
    await heading('Dashboard')()
    await everywhere('/dashboard', heading('Slurm'))
    await everywhere('/users', () => row(page, 'carol').waitFor())
    await everywhere('/users?q=nobody', heading('Nobody matches'))
    await everywhere('/users?create=true', () => page.getByLabel('First Name').waitFor())
    await everywhere('/users/import', heading('Import users'))
    await everywhere('/profile', () => page.getByLabel('First Name').waitFor())
    await everywhere('/profile?tab=password', () => page.getByLabel('Current Password').waitFor())
    await everywhere('/profile?tab=sessions', () => page.getByText('This session').waitFor())
    await everywhere('/profile?tab=activity', () => page.getByRole('table').waitFor())
    await everywhere('/roles', () => page.getByRole('link', { name: 'Tenant User' }).waitFor())
    await everywhere('/roles?create=true', () => page.getByLabel('Search permissions').waitFor())
    await everywhere('/audit', () => page.getByRole('button', { name: 'User created' }).first().waitFor())
    await everywhere('/audit?entry=1', () => page.getByText('Hash of the chain').waitFor())
    await everywhere('/audit?q=nobodyatall', heading('Nothing matches'))
    await everywhere('/settings', () => page.getByLabel('Allowed e-mail domains').first().waitFor())
    await everywhere('/nowhere', heading('There is nothing here'))
    await page.goto(`${server.url}/roles`)
    await page.getByRole('link', { name: 'Tenant User', exact: true }).click()
    await heading('Who holds it')()
    await expectAccessibleEverywhere(page, 'role')
    await page.goto(`${server.url}/users`)
    await row(page, 'carol').getByRole('link').click()
    const address = new URL(page.url()).pathname
    for (const tab of ['overview', 'permissions', 'sessions', 'activity'])
      await everywhere(`${address}?tab=${tab}`, () => page.getByRole('tabpanel').waitFor())

    await page.goto(`${server.url}/users`)
    await page.getByRole('button', { name: 'Actions for carol' }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).waitFor()
    await expectAccessibleEverywhere(page, 'row menu')
    for (const command of ['Edit', 'Reset Password', 'Change Role', 'Delete']) {
      await page.goto(`${server.url}/users`)
      await page.getByRole('button', { name: 'Actions for carol' }).click()
      await page.getByRole('menuitem', { name: command, exact: true }).click()
      await page.getByRole('dialog').waitFor()
      await expectAccessibleEverywhere(page, command)
    }
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+k')
    await page.getByPlaceholder('Type a command').fill('car')
    await page.getByText('carol@acme.test').last().waitFor()
    await expectAccessibleEverywhere(page, 'palette')
    await context.close()

    const platform = await openContext(browser, { reducedMotion: 'reduce' })
    const root = await platform.newPage()
    await signIn(root, server.url, 'platform', 'root', password)
    await root.getByRole('link', { name: 'Tenants' }).click()
    await root.getByText('A tenant with a very long name').waitFor()
    await expectAccessibleEverywhere(root, 'tenants')
    await root.getByRole('button', { name: 'Actions for empty' }).click()
    await root.getByRole('menuitem', { name: 'Go to tenant' }).click()
    await root.getByRole('button', { name: 'Leave tenant' }).waitFor()
    await expectAccessibleEverywhere(root, 'visiting')
    await root.getByRole('button', { name: 'Leave tenant' }).click()
    await root.getByRole('heading', { name: 'Tenants' }).waitFor()
    await platform.close()
  })

  test('the server away, and a page that fails, are told in words', async () => {
    const context = await openContext(browser)
    const page = await context.newPage()
    await signIn(page, server.url, 'acme', 'ada', password)
    await page.getByRole('heading', { name: 'Slurm' }).waitFor()
    await page.route('**/api/v1/users?*', (route) =>
      route.fulfill({
        status: 503,
        contentType: 'application/problem+json',
        body: JSON.stringify({
          type: '',
          code: 'unavailable',
          title: 'The service is not available right now',
          status: 503,
          retryAfter: 2,
        }),
      }),
    )
    await page.getByRole('link', { name: 'User Management' }).click()
    await page.getByRole('alert').getByText('The service is not available right now').waitFor()
    await expectAccessible(page, 'list unavailable')
    await page.unroute('**/api/v1/users?*')
    await button(page, 'Try again').click()
    await row(page, 'carol').waitFor()
    await context.close()
  })

  test('by keyboard alone: sign in, create a user, move in the list, open menus, sign out', async () => {
    const context = await openContext(browser, { reducedMotion: 'reduce' })
    const page = await context.newPage()
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key)
    }
    const focused = () =>
      page.evaluate(
        () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '',
      )
    await page.goto(`${server.url}/sign-in/acme`)
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.keyboard.type('ada')
    await press('Tab')
    await page.keyboard.type(password)
    await press('Enter')
    await page.getByRole('heading', { name: 'Slurm' }).waitFor()

    await press('Control+k')
    await page.getByPlaceholder('Type a command').waitFor()
    await page.keyboard.type('create user')
    await page.getByRole('button', { name: 'Create User' }).last().waitFor()
    await press('ArrowDown', 'Enter')
    await page.getByLabel('First Name', { exact: true }).waitFor()
    await expect.poll(() => page.evaluate(() => (document.activeElement as HTMLInputElement).name)).toBe('username')
    for (const value of ['keys.only', 'keys@acme.test', 'Keys', 'Only']) {
      await page.keyboard.type(value)
      await press('Tab')
    }
    // Temporary password or link: the arrows choose.
    await press('ArrowRight')
    await page.getByText('They choose their own password').waitFor()
    await press('Enter')
    const submit = button(page, 'Submit')
    for (let tries = 0; tries < 8 && (await page.getByText('is created').count()) === 0; tries += 1) {
      if (await submit.evaluate((element) => element === document.activeElement).catch(() => false))
        await press('Enter')
      else await press('Tab')
      await page.waitForFunction(() => document.readyState === 'complete')
    }
    await page.getByText('keys.only is created').waitFor()
    const done = button(page, 'Done')
    for (
      let tries = 0;
      tries < 10 && !(await done.evaluate((element) => element === document.activeElement));
      tries += 1
    )
      await press('Tab')
    await press('Enter')
    await row(page, 'keys.only').waitFor()

    const first = page.locator('tbody tr').first()
    for (
      let tries = 0;
      tries < 40 && !(await first.evaluate((element) => element === document.activeElement));
      tries += 1
    )
      await press('Tab')
    await press('j', 'x')
    await page.getByText('1 selected').waitFor()
    await press('x', 'k', '.')
    await page.getByRole('menuitem', { name: 'Edit', exact: true }).waitFor()
    await press('Escape')
    await expect.poll(focused).toContain('keys.only')
    await press('/')
    await expect.poll(focused).toBe('Search users')
    await page.keyboard.type('carol')
    await expect.poll(() => page.locator('tbody tr').count()).toBe(1)

    await press('Control+k')
    await page.getByPlaceholder('Type a command').waitFor()
    await page.keyboard.type('sign out')
    await press('ArrowDown', 'Enter')
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await context.close()
  })
})
