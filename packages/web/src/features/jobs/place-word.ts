import type { EngineKind } from '@tenantry/contract'
import { i18n } from '../../app/i18n.ts'
import './messages.ts'

/** What an engine of a kind calls where its jobs run. */
export const placeWord = (of: 'jobs.one.fact.where' | 'jobs.new.field.where', kind: EngineKind | undefined): string =>
  i18n.t(`${of}.${kind === 'slurm' || kind === 'kubernetes' ? kind : 'other'}`)
