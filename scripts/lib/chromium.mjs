import { existsSync } from 'node:fs'
import { debian } from './debian.mjs'

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
const find = () => process.env.CHROMIUM || places.find((place) => existsSync(place))

/** A Chromium for the browser tests: found, or installed; else why there is none. */
export async function ensureChromium() {
  const found = find()
  if (found) return { path: found }
  const refusal = await debian(['chromium', 'fonts-liberation'])
  const path = find()
  return path
    ? { path }
    : { missing: `Chromium is missing: ${refusal ?? 'its package holds none.'} CHROMIUM may also name one.` }
}
