import './messages.ts'
import { Button, Skeleton, Stack, Title } from '@mantine/core'
import { IconChevronLeft } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ApiProblem } from '../../app/api.ts'
import { NotFound } from '../../app/errors.tsx'
import { useSession } from '../../app/session.ts'
import { NoAccess } from '../../ui/NoAccess.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { Allocations } from './Allocations.tsx'
import { EngineFacts } from './EngineFacts.tsx'
import { EngineMenu } from './EngineMenu.tsx'
import { engineQuery } from './queries.ts'
import { useEngineCommands } from './use-engine-commands.tsx'

/** View Details: how an engine is, and which part of it is whose. */
export function EnginePage() {
  const { t } = useTranslation()
  const { may } = useSession()
  const { id } = useParams({ from: '/shell/engines/$id' })
  const { run, dialogs } = useEngineCommands()
  const { data: engine, error } = useQuery({ ...engineQuery(id), enabled: may('engine.view') })
  if (!may('engine.view')) return <NoAccess title={t('engines.title')} needs="engine.view" />
  if (error instanceof ApiProblem && error.code === 'not_found') return <NotFound />
  if (!engine) return error ? <ProblemAlert error={error} /> : <Skeleton h={300} radius={12} />
  const kind = t(`engines.kind.${engine.kind}`)
  return (
    <>
      <Link to="/engines" className="back-link">
        <IconChevronLeft size={16} aria-hidden />
        {t('engines.all')}
      </Link>
      <PageHeader title={engine.name} lead={engine.address ? `${kind} · ${engine.address}` : kind}>
        <Button variant="default" onClick={() => run('test', engine)}>
          {t('engines.do.test')}
        </Button>
        <EngineMenu engine={engine} run={run} here />
      </PageHeader>
      <Stack gap="lg">
        <ProblemAlert error={error} />
        <section>
          <Title order={2} mb="xs">
            {t('engines.view.health')}
          </Title>
          <EngineFacts engine={engine} />
        </section>
        {may('allocation.manage') && <Allocations engine={engine} />}
      </Stack>
      {dialogs}
    </>
  )
}
