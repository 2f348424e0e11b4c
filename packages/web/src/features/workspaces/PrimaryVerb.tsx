import './primary-verb.css'
import { Button, Loader } from '@mantine/core'
import { IconExternalLink, IconPlayerPlay } from '@tabler/icons-react'
import type { Workspace } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { useNow } from '../../ui/use-now.ts'
import { elapsedInWords } from './in-words.ts'
import type { Run } from './use-workspace-commands.tsx'

type Props = { workspace: Workspace; run: Run; busy: boolean; size?: 'sm' | 'compact-sm' }

/** The one thing to do with a workspace now: Open, Start, or wait, with what for. Always in the same place. */
export function PrimaryVerb({ workspace, run, busy, size = 'sm' }: Props) {
  const { t } = useTranslation()
  const { state, can, name } = workspace
  if (state === 'queued' || state === 'starting' || state === 'stopping') return <Progress workspace={workspace} />
  const verb = state === 'running' ? 'open' : 'start'
  if (!can[verb]) return null
  const Icon = verb === 'open' ? IconExternalLink : IconPlayerPlay
  return (
    <Button
      size={size}
      variant={verb === 'open' ? 'filled' : 'default'}
      leftSection={<Icon size={16} aria-hidden />}
      loading={busy}
      aria-label={t(`workspaces.named.${verb}`, { name })}
      onClick={() => run(verb, workspace)}
    >
      {t(`workspaces.do.${verb}`)}
    </Button>
  )
}

/** Which phase it is in, and for how long. The state itself stands beside it: to see, “Starting” is not said twice. */
function Progress({ workspace: { state, phases } }: { workspace: Workspace }) {
  const { t } = useTranslation()
  const now = useNow()
  const current = state === 'stopping' ? undefined : phases.find(({ endedAt }) => endedAt === null)
  return (
    <span className="workspace-progress">
      <Loader size={14} aria-hidden />
      <span role="status" className={current?.phase === 'start' ? 'unseen' : undefined}>
        {current && t(`workspaces.phase.${current.phase}`)}
      </span>
      {current && (
        // Not within what is read out: it would be, every second.
        <span className="numbers dim">{elapsedInWords(t, current.startedAt, now)}</span>
      )}
    </span>
  )
}
