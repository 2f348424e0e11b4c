import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { run, seconds, tool } from './run.mjs'

/** Adds up the tests of several runs of Vitest, and what else failed. */
export function openTally() {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-results-'))
  const total = { passed: 0, failed: 0, skipped: 0 }
  const notes = []
  const broken = []
  const retried = []
  let runs = 0

  /** Counts a failure that is no test's. */
  const failed = (what) => {
    total.failed += 1
    notes.push(`FAILED: ${what}`)
  }

  return {
    failed,
    note: (line) => notes.push(line),
    /** Counts tests that were not run at all. */
    skipped: (count) => {
      total.skipped += count
    },
    /** Runs projects of Vitest and answers how many tests they hold. None at all is a failure, unless `mayBeEmpty`. */
    async vitest(title, projects, env, { mayBeEmpty = false, files = [] } = {}) {
      const begun = performance.now()
      process.stdout.write(`\n— ${title}\n`)
      runs += 1
      const report = join(folder, `${runs}.json`)
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
      const words = ['run', ...projects.flatMap((project) => ['--project', project]), ...files, ...reporters]
      if (mayBeEmpty) words.push('--passWithNoTests')
      const code = await run(process.execPath, [tool('vitest'), ...words], { env })
      const counted = read(report)
      total.passed += counted.passed
      total.failed += counted.failed
      total.skipped += counted.skipped
      broken.push(...counted.broken)
      retried.push(...counted.retried)
      // A file that does not load, an error outside of any test, or no test at all: a failure too.
      if (code !== 0 && counted.failed === 0) failed(title)
      notes.push(`${title}: ${code === 0 ? `${counted.passed} passed` : 'FAILED'} (${seconds(begun)})`)
      return counted.passed + counted.failed + counted.skipped
    },
    /** Says what came of it, with each test that failed and why; the last line is the sum. Answers whether all is well. */
    end() {
      const named = [...retried, ...broken]
      if (named.length > 0) process.stdout.write(`\n${named.join('\n')}\n`)
      process.stdout.write(`\n${notes.join('\n')}\n\n`)
      const again = retried.length > 0 ? ` (${retried.length} of them at the second attempt)` : ''
      process.stdout.write(`${total.passed} passed${again}, ${total.failed} failed, ${total.skipped} skipped\n`)
      return total.failed === 0 && total.passed > 0
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function read(report) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
      readFileSync(report, 'utf8'),
    )
    return {
      passed: numPassedTests,
      failed: numFailedTests,
      skipped: numPendingTests + (numTodoTests ?? 0),
      broken: testResults.flatMap(brokenIn),
      retried: testResults.flatMap(retriedIn),
    }
  } catch {
    return { passed: 0, failed: 0, skipped: 0, broken: [], retried: [] }
  }
}

// What is read of a long run is its end.
const brokenIn = ({ name, status, message, assertionResults }) => {
  const file = relative(process.cwd(), name)
  const failed = assertionResults.filter((each) => each.status === 'failed')
  if (failed.length === 0 && status === 'failed') return [`FAILED: ${file}\n${shortly(message)}`]
  return failed.map((each) => told('FAILED', file, each))
}

// A failure that did not come again is still one to look into.
const retriedIn = ({ name, assertionResults }) =>
  assertionResults
    .filter(({ status, failureMessages }) => status === 'passed' && failureMessages.length > 0)
    .map((each) => told('PASSED ONLY AT THE SECOND ATTEMPT', relative(process.cwd(), name), each))

const told = (outcome, file, { fullName, failureMessages }) =>
  `${outcome}: ${file}: ${fullName}\n${shortly(failureMessages.join('\n'))}`

const shortly = (text) => {
  const lines = text.split('\n').filter((line) => !line.includes('/node_modules/'))
  return lines
    .slice(0, 12)
    .map((line) => `    ${line.slice(0, 400)}`)
    .join('\n')
}
