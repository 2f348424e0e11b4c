import { join } from 'node:path'
import type * as contract from '@tenantry/contract'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { install as installJupyter } from '../../dev/engines/jupyter.mjs'
import { ensureUser, type Slurm } from '../../dev/engines/slurm.mjs'
import { bringUp, engineSettings, noQuota, type Running, until } from '../support/engines.ts'
import { type ServerProcess, startServer, temporaryDataFolder, tenantry } from '../support/server-process.ts'
import { button, expectAccessible, fill, launch, noBrowser, openContext, signIn } from './browser.ts'

const password = 'lantern copper walrus 79'
const noJupyter = await installJupyter()
const slurm = noBrowser ? { missing: noBrowser } : noJupyter ? { missing: noJupyter } : await bringUp<Slurm>('slurm')
if ('missing' in slurm) process.stdout.write(`NOT RUN: jobs and workspaces on a real Slurm. ${slurm.missing}\n`)

describe.skipIf('missing' in slurm)('a Tenant User at work on a real Slurm', () => {
  const { state: cluster, down } = slurm as Running<Slurm>
  let data: Awaited<ReturnType<typeof temporaryDataFolder>>
  let server: ServerProcess
  let browser: Browser
  let user: Page
  let admin: Page
  let engineId: string
  let userId: string

  const run = async (words: string[]) => {
    const done = await tenantry(data.folder, words, `${password}\n`)
    expect([words.join(' '), done.code, done.stderr]).toEqual([words.join(' '), 0, ''])
  }
  const person = (name: string, role: string) =>
    run([
      ...['user', 'create', '--tenant', 'acme', '--username', name, '--email', `${name}@acme.test`],
      ...['--first-name', name, '--last-name', 'Person', '--role', role, '--password-stdin', '--no-must-change'],
    ])
  const shot = async (page: Page, name: string) => {
    if (process.env.SCREENSHOTS)
      await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`), fullPage: true })
  }
  /** Asks the API as whoever is signed in on a page. */
  const ask = async (page: Page, method: string, path: string, body?: unknown) => {
    const address = `${server.url}/api/v1${path}`
    const answer = await page.request.fetch(address, { method, ...(body !== undefined && { data: body }) })
    const text = await answer.text()
    if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${text}`)
    return text === '' ? null : JSON.parse(text)
  }
  const newPage = async () => (await openContext(browser, { viewport: { width: 1440, height: 1000 } })).newPage()
  const submit = (name: string, script: string, more: object): Promise<contract.JobDetail> =>
    ask(user, 'POST', '/jobs', {
      engineId,
      name,
      script: `#!/bin/bash\n${script}\n`,
      where: 'acme',
      account: 'acme',
      qos: 'normal',
      cpus: 1,
      memoryMiB: 200,
      minutes: 10,
      ...more,
    })
  const rowOf = (name: string) => user.getByRole('row').filter({ has: user.getByRole('link', { name, exact: true }) })

  beforeAll(async () => {
    for (const name of ['uma', 'ada']) await ensureUser(name)
    data = await temporaryDataFolder()
    await run(['setup', '--username', 'root', '--email', 'r@example.org', '--password-stdin'])
    await run(['tenant', 'create', 'acme', '--name', 'Acme'])
    await person('uma', 'Tenant User')
    await person('ada', 'Tenant Admin')
    server = await startServer(data.folder, engineSettings)
    browser = await launch()
    user = await newPage()
    admin = await newPage()
    const root = await newPage()
    await signIn(root, server.url, 'platform', 'root', password)
    await root.getByRole('link', { name: 'Engines', exact: true }).waitFor()
    const connection = { kind: 'slurm', name: 'hpc', address: cluster.address, credential: cluster.credential }
    engineId = (await ask(root, 'POST', '/engines', connection)).id
    const { items } = await ask(root, 'GET', '/tenants')
    const tenant = items.find(({ slug }: contract.Tenant) => slug === 'acme')
    await ask(root, 'POST', '/allocations', {
      tenantId: tenant.id,
      engineId,
      scope: { kind: 'slurm', accounts: ['acme'], partitions: ['acme'] },
      quota: { ...noQuota, gpus: [{ model: 'h100', count: 8 }] },
    })
    await root.context().close()
    await signIn(admin, server.url, 'acme', 'ada', password)
    await admin.getByRole('heading', { name: 'Dashboard' }).first().waitFor()
    const users = await ask(admin, 'GET', '/users?q=uma')
    userId = users.items[0].id
    // People are carried through to the cluster before they can submit anything there.
    await until(
      () => ask(admin, 'GET', `/users/${userId}/engines`),
      ({ items: engines }) => engines[0]?.state === 'in_step',
      { seconds: 60 },
    )
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    await data?.remove()
    await down()
  })

  test('submits a job on 2 of 8 GPUs, and watches its output grow', async () => {
    await signIn(user, server.url, 'acme', 'uma', password)
    await user.getByRole('link', { name: 'Jobs', exact: true }).click()
    await user.getByText('No jobs yet').waitFor()
    await shot(user, 'jobs-empty')
    await user.getByRole('link', { name: 'Submit Job' }).or(button(user, 'Submit Job')).first().click()
    await fill(user, { Name: 'train' })
    await user.getByRole('combobox', { name: 'GPU', exact: true }).click()
    await user.getByRole('option', { name: /^h100/ }).click()
    await user.getByLabel('GPUs per node', { exact: true }).fill('2')
    await user.getByRole('textbox', { name: 'Script' }).click()
    await user.keyboard.press('Control+A')
    await user.keyboard.insertText(
      '#!/bin/bash\necho "GPUs: $CUDA_VISIBLE_DEVICES"\nfor step in $(seq 1 2000); do echo "step $step"; sleep 0.3; done\n',
    )
    await shot(user, 'job-new')
    await expectAccessible(user, 'submit a job')
    await user.keyboard.press('Control+Enter')
    await user.getByRole('heading', { name: 'train' }).waitFor()
    await user.getByText('Running', { exact: true }).first().waitFor({ timeout: 30_000 })
    await user.getByRole('tab', { name: 'Output' }).click()
    const output = user.getByRole('region', { name: 'Output of train' })
    await output.getByText('GPUs: 0,1').waitFor({ timeout: 30_000 })
    const grownTo = (step: number) =>
      until(
        () => output.innerText(),
        (text) => text.split('\n').includes(`step ${step}`),
        { seconds: 30 },
      )
    await grownTo(5)
    await grownTo(25)
    await shot(user, 'job-output')
    await expectAccessible(user, 'the output of a job')
    await user.getByRole('link', { name: 'Dashboard', exact: true }).click()
    await user.getByRole('region', { name: 'Slurm', exact: true }).getByText('2 of 8 in use, 6 free').waitFor()
  })

  test('sees an end for want of memory and one for want of time named as such, and cancels an array', async () => {
    await submit('hungry', 'python3 -c "x = bytearray(900_000_000); import time; time.sleep(120)"', { memoryMiB: 100 })
    await submit('slow', 'sleep 600', { minutes: 1 })
    await submit('sweep', 'sleep 600', { array: '0-19%2' })
    await user.getByRole('link', { name: 'Jobs', exact: true }).click()
    await rowOf('sweep').getByText('2 running').waitFor({ timeout: 30_000 })
    await rowOf('sweep').getByText('18 waiting').waitFor()
    await shot(user, 'jobs')
    await user.getByRole('button', { name: 'Actions for sweep' }).click()
    await user.getByRole('menuitem', { name: 'Cancel job' }).click()
    await user.getByRole('dialog').getByRole('button', { name: 'Cancel all tasks' }).click()
    await rowOf('sweep').getByText('Cancelled').first().waitFor({ timeout: 30_000 })
    await rowOf('hungry').getByText('Out of memory').waitFor({ timeout: 60_000 })
    await rowOf('slow').getByText('Time limit reached').waitFor({ timeout: 150_000 })
    await shot(user, 'jobs-ended')
    await expectAccessible(user, 'jobs')
    await user.getByRole('link', { name: 'hungry', exact: true }).click()
    await user.getByText(/It asked for 100 MiB/).waitFor()
    await shot(user, 'job-out-of-memory')
    await user.goBack()
    await user.getByRole('button', { name: 'Actions for train' }).click()
    await user.getByRole('menuitem', { name: 'Cancel job' }).click()
    await user.getByRole('dialog').getByRole('button', { name: 'Cancel job' }).click()
    await rowOf('train').getByText('Cancelled').waitFor({ timeout: 30_000 })
  })

  test('opens a notebook, runs a cell that prints 42, and is cut off within a second when disabled', async () => {
    await ask(admin, 'POST', '/workspace-templates', {
      name: 'Jupyter',
      description: 'A notebook on the cluster.',
      engineId,
      placement: { where: 'acme', account: 'acme', qos: 'normal', minutes: 60 },
      profiles: [
        { id: 'cpu', name: 'CPU only', cpus: 1, memoryMiB: 1024, accelerator: null },
        {
          id: 'gpu',
          name: '1 × h100',
          cpus: 2,
          memoryMiB: 2048,
          accelerator: { kind: 'gpu', model: 'h100', count: 1 },
        },
        {
          id: 'gpu16',
          name: '16 × h100',
          cpus: 2,
          memoryMiB: 2048,
          accelerator: { kind: 'gpu', model: 'h100', count: 16 },
        },
      ],
      limits: { cpus: 4, memoryMiB: 8192, volumeGiB: 10, idleMinutes: 60 },
    })
    await user.getByRole('link', { name: 'Workspaces', exact: true }).click()
    await user.getByText('No workspace yet').waitFor()
    await user.getByRole('link', { name: 'New Workspace' }).or(button(user, 'New Workspace')).first().click()
    await fill(user, { Name: 'my notebook' })
    await user.getByText('1 × h100', { exact: true }).first().click()
    await user
      .getByText(/may use 8 h100 GPUs, 0 in use: 8 left, and this needs 16/)
      .first()
      .waitFor()
    await shot(user, 'workspace-new')
    await expectAccessible(user, 'a new workspace')
    await button(user, 'Launch').click()
    await user.getByRole('heading', { name: 'my notebook' }).waitFor()
    await user.getByText('Running', { exact: true }).first().waitFor({ timeout: 60_000 })
    await shot(user, 'workspace')
    await expectAccessible(user, 'a workspace')

    const opened = user.context().waitForEvent('page')
    await user.getByRole('button', { name: /^Open/ }).first().click()
    const tree = await opened
    await tree.waitForURL(/^http:\/\/ws-[a-z0-9]{12}\.localhost:\d+\/tree/)
    expect(tree.url()).not.toMatch(/ticket|token/)
    await tree.getByRole('button', { name: 'New' }).or(tree.locator('#new-dropdown-button')).first().click()
    const made = user.context().waitForEvent('page')
    await tree
      .getByRole('menuitem', { name: /Python 3/ })
      .or(tree.locator('#kernel-python3 a'))
      .first()
      .click()
    const notebook = await made
    await notebook.locator('#kernel_indicator_icon.kernel_idle_icon').waitFor({ timeout: 60_000 })
    await notebook.locator('.CodeMirror').first().click()
    await notebook.keyboard.insertText('print(6 * 7)')
    await notebook.keyboard.press('Shift+Enter')
    await notebook.locator('.output_stdout', { hasText: '42' }).waitFor({ timeout: 30_000 })
    await shot(notebook, 'notebook')

    // A websocket of its own to the kernel, to see when it ends.
    await notebook.evaluate(async () => {
      const [kernel] = await (await fetch('/api/kernels')).json()
      const socket = new WebSocket(`ws://${location.host}/api/kernels/${kernel.id}/channels`)
      await new Promise((done) => socket.addEventListener('open', done))
      const page = window as unknown as { endedAt: number | null }
      page.endedAt = null
      socket.addEventListener('close', () => {
        page.endedAt = Date.now()
      })
    })
    const disabledAt = Date.now()
    await ask(admin, 'POST', `/users/${userId}/disable`)
    const endedAt = await until(
      () => notebook.evaluate(() => (window as unknown as { endedAt: number | null }).endedAt),
      (at) => at !== null,
      { seconds: 10, every: 20 },
    )
    process.stdout.write(
      `  disabled → the notebook's websocket is cut: ${Number(endedAt) - disabledAt} ms, the API's time included\n`,
    )
    expect(Number(endedAt) - disabledAt).toBeLessThan(1_000)
    const answer = await notebook.goto(notebook.url())
    expect(answer?.status()).toBe(403)
    await notebook.getByText('This workspace is not open to you').waitFor()
  })
})
