import { IconUserShare } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Workspace } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { callName } from '../../ui/person.ts'
import { IdleLine } from './IdleLine.tsx'
import { amountsInWords, peopleInWords } from './in-words.ts'
import { PrimaryVerb } from './PrimaryVerb.tsx'
import type { Run } from './use-workspace-commands.tsx'
import { WorkspaceMenu } from './WorkspaceMenu.tsx'
import { WorkspaceStateBadge } from './WorkspaceStateBadge.tsx'

/** One workspace of the list: what it is, how it is, and the one thing to do with it. */
export function WorkspaceCard({ workspace, run, busy }: { workspace: Workspace; run: Run; busy: boolean }) {
  const { t } = useTranslation()
  const { id, name, template, engine, mine, owner, sharedWith, state } = workspace
  const whose = mine
    ? sharedWith > 0
      ? t('workspaces.sharedWith', { count: sharedWith })
      : null
    : t(workspace.can.handOver ? 'workspaces.of' : 'workspaces.sharedBy', { owner: callName(owner) })
  return (
    <li className="card workspace-card" data-workspace={name}>
      <header>
        <div className="workspace-title">
          <h2>
            <Link to="/workspaces/$id" params={{ id }}>
              <bdi>{name}</bdi>
            </Link>
          </h2>
          <p className="dim">
            <bdi>{template}</bdi> · <bdi>{engine}</bdi>
          </p>
        </div>
        <WorkspaceMenu workspace={workspace} run={run} />
      </header>
      <ul className="bare-list workspace-amounts numbers">
        {amountsInWords(t, workspace).map((amount) => (
          <li key={amount}>{amount}</li>
        ))}
      </ul>
      <div className="workspace-idle">
        <IdleLine workspace={workspace} run={run} busy={busy} />
        {whose && (
          <p className="dim workspace-whose" title={mine ? peopleInWords(t, workspace) : owner.username}>
            <IconUserShare size={14} aria-hidden />
            {whose}
          </p>
        )}
      </div>
      <footer>
        <WorkspaceStateBadge state={state} />
        <PrimaryVerb workspace={workspace} run={run} busy={busy} />
      </footer>
    </li>
  )
}
