import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import OpenAI from 'openai'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { install, type RunningModel, startModel } from '../../dev/engines/model.mjs'
import { until } from '../support/engines.ts'
import { refusalOf } from '../support/models.ts'
import { type ServerProcess, startServer, temporaryDataFolder, tenantry } from '../support/server-process.ts'
import {
  button,
  expectAccessible,
  fill,
  item,
  launch,
  noBrowser,
  openContext,
  openMenu,
  row,
  signIn,
} from './browser.ts'

const password = 'lantern copper walrus 79'
const missing = noBrowser ?? (await install())
if (missing) process.stdout.write(`NOT RUN: models and the playground on real models. ${missing}\n`)

const root = join(import.meta.dirname, '../..')

describe.skipIf(missing)('models, from publishing to a program of one’s own, on real models', () => {
  let data: Awaited<ReturnType<typeof temporaryDataFolder>>
  let server: ServerProcess
  let browser: Browser
  let admin: Page
  let user: Page
  let models: { tiny: RunningModel; other: RunningModel }
  let secret = ''
  let answered = ''
  let programs = ''

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
  const newPage = async () => {
    const context = await openContext(browser, { viewport: { width: 1440, height: 1000 } })
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url })
    return context.newPage()
  }

  beforeAll(async () => {
    data = await temporaryDataFolder()
    programs = await mkdtemp(join(root, 'node_modules', '.cache-snippets-'))
    models = {
      tiny: await startModel({ seed: 1, name: 'tiny', apiKey: 'the-key-of-tiny', slow: 10 }),
      other: await startModel({ seed: 2, name: 'other' }),
    }
    await run(['setup', '--username', 'root', '--email', 'r@example.org', '--password-stdin'])
    await run(['tenant', 'create', 'acme', '--name', 'Acme'])
    await person('uma', 'Tenant User')
    await person('ada', 'Tenant Admin')
    server = await startServer(data.folder, { MODEL_ADDRESSES: '127.0.0.1' })
    browser = await launch()
    admin = await newPage()
    user = await newPage()
    await signIn(admin, server.url, 'acme', 'ada', password)
    await signIn(user, server.url, 'acme', 'uma', password)
    await user.getByRole('heading', { name: 'Dashboard' }).first().waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    for (const model of Object.values(models ?? {})) await model.stop()
    await data?.remove()
    if (programs) await rm(programs, { recursive: true, force: true })
  })

  test('a Tenant Admin publishes two models, each tested first', async () => {
    await admin.getByRole('link', { name: 'Models', exact: true }).click()
    await admin.getByText('No model is published').waitFor()
    await shot(admin, 'models-empty')
    const publish = async (model: RunningModel, name: string, title: string, key?: string) => {
      await admin.getByRole('link', { name: 'Publish Model' }).first().click()
      await fill(admin, { 'Base URL': model.url })
      if (key) await fill(admin, { 'API key (optional)': key })
      await button(admin, 'Test').click()
      await admin.getByText(`It serves ${name}.`).waitFor()
      await admin.getByRole('combobox', { name: 'Model at the endpoint' }).click()
      await admin.getByRole('option', { name }).click()
      await admin.getByLabel('Title').fill(title)
      await button(admin, 'Test').click()
      await admin.getByText('It answers in a stream').waitFor()
      await shot(admin, `publish-${name}`)
      await button(admin, 'Publish').click()
      await admin.getByRole('heading', { name: title, level: 1 }).waitFor()
    }
    await publish(models.tiny, 'tiny', 'Tiny One', 'the-key-of-tiny')
    await admin.getByRole('link', { name: 'All models' }).click()
    await publish(models.other, 'other', 'The Other')
    await admin.getByText('Answers', { exact: true }).waitFor()
    await shot(admin, 'model')
    await admin.getByRole('link', { name: 'All models' }).click()
    await row(admin, 'Tiny One').getByText('Answers', { exact: true }).waitFor()
    await shot(admin, 'models')
    await expectAccessible(admin, 'models')
  })

  test('a Tenant User chats, at temperature 0, and sees what it took', async () => {
    await user.getByRole('link', { name: 'Model Playground' }).click()
    await user.getByRole('combobox', { name: 'Model' }).click()
    await user.getByRole('option', { name: 'Tiny One' }).click()
    await shot(user, 'playground-empty')
    await parameters(user)
    await fill(user, { Temperature: '0', 'Max tokens': '24' })
    await shot(user, 'playground-parameters')
    await user.getByLabel('Message').fill('What is the capital of France?')
    await user.keyboard.press('Enter')
    await user.getByText('cut off at max_tokens').waitFor()
    await user.getByTitle('24 tokens').waitFor()
    answered = await answerOf(user, 'Tiny One')
    expect(answered.split(' ').length).toBeGreaterThan(10)
    await user.getByText('Saved', { exact: true }).waitFor()
    await shot(user, 'playground-answered')
    await expectAccessible(user, 'an answer')
  })

  test('a second answer is stopped: the model has nothing more to do, and what came is kept', async () => {
    await parameters(user)
    await fill(user, { 'Max tokens': '1500' })
    await user.getByLabel('Message').fill('Tell me a very long story.')
    await user.keyboard.press('Enter')
    await until(models.tiny.requests, (count) => count === 1, { every: 5 })
    await expect.poll(() => answerOf(user, 'Tiny One')).toMatch(/\w+ \w+/)
    await shot(user, 'playground-streaming')
    const begun = performance.now()
    await button(user, 'Stop').click()
    await until(models.tiny.requests, (count) => count === 0, { every: 2 })
    process.stdout.write(
      `  Stop → the model is idle: ${Math.round(performance.now() - begun)} ms, the click included\n`,
    )
    await user.getByText('Stopped before it was complete.').waitFor()
    await user.getByText('Saved', { exact: true }).waitFor()
  })

  test('a question is changed: a branch, and back', async () => {
    await parameters(user)
    await fill(user, { 'Max tokens': '24' })
    await button(user, 'Edit').last().click()
    await user.getByLabel('Question, changed').fill('And a short one?')
    await button(user, 'Ask this instead').click()
    await user.getByText('2 / 2').waitFor()
    await user.getByText('cut off at max_tokens').nth(1).waitFor()
    await button(user, 'Previous version').click()
    await user.getByText('Stopped before it was complete.').waitFor()
    await user.getByText('Saved', { exact: true }).waitFor()
  })

  test('two models are compared in lock-step', async () => {
    await button(user, 'New chat').first().click()
    await user.getByRole('combobox', { name: 'Model' }).click()
    await user.getByRole('option', { name: 'Tiny One' }).click()
    await button(user, 'Compare').click()
    await item(user, 'The Other').click()
    await parameters(user)
    await fill(user, { Temperature: '0', 'Max tokens': '24' })
    await button(user, 'Apply to all').click()
    await user.getByLabel('Message').fill('What is the capital of France?')
    await user.keyboard.press('Enter')
    await user.getByText('cut off at max_tokens').nth(1).waitFor()
    const [one, other] = [await answerOf(user, 'Tiny One'), await answerOf(user, 'The Other')]
    expect(one).toBe(answered)
    expect(other).not.toBe(one)
    await user.getByText('Saved', { exact: true }).waitFor()
    await shot(user, 'playground-compare')
    await user.setViewportSize({ width: 320, height: 800 })
    await shot(user, 'playground-compare-320')
    await expectAccessible(user, 'a comparison at 320')
    await user.setViewportSize({ width: 1440, height: 1000 })
    await user.emulateMedia({ colorScheme: 'dark' })
    await shot(user, 'playground-compare-dark')
    await user.emulateMedia({ colorScheme: 'light' })
  })

  test('a saved chat is opened from its address, as it was', async () => {
    const address = user.url()
    expect(address).toMatch(/\/playground\/[0-9a-f-]{36}$/)
    await user.goto(`${server.url}/playground`)
    await user
      .getByRole('link', { name: /What is the capital of France/ })
      .first()
      .click()
    await user.waitForURL(address)
    await user.reload()
    expect(await answerOf(user, 'Tiny One')).toBe(answered)
  })

  test('a key is made, and shown once', async () => {
    await user.getByRole('button', { name: 'Code for Tiny One' }).click()
    await user.getByRole('link', { name: 'Create Key' }).click()
    await user.getByRole('dialog').getByLabel('Name').fill('my laptop')
    await user.getByRole('dialog').getByRole('button', { name: 'Create Key' }).click()
    const line = await user.getByText(/^export TENANTRY_API_KEY=/).innerText()
    secret = /tk_\w{8}_[\w-]{64}/.exec(line)?.[0] ?? ''
    expect(secret).not.toBe('')
    await shot(user, 'key-made')
    await user.keyboard.press('Escape')
    await user.goto(`${server.url}/models/keys`)
    await user.getByText('my laptop').waitFor()
    expect(await user.content()).not.toContain(secret)
    await shot(user, 'keys')
  })

  test('the three snippets run as copied, and each answers the same text', async () => {
    await user.goto(`${server.url}/playground`)
    await user
      .getByRole('link', { name: /What is the capital of France/ })
      .first()
      .click()
    await user.getByRole('button', { name: 'Code for Tiny One' }).click()
    const copied = async () => {
      await button(user, 'Copy code').click()
      return user.evaluate(() => navigator.clipboard.readText())
    }
    const choose = (name: string) => user.getByRole('dialog').getByText(name, { exact: true }).click()
    const env = { ...process.env, TENANTRY_API_KEY: secret }
    const runAs = async (name: string, code: string, program: string, ...words: string[]) => {
      const file = join(programs, name)
      await writeFile(file, code)
      return new Promise<string>((done, failed) =>
        execFile(program, [...words, file], { env, cwd: root }, (error, stdout, stderr) =>
          error ? failed(new Error(`${name}: ${stderr}`)) : done(stdout),
        ),
      )
    }
    const curl = JSON.parse(await runAs('ask.sh', await copied(), 'bash'))
    expect(curl.choices[0].message.content).toBe(answered)
    await shot(user, 'snippet')
    await choose('Python')
    expect(await runAs('ask.py', await copied(), 'python3')).toBe(`${answered}\n`)
    await choose('TypeScript')
    expect(await runAs('ask.mts', await copied(), process.execPath, '--import', 'tsx')).toBe(`${answered}\n`)
    await choose('openai package')
    expect(await runAs('package.mts', await copied(), process.execPath, '--import', 'tsx')).toBe(`${answered}\n`)
    await user.keyboard.press('Escape')
  })

  test('what was used shows on one’s own page, and on the tenant’s', async () => {
    await user.goto(`${server.url}/models/usage`)
    await user.getByRole('cell', { name: 'tiny' }).waitFor()
    await shot(user, 'usage')
    await admin.goto(`${server.url}/models/usage?whose=all&by=user`)
    await admin.getByRole('cell', { name: 'uma' }).waitFor()
    await shot(admin, 'usage-all')
    await expectAccessible(admin, 'usage')
  })

  test('whoever is disabled: the key is refused within a second', async () => {
    const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: secret, maxRetries: 0 })
    expect((await client.models.list()).data.map(({ id }) => id).sort()).toEqual(['other', 'tiny'])
    await admin.getByRole('link', { name: 'User Management' }).click()
    await openMenu(admin, 'uma')
    const done = admin.waitForResponse((response) => response.url().endsWith('/disable'))
    await item(admin, 'Disable').click()
    const status = (await done).status()
    const begun = performance.now()
    expect(status).toBe(200)
    expect(await refusalOf(client.models.list())).toMatchObject({ status: 401, code: 'invalid_api_key' })
    process.stdout.write(
      `  disabled → the key is refused: ${Math.round(performance.now() - begun)} ms after the answer\n`,
    )
  })
})

/** What a model answered last, as it stands on the page. */
async function answerOf(page: Page, title: string): Promise<string> {
  const article = page.getByRole('article', { name: `Answer of ${title}` }).last()
  return (await article.locator('.markdown').innerText()).replace(/\s+/g, ' ').trim()
}

/** They stand beside the chat where there is room for them. */
async function parameters(page: Page): Promise<void> {
  if (await page.getByLabel('Temperature').isVisible()) return
  await page.getByRole('button', { name: 'Parameters of Tiny One' }).click()
}
