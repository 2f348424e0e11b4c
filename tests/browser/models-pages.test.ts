import { builtInRoles } from '@tenantry/contract'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { button, expectAccessibleEverywhere, item, launch, noBrowser, openMenu } from './browser.ts'
import { id, type MadeUp, openAt, passed, problem, sent, url } from './made-up-models.ts'

describe.skipIf(noBrowser)(`models${noBrowser ? ` (not run: ${noBrowser})` : ''}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())
  const open = (path: string, more?: Partial<MadeUp>, options?: Parameters<typeof openAt>[3]) =>
    openAt(browser, path, more, options)
  const user = { permissions: builtInRoles.tenant_user.permissions }

  test('a model is published: tested first, what the test tells is taken over, refusals stand at their fields', async () => {
    const { context, page, made } = await open('/models/new')
    await page.getByLabel('Base URL').fill('https://inference.example.org/v1')
    await page.getByLabel('API key (optional)', { exact: true }).fill('s3cret')
    made.instead['POST /models/test'] = problem(422, 'model_address', {
      detail: 'Your provider does not allow 10.0.0.5 yet. Ask them to add it (MODEL_ADDRESSES).',
    })
    await button(page, 'Test').click()
    await page
      .getByText('does not allow 10.0.0.5 yet. Ask them to add it (MODEL_ADDRESSES).', { exact: false })
      .waitFor()
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('type'))).toBe('url')
    made.instead['POST /models/test'] = problem(500, 'internal', { title: 'Something broke here' })
    await button(page, 'Test').click()
    await page.getByRole('alert').getByText('Something broke here').waitFor()
    made.instead = {}
    await button(page, 'Test').click()
    await page.getByRole('list', { name: 'What was tried' }).getByText('It serves 2 models.').waitFor()
    // Whoever tries again does so where they are.
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Test')
    expect(sent(made, 'POST /models/test').at(-1)?.body).toEqual({
      ...{ address: 'https://inference.example.org/v1', ca: null, model: null, uses: ['chat'] },
      ...{ credential: 's3cret', credentialOf: null },
    })
    await page.getByRole('combobox', { name: 'Model at the endpoint' }).click()
    await page.getByRole('option', { name: 'BAAI/bge-m3' }).click()
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('bge-m3')
    expect(await page.getByLabel('Context length in tokens').inputValue()).toBe('8,192')
    // What was tried is not what stands there any more.
    expect(await page.getByRole('list', { name: 'What was tried' }).count()).toBe(0)

    await page.getByLabel('Title').fill('BGE M3')
    await page.getByLabel('Chat', { exact: true }).uncheck()
    await page.getByLabel('Embeddings', { exact: true }).check()
    await page.getByLabel('Input').fill('0.05')
    await page.getByLabel('Tokens a month').fill('2000000')
    await page.getByLabel('These roles').first().check()
    await button(page, 'Publish').click()
    await page.getByText('Choose a role, or everybody.').waitFor()
    expect(sent(made, 'POST /models')).toEqual([])
    await page.getByRole('combobox', { name: 'These roles' }).press('ArrowDown')
    await page.getByRole('option', { name: 'Researcher' }).click()
    await page.keyboard.press('Escape')
    made.instead['POST /models'] = problem(400, 'invalid_input', {
      errors: [
        { pointer: '/limits/tokensPerMonth', code: 'too_big', detail: 'is too many' },
        { pointer: '/price/currency', code: 'custom', detail: 'three capital letters, such as EUR' },
        { pointer: '/uses', code: 'custom', detail: 'is not served there' },
      ],
    })
    await button(page, 'Publish').click()
    for (const words of ['is too many', 'three capital letters', 'is not served there'])
      await page.getByText(words).waitFor()
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('type'))).toBe('checkbox')
    made.instead['POST /models'] = problem(409, 'model_name_taken')
    await button(page, 'Publish').click()
    await page.getByText('Another model has this name').waitFor()
    made.instead = {}
    await button(page, 'Publish').click()
    await page.getByRole('heading', { name: 'BGE M3', level: 1 }).waitFor()
    expect(sent(made, 'POST /models').at(-1)?.body).toEqual({
      ...{ address: 'https://inference.example.org/v1', ca: null, model: 'BAAI/bge-m3', credential: 's3cret' },
      ...{ name: 'bge-m3', title: 'BGE M3', description: '', uses: ['embeddings'], contextLength: 8_192 },
      price: { input: 0.05, output: 0, currency: 'EUR' },
      limits: { requestsPerMinute: null, tokensPerMinute: null, tokensPerMonth: 2_000_000 },
      roleIds: [id(23)],
    })
    await context.close()
  })

  test('a model is changed: only what is another is sent, nobody is overwritten by mistake, no key goes elsewhere', async () => {
    const { context, page, made } = await open(`/models/${id(1)}/edit`)
    const patch = `PATCH /models/${id(1)}`
    await page.getByLabel('Leave it as it is').waitFor()
    // The one that is served is chosen, what is published stays, and the steps stay to be read.
    await page.getByRole('combobox', { name: 'Model at the endpoint' }).fill('')
    made.test = { ...passed, models: passed.models.slice(0, 1) }
    await button(page, 'Test').click()
    await page.getByText('It serves 1 model: choose it, or type.').waitFor()
    await page.getByText('Test again to ask the model itself.').waitFor()
    await page.getByText('It takes the key.').waitFor()
    expect(await page.getByRole('combobox', { name: 'Model at the endpoint' }).inputValue()).toBe(
      'meta-llama/Llama-3.1-8B-Instruct',
    )
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('llama-3.1-8b')
    await button(page, 'Test').click()
    await page.getByText('It takes the key.').waitFor()
    expect(sent(made, 'POST /models/test').at(-1)?.body).toMatchObject({ credential: null, credentialOf: id(1) })
    await page.getByLabel('Title').fill('Llama, renamed')
    made.instead[patch] = problem(412, 'changed_meanwhile')
    await button(page, 'Save').click()
    await page.getByText('Somebody else changed Llama 3.1 8B in the meantime.').waitFor()
    // Theirs is shown, and saved over with its own version.
    made.instead = {}
    made.models = made.models.map((one) => (one.id === id(1) ? { ...one, title: 'Theirs', version: 9 } : one))
    await button(page, 'Show theirs').click()
    await expect.poll(() => page.getByLabel('Title').inputValue()).toBe('Theirs')
    await page.getByLabel('Base URL').fill('https://elsewhere.example.org/v1')
    await page.getByText('Another address needs its key anew.').waitFor()
    expect(await page.getByLabel('Leave it as it is').count()).toBe(0)
    await button(page, 'Save').click()
    await page.getByText('Enter the key, or choose none.').waitFor()
    await page.getByLabel('New API key').fill('an0ther')
    made.instead[patch] = problem(412, 'changed_meanwhile')
    await button(page, 'Save').click()
    await page.getByText('Somebody else changed Theirs in the meantime.').waitFor()
    made.instead = {}
    await button(page, 'Save mine anyway').click()
    await page.getByRole('heading', { name: 'Theirs', level: 1 }).waitFor()
    expect(sent(made, patch).map(({ body, ifMatch }) => [body, ifMatch])).toEqual([
      [{ title: 'Llama, renamed' }, '"3"'],
      [{ address: 'https://elsewhere.example.org/v1', credential: 'an0ther' }, '"9"'],
      [{ address: 'https://elsewhere.example.org/v1', credential: 'an0ther' }, '*'],
    ])
    await context.close()
  })

  test('models: found, read, tested, disabled, enabled and withdrawn', async () => {
    const { context, page, made } = await open('/models')
    const row = (name: string) => page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) })
    for (const [name, words] of [
      ['Llama 3.1 8B', ['Answers', 'Asked just now', '7 running · 2 waiting', 'Cache 41% full', '60 requests / min']],
      ['BGE M3', ['Slow', 'It took 9 s to answer.', 'Not charged', 'Tenant Admin']],
      ['A title that is long', ['Does not answer', 'Tenant Admin, Researcher', 'Not you']],
      ['Put away', ['Disabled']],
      ['Fresh', ['Not asked yet']],
    ] as const)
      for (const word of words) await row(name).getByText(word, { exact: true }).waitFor()
    // One can only try what one may use, that is enabled, and that talks.
    expect(await page.getByRole('link', { name: /^Try / }).allTextContents()).toHaveLength(2)
    expect(await page.getByRole('link', { name: 'Try Llama 3.1 8B' }).getAttribute('href')).toBe(
      `/playground?model=${id(1)}`,
    )
    await page.getByLabel('Find by name or description').fill('EVERYDAY')
    await row('BGE M3').waitFor({ state: 'detached' })
    await row('Llama 3.1 8B').getByRole('link', { name: 'Llama 3.1 8B', exact: true }).click()
    await page.getByRole('heading', { name: 'Use it' }).waitFor()
    await page.getByText(`${url}/v1`, { exact: true }).waitFor()
    await page.getByText('meta-llama/Llama-3.1-8B-Instruct').waitFor()
    made.test = { ...passed, ok: false, reason: 'It refuses the key.', steps: [{ ok: false, text: 'HTTP 401.' }] }
    await button(page, 'Test').click()
    await page.getByRole('dialog').getByText('It refuses the key.').waitFor()
    await page.getByRole('dialog').getByText('Failed:').waitFor()
    await page.keyboard.press('Escape')

    await openMenu(page, 'Llama 3.1 8B')
    await item(page, 'Disable').click()
    await page.getByRole('dialog').getByText('Answers that are being given right now are cut off.').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click()
    await page.getByText('Nobody can use it until it is enabled.').waitFor()
    expect(await page.getByRole('link', { name: 'Try it' }).count()).toBe(0)
    await openMenu(page, 'Llama 3.1 8B')
    await item(page, 'Enable').click()
    await page.getByRole('link', { name: 'Try it' }).waitFor()
    await openMenu(page, 'Llama 3.1 8B')
    await item(page, 'Withdraw').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Type llama-3.1-8b to confirm').fill('llama')
    expect(await dialog.getByRole('button', { name: 'Withdraw' }).isDisabled()).toBe(true)
    await dialog.getByLabel('Type llama-3.1-8b to confirm').fill('llama-3.1-8b')
    await dialog.getByRole('button', { name: 'Withdraw' }).click()
    await page.getByRole('heading', { name: 'Models', level: 1 }).waitFor()
    await row('BGE M3').waitFor()
    expect(await row('Llama 3.1 8B').count()).toBe(0)
    expect(made.asked.map(({ what }) => what).filter((what) => !what.startsWith('GET'))).toEqual([
      `POST /models/${id(1)}/test`,
      `POST /models/${id(1)}/disable`,
      `POST /models/${id(1)}/enable`,
      `DELETE /models/${id(1)}`,
    ])
    await context.close()
  })

  test('whoever only uses models sees how, and nothing of who publishes them', async () => {
    const { context, page, made } = await open('/models', user)
    made.models = made.models.map((one) => ({ ...one, endpoint: null }))
    await page.getByRole('link', { name: 'Try Llama 3.1 8B' }).waitFor()
    expect(await page.getByText('Publish Model').count()).toBe(0)
    expect(await page.getByRole('button', { name: /^Actions for/ }).count()).toBe(0)
    expect(await page.getByText('Who may use it').count()).toBe(0)
    await page.goto(`${url}/models/${id(1)}`)
    await page.getByRole('heading', { name: 'Use it' }).waitFor()
    expect(await page.getByRole('heading', { name: 'Endpoint' }).count()).toBe(0)
    expect(await button(page, 'Test').count()).toBe(0)
    await page.getByRole('link', { name: 'Create Key' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('x')
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
    expect(await page.getByText('Everybody’s').count()).toBe(0)
    await page.goto(`${url}/models/usage?whose=all&by=user`)
    await page.getByRole('heading', { name: 'Usage by model' }).waitFor()
    expect(sent(made, 'GET /model-usage').at(-1)?.query.get('whose')).toBe('mine')
    await page.goto(`${url}/models/${id(1)}/edit`)
    await page.getByText('Your role does not open this page').waitFor()
    made.models = []
    await page.goto(`${url}/models`)
    await page.getByText('None is published for you yet.').waitFor()
    await context.close()
    const publisher = await open('/models', { models: [] })
    await publisher.page.getByText('Publish the first one').waitFor()
    await publisher.page.getByRole('link', { name: 'Publish Model' }).click()
    await publisher.page.getByLabel('Base URL').waitFor()
    await publisher.context.close()
  })

  test.each([1024, 768, 320])('at %i wide everything is in sight: nothing is scrolled sideways', async (width) => {
    const { context, page } = await open('/models', {}, { viewport: { width, height: 900 } })
    const outside = () =>
      page.evaluate(() =>
        [
          ...document.querySelectorAll(
            'main .model-list, main .model-list td, main .model-list a, main .model-list button',
          ),
        ]
          .filter((one) => {
            const { left, right } = one.getBoundingClientRect()
            return left < 0 || right > document.documentElement.clientWidth || one.scrollWidth > one.clientWidth + 1
          })
          .map((one) => one.outerHTML.slice(0, 200)),
      )
    for (const [path, text] of [
      ['/models', 'Does not answer'],
      ['/models/keys?whose=all', 'of bob'],
      ['/models/usage?whose=all&by=key', 'Usage by key'],
    ] as const) {
      await page.goto(url + path)
      await page.getByText(text).first().waitFor()
      expect(await outside()).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
    }
    await context.close()
  })

  test('nothing is in the way of anybody: narrow and wide, light and dark', async () => {
    const { context, page } = await open('/models')
    const check = async (path: string, text: string, within?: string) => {
      if (path) await page.goto(url + path)
      await page.getByText(text).first().waitFor()
      await expectAccessibleEverywhere(page, text, within)
    }
    await check('', 'Does not answer')
    await check(`/models/${id(1)}`, 'Use it')
    await check('/models/keys?whose=all&ended=yes', 'of bob')
    await check('/models/keys?create=true', 'May be used for', '[role="dialog"]')
    await page.getByRole('dialog').getByLabel('Name').fill('x')
    await page.getByRole('dialog').getByRole('button', { name: 'Create Key' }).click()
    await check('', 'For your shell', '[role="dialog"]')
    await page.goto(`${url}/models/usage?whose=all&from=2026-01-01&to=2026-02-01`)
    await page.getByText('The days as a table').click()
    await page.getByRole('slider').focus()
    await check('', 'Show')
    await page.goto(`${url}/models/${id(1)}/edit`)
    await button(page, 'Test').click()
    await check('', 'It takes the key.')
    await context.close()
  })
})
