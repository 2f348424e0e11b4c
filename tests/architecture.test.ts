import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

// The arrows of the house, over every import that stands in the sources. Types count too: they bind as much.
const root = resolve(import.meta.dirname, '..')
const isTest = (path: string) => /\.test\.tsx?$/.test(path) || path.endsWith('/embedded/trial.ts')

type Edge = { from: string; to: string; outside: boolean }

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return ['node_modules', 'dist'].includes(entry.name) ? [] : filesBelow(path)
    return /\.tsx?$/.test(entry.name) ? [relative(root, path)] : []
  })
}

const importing =
  /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g

function importsOf(source: string): string[] {
  return [...source.matchAll(importing)].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
}

function edgeOf(from: string, specifier: string): Edge {
  if (specifier.startsWith('.'))
    return { from, to: relative(root, resolve(root, dirname(from), specifier)), outside: false }
  const [, name, rest] = /^@tenantry\/([^/]+)(?:\/(.+))?$/.exec(specifier) ?? []
  if (name) return { from, to: `packages/${name}/src/${rest ?? 'index.ts'}`, outside: false }
  return { from, to: specifier, outside: true }
}

const packages = readdirSync(join(root, 'packages')).filter((name) => existsSync(join(root, 'packages', name, 'src')))
const files = packages
  .flatMap((name) => filesBelow(join(root, 'packages', name, 'src')))
  .filter((path) => !isTest(path))
const edges = files.flatMap((from) =>
  importsOf(readFileSync(join(root, from), 'utf8')).map((specifier) => edgeOf(from, specifier)),
)

const server = 'packages/server/src/'
const featureOf = (path: string) => /^packages\/server\/src\/features\/([^/]+)\//.exec(path)?.[1]
const isIn = (folder: string) => (path: string) => path.startsWith(folder)
const wrong = (rule: (edge: Edge) => boolean) => edges.filter(rule).map(({ from, to }) => `${from} → ${to}`)

test('there is something to look at', () => {
  expect(files.length).toBeGreaterThan(50)
  expect(edges.length).toBeGreaterThan(100)
  expect(edges.filter(({ outside }) => !outside).length).toBeGreaterThan(50)
  const known = new Set(packages.flatMap((name) => filesBelow(join(root, 'packages', name, 'src'))))
  const code = edges.filter(({ outside, to }) => !outside && /\.(ts|tsx)$/.test(to))
  expect(code.filter(({ to }) => !known.has(to)).map(({ from, to }) => `${from} → ${to}`)).toEqual([])
})

test('the reader of imports reads every kind', () => {
  const source = `import a from 'a'\nimport { b,\n  type c } from "b"\nimport 'c'\nexport * from './d.ts'
export type { E } from './e.ts'\nconst f = await import('./f.ts')\nexport const from = 'not'\nconst text = "from 'neither'"`
  expect(importsOf(source)).toEqual(['a', 'b', 'c', './d.ts', './e.ts', './f.ts'])
})

test('there are no circles', () => {
  const next = new Map<string, string[]>()
  for (const { from, to, outside } of edges) if (!outside) next.set(from, [...(next.get(from) ?? []), to])
  const done = new Set<string>()
  const circles: string[] = []
  const visit = (file: string, path: string[]) => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '))
    if (done.has(file) || path.includes(file)) return
    for (const to of next.get(file) ?? []) visit(to, [...path, file])
    done.add(file)
  }
  for (const file of files) visit(file, [])
  expect(circles).toEqual([])
})

test('the contract rests on zod alone', () => {
  expect(
    wrong(
      ({ from, to, outside }) =>
        from.startsWith('packages/contract/') && (outside ? to !== 'zod' : !to.startsWith('packages/contract/')),
    ),
  ).toEqual([])
})

test('the pages know the contract, not the server', () => {
  const allowed = (to: string) => isIn('packages/web/')(to) || isIn('packages/contract/')(to)
  expect(wrong(({ from, to, outside }) => isIn('packages/web/')(from) && !outside && !allowed(to))).toEqual([])
  expect(wrong(({ from, to, outside }) => isIn('packages/web/')(from) && outside && to.startsWith('node:'))).toEqual([])
})

test('platform and engines know no feature', () => {
  const below = (path: string) => isIn(`${server}platform/`)(path) || isIn(`${server}engines/`)(path)
  expect(wrong(({ from, to }) => below(from) && isIn(`${server}features/`)(to))).toEqual([])
  expect(wrong(({ from, to }) => isIn(`${server}platform/`)(from) && isIn(`${server}engines/`)(to))).toEqual([])
})

test('a dialog is the one that gives the focus back when it closes', () => {
  const theirs = /import \{[^}]*\b(?:Modal|Drawer)\b[^}]*\} from '@mantine\/core'/
  const users = files.filter(
    (path) => isIn('packages/web/')(path) && theirs.test(readFileSync(join(root, path), 'utf8')),
  )
  expect(users).toEqual(['packages/web/src/ui/Dialog.tsx'])
})

test('a feature is reached from elsewhere through its index alone', () => {
  const throughTheWall = ({ from, to }: Edge) => {
    const feature = featureOf(to)
    return feature !== undefined && featureOf(from) !== feature && to !== `${server}features/${feature}/index.ts`
  }
  expect(wrong(throughTheWall)).toEqual([])
})

test('nothing imports main, and the server does not import the command line', () => {
  expect(wrong(({ to, outside }) => !outside && /\/main\.tsx?$/.test(to))).toEqual([])
  expect(wrong(({ from, to }) => isIn(server)(from) && isIn('packages/cli/')(to))).toEqual([])
})

test('a source does not import a test, nor what is for tests alone', () => {
  expect(wrong(({ to, outside }) => !outside && (isTest(to) || to.startsWith('tests/')))).toEqual([])
})

test('what stands beside a cluster rests on Node alone, and each part can be carried off by itself', () => {
  const services = ['packages/token-broker/', 'packages/log-agent/']
  for (const folder of services) {
    const inside = ({ to, outside }: Edge) => (outside ? to.startsWith('node:') : to.startsWith(folder))
    expect(edges.filter(({ from }) => from.startsWith(folder)).length).toBeGreaterThan(10)
    expect(wrong((edge) => edge.from.startsWith(folder) && !inside(edge))).toEqual([])
  }
  for (const name of ['door.ts', 'people.ts', 'settings.ts']) {
    const [one, other] = services.map((folder) => readFileSync(join(root, folder, 'src', name), 'utf8'))
    expect(one === other, `${name} is not the same text in both`).toBe(true)
  }
})
