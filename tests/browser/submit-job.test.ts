import { builtInRoles } from '@tenantry/contract'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { button, item, launch, noBrowser } from './browser.ts'
import { id, type MadeUp, openAt, problem, sent, url } from './made-up-jobs.ts'

// The form for a job against choices made up here: engines that take it, that refuse it, that do not answer.
const member = builtInRoles.tenant_user.permissions

describe.skipIf(noBrowser)(`Submit job${noBrowser ? ` (not run: ${noBrowser})` : ''}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())

  const open = (path: string, more: Partial<MadeUp> = {}) => openAt(browser, path, more)
  const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true }).waitFor()
  const editor = (page: Page) => page.getByRole('textbox', { name: 'Script' })
  const ready = (page: Page) => page.locator('.cm-content').waitFor()
  const choose = async (page: Page, field: string, option: string) => {
    await page.getByRole('combobox', { name: field, exact: true }).click()
    await page.getByRole('option', { name: option }).click()
  }
  const value = (page: Page, field: string) => page.getByLabel(field, { exact: true }).first().inputValue()
  const write = async (page: Page, script: string) => {
    await editor(page).focus()
    await page.keyboard.press('Control+a')
    await page.keyboard.insertText(script)
  }

  test('by keyboard alone: name, script, submit; Tab is not caught in the script', async () => {
    const { context, page, made } = await open('/jobs/new', { permissions: member })
    await ready(page)
    await page.getByLabel('Name', { exact: true }).focus()
    await page.keyboard.press('Control+a')
    await page.keyboard.type('my run')
    const inEditor = () => editor(page).evaluate((one) => one === document.activeElement)
    for (let n = 0; n < 40 && !(await inEditor()); n++) await page.keyboard.press('Tab')
    expect(await inEditor()).toBe(true)
    await page.keyboard.press('Control+a')
    await page.keyboard.type('#!/bin/bash')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    expect(await inEditor()).toBe(true)
    await page.keyboard.type('hostname')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Tab')
    expect(await inEditor()).toBe(false)
    await page.keyboard.press('Control+Enter')
    await page.waitForURL(`${url}/jobs/${id(77)}`)
    expect(sent(made, 'POST', '/jobs').map(({ body }) => body)).toEqual([
      {
        ...{ engineId: id(900), name: 'my run', script: '#!/bin/bash\n  hostname', where: 'gpu', account: 'physics' },
        ...{ qos: 'normal', nodes: 1, cpus: 4, memoryMiB: 16_384, gpus: { model: 'h100', count: 1 }, minutes: 60 },
        ...{ array: null, workingDirectory: null, image: null, environment: {} },
      },
    ])
    // The draft is gone; where one submitted last is proposed.
    await page.goto(`${url}/jobs/new`)
    await ready(page)
    expect(await value(page, 'Name')).toBe('train')
    await context.close()
  })

  test('only what the engine takes can be chosen; what does not go together is put right, and said', async () => {
    const { context, page } = await open('/jobs/new')
    await ready(page)
    await choose(page, 'QOS', 'high')
    await choose(page, 'Account', 'guests')
    await page.getByText('Partition is cpu now, QOS is low now, because guests goes with nothing else.').waitFor()
    expect(await value(page, 'Partition')).toBe('cpu')
    // There are no GPUs here: the summary says so, and leads to the field.
    const summary = page.getByRole('complementary', { name: 'Summary' })
    await summary.getByRole('button', { name: 'GPU: There are none of this model here.' }).click()
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-field'))).toBe('gpuModel')
    await page.keyboard.press('Escape')
    await page.getByRole('combobox', { name: 'Engine', exact: true }).click()
    const east = page.getByRole('option', { name: /hpc-east/ })
    await east.getByText('It does not answer: connection refused.').waitFor()
    expect(await east.getAttribute('data-combobox-disabled')).toBe('true')
    await page.getByRole('option', { name: 'k8s' }).click()
    await summary.getByRole('button', { name: 'Container image: Name the image that it runs in.' }).waitFor()
    expect(await page.getByRole('combobox', { name: 'Account', exact: true }).count()).toBe(0)
    await context.close()
  })

  test('what stands in the way is said at its field; nothing is sent until it is out of the way', async () => {
    const { context, page, made } = await open('/jobs/new')
    await ready(page)
    await page.getByLabel('Array (optional)').fill('0-99%10')
    await page.getByText('100 tasks, 10 at a time').first().waitFor()
    await page.getByLabel('Array (optional)').fill('9-0')
    await page.getByText('A range goes up, such as 0-99.').first().waitFor()
    await page.getByLabel('Time limit', { exact: true }).fill('72:00')
    await page.getByText('Up to 2 d here.', { exact: true }).first().waitFor()
    await page.getByLabel('Memory per node').fill('200 megs')
    await page.getByText('An amount such as 16 GiB, 200 MiB or 1.5 TiB.').first().waitFor()
    // In the order of the form, whatever was typed first.
    const summary = page.getByRole('complementary', { name: 'Summary' })
    await expect
      .poll(() => summary.locator('.reasons b').allInnerTexts())
      .toEqual(['Memory per node:', 'Time limit:', 'Array:'])
    await page.getByLabel('Memory per node').fill('200M')
    await page.getByText('That is 200 MiB').waitFor()
    await summary.getByText('200 MiB').waitFor()
    await page.getByLabel('Memory per node').blur()
    expect(await value(page, 'Memory per node')).toBe('200 MiB')
    await page.getByRole('complementary').getByRole('button', { name: 'Submit Job' }).click()
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('time')
    expect(sent(made, 'POST', '/jobs')).toHaveLength(0)
    await button(page, '4 h').click()
    expect(await value(page, 'Time limit')).toBe('4:00')
    await context.close()
  })

  test('lines for sbatch are marked as not heeded, and can be taken over', async () => {
    const { context, page } = await open('/jobs/new')
    await ready(page)
    await write(
      page,
      '#!/bin/bash\n#SBATCH --gres=gpu:a100:4\n#SBATCH --time=2:00:00\n#SBATCH --mail-type=END\nhostname',
    )
    await page.getByText('3 #SBATCH lines are not heeded here').waitFor()
    await expect.poll(() => page.locator('.ignored-line').count()).toBe(3)
    await button(page, 'Take over into the form').click()
    await page.getByText(/^Taken over into the form: .*Time limit/).waitFor()
    expect([await value(page, 'GPU'), await value(page, 'GPUs per node'), await value(page, 'Time limit')]).toEqual([
      'a100',
      '4',
      '2:00',
    ])
    expect(await editor(page).innerText()).toBe('#!/bin/bash\n#SBATCH --mail-type=END\nhostname')
    await context.close()
  })

  test('a refusal lands at its field or in words, and what was typed survives it and a reload', async () => {
    const errors = [{ pointer: '/memoryMiB', code: 'too_much', detail: 'the account has 8 GiB left' }]
    const { context, page, made } = await open('/jobs/new', {
      instead: { 'POST /jobs': problem(400, 'invalid_input', { errors }) },
    })
    await ready(page)
    await page.getByLabel('Name', { exact: true }).fill('kept')
    await write(page, '#!/bin/bash\necho kept')
    await page.keyboard.press('Control+Enter')
    await page.getByText('the account has 8 GiB left').first().waitFor()
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('memory')
    made.instead = { 'POST /jobs': problem(409, 'engine_refused', { detail: 'QOSMaxGRESPerUser' }) }
    await page.getByLabel('Memory per node').fill('8')
    await page.keyboard.press('Control+Enter')
    const alert = page.getByRole('alert').filter({ hasText: 'QOSMaxGRESPerUser' })
    await alert.getByText(/Nothing was submitted; what you entered is still here/).waitFor()
    await page.reload()
    await ready(page)
    expect([await value(page, 'Name'), await editor(page).innerText()]).toEqual(['kept', '#!/bin/bash\necho kept'])
    await button(page, 'Start over').click()
    await expect.poll(() => value(page, 'Name')).toBe('train')
    await context.close()
  })

  test('again with changes: filled with what was submitted', async () => {
    const { context, page } = await open(`/jobs/${id(1)}`)
    await page.getByRole('button', { name: /^Actions for/ }).click()
    await item(page, 'Resubmit with changes').click()
    await ready(page)
    expect([await value(page, 'QOS'), await value(page, 'Time limit'), await value(page, 'Cores per node')]).toEqual([
      'high',
      '4:00',
      '8',
    ])
    await page.getByText('1 variable').waitFor()
    await context.close()
  })

  test('who may not submit, and where nothing runs jobs', async () => {
    const shut = await open('/jobs/new', { permissions: ['job.view_own'] })
    await heading(shut.page, 'Your role does not open this page')
    await shut.context.close()
    const none = await open('/jobs/new', { choices: { engines: [] } })
    await heading(none.page, 'No engine runs jobs for you')
    await none.context.close()
  })
})
