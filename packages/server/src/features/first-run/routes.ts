import * as contract from '@tenantry/contract'
import type { Deps } from '../../platform/deps.ts'
import type { On } from '../../platform/http/registrar.ts'
import { originOf } from '../../platform/http/visitors.ts'
import { welcome } from '../sign-in/index.ts'
import * as firstRun from './actions.ts'

export function addFirstRunRoutes(on: On, deps: Deps): void {
  on(contract.getFirstRun, async () => ({
    needed: await firstRun.isNeeded(deps),
    passwordPolicy: firstRun.platformPolicy,
  }))
  on(contract.openFirstRunLink, ({ body, request }) => firstRun.openLink(deps, originOf(request), body.token))
  on(contract.setUpPlatform, async ({ body, request, reply }) =>
    welcome(request, reply, await firstRun.setUpPlatform(deps, originOf(request), body)),
  )
}
