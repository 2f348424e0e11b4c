import { readFile } from 'node:fs/promises'
import type { ModelUsage, Permission } from '@tenantry/contract'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { button, launch, noBrowser } from './browser.ts'
import { day, endedKeys, id, type MadeUp, noUsage, openAt, problem, sent, url, usage } from './made-up-models.ts'
import { bob } from './made-up-people.ts'

describe.skipIf(noBrowser)(`keys and usage${noBrowser ? ` (not run: ${noBrowser})` : ''}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())
  const open = (path: string, more?: Partial<MadeUp>, options?: Parameters<typeof openAt>[3]) =>
    openAt(browser, path, more, options)
  const only = (...permissions: Permission[]) => ({ permissions })

  test('keys: made, shown once with what puts them to use, and revoked', async () => {
    const { context, page, made } = await open('/models/keys?create=true')
    const dialog = page.getByRole('dialog')
    await dialog.getByText(/^It works until /).waitFor()
    made.instead['POST /model-keys'] = problem(400, 'invalid_input', {
      errors: [{ pointer: '/name', code: 'too_small', detail: 'must not be empty' }],
    })
    await dialog.getByRole('button', { name: 'Create Key' }).click()
    await dialog.getByText('Must not be empty.', { exact: true }).waitFor()
    made.instead = {}
    await dialog.getByLabel('Name').fill('editor')
    await dialog.getByLabel('These models').check()
    await dialog.getByRole('button', { name: 'Create Key' }).click()
    await dialog.getByText('Choose a model, or all of them.').waitFor()
    await dialog.getByRole('combobox', { name: 'These models' }).press('ArrowDown')
    // What one may not use is not offered.
    expect(await page.getByRole('option').allTextContents()).toEqual(['Llama 3.1 8B', 'BGE M3', 'Put away', 'Fresh'])
    await page.getByRole('option', { name: 'Llama 3.1 8B' }).click()
    // Closes what one chose from, and not the dialog around it.
    await page.keyboard.press('Escape')
    await dialog.getByRole('combobox', { name: 'Expires' }).click()
    await page.getByRole('option', { name: 'Never' }).click()
    await dialog.getByText('It works until it is revoked.').waitFor()
    await dialog.getByRole('button', { name: 'Create Key' }).click()
    await dialog.getByText('Key created').waitFor()
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Copy')
    expect(await dialog.getByLabel('Key', { exact: true }).inputValue()).toBe('tnk_once-and-never-again')
    await dialog.getByText('export TENANTRY_API_KEY=tnk_once-and-never-again').waitFor()
    await dialog.getByText(`curl ${url}/v1/models -H "Authorization: Bearer $TENANTRY_API_KEY"`).waitFor()
    await dialog.getByText('It does not expire.').waitFor()
    await page.keyboard.press('Escape')
    await dialog.getByRole('button', { name: 'I have stored it' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect(page.url()).toBe(`${url}/models/keys`)
    expect(await page.content()).not.toContain('never-again')
    expect(sent(made, 'POST /model-keys').at(-1)?.body).toEqual({
      ...{ name: 'editor', modelIds: [id(1)], days: null, requestsPerMinute: null, tokensPerMonth: null },
    })

    const row = (name: string) => page.getByRole('row').filter({ hasText: name })
    await row('editor').waitFor()
    await row('nightly evaluation').getByText('Soon: in 3 days').waitFor()
    await row('nightly evaluation')
      .getByText(/^Used up until /)
      .waitFor()
    await row('notebook').getByText('830K of 1M').waitFor()
    expect(await row('lost').count()).toBe(0)
    await page.getByText('Everybody’s').click()
    await row('of bob').getByText('Bob Builder bob').waitFor()
    await row('of bob')
      .getByText('Its owner is disabled, has to choose a new password first, or may use no models.')
      .waitFor()
    await page.getByLabel('Also expired and revoked').check()
    await row('past').getByText('Expired', { exact: true }).waitFor()
    expect(new URL(page.url()).search).toBe('?whose=all&ended=yes')
    expect(await row('past').getByRole('button').count()).toBe(0)
    await button(page, 'Revoke of bob').click()
    await dialog
      .getByText('It is a key of Bob Builder (bob). Every program that uses this key is refused at once')
      .waitFor()
    await dialog.getByRole('button', { name: 'Revoke' }).click()
    await row('of bob').getByText('Revoked', { exact: true }).waitFor()
    expect(sent(made, `POST /model-keys/${id(106)}/revoke`)).toHaveLength(1)
    await context.close()

    const guest = await open('/models/keys?create=true', { guest: true })
    await guest.page.getByText('A guest in a tenant cannot create keys there.').waitFor()
    expect(await button(guest.page, 'Create Key').count()).toBe(0)
    expect(await guest.page.getByRole('dialog').count()).toBe(0)
    await guest.context.close()
    // Keys that are no more are no reason to say that there never was one.
    const left = await open('/models/keys', { keys: endedKeys() })
    await left.page.getByText('No active key').waitFor()
    await button(left.page, 'Show expired and revoked').click()
    await left.page.getByRole('row').filter({ hasText: 'lost' }).waitFor()
    await left.context.close()
    const auditor = await open('/models/keys?whose=all', only('model_key.view_all'))
    await auditor.page.getByText('of bob').waitFor()
    expect(await auditor.page.getByRole('button', { name: /^Revoke/ }).count()).toBe(0)
    await auditor.context.close()
  })

  test('usage: of a time, by what one asks, as bars, as tables and as a file', async () => {
    const { context, page, made } = await open('/models/usage')
    await page.getByText('84% used: nearly all of it.').waitFor()
    await page.getByText(/^Used up: requests are refused until /).waitFor()
    await page.getByText('Estimated tokens').first().waitFor()
    // What is added up looks it, and a model is named as everywhere.
    expect(await page.locator('.figures dt').allTextContents()).toEqual([
      ...['Requests', 'Tokens in', 'Tokens out', 'Estimated tokens', 'Cost'],
    ])
    await page.locator('.figures').getByText('€0.2520').waitFor()
    const row = page.getByRole('table', { name: 'Usage by model' }).getByRole('row').filter({ hasText: 'llama-3.1-8b' })
    await row.getByText('€0.2400 + $12.00').waitFor()
    expect(await row.getByRole('link', { name: 'Llama 3.1 8B' }).getAttribute('href')).toBe(`/models/${id(1)}`)
    const asked = () => Object.fromEntries(sent(made, 'GET /model-usage').at(-1)?.query ?? [])
    expect(asked()).toEqual({ whose: 'mine', by: 'model', from: day(29), to: day(0) })
    // From day to day with the keyboard; what one hears is what one sees.
    const chart = page.getByRole('slider')
    await chart.focus()
    expect(await chart.getAttribute('aria-valuetext')).toContain('54,000 in, 18,000 out, 60 requests')
    await page.locator('.day-tip').getByText('54,000 in').waitFor()
    await page.keyboard.press('ArrowLeft')
    expect(await chart.getAttribute('aria-valuetext')).toContain('54,900 in, 18,300 out, 61 requests')
    await page.keyboard.press('Home')
    expect(await chart.getAttribute('aria-valuetext')).toContain('0 in, 0 out, 0 requests')
    await page.keyboard.press('Escape')
    await page.locator('.day-tip').waitFor({ state: 'detached' })
    await page.getByText('The days as a table').click()
    await expect.poll(() => page.getByRole('region', { name: 'Tokens per day' }).getByRole('row').count()).toBe(8)

    const [file] = await Promise.all([page.waitForEvent('download'), button(page, 'Download CSV').click()])
    expect(file.suggestedFilename()).toBe(`model-usage-model-${day(29)}-${day(0)}.csv`)
    expect((await readFile(await file.path(), 'utf8')).split('\r\n').slice(0, 3)).toEqual([
      '\uFEFFname,requests,failed,input_tokens,output_tokens,estimated_tokens,cost_EUR,cost_USD',
      'llama-3.1-8b,400,20,360000,120000,0,0.24,12',
      `"'=HYPERLINK(""http://evil"")",20,1,18000,6000,1500,0.012,0`,
    ])

    await page.getByText('7 days').click()
    await expect.poll(asked).toMatchObject({ from: day(6), to: day(0) })
    await page.getByText('Everybody’s').click()
    const whose = [
      { ...(usage().rows[1] as ModelUsage['rows'][0]), id: id(30), name: 'bob', person: bob },
      { ...(usage().rows[1] as ModelUsage['rows'][0]), id: id(31), name: 'somebody who is gone' },
    ]
    made.usage = usage({ rows: whose, budgets: [] })
    await page.getByText('Person').click()
    await expect.poll(asked).toMatchObject({ whose: 'all', by: 'user', from: day(6) })
    const people = page.getByRole('table', { name: 'Usage by person' })
    await people.getByText('Bob Builder bob').waitFor()
    await people.getByText('somebody who is gone').waitFor()
    expect(await page.getByText('Limits this month').count()).toBe(0)
    await page.getByText('Custom').click()
    await page.getByLabel('From', { exact: true }).fill('2026-02-10')
    await page.getByLabel('To', { exact: true }).fill('2026-02-01')
    await button(page, 'Show').click()
    await page.getByText('The first day comes before the last').waitFor()
    await page.getByLabel('To', { exact: true }).fill('2026-02-20')
    await button(page, 'Show').click()
    await expect.poll(asked).toEqual({ whose: 'all', by: 'user', from: '2026-02-10', to: '2026-02-20' })
    // Mine has no persons to count by.
    await page.getByText('Mine', { exact: true }).click()
    await expect.poll(asked).toMatchObject({ whose: 'mine', by: 'model' })
    made.usage = noUsage
    await page.reload()
    await page.getByText('Nothing was used in this time').waitFor()
    await page.getByRole('link', { name: 'Open in the playground' }).waitFor()
    made.models = []
    await page.reload()
    await page.getByText('Nothing was used in this time').waitFor()
    expect(await page.getByRole('link', { name: 'Open in the playground' }).count()).toBe(0)
    await context.close()
  })
})
