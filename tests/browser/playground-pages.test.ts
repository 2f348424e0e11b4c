import type { ChatContent } from '@tenantry/contract'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { button, item, launch, noBrowser, type openContext } from './browser.ts'
import {
  answers,
  ask,
  asked,
  chat,
  composer,
  dialogGone,
  figures,
  id,
  type MadeUp,
  openAt as openAtServer,
  type Stream,
  saved,
} from './made-up-playground.ts'

describe.skipIf(noBrowser)(`the playground${noBrowser ? ` (not run: ${noBrowser})` : ''}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())

  const openAt = (path: string, more: Partial<MadeUp> = {}, options: Parameters<typeof openContext>[1] = {}) =>
    openAtServer(browser, path, more, options)
  const streamed = async (made: MadeUp, n: number): Promise<Stream> => {
    await expect.poll(() => made.streams.length).toBeGreaterThan(n)
    return made.streams[n] as Stream
  }
  const focused = (page: Page) =>
    expect.poll(() => composer(page).evaluate((one) => one === document.activeElement)).toBe(true)

  describe('a chat', () => {
    test('is asked by Enter, answered as it comes, kept under an address of its own, and gone on with', async () => {
      const { page, made, url, close } = await openAt('/playground')
      await focused(page)
      await composer(page).pressSequentially('What is')
      await composer(page).press('Shift+Enter')
      await composer(page).pressSequentially('a GPU?')
      // A word that is still being put together ends with Enter, and is no message.
      await composer(page).dispatchEvent('keydown', { key: 'Enter', isComposing: true })
      await composer(page).dispatchEvent('keydown', { key: 'Enter', keyCode: 229 })
      expect(made.streams).toHaveLength(0)
      await composer(page).press('Enter')
      await answers(page).getByText('You asked: What is').waitFor()
      await answers(page).getByText('31 tokens/s').waitFor()
      await answers(page).getByText('complete', { exact: true }).waitFor()
      await page.waitForURL(/\/playground\/[0-9a-f-]{36}$/)
      await saved(page)
      await page.getByRole('heading', { level: 1, name: 'What is' }).waitFor()
      expect(asked(made, 'POST chats')[0]?.body.title).toBe('What is')
      await focused(page)

      await ask(page, 'And a TPU?')
      await answers(page).nth(1).getByText('You asked: And a TPU?').waitFor()
      expect(made.streams[1]?.body.messages.map(({ role, content }) => [role, content])).toEqual([
        ['user', 'What is\na GPU?'],
        ['assistant', 'You asked: What is\na GPU?'],
        ['user', 'And a TPU?'],
      ])
      await expect.poll(() => asked(made, 'PUT chats/:id').at(-1)?.ifMatch).toBe('"1"')
      await saved(page)
      await page.goto(page.url())
      await answers(page).nth(1).getByText('You asked: And a TPU?').waitFor()
      expect(page.url().startsWith(url)).toBe(true)
      await close()
    })

    test('stopped by Escape: the model is let go, and what came is kept and said to be part', async () => {
      const { page, made, close } = await openAt('/playground', { hold: true })
      await ask(page, 'Tell me everything')
      const stream = await streamed(made, 0)
      await page.getByText('Waiting for the first token…').waitFor()
      stream.send('chunk', {
        ms: 100,
        data: JSON.stringify({ choices: [{ delta: { reasoning_content: 'Let me see' } }] }),
      })
      await page.getByText('Reasoning…').first().waitFor()
      stream.say('Everything began', 180)
      await answers(page).getByText('Everything began').waitFor()
      await button(page, 'Stop').waitFor()
      await page.keyboard.press('Escape')
      await answers(page).getByText('Stopped before it was complete.').waitFor()
      await expect.poll(() => stream.closed).toBe(true)
      await answers(page).getByText('stopped by you').waitFor()
      await answers(page).getByText('100 ms').waitFor()
      await page
        .locator('[aria-live=polite]')
        .getByText('Stopped', { exact: true })
        .first()
        .waitFor({ state: 'attached' })
      await focused(page)
      await saved(page)
      const content = asked(made, 'POST chats')[0]?.body.content as ChatContent
      expect(content.turns[0]?.answers[0]).toMatchObject({
        ...{ text: 'Everything began', reasoning: 'Let me see', error: null },
        figures: { usage: null, firstTokenMs: 100, finishReason: 'stopped' },
      })
      await page.getByText('Reasoning', { exact: true }).click()
      await page.getByText('Let me see').waitFor()
      await close()
    })

    test('a connection that breaks, a failure and a refusal are said, and asked again in the same place', async () => {
      const { page, made, close } = await openAt('/playground', { hold: true })
      await ask(page, 'one')
      const cut = await streamed(made, 0)
      cut.say('Half an ans')
      await answers(page).getByText('Half an ans').waitFor()
      cut.cut()
      await answers(page).getByText('The connection broke before the answer was complete.').waitFor()
      await page.getByText('not complete', { exact: true }).waitFor()
      await button(page, 'Try again').click()
      const failing = await streamed(made, 1)
      failing.send('failed', {
        ...{ message: 'The model ran out of memory.', status: 500 },
        figures: figures({ usage: null, finishReason: null }),
      })
      failing.close()
      await answers(page).getByText('The model ran out of memory.').waitFor()
      made.refuse['POST models/:id/answer'] = {
        ...{
          status: 429,
          code: 'model_limit',
          title: 'Too much',
          detail: 'No tokens are left this minute.',
          retryAfter: 20,
        },
      }
      await button(page, 'Try again').click()
      await answers(page).getByText('Too much. No tokens are left this minute. Try again in 20 s.').waitFor()
      made.refuse = {}
      made.hold = false
      await button(page, 'Try again').click()
      await answers(page).getByText('You asked: one').waitFor()
      await expect.poll(() => answers(page).count()).toBe(1)
      await expect.poll(() => page.getByRole('article', { name: /^Question/ }).count()).toBe(1)
      await close()
    })

    test('what is edited or asked again is a version beside the others', async () => {
      const { page, made, close } = await openAt('/playground')
      await ask(page, 'one')
      await answers(page).getByText('You asked: one').waitFor()
      await saved(page)
      await ask(page, 'two')
      await answers(page).getByText('You asked: two').waitFor()
      const first = page.getByRole('article', { name: 'Question 1' })
      await first.getByRole('button', { name: 'Edit' }).click()
      await page.getByLabel('Question, changed').fill('one, changed')
      await page.getByLabel('Question, changed').press('Enter')
      await answers(page).getByText('You asked: one, changed').waitFor()
      await first.getByText('2 / 2').waitFor()
      expect(made.streams.at(-1)?.body.messages).toEqual([{ role: 'user', content: 'one, changed' }])
      await first.getByRole('button', { name: 'Ask again' }).click()
      await first.getByText('3 / 3').waitFor()
      await saved(page)
      await button(page, 'Previous version').click()
      await button(page, 'Previous version').click()
      await first.getByText('1 / 3').waitFor()
      await answers(page).getByText('You asked: two').waitFor()
      await expect
        .poll(() => {
          const { turns, at } = (asked(made, 'PUT chats/:id').at(-1)?.body.content as ChatContent | undefined) ?? {
            turns: [],
            at: null,
          }
          return [turns.map(({ text }) => text), turns.find((turn) => turn.id === at)?.text]
        })
        .toEqual([['one', 'two', 'one, changed', 'one, changed'], 'two'])
      await close()
    })

    test('what one writes and reads meanwhile stays as the chat is kept; back leads to it', async () => {
      const { page, made, url, close } = await openAt('/playground', { hold: true })
      await ask(page, 'one')
      const stream = await streamed(made, 0)
      stream.say('An answer')
      await composer(page).fill('next')
      await composer(page).press('Home')
      await composer(page).pressSequentially('the ')
      stream.end()
      await page.waitForURL(/\/playground\/[0-9a-f-]{36}$/)
      const address = page.url()
      await composer(page).pressSequentially('very ')
      expect(await composer(page).inputValue()).toBe('the very next')
      await saved(page)
      await button(page, 'New chat').click()
      await page.waitForURL(`${url}/playground`)
      await page.getByText('What would you like to ask?').waitFor()
      expect(await composer(page).inputValue()).toBe('')
      await page.goBack()
      await page.waitForURL(address)
      await answers(page).getByText('An answer').waitFor()
      expect(await composer(page).inputValue()).toBe('the very next')
      // What came is still known: the page was not left.
      await button(page, 'Raw').click()
      await page.getByRole('dialog').getByText('Chunks (1)').waitFor()
      await page.keyboard.press('Escape')
      await dialogGone(page)
      const main = page.getByRole('navigation', { name: 'Main' })
      await main.getByRole('link', { name: 'Models' }).click()
      await page.waitForURL(`${url}/models`)
      await page.goBack()
      await answers(page).getByText('An answer').waitFor()
      await main.getByRole('link', { name: 'Model Playground' }).click()
      await page.waitForURL(`${url}/playground`)
      await page.getByText('What would you like to ask?').waitFor()
      await close()
    })

    test('what is written survives a reload; a suggestion is one to go on from', async () => {
      const { page, close } = await openAt('/playground')
      await button(page, 'Compare TCP and UDP in a table.').click()
      expect(await composer(page).inputValue()).toBe('Compare TCP and UDP in a table.')
      await composer(page).fill('Not sent yet')
      await page.reload()
      await expect.poll(() => composer(page).inputValue()).toBe('Not sent yet')
      await close()
    })

    test('long answers follow their end until one scrolls back', async () => {
      const { page, made, close } = await openAt('/playground', { hold: true })
      await ask(page, 'long')
      const stream = await streamed(made, 0)
      const lines = (from: number) => Array.from({ length: 60 }, (_, n) => `Line ${from + n}\n\n`).join('')
      stream.say(lines(0))
      const box = page.locator('.conversation-scroll')
      const distance = () => box.evaluate((one) => Math.round(one.scrollHeight - one.scrollTop - one.clientHeight))
      await page.getByText('Line 59').waitFor()
      await expect.poll(distance).toBeLessThan(5)
      await box.hover()
      await page.mouse.wheel(0, -600)
      await button(page, 'Jump to latest').waitFor()
      stream.say(lines(60))
      await page.getByText('Line 119').waitFor()
      expect(await distance()).toBeGreaterThan(500)
      await button(page, 'Jump to latest').click()
      await expect.poll(distance).toBeLessThan(5)
      await button(page, 'Jump to latest').waitFor({ state: 'hidden' })
      await close()
    })
  })

  test('side by side: one question, each model with parameters of its own, compared in words', async () => {
    const { page, made, close } = await openAt(`/playground?model=${id(1)},${id(2)}`, {
      figures: (which) =>
        figures({ tokensPerSecond: which === id(1) ? 31 : 88, firstTokenMs: which === id(1) ? 90 : 400 }),
    })
    await button(page, 'Parameters of Qwen 32B').click()
    const field = (name: string) => page.getByLabel(name, { exact: true })
    await field('Temperature').fill('0.2')
    await field('System prompt').fill('Be brief.')
    await field('Stop texts').fill('\\n\\n\nEND')
    await field('Max tokens').fill('9000')
    await page.getByText('More than its context holds: 8,192 tokens.', { exact: true }).waitFor()
    await ask(page, 'one')
    await page.getByText(/^Mend the parameters of Qwen 32B first/).waitFor()
    expect(made.streams).toHaveLength(0)
    await field('Max tokens').fill('900')
    await composer(page).press('Enter')
    await expect.poll(() => answers(page).getByText('You asked: one').count()).toBe(2)
    const sent = (which: number) => made.streams.filter(({ modelId }) => modelId === id(which)).at(-1)?.body
    expect(sent(1)).toEqual({ messages: [{ role: 'user', content: 'one' }], parameters: {} })
    expect(sent(2)).toEqual({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'one' },
      ],
      parameters: { temperature: 0.2, stop: ['\n\n', 'END'], max_tokens: 900 },
    })
    await page.getByRole('article', { name: 'Answer of Llama 70B' }).getByText('first', { exact: true }).waitFor()
    await page.getByRole('article', { name: 'Answer of Qwen 32B' }).getByText('fastest').waitFor()
    const tops = await page.locator('.figures').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top))
    expect(tops[0]).toBe(tops[1])
    await button(page, 'Apply to all').click()
    await saved(page)

    await button(page, 'Compare').click()
    await expect
      .poll(() => page.getByRole('menuitem').allInnerTexts())
      .toEqual(['Llama 70B', 'Qwen 32B', 'Mistral\nDoes not answer', 'Gemma\nAnswers slowly'])
    await item(page, 'Mistral Does not answer').click()
    await page.locator('.model-select > .model-health').getByText('Connection refused.').waitFor()
    await page.getByText('Not asked.').waitFor()
    await ask(page, 'two')
    await expect.poll(() => answers(page).getByText('You asked: two').count()).toBe(3)
    expect(sent(3)?.messages.map(({ content }) => content)).toEqual(['Be brief.', 'two'])
    expect(sent(1)?.parameters).toEqual({ temperature: 0.2, stop: ['\n\n', 'END'], max_tokens: 900 })
    await saved(page)
    await button(page, 'Remove Qwen 32B').click()
    await expect.poll(() => answers(page).count()).toBe(4)
    await button(page, 'Undo').click()
    await expect.poll(() => answers(page).count()).toBe(6)
    await close()
  })

  test('raw: what was sent and every chunk, to look for and to copy; only while the page is open', async () => {
    const { page, made, close } = await openAt('/playground', { hold: true })
    await ask(page, 'raw')
    const stream = await streamed(made, 0)
    for (let n = 0; n < 3_000; n += 1) stream.say(`word${n} `, 200 + n)
    stream.end()
    await answers(page).getByText('31 tokens/s').waitFor()
    await button(page, 'Raw').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Chunks (3000)').waitFor()
    await dialog.getByText('POST /v1/chat/completions').waitFor()
    await dialog.locator('.raw-request').getByText('"content": "raw"').waitFor()
    expect(await dialog.locator('.raw-chunks li').count()).toBeLessThan(100)
    await dialog.locator('.raw-chunks').evaluate((one) => one.scrollTo(0, one.scrollHeight))
    await dialog.getByText('3,199 ms').waitFor()
    await dialog.getByLabel('Filter chunks').fill('word2999')
    await dialog.getByText('Chunks (1 of 3000)').waitFor()
    await button(page, 'Copy chunks').click()
    await button(page, 'Copied').waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^3199 ms\t\{.*word2999/)
    await page.keyboard.press('Escape')
    await dialogGone(page)
    await saved(page)
    await page.reload()
    await button(page, 'Raw').click()
    await page.getByText(/raw data lives only as long as the page/).waitFor()
    await close()
  })

  test('code: for the model and the messages so far, in three languages, to copy', async () => {
    const { page, url, close } = await openAt(`/playground/${id(1)}`, { chats: [chat(1)] })
    await answers(page).getByText('chip').waitFor()
    await button(page, 'Code for Llama 70B').click()
    const code = page.locator('.code-dialog')
    await code.getByText(`${url}/v1/chat/completions`).waitFor()
    for (const [language, kinds] of [
      ['Python', ['import urllib', 'from openai import OpenAI']],
      ['TypeScript', ['await fetch(', "import OpenAI from 'openai'"]],
    ] as const) {
      await page.getByText(language, { exact: true }).click()
      for (const [n, sign] of kinds.entries()) {
        await page.getByText(n === 0 ? 'Nothing to install' : 'openai package', { exact: true }).click()
        await expect.poll(() => code.innerText()).toContain(sign.replace('import urllib', 'urllib.request'))
        await page.getByRole('dialog').getByRole('button', { name: /^Cop/ }).click()
        await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(await code.innerText())
        const copied = await code.innerText()
        for (const part of ['"lab/model-1"', '"What is a GPU?"', 'TENANTRY_API_KEY']) expect(copied).toContain(part)
        // What is asked ends with the question, not with what was answered to it.
        expect(copied).not.toContain('**chip**')
      }
    }
    await page.getByRole('link', { name: 'Create Key' }).click()
    await page.waitForURL(`${url}/models/keys?create=true`)
    await close()
  })
})
