import { builtInRoles, type JobDetail } from '@tenantry/contract'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { button, expectAccessibleEverywhere, item, launch, noBrowser, type openContext } from './browser.ts'
import { array, detail, ended, ends, everyJob, id, type MadeUp, openAt, problem, sent, url } from './made-up-jobs.ts'

// The pages against answers made up here: jobs in every state, and refusals at the wrong moment.
const member = builtInRoles.tenant_user.permissions

describe.skipIf(noBrowser)(`the pages for jobs${noBrowser ? ` (not run: ${noBrowser})` : ''}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())

  const open = (path: string, more: Partial<MadeUp> = {}, options: Parameters<typeof openContext>[1] = {}) =>
    openAt(browser, path, more, options)
  const row = (page: Page, name: string) =>
    page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) })
  const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true }).waitFor()

  describe('the list', () => {
    test('says of each how it is, or why it is over, in words, with the engine’s own in a tooltip', async () => {
      const { context, page } = await open('/jobs')
      for (const [reason, words] of Object.entries(ends)) {
        const state = row(page, `ended-${reason.toLowerCase().replaceAll('_', '-')}`).locator('.status')
        expect([await state.innerText(), await state.getAttribute('title')]).toEqual([
          words,
          reason === 'FAILED' ? 'FAILED exit code 1' : reason,
        ])
      }
      await row(page, 'sweep').getByText('3 running · 12 waiting · 85 done · 1 failed').waitFor()
      await row(page, 'evaluate').getByText('Starts in about 5 min').waitFor()
      await row(page, 'evaluate').getByText('32 × h100').waitFor()
      await row(page, 'train a model with a name that is rather long <b>for a cell</b>')
        .getByText(/^30 min of 1 h/)
        .waitFor()
      await context.close()
    })

    test('what is looked for is in the address, and asked of the server', async () => {
      const { context, page, made } = await open('/jobs?q=tra&state=running,failed&sort=name')
      await page.getByRole('link', { name: 'sweep' }).waitFor()
      expect(await page.getByLabel('Search by name or id').inputValue()).toBe('tra')
      const query = () => Object.fromEntries(sent(made, 'GET', '/jobs').at(-1)?.query ?? [])
      expect(query()).toEqual({ q: 'tra', state: 'running,failed', sort: 'name' })
      await page.getByText('Everybody', { exact: true }).click()
      await expect.poll(query).toEqual({ q: 'tra', state: 'running,failed', sort: 'name', whose: 'all' })
      await page.getByRole('columnheader', { name: 'Owner' }).waitFor()
      // By name, and by user name beside it; of nobody of the tenant, what the engine calls them.
      await row(page, 'someone-elses').getByText('Bob Builder bob').waitFor()
      await row(page, 'of-nobody').getByText('svc-batch').waitFor()
      await button(page, 'Job').click()
      await expect.poll(() => query().sort).toBe('-name')
      await button(page, 'Clear filters').click()
      await expect.poll(query).toEqual({ sort: '-name', whose: 'all' })
      await context.close()
    })

    test('empty: what to do depends on who looks and what there is', async () => {
      const none = await open('/jobs', { jobs: [], permissions: member })
      await heading(none.page, 'No jobs yet')
      await expect.poll(() => none.page.getByRole('link', { name: 'Submit Job' }).count()).toBe(1)
      await none.context.close()
      const noEngine = await open('/jobs', { jobs: [], choices: { engines: [] } })
      await heading(noEngine.page, 'No engine runs jobs for you')
      // Nothing that leads nowhere: no job can be submitted, and there is none to look for.
      expect(await noEngine.page.getByRole('main').getByRole('link', { name: 'Submit Job' }).count()).toBe(0)
      expect(await noEngine.page.getByLabel('Search by name or id').count()).toBe(0)
      await noEngine.context.close()
      const looking = await open('/jobs', { jobs: [], permissions: ['job.view_own'] })
      await heading(looking.page, 'No jobs yet')
      expect(await looking.page.getByRole('link', { name: 'Submit Job' }).count()).toBe(0)
      await looking.context.close()
      const sought = await open('/jobs?q=nothing', { jobs: [] })
      await heading(sought.page, 'Nothing matches')
      await sought.page.getByLabel('Search by name or id').waitFor()
      await sought.context.close()
    })

    test('while it is loaded; when it cannot be; when the role does not permit it', async () => {
      let go = () => {}
      const wait = new Promise<void>((resolve) => {
        go = resolve
      })
      const { context, page, made } = await open('/jobs', {
        instead: { 'GET /jobs': () => wait.then(() => problem(500, 'internal')) },
      })
      await page.locator('table[aria-busy=true]').waitFor()
      go()
      await page.getByRole('alert').getByText('Refused').waitFor()
      made.instead = {}
      await button(page, 'Try again').click()
      await page.getByRole('link', { name: 'sweep' }).waitFor()
      await context.close()

      const shut = await open('/jobs', { permissions: ['user.view'] })
      await heading(shut.page, 'Your role does not open this page')
      expect(await shut.page.getByRole('navigation').getByRole('link', { name: 'Jobs' }).count()).toBe(0)
      await shut.context.close()
    })

    test('by keyboard: from row to row, the menu, cancel an array with its tasks', async () => {
      const { context, page, made } = await open('/jobs')
      await row(page, 'sweep').waitFor()
      await page.getByRole('row').nth(1).focus()
      await page.keyboard.press('j')
      await page.keyboard.press('.')
      await item(page, 'Cancel job').waitFor()
      await item(page, 'Cancel job').press('Enter')
      const dialog = page.getByRole('dialog', { name: 'Cancel sweep?' })
      await dialog.getByText('All of its 15 tasks that are not over end: 3 running, 12 waiting.').waitFor()
      expect(sent(made, 'POST', `/jobs/${array.id}/cancel`)).toHaveLength(0)
      await expect.poll(() => button(page, 'Keep it').evaluate((one) => one === document.activeElement)).toBe(true)
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await dialog.waitFor({ state: 'hidden' })
      expect(sent(made, 'POST', `/jobs/${array.id}/cancel`)).toHaveLength(1)
      await page.getByText('sweep is being cancelled').waitFor()
      await page.getByRole('row').nth(2).focus()
      await page.keyboard.press('Enter')
      await page.waitForURL(`${url}/jobs/${array.id}`)
      await context.close()
    })

    test('a cancel that is refused says why, and the job is still there', async () => {
      const instead = {
        [`POST /jobs/${id(1)}/cancel`]: problem(503, 'engine_unavailable', { detail: 'hpc-west is down' }),
      }
      const { context, page } = await open(`/jobs/${id(1)}`, { instead })
      await button(page, 'Cancel job').click()
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel job' }).click()
      await page.getByRole('dialog').getByRole('alert').getByText('hpc-west is down').waitFor()
      await context.close()
    })
  })

  describe('one job', () => {
    test.each([
      ['OUT_OF_MEMORY', 'It asked for 1 GiB. Ask for more memory.'],
      ['TIMEOUT', /It reached its time limit of 1 h\. Ask for more time/],
      ['FAILED', /It ended with exit code 1\./],
      ['NODE_FAIL', /no fault of the job\. Resubmit it\./],
      ['PREEMPTED', /choose another QOS/],
      ['CANCELLED', 'It was cancelled.'],
    ] as const)('%s: why it ended, and what helps', async (reason, words) => {
      const found = everyJob.find(({ endReason }) => endReason === reason)
      const { context, page, made } = await open(`/jobs/${found?.id}`)
      await page.getByText(words).waitFor()
      await button(page, 'Resubmit').click()
      await page.waitForURL(`${url}/jobs/${id(77)}`)
      expect(sent(made, 'POST', `/jobs/${found?.id}/resubmit`)).toHaveLength(1)
      await context.close()
    })

    test('what is not there, or not to be seen, or could not be read', async () => {
      const gone = await open(`/jobs/${id(5)}`, { instead: { [`GET /jobs/${id(5)}`]: problem(404, 'not_found') } })
      await heading(gone.page, 'There is nothing here')
      await gone.context.close()
      const told: JobDetail = {
        ...detail(ended(6, 'FAILED')),
        script: null,
        submitted: null,
        incomplete: 'no answer in 5 s',
      }
      const part = await open(`/jobs/${id(6)}?tab=script`, { instead: { [`GET /jobs/${id(6)}`]: { body: told } } })
      await part.page.getByText('The engine does not tell everything just now: no answer in 5 s').waitFor()
      await part.page.getByText('The script is not known').waitFor()
      await part.context.close()
    })

    test('output: as text, followed, taken up where it broke off, searched, and from the beginning', async () => {
      const line = (n: number) => `line ${n} \u001b[32mok\u001b[0m <img src=x onerror=alert(1)>\n`
      const first = Array.from({ length: 200 }, (_, n) => line(n)).join('')
      const from = 3_000_000 - first.length
      const { context, page, made } = await open(`/jobs/${id(1)}?tab=output`, {
        output: [
          [['output', { from, size: 3_000_000, text: first }]],
          [
            ['output', { from: 3_000_000, size: 3_000_006, text: 'later\n' }],
            ['end', {}],
          ],
        ],
      })
      const text = page.getByRole('region', { name: /^Output of/ })
      await text.getByText('later').waitFor()
      await page.getByText('Complete', { exact: true }).waitFor()
      const asked = sent(made, 'GET', `/jobs/${id(1)}/output`).map(({ query }) => query.get('from'))
      expect(asked).toEqual(['-64000', '3000000'])
      expect(await text.innerText()).toContain('line 199 ok <img src=x onerror=alert(1)>')
      expect(await text.locator('img').count()).toBe(0)
      await page.getByText(/^The last .* of 3 MB$/).waitFor()
      // It stays at the end, until somebody scrolls up.
      const atEnd = () => text.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight < 24)
      await expect.poll(atEnd).toBe(true)
      await text.focus()
      await page.keyboard.press('Home')
      await expect.poll(() => text.evaluate((box) => box.scrollTop)).toBe(0)
      await button(page, 'Jump to end').click()
      await expect.poll(atEnd).toBe(true)

      await page.getByLabel('Search in the output').fill('line 5')
      await page.getByText('1 of 11').waitFor()
      await page.keyboard.press('Enter')
      await page.getByText('2 of 11').waitFor()

      made.output = [
        [
          ['output', { from: 0, size: 12, text: 'from byte 0\n' }],
          ['end', {}],
        ],
      ]
      await button(page, 'Load from the beginning').click()
      await text.getByText('from byte 0').waitFor()
      expect(
        sent(made, 'GET', `/jobs/${id(1)}/output`)
          .at(-1)
          ?.query.get('from'),
      ).toBe('0')
      await page.getByText('All of it, 12 B').waitFor()
      await page.getByText('Standard error', { exact: true }).click()
      await expect
        .poll(() =>
          sent(made, 'GET', `/jobs/${id(1)}/output`)
            .at(-1)
            ?.query.get('stream'),
        )
        .toBe('stderr')
      expect(page.url()).toContain('stream=stderr')
      await context.close()
    })

    test('output that waits, that is refused, that an array has none of', async () => {
      const waits = await open(`/jobs/${id(3)}?tab=output`, {
        output: [[['waiting', { reason: 'It has not begun.' }]]],
      })
      await waits.page.getByText('It has not begun.').waitFor()
      await waits.context.close()
      const refused = await open(`/jobs/${id(1)}?tab=output`, {
        instead: { [`GET /jobs/${id(1)}/output`]: problem(404, 'not_found', { title: 'It is not yours to read' }) },
      })
      await refused.page.getByRole('alert').getByText('It is not yours to read').waitFor()
      await refused.context.close()
      const whole = await open(`/jobs/${array.id}?tab=output`)
      await button(whole.page, 'Show tasks').click()
      await row(whole.page, 'sweep').nth(0).getByText('4002_3 · Task 3').waitFor()
      await whole.context.close()
    })
  })

  test('the dashboard: each of my jobs leads to its page; without any, to Submit job', async () => {
    const { context, page, made } = await open('/dashboard')
    const widget = page.getByRole('region', { name: 'My jobs' })
    await widget.getByRole('link', { name: 'evaluate' }).click()
    await page.waitForURL(`${url}/jobs/${id(3)}`)
    made.jobs = []
    await page.goto(`${url}/dashboard`)
    await widget.getByRole('link', { name: 'Submit Job' }).click()
    await page.waitForURL(`${url}/jobs/new`)
    await context.close()
  })

  test('a Slurm is signed in to through a token broker, unless something else is chosen', async () => {
    const { context, page, made } = await open('/engines?connect=true', {
      permissions: builtInRoles.platform_admin.permissions,
      instead: { 'POST /engines': problem(422, 'engine_address', { detail: 'not from here' }) },
    })
    await page.getByRole('combobox', { name: 'Kind' }).click()
    await page.getByRole('option', { name: /^Slurm/ }).click()
    const fields = {
      ...{
        Name: 'hpc',
        Address: 'https://slurm.test:6820',
        User: 'slurm',
        'Broker address': 'https://slurm.test:7443',
      },
      'Broker secret': 'b'.repeat(32),
    }
    for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value)
    expect(await page.getByLabel('Broker secret', { exact: true }).getAttribute('type')).toBe('password')
    await page.getByRole('dialog').getByRole('button', { name: 'Connect', exact: true }).click()
    await page.getByRole('alert').getByText('not from here').waitFor()
    expect(sent(made, 'POST', '/engines').map(({ body }) => (body as { credential: object }).credential)).toEqual([
      {
        ...{ type: 'slurm_broker', user: 'slurm', brokerUrl: 'https://slurm.test:7443', brokerSecret: 'b'.repeat(32) },
        ...{ logAgentUrl: null, logAgentSecret: null },
      },
    ])
    await context.close()
  })

  test('no violation on any page, in the light or the dark', async () => {
    const output = [
      [
        ['output', { from: 0, size: 900_000, text: 'epoch 1\n'.repeat(200) }],
        ['end', {}],
      ],
    ] as MadeUp['output']
    const { context, page, made } = await open('/jobs', { output }, { reducedMotion: 'reduce' })
    const look = async (path: string, ready: () => Promise<unknown>) => {
      await page.goto(url + path)
      await ready()
      await expectAccessibleEverywhere(page, path)
    }
    const text = (words: string | RegExp) => () => page.getByText(words).first().waitFor()
    await look('/jobs', text('evaluate'))
    await look('/jobs?whose=all', text('evaluate'))
    await look(`/jobs/${id(1)}`, text('Timeline'))
    await look(`/jobs/${id(14)}`, text('It asked for 1 GiB'))
    await look(`/jobs/${id(1)}?tab=output`, text('Complete'))
    await look(`/jobs/${id(1)}?tab=script`, text('srun python3'))
    await look(`/jobs/${array.id}?tab=tasks`, text('4002_3 · Task 3'))
    await look('/jobs/new', () => page.locator('.cm-content').waitFor())
    await look('/dashboard', text('evaluate'))
    await page.goto(`${url}/jobs/${id(1)}`)
    await button(page, 'Cancel job').click()
    await page.getByRole('dialog').waitFor()
    await expectAccessibleEverywhere(page, 'cancel', '[role=dialog]')
    await page.goto(`${url}/jobs/new`)
    await page.locator('.cm-content').waitFor()
    await page.getByLabel('Name', { exact: true }).fill('')
    await page.locator('.cm-content').focus()
    await page.keyboard.press('Control+a')
    await page.keyboard.insertText('#!/bin/bash\n#SBATCH --time=5 # soon\nif [ "$A" = 1 ]; then echo "x"; fi')
    await text('Give it a name.')()
    await expectAccessibleEverywhere(page, 'in the way')
    made.jobs = []
    await look('/jobs?q=x', text('Nothing matches'))
    await context.close()
  })
})
