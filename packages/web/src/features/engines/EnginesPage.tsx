import './messages.ts'
import { Button, Skeleton } from '@mantine/core'
import { IconPlus, IconServer2 } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../app/session.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { NoAccess } from '../../ui/NoAccess.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { ConnectDialog } from './ConnectDialog.tsx'
import { EnginesTable } from './EnginesTable.tsx'
import { enginesQuery } from './queries.ts'
import { useEngineCommands } from './use-engine-commands.tsx'

/** What the platform runs on, and how it is right now. */
export function EnginesPage() {
  const { t } = useTranslation()
  const { may } = useSession()
  const navigate = useNavigate()
  const { connect = false } = useSearch({ from: '/shell/engines' })
  const { run, dialogs } = useEngineCommands()
  const list = useQuery({ ...enginesQuery, enabled: may('engine.view') })
  if (!may('engine.view')) return <NoAccess title={t('engines.title')} needs="engine.view" />
  const show = (open: boolean) =>
    void navigate({ to: '/engines', search: open ? { connect: true } : {}, replace: true })
  const engines = list.data
  const mayConnect = may('engine.connect')
  const connectButton = mayConnect && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => show(true)}>
      {t('engines.connect')}
    </Button>
  )
  return (
    <>
      <PageHeader title={t('engines.title')} lead={t('engines.lead')}>
        {engines && engines.length > 0 && connectButton}
      </PageHeader>
      <ProblemAlert error={list.error} />
      {list.isPending && <Skeleton h={200} radius={12} />}
      {engines?.length === 0 && (
        <div className="card">
          <EmptyState
            icon={<IconServer2 size={22} />}
            title={t('engines.empty')}
            text={t(mayConnect ? 'engines.emptyText' : 'engines.emptyOther')}
          >
            {connectButton}
          </EmptyState>
        </div>
      )}
      {engines && engines.length > 0 && <EnginesTable engines={engines} run={run} />}
      {connect && mayConnect && <ConnectDialog onClose={() => show(false)} />}
      {dialogs}
    </>
  )
}
