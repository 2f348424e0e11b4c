import './messages.ts'
import './models.css'
import { Button, Skeleton, Stack, Title } from '@mantine/core'
import { IconChevronLeft } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { Model } from '@tenantry/contract'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiProblem } from '../../app/api.ts'
import { NotFound } from '../../app/errors.tsx'
import { formatInstant, formatNumber } from '../../app/format.ts'
import { useSession } from '../../app/session.ts'
import { Facts } from '../../ui/Facts.tsx'
import { Instant } from '../../ui/Instant.tsx'
import { NoAccess } from '../../ui/NoAccess.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { formatShare, triable, whoInWords } from './in-words.ts'
import { ModelHealth } from './ModelHealth.tsx'
import { ModelMenu } from './ModelMenu.tsx'
import { ContextLength, Limits, NameToCopy, Price, Uses } from './ModelWords.tsx'
import { modelQuery } from './queries.ts'
import { UseItPanel } from './UseItPanel.tsx'
import { useModelCommands } from './use-model-commands.tsx'
import { useRoles } from './use-roles.ts'

/** View: what a model is, how it is, and how one uses it. */
export function ModelPage() {
  const { t } = useTranslation()
  const { may } = useSession()
  const { id } = useParams({ from: '/shell/models/$id' })
  const { run, dialogs, problem } = useModelCommands()
  const seeing = may('model.view') || may('model.publish')
  const { data: model, error } = useQuery({ ...modelQuery(id), enabled: seeing })
  if (!seeing) return <NoAccess title={t('models.title')} needs="model.view" />
  if (error instanceof ApiProblem && error.code === 'not_found') return <NotFound />
  if (!model) return error ? <ProblemAlert error={error} /> : <Skeleton h={300} radius={12} />
  return (
    <>
      <Link to="/models" className="back-link">
        <IconChevronLeft size={16} aria-hidden />
        {t('models.all')}
      </Link>
      <PageHeader title={model.title} lead={model.description}>
        {may('model.use') && triable(model) && (
          <Button component={Link} to="/playground" search={{ model: id } as never}>
            {t('models.do.try')}
          </Button>
        )}
        {may('model.publish') && (
          <Button variant="default" onClick={() => run('test', model)}>
            {t('models.do.test')}
          </Button>
        )}
        <ModelMenu model={model} run={run} here />
      </PageHeader>
      <ProblemAlert error={error ?? problem} />
      <div className="model-page">
        <Stack gap="lg">
          <Part title={t('models.one.health')}>
            <Health model={model} />
          </Part>
          <Part title={t('models.one.overview')}>
            <Overview model={model} />
          </Part>
          {model.endpoint && (
            <Part title={t('models.one.endpoint')}>
              <Endpoint endpoint={model.endpoint} />
            </Part>
          )}
        </Stack>
        <UseItPanel model={model} />
      </div>
      {dialogs}
    </>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <Title order={2} mb="xs">
        {title}
      </Title>
      {children}
    </section>
  )
}

function Health({ model }: { model: Model }) {
  const { t } = useTranslation()
  const { metrics } = model
  const number = (value: number | null | undefined) => (value === null || value === undefined ? null : value)
  const speed = (value: number | null | undefined) =>
    number(value) === null ? null : t('models.one.speed', { n: formatNumber(Math.round(value ?? 0)) })
  const count = (value: number | null | undefined) => (number(value) === null ? null : formatNumber(value ?? 0))
  const cache = number(metrics?.cacheUse)
  return (
    <Facts
      facts={[
        [t('models.one.status'), <ModelHealth key="s" model={model} />],
        [t('models.one.running'), count(metrics?.running)],
        [t('models.one.waiting'), count(metrics?.waiting)],
        [t('models.one.cache'), cache === null ? null : formatShare(cache)],
        [t('models.one.promptSpeed'), speed(metrics?.promptTokensPerSecond)],
        [t('models.one.completionSpeed'), speed(metrics?.completionTokensPerSecond)],
      ]}
    />
  )
}

function Overview({ model }: { model: Model }) {
  const { t } = useTranslation()
  const { may } = useSession()
  const roles = useRoles()
  return (
    <Facts
      facts={[
        [t('models.one.name'), <NameToCopy key="n" name={model.name} />],
        [t('models.one.uses'), <Uses key="u" uses={model.uses} />],
        [
          t('models.one.context'),
          model.contextLength === null ? null : <ContextLength key="c" tokens={model.contextLength} />,
        ],
        [t('models.one.price'), <Price key="p" price={model.price} />],
        [t('models.one.limits'), <Limits key="l" limits={model.limits} />],
        [t('models.one.who'), may('model.publish') ? <bdi key="w">{whoInWords(t, model, roles)}</bdi> : null],
        [t('models.one.published'), <Instant key="a" at={model.publishedAt} />],
      ]}
    />
  )
}

function Endpoint({ endpoint }: { endpoint: NonNullable<Model['endpoint']> }) {
  const { t } = useTranslation()
  const { address, model, credential, credentialRotatedAt, ca } = endpoint
  return (
    <Facts
      facts={[
        [t('models.one.address'), address],
        [t('models.one.upstream'), <bdi key="m">{model}</bdi>],
        [
          t('models.one.credential'),
          credential
            ? t('models.one.credentialSince', { when: credentialRotatedAt ? formatInstant(credentialRotatedAt) : '' })
            : t('models.one.credentialNone'),
        ],
        [t('models.one.ca'), t(ca === null ? 'models.one.caSystem' : 'models.one.caOwn')],
      ]}
    />
  )
}
