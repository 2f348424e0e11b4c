import { readFileSync } from 'node:fs'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lockAccount, type ServerProcess, startServer, temporaryDataFolder } from '../support/server-process.ts'
import { button, fill, item, launch, noBrowser, openContext, openMenu, row, signIn } from './browser.ts'

const passwords = {
  root: 'violet otter paints the moon',
  temporary: 'quiet marble rivers sing',
  ada: 'lantern copper walrus 79',
  bob: 'seven maple engines hum',
}

describe.skipIf(noBrowser)(`from nothing to a working tenant${noBrowser ? ` (not run: ${noBrowser})` : ''}`, () => {
  let data: Awaited<ReturnType<typeof temporaryDataFolder>>
  let server: ServerProcess
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let temporaryPassword = ''

  beforeAll(async () => {
    data = await temporaryDataFolder()
    server = await startServer(data.folder)
    browser = await launch()
    context = await openContext(browser)
    page = await context.newPage()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    await data?.remove()
  })

  test('the link from the log walks through Platform Admin, first tenant and its Tenant Admin', async () => {
    await page.goto(server.setUpLink())
    await page.getByRole('heading', { name: 'Platform Admin' }).waitFor()
    expect(page.url()).not.toContain('#')
    const person = { Username: 'root', Email: 'root@example.org', 'First Name': 'Rita', 'Last Name': 'Root' }
    await fill(page, { ...person, Password: 'too short', 'Confirm Password': 'too short' })
    await button(page, 'Continue').click()
    await page.getByText('Use at least 15 characters').waitFor()
    await fill(page, { Password: passwords.root, 'Confirm Password': passwords.root })
    await button(page, 'Continue').click()
    await page.getByLabel('Organization', { exact: true }).waitFor()
    await page.reload()
    await fill(page, { Name: 'Acme Research' })
    await expect.poll(() => page.getByLabel('Organization', { exact: true }).inputValue()).toBe('acme-research')
    await fill(page, { Organization: 'acme' })
    await button(page, 'Continue').click()
    await fill(page, {
      Username: 'ada',
      Email: 'ada@acme.test',
      'First Name': 'Ada',
      'Last Name': 'Byron',
      Password: passwords.temporary,
      'Confirm Password': passwords.temporary,
    })
    await button(page, 'Continue').click()
    await page.getByRole('heading', { name: 'Everything is ready' }).waitFor()
    const message = await page.getByLabel('Message').inputValue()
    expect(message).toContain('Organization: acme')
    expect(message).not.toContain(passwords.temporary)
    await button(page, 'Go to the dashboard').click()
    await page.getByRole('heading', { name: 'Dashboard', exact: true }).waitFor()
  })

  test('the link is used up', async () => {
    const other = await openContext(browser)
    const stranger = await other.newPage()
    await stranger.goto(server.setUpLink())
    await stranger.getByText('This platform is set up already.').waitFor()
    await other.close()
  })

  test('signing out leads to the door, and pages inside ask to come through it', async () => {
    await page.getByRole('button', { name: /^Account of/ }).click()
    await item(page, 'Sign out').click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.goto(`${server.url}/users?sort=-name`)
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await fill(page, { Organization: 'acme', 'Username or email': 'ada', Password: 'wrong' })
    await button(page, 'Sign in').click()
    await page.getByRole('alert').getByText('Organization, username or password is not right').waitFor()
  })

  test('a temporary password leads to New Password and nowhere else', async () => {
    await fill(page, { Password: passwords.temporary })
    await button(page, 'Sign in').click()
    await page.getByRole('heading', { name: 'Choose a new password' }).waitFor()
    await page.goto(`${server.url}/users`)
    await page.getByRole('heading', { name: 'Choose a new password' }).waitFor()
    await fill(page, { 'New Password': passwords.temporary, 'Confirm Password': passwords.temporary })
    await button(page, 'Change Password').click()
    await page.getByText('This is the temporary password').waitFor()
    await fill(page, { 'New Password': passwords.ada, 'Confirm Password': passwords.ada })
    await button(page, 'Change Password').click()
    for (const card of ['Bare Metal', 'Virtual Machine', 'Kubernetes', 'Slurm'])
      await page.getByRole('heading', { name: card, exact: true }).waitFor()
    // The machine that everything runs on is what there is to see, until an engine is connected.
    await page.getByText('as of').first().waitFor()
    await expect.poll(() => page.getByText('once a Platform Admin').count()).toBe(3)
  })

  test('Create User: the form, Submit, highlighted in the list, a message without the password', async () => {
    await page.getByRole('link', { name: 'User Management', exact: true }).click()
    await button(page, 'Create User').click()
    await fill(page, { Username: 'Bob', Email: 'ADA@acme.test', 'First Name': 'Bob', 'Last Name': 'Gödel' })
    await button(page, 'Generate').click()
    await expect.poll(() => page.getByLabel('Password', { exact: true }).inputValue()).not.toBe('')
    const generated = await page.getByLabel('Password', { exact: true }).inputValue()
    await expect.poll(() => page.getByLabel('Confirm Password', { exact: true }).inputValue()).toBe(generated)
    await expect.poll(() => page.getByRole('combobox', { name: 'Role', exact: true }).inputValue()).toBe('Tenant User')
    await button(page, 'Submit').click()
    await page.getByText('2 to 32 lower-case letters').waitFor()
    await fill(page, { Username: 'bob' })
    await button(page, 'Submit').click()
    await page.getByText('is taken').waitFor()
    await fill(page, { Email: 'bob@acme.test' })
    await button(page, 'Submit').click()
    const message = await page.getByLabel('Message').inputValue()
    expect(message).toContain('/sign-in/acme')
    expect(message).toContain('Username: bob')
    expect(message).not.toContain(generated)
    await button(page, 'Done').click()
    await expect.poll(() => row(page, 'bob').getAttribute('data-new')).toBe('true')
    await row(page, 'bob').getByText('Invited').waitFor()
  })

  test('Edit → Save', async () => {
    await openMenu(page, 'bob')
    await item(page, 'Edit').click()
    await fill(page, { 'First Name': 'Robert', 'Last Name': 'Gödel-Byron' })
    await button(page, 'Save').click()
    await row(page, 'bob').getByText('Robert Gödel-Byron').waitFor()
  })

  test('a form that has gone stale says so and leaves the choice', async () => {
    await openMenu(page, 'bob')
    await item(page, 'Edit').click()
    await fill(page, { 'First Name': 'Mine' })
    const other = await context.newPage()
    await other.goto(`${server.url}/users`)
    await openMenu(other, 'bob')
    await item(other, 'Edit').click()
    await fill(other, { 'First Name': 'Theirs' })
    await button(other, 'Save').click()
    await row(other, 'bob').getByText('Theirs').waitFor()
    await other.close()
    await button(page, 'Save').click()
    await page.getByText('Somebody else changed bob').waitFor()
    await button(page, 'Show theirs').click()
    await expect.poll(() => page.getByLabel('First Name', { exact: true }).inputValue()).toBe('Theirs')
    await button(page, 'Cancel').click()
  })

  test('Reset Password: confirmed, then shown exactly once', async () => {
    await openMenu(page, 'bob')
    await item(page, 'Reset Password').click()
    await page.getByText('gets a generated temporary password').waitFor()
    expect(await page.getByLabel('Temporary Password').count()).toBe(0)
    await button(page, 'Reset Password').click()
    const field = page.getByLabel('Temporary Password', { exact: true })
    temporaryPassword = await field.inputValue()
    expect(temporaryPassword).toMatch(/^([a-z2-9]{6}-){3}[a-z2-9]{6}$/)
    expect(await field.getAttribute('readonly')).not.toBeNull()
    await page.keyboard.press('Escape')
    expect(await field.isVisible()).toBe(true)
    await button(page, 'I have stored it').click()
    expect(await page.content()).not.toContain(temporaryPassword)
  })

  test('the Tenant User signs in with it, chooses a password and lands on the Dashboard', async () => {
    const theirs = await openContext(browser)
    const bob = await theirs.newPage()
    await signIn(bob, server.url, 'acme', 'bob', temporaryPassword)
    await fill(bob, { 'New Password': passwords.bob, 'Confirm Password': passwords.bob })
    await button(bob, 'Change Password').click()
    await bob.getByRole('heading', { name: 'Dashboard', exact: true }).waitFor()
    expect(await bob.getByRole('link', { name: 'User Management' }).count()).toBe(0)

    await page.reload()
    await row(page, 'bob').getByText('Active').waitFor()
    await openMenu(page, 'bob')
    await item(page, 'Change Role').click()
    await page.getByRole('combobox', { name: 'Role', exact: true }).click()
    await page.getByRole('option', { name: 'Tenant Admin' }).click()
    await button(page, 'Apply').click()
    await row(page, 'bob').getByText('Tenant Admin').waitFor()
    await bob.reload()
    await bob.getByRole('link', { name: 'User Management' }).waitFor()

    await page.getByRole('button', { name: 'Undo' }).last().click()
    await row(page, 'bob').getByText('Tenant User').waitFor()

    await openMenu(page, 'bob')
    await item(page, 'Disable').click()
    await row(page, 'bob').getByText('Disabled').waitFor()
    await bob.goto(`${server.url}/profile`)
    await bob.getByRole('heading', { name: 'Sign in' }).waitFor()
    await openMenu(page, 'bob')
    await item(page, 'Enable').click()
    await row(page, 'bob').getByText('Active').waitFor()
    await signIn(bob, server.url, 'acme', 'bob', passwords.bob)
    await bob.getByRole('heading', { name: 'Dashboard', exact: true }).waitFor()

    await openMenu(page, 'bob')
    await item(page, 'Sign out everywhere').click()
    await button(page, 'Sign out everywhere').click()
    await page.getByText('Ended 1 sessions of bob').waitFor()
    await bob.reload()
    await bob.getByRole('heading', { name: 'Sign in' }).waitFor()
    await theirs.close()
  })

  test('View: profile, permissions with their source, sessions, activity', async () => {
    await openMenu(page, 'bob')
    await item(page, 'View').click()
    await page.getByRole('heading', { name: 'Theirs Gödel-Byron' }).waitFor()
    await page.getByRole('tab', { name: 'Permissions' }).click()
    await page.getByText('Submit jobs').waitFor()
    await page.getByText('from the role Tenant User').first().waitFor()
    await page.getByRole('tab', { name: 'Activity' }).click()
    await page.getByText('Password reset').waitFor()
    expect(page.url()).toContain('tab=activity')
    await page.goBack()
  })

  test('Unlock', async () => {
    // How failures lock an account is shown with a clock of its own; here it is locked already.
    await lockAccount(data.folder, 'bob')
    await page.goto(`${server.url}/users?status=locked`)
    await row(page, 'bob').getByText('Locked').waitFor()
    await openMenu(page, 'bob')
    await item(page, 'Unlock').click()
    await page.getByText('Nobody matches').waitFor()
    await button(page, 'Clear filters').last().click()
    await row(page, 'bob').getByText('Active').waitFor()
  })

  test('Delete asks for the username and shows what goes with it; Restore brings them back', async () => {
    await openMenu(page, 'bob')
    await item(page, 'Delete').click()
    await page.getByText('known device').waitFor()
    expect(await button(page, 'Delete').isDisabled()).toBe(true)
    await page.getByLabel('Type bob to confirm').fill('bob')
    await button(page, 'Delete').click()
    await expect.poll(() => row(page, 'bob').count()).toBe(0)
    await page.goto(`${server.url}/users?status=deleted`)
    await openMenu(page, 'bob')
    await item(page, 'Restore').click()
    await page.goto(`${server.url}/users`)
    await row(page, 'bob').getByText('Active').waitFor()
  })

  test('a CSV file: checked, applied, safe to run again', async () => {
    await page.getByRole('link', { name: 'Import', exact: true }).click()
    const input = page.locator('input[type=file]')
    await input.setInputFiles(new URL('../data/people-with-errors.csv', import.meta.url).pathname)
    await page.getByText('2 to create, 0 there already, 8 with errors').waitFor()
    await page.getByRole('row').filter({ hasText: 'Captain' }).waitFor()
    await button(page, 'Choose another file').click()
    await page.locator('input[type=file]').setInputFiles(new URL('../data/people.csv', import.meta.url).pathname)
    await button(page, 'Create 6 users').click()
    await page.getByText('6 created, 0 there already, 0 left out').waitFor()
    const download = page.waitForEvent('download')
    await button(page, 'Download set-up links').click()
    const links = readFileSync(await (await download).path(), 'utf8')
    expect(links.trim().split('\r\n')).toHaveLength(7)

    const invited = await openContext(browser)
    const flynch = await invited.newPage()
    await flynch.goto(/flynch,(\S+)/.exec(links)?.[1] ?? '')
    await flynch.getByText('Hello Frances').waitFor()
    expect(flynch.url()).not.toContain('#')
    await fill(flynch, { 'New Password': passwords.bob, 'Confirm Password': passwords.bob })
    await button(flynch, 'Set password and sign in').click()
    await flynch.getByRole('heading', { name: 'Dashboard', exact: true }).waitFor()
    await invited.close()

    await button(page, 'Choose another file').click()
    await page.locator('input[type=file]').setInputFiles(new URL('../data/people.csv', import.meta.url).pathname)
    await page.getByText('0 to create, 6 there already, 0 with errors').waitFor()
    await page.getByRole('link', { name: 'User Management', exact: true }).click()
  })

  test('search, filter, sort, page and selection live in the address', async () => {
    await page.getByLabel('Search users').fill('acme')
    await expect.poll(() => page.url()).toContain('q=acme')
    await page.getByRole('button', { name: 'Name', exact: true }).click()
    await expect.poll(() => page.url()).toContain('sort=name')
    await expect
      .poll(() => page.getByRole('columnheader', { name: 'Name', exact: true }).getAttribute('aria-sort'))
      .toBe('ascending')
    await page.getByLabel('Select flynch').check()
    await page.getByLabel('Select klamarr').check()
    await page.getByText('2 selected').waitFor()
    const address = page.url()
    await page.goto('about:blank')
    await page.goto(address)
    await page.getByText('2 selected').waitFor()
    await expect.poll(() => page.getByLabel('Select flynch').isChecked()).toBe(true)
    expect(await page.getByLabel('Search users').inputValue()).toBe('acme')
    await expect.poll(() => page.locator('tbody tr td[data-cell=username]').first().innerText()).toContain('ada')
  })

  test('several at once, with a result for each', async () => {
    await page.getByLabel('Select ada', { exact: true }).check()
    await page.getByRole('region', { name: 'Selected users' }).getByRole('button', { name: 'Disable' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click()
    await page.getByText('2 done, 1 not.').waitFor()
    await page.getByText('ada: You cannot do this to yourself').waitFor()
    await button(page, 'Close').last().click()
    await row(page, 'flynch').getByText('Disabled').waitFor()
  })

  test('the export holds what the filter finds', async () => {
    await page.goto(`${server.url}/users?q=flynch`)
    const download = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Export CSV' }).click()
    const text = readFileSync(await (await download).path(), 'utf8')
    expect(text).toContain('flynch,flynch@acme.test,Frances,Lynch,Tenant User,disabled')
    expect(text.trim().split('\r\n')).toHaveLength(2)
  })

  test('own profile, own password, own sessions', async () => {
    await page.goto(`${server.url}/profile`)
    await fill(page, { 'Last Name': 'Lovelace' })
    await button(page, 'Save').click()
    await page.getByText('Profile saved').waitFor()
    await page.getByRole('tab', { name: 'Sessions' }).click()
    await page.getByText('This session').waitFor()
    await page.getByRole('tab', { name: 'Password' }).click()
    await fill(page, {
      'Current Password': passwords.ada,
      'New Password': `${passwords.ada} b`,
      'Confirm Password': `${passwords.ada} b`,
    })
    await button(page, 'Change Password').click()
    await page.getByText('Your other sessions have ended').waitFor()
  })

  test('no secret of this story stands in what the server wrote', () => {
    const written = server.output() + readFileSync(`${data.folder}/postgres.log`, 'utf8')
    for (const secret of [...Object.values(passwords), temporaryPassword]) expect(written).not.toContain(secret)
    expect(written).not.toMatch(/argon2id|set-up#/)
  })
})
