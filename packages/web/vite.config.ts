import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { allRoutes } from '../contract/src/index.ts'

/** The contract as the pages need it: method and path by operation. Its schemas would weigh more than the pages. */
function routes(): Plugin {
  const id = '\0virtual:routes'
  const table = Object.fromEntries(allRoutes.map(({ operation, method, path }) => [operation, [method, path]]))
  return {
    name: 'routes',
    resolveId: (source) => (source === 'virtual:routes' ? id : undefined),
    load: (source) => (source === id ? `export const routes = ${JSON.stringify(table)}` : undefined),
  }
}

/** What the first page needs is one file: a dozen that are always wanted together cost requests, and compress worse. */
const first = { name: 'first', tags: ['$initial' as const] }
/** What several pages want besides, of the kit and of ours: else each of its parts is a file, and a page sixty of them. */
const shared = [
  { name: 'kit', test: /node_modules[\\/](@mantine|@floating-ui|@tabler)[\\/]/, minShareCount: 3 },
  { name: 'parts', test: /web[\\/]src[\\/](ui|app)[\\/]/, minShareCount: 3 },
]

export default defineConfig({
  plugins: [react(), routes()],
  // Also read by the measure of what the first page loads.
  build: {
    manifest: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups: [first, ...shared] } } },
  },
  server: { port: 5173, proxy: { '/api': 'http://127.0.0.1:3000' } },
})
