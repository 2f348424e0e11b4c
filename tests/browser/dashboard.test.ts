import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Ironic } from '../../dev/engines/ironic.mjs'
import { ensureUser, runAs, type Slurm } from '../../dev/engines/slurm.mjs'
import { bringUp, engineSettings, type Running, until } from '../support/engines.ts'
import { type ServerProcess, startServer, temporaryDataFolder, tenantry } from '../support/server-process.ts'
import { button, expectAccessible, fill, launch, noBrowser, openContext, signIn } from './browser.ts'

const password = 'lantern copper walrus 79'
const slurm = noBrowser ? { missing: noBrowser } : await bringUp<Slurm>('slurm')
const ironic = noBrowser ? { missing: noBrowser } : await bringUp<Ironic>('ironic')
const missing = [slurm, ironic].flatMap((engine) => ('missing' in engine ? [engine.missing] : [])).join(' ')
if (missing) process.stdout.write(`NOT RUN: the dashboard on real engines. ${missing}\n`)

describe.skipIf(missing !== '')('the dashboard of two tenants on one real Slurm and one real Ironic', () => {
  const { state: cluster, down: downSlurm } = slurm as Running<Slurm>
  const { state: metal, down: downIronic } = ironic as Running<Ironic>
  let data: Awaited<ReturnType<typeof temporaryDataFolder>>
  let server: ServerProcess
  let browser: Browser
  let user: Page
  let other: Page

  const run = async (words: string[]) => {
    const done = await tenantry(data.folder, words, `${password}\n`)
    expect([words.join(' '), done.code, done.stderr]).toEqual([words.join(' '), 0, ''])
  }
  const person = (tenant: string, name: string, role: string) =>
    run([
      ...['user', 'create', '--tenant', tenant, '--username', name, '--email', `${name}@${tenant}.test`],
      ...['--first-name', name, '--last-name', 'Person', '--role', role, '--password-stdin', '--no-must-change'],
    ])
  const shot = async (page: Page, name: string) => {
    if (process.env.SCREENSHOTS)
      await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`), fullPage: true })
  }
  const widget = (page: Page, name: string) => page.getByRole('region', { name, exact: true })

  beforeAll(async () => {
    for (const name of ['uma', 'gx-gus']) await ensureUser(name)
    data = await temporaryDataFolder()
    await run(['setup', '--username', 'root', '--email', 'r@example.org', '--password-stdin'])
    for (const tenant of ['acme', 'globex']) await run(['tenant', 'create', tenant, '--name', tenant])
    await person('acme', 'uma', 'Tenant User')
    await person('acme', 'ada', 'Tenant Admin')
    await person('globex', 'gus', 'Tenant User')
    server = await startServer(data.folder, engineSettings)
    browser = await launch()
    user = await (await openContext(browser)).newPage()
    other = await (await openContext(browser)).newPage()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    await data?.remove()
    await Promise.all([downSlurm(), downIronic()])
  })

  test('the platform connects both engines, tests them, and shares them out', async () => {
    const root = await (await openContext(browser, { viewport: { width: 1440, height: 1000 } })).newPage()
    await signIn(root, server.url, 'platform', 'root', password)
    await root.getByRole('link', { name: 'Engines', exact: true }).click()
    await root.getByText('No engine is connected').waitFor()
    await expectAccessible(root, 'no engines')
    const dialog = root.getByRole('dialog')
    const choose = async (label: string, name: string | RegExp) => {
      await dialog
        .getByRole('combobox', { name: label })
        .or(dialog.getByRole('textbox', { name: label }))
        .first()
        .click()
      await root.getByRole('option', { name }).first().click()
    }
    const connect = async (kind: RegExp, fields: Record<string, string>) => {
      await button(root, 'Connect Engine').first().click()
      await choose('Kind', kind)
      for (const [label, value] of Object.entries(fields)) await dialog.getByLabel(label, { exact: true }).fill(value)
    }
    await connect(/^OpenStack Ironic/, { Name: 'metal', Address: 'http://127.0.0.1:9' })
    await choose('Signs in with', 'Nothing')
    await dialog.getByRole('button', { name: 'Test Connection' }).click()
    await dialog.getByText('Nothing listens at its address').first().waitFor()
    await dialog.getByLabel('Address', { exact: true }).fill(metal.address)
    await dialog.getByRole('button', { name: 'Test Connection' }).click()
    await dialog.getByText('It knows our credential').waitFor()
    await shot(root, 'connect-engine')
    await dialog.getByRole('button', { name: 'Connect', exact: true }).click()
    await root.getByRole('link', { name: 'metal', exact: true }).waitFor()

    await connect(/^Slurm/, { Name: 'hpc', Address: cluster.address })
    await choose('Signs in with', 'The key of the cluster')
    await dialog.getByLabel('User', { exact: true }).fill('slurm')
    await dialog.getByLabel('Key, in base64').fill(readFileSync(cluster.jwtKeyFile).toString('base64'))
    await dialog.getByRole('button', { name: 'Connect', exact: true }).click()
    await root.getByRole('link', { name: 'hpc', exact: true }).waitFor()
    await root.getByRole('row').filter({ hasText: 'hpc' }).getByText('OK').waitFor()
    await expectAccessible(root, 'engines')
    await shot(root, 'engines')

    const allocate = async (engine: string, tenant: string, fields: Record<string, string>) => {
      await root.getByRole('link', { name: 'Engines', exact: true }).click()
      await root.getByRole('link', { name: engine, exact: true }).click()
      await button(root, 'Allocate').click()
      await choose('Tenant', new RegExp(`^${tenant}`))
      for (const [label, value] of Object.entries(fields)) {
        await dialog.getByLabel(label, { exact: true }).first().fill(value)
        // Ends a tag; in a plain field it would submit.
        if (label.endsWith('s')) await root.keyboard.press('Enter')
      }
      await dialog.getByRole('button', { name: 'Allocate', exact: true }).click()
      await dialog.waitFor({ state: 'detached' })
      await root.getByRole('row').filter({ hasText: tenant }).first().waitFor()
    }
    await allocate('hpc', 'acme', { Accounts: 'acme', Partitions: 'acme' })
    await allocate('metal', 'acme', { Lessee: 'acme' })
    await allocate('hpc', 'globex', {
      Accounts: 'globex',
      Partitions: 'globex',
      'Prefix of user names (optional)': 'gx-',
    })
    await allocate('metal', 'globex', { Lessee: 'globex' })
    await expectAccessible(root, 'an engine')
    await shot(root, 'engine')
    await root.getByRole('link', { name: 'Engines', exact: true }).click()
    await root.getByRole('link', { name: 'hpc', exact: true }).click()
    await button(root, 'Actions for acme').click()
    await root.getByRole('menuitem', { name: 'Limits at the Engine' }).click()
    await dialog.getByText('sacctmgr -i modify account where name=acme set GrpTRES=').waitFor()
    await button(root, 'Copy commands').waitFor()
    await expectAccessible(root, 'limits at an engine')
    await shot(root, 'engine-limits')
    await root.context().close()
  })

  test('a Tenant User lands on their tenant’s share, with the right GPU counts', async () => {
    await signIn(user, server.url, 'acme', 'uma', password)
    await widget(user, 'Bare Metal').getByText('16 of 24 in use, 8 free').waitFor()
    await widget(user, 'Slurm').getByText('0 of 8 in use, 8 free').waitFor()
    await shot(user, 'dashboard')
    await signIn(other, server.url, 'globex', 'gus', password)
    await widget(other, 'Bare Metal').getByText('16 of 16 in use, 0 free').waitFor()
    await widget(other, 'Bare Metal').getByText('a fan is being replaced').waitFor()
    await widget(other, 'Slurm').getByText('0 of 8 in use, 8 free').waitFor()
    for (const [page, foreign] of [
      [user, /globex|bm-4|bm-5|gpu2/],
      [other, /acme|bm-1|bm-2|gpu1/],
    ] as const) {
      expect(await page.locator('main').innerText()).not.toMatch(foreign)
    }
  })

  test('a job that is submitted on the side shows on the open page by itself', async () => {
    // Their association is carried through to the cluster.
    const submitted = await until(
      () =>
        runAs(cluster, 'uma', 'sbatch', [
          '--parsable',
          '-A',
          'acme',
          '-p',
          'acme',
          '--gres=gpu:h100:2',
          '-J',
          'train',
          '-o',
          '/dev/null',
          '--wrap',
          'sleep 600',
        ]).catch(() => ''),
      (id) => id !== '',
      { seconds: 30 },
    )
    const begun = performance.now()
    await widget(user, 'Slurm').getByText('2 of 8 in use, 6 free').waitFor()
    await widget(user, 'Slurm').getByText('Jobs: 1 running, 0 pending').waitFor()
    await widget(user, 'My jobs').getByText('train').waitFor()
    process.stdout.write(
      `  sbatch → the open page: ${Math.round(performance.now() - begun)} ms, the scheduler's time included\n`,
    )
    expect(await other.locator('main').innerText()).not.toMatch(/train|2 of 8/)
    await runAs(cluster, 'uma', 'scancel', [submitted.trim()])
    await widget(user, 'Slurm').getByText('0 of 8 in use, 8 free').waitFor()
  })

  test('it is laid out by keyboard alone, and found so at the next sign-in', async () => {
    const places = (page: Page) =>
      page.getByRole('region').evaluateAll((regions) =>
        regions
          .map((region) => ({
            name:
              region.getAttribute('aria-label') ??
              document.getElementById(region.getAttribute('aria-labelledby') ?? '')?.textContent,
            at: region.getBoundingClientRect(),
          }))
          .map(
            ({ name, at }) =>
              `${name} ${Math.round(at.x)} ${Math.round(at.y)} ${Math.round(at.width)} ${Math.round(at.height)}`,
          ),
      )
    const press = async (...keys: string[]) => {
      for (const key of keys) await user.keyboard.press(key)
    }
    await button(user, 'Edit Dashboard').focus()
    await press('Enter')
    await user.getByRole('button', { name: 'Move Slurm', exact: true }).focus()
    await press('Space', 'ArrowUp')
    await user
      .getByText(/Slurm moved to column \d+, row \d+/)
      .first()
      .waitFor({ state: 'attached' })
    await press('Shift+ArrowDown', 'Space')
    await user
      .getByText(/Slurm put down at column \d+, row \d+/)
      .first()
      .waitFor({ state: 'attached' })
    await user.getByRole('button', { name: 'Remove Quota', exact: true }).focus()
    await press('Enter')
    await user.getByText('Quota removed').first().waitFor({ state: 'attached' })
    await shot(user, 'edit-dashboard')
    await press('Control+s')
    await button(user, 'Edit Dashboard').waitFor()
    await user.getByText('Your dashboard is saved').first().waitFor()
    const laidOut = (await places(user)).filter((place) => !place.startsWith('null'))
    expect(laidOut.join('\n')).not.toMatch(/Quota/)

    const again = await (await openContext(browser)).newPage()
    await signIn(again, server.url, 'acme', 'uma', password)
    await widget(again, 'Slurm').getByText('0 of 8 in use, 8 free').waitFor()
    const names = (list: string[]) =>
      list.filter((place) =>
        /^(Bare Metal|Virtual Machine|Kubernetes|Slurm|GPUs by model|My jobs|Recent activity) /.test(place),
      )
    expect(names(await places(again))).toEqual(names(laidOut))
    await again.context().close()
  })

  test('Cancel, Reset to default, and a palette to add what was removed', async () => {
    await button(user, 'Edit Dashboard').click()
    await user.getByRole('button', { name: 'Remove Slurm', exact: true }).click()
    await widget(user, 'Slurm').waitFor({ state: 'detached' })
    await button(user, 'Cancel').click()
    await widget(user, 'Slurm').waitFor()
    await button(user, 'Edit Dashboard').click()
    await user.getByRole('button', { name: /^Add widget/ }).click()
    await user.getByRole('button', { name: 'Add Quota', exact: true }).click()
    await widget(user, 'Quota').waitFor()
    await button(user, 'Save').click()
    await button(user, 'Edit Dashboard').waitFor()
    await widget(user, 'Quota').getByText('hpc').first().waitFor()
    await button(user, 'Edit Dashboard').click()
    await button(user, 'Reset to default').click()
    await button(user, 'Edit Dashboard').waitFor()
  })

  test('lists and details: searched in the address, powered by who may, and what a user has at each engine', async () => {
    await user.getByRole('link', { name: 'Bare Metal', exact: true }).first().click()
    await user.getByRole('row').filter({ hasText: 'bm-1' }).waitFor()
    await user.getByLabel('Search by name').fill('bm-2')
    await user.getByRole('row').filter({ hasText: 'bm-1' }).waitFor({ state: 'detached' })
    expect(user.url()).toMatch(/q=bm-2/)
    await user.getByRole('link', { name: 'bm-2', exact: true }).click()
    await user.getByRole('heading', { name: 'bm-2' }).waitFor()
    expect(await user.getByRole('button', { name: 'Power On' }).count()).toBe(0)
    await user.goBack()
    await user.getByRole('link', { name: 'bm-2', exact: true }).waitFor()
    await shot(user, 'bare-metal')

    const admin = await (await openContext(browser)).newPage()
    await signIn(admin, server.url, 'acme', 'ada', password)
    await widget(admin, 'Bare Metal').getByText('16 of 24 in use, 8 free').waitFor()
    await widget(admin, 'Users by role').getByText('Tenant User').first().waitFor()
    await widget(admin, 'Announcements').getByRole('button', { name: 'New Announcement' }).click()
    await fill(admin, { Title: 'Maintenance on Sunday', 'Text (optional)': 'gpu1 rests from 8 to 10.' })
    await button(admin, 'Announce').click()
    await widget(admin, 'Announcements').getByText('gpu1 rests from 8 to 10.').waitFor()
    await admin.goto(`${server.url}/bare-metal`)
    await admin.getByRole('link', { name: 'bm-2', exact: true }).click()
    await button(admin, 'Power On').click()
    await button(admin, 'Power Off').waitFor()
    await admin.getByText('active power on').waitFor()
    await button(admin, 'Power Off').click()
    await admin.getByRole('dialog').getByText('What runs on it ends at once').waitFor()
    await admin.getByRole('dialog').getByRole('button', { name: 'Power Off', exact: true }).click()
    await admin.getByText('active power off').waitFor()
    await shot(admin, 'machine')
    await expectAccessible(admin, 'a machine')
    await admin.goto(`${server.url}/slurm`)
    await admin.getByRole('link', { name: 'gpu1', exact: true }).click()
    await admin.getByRole('heading', { name: 'gpu1' }).waitFor()
    await shot(admin, 'node')
    await admin.goto(`${server.url}/users`)
    await admin.getByRole('link', { name: 'uma', exact: true }).click()
    await admin.getByRole('tab', { name: 'Engines' }).click()
    await admin.getByText('Access there: account acme').waitFor()
    await admin.getByText('In step').waitFor()
    await shot(admin, 'user-engines')
    await expectAccessible(admin, 'what a user has at each engine')
    for (const width of [320, 1440]) {
      await admin.setViewportSize({ width, height: 900 })
      for (const path of ['/bare-metal', '/virtual-machines', '/kubernetes', '/slurm']) {
        await admin.goto(server.url + path)
        await admin.getByRole('heading', { level: 1 }).waitFor()
        await expectAccessible(admin, `${path} ${width}`)
        await shot(admin, `list${path.replace('/', '-')}-${width}`)
      }
    }
    await admin.context().close()
  })

  test('no violation in the light and the dark, wide and narrow, reading and editing', async () => {
    await user.goto(`${server.url}/dashboard`)
    await widget(user, 'Announcements').getByText('Maintenance on Sunday').waitFor()
    expect(await widget(user, 'Announcements').getByRole('button').count()).toBe(0)
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [320, 768, 1440]) {
        await user.emulateMedia({ colorScheme })
        await user.setViewportSize({ width, height: 900 })
        await expectAccessible(user, `dashboard ${colorScheme} ${width}`)
        await shot(user, `dashboard-${colorScheme}-${width}`)
        await button(user, 'Edit Dashboard').click()
        await button(user, 'Save').waitFor()
        await expectAccessible(user, `edit dashboard ${colorScheme} ${width}`)
        await shot(user, `edit-${colorScheme}-${width}`)
        await button(user, 'Cancel').click()
      }
    }
  })
})
