import './messages.ts'
import { Button, Skeleton } from '@mantine/core'
import { IconMessages, IconMessageX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useLocation, useParams, useSearch } from '@tanstack/react-router'
import type { ChatContent, Model } from '@tenantry/contract'
import { useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiProblem } from '../../app/api.ts'
import { useSession } from '../../app/session.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { NoAccess } from '../../ui/NoAccess.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { mostLanes } from './lanes.ts'
import { freshChat, knownChat, onAnew, openKept, timesAnew } from './open-chats.ts'
import { Playground } from './Playground.tsx'
import { chatModelsQuery, chatQuery } from './queries.ts'

/** A new chat, with the models of the address where it names some. */
export function PlaygroundPage() {
  const { model = '' } = useSearch({ from: '/shell/playground' })
  const anew = useSyncExternalStore(onAnew, timesAnew)
  const shown = useLocation({ select: ({ maskedLocation }) => maskedLocation?.pathname ?? '' })
  const models = useModels()
  if (models.none) return models.none
  // The address of a chat that was begun here stands before the one of this page.
  const id = /^\/playground\/([^/]+)$/.exec(shown)?.[1] ?? null
  return <Fresh key={anew} wanted={model} models={models.items} id={id} />
}

function Fresh({ wanted, models, id }: { wanted: string; models: Model[]; id: string | null }) {
  const [chat] = useState(
    () => (id === null ? undefined : knownChat(id)) ?? freshChat(wanted, () => contentFor(wanted, models)),
  )
  if (id !== null && !chat.keeper.isOf(id)) return <Kept key={id} id={id} models={models} />
  return <Playground chat={chat} models={models} id={id} fresh />
}

/** A chat that is kept, one’s own or a shared one. */
export function ChatPage() {
  const { id } = useParams({ from: '/shell/playground/$id' })
  const models = useModels(true)
  if (models.none) return models.none
  return <Kept key={id} id={id} models={models.items} />
}

function Kept({ id, models }: { id: string; models: Model[] }) {
  const { t } = useTranslation()
  const [known] = useState(() => knownChat(id))
  const found = useQuery(chatQuery(id))
  const chat = found.data ? openKept(found.data) : known
  if (chat) return <Playground chat={chat} models={models} id={id} />
  if (found.error instanceof ApiProblem && found.error.code === 'not_found')
    return (
      <EmptyState
        level={1}
        icon={<IconMessageX size={22} />}
        title={t('playground.history.gone')}
        text={t('playground.history.goneText')}
      >
        <Button component={Link} to="/playground" variant="default">
          {t('playground.history.fresh')}
        </Button>
      </EmptyState>
    )
  if (found.error) return <Failed error={found.error} retry={() => void found.refetch()} />
  return <Waiting />
}

const Waiting = () => {
  const { t } = useTranslation()
  return (
    <>
      <PageHeader title={t('playground.title')} />
      <Skeleton height={320} radius={12} aria-busy />
    </>
  )
}
function Failed({ error, retry }: { error: unknown; retry: () => void }) {
  const { t } = useTranslation()
  return (
    <>
      <PageHeader title={t('playground.title')} />
      <ProblemAlert error={error}>
        <Button variant="default" size="compact-sm" mt="xs" onClick={retry}>
          {t('action.retry')}
        </Button>
      </ProblemAlert>
    </>
  )
}

/** The models one may chat with, or what is shown in their place. A kept chat is read without any, too. */
function useModels(reading = false) {
  const { t } = useTranslation()
  const { may, tenant } = useSession()
  const list = useQuery({ ...chatModelsQuery, enabled: may('model.use') })
  const items = list.data ?? []
  const none = !may('model.use') ? (
    <NoAccess title={t('playground.title')} needs="model.use" />
  ) : list.isPending ? (
    <Waiting />
  ) : list.error && !list.data ? (
    <Failed error={list.error} retry={() => void list.refetch()} />
  ) : items.length === 0 && !reading ? (
    <>
      <PageHeader title={t('playground.title')} />
      <div className="card">
        <EmptyState
          icon={<IconMessages size={22} />}
          title={t('playground.none.title')}
          text={t('playground.none.text', { tenant: tenant.name })}
        >
          {may('model.publish') && (
            <Button component={Link} to="/models/new">
              {t('playground.none.publish')}
            </Button>
          )}
        </EmptyState>
      </div>
    </>
  ) : null
  return { items, none }
}

/** One lane for each model that is wanted and may be used; else one of a model that answers. */
function contentFor(wanted: string, models: Model[]): ChatContent {
  const asked = wanted.split(',').flatMap((id) => models.find((model) => model.id === id) ?? [])
  const first = models.find(({ health }) => health.status === 'ok') ?? models[0]
  const chosen = asked.length > 0 ? asked.slice(0, mostLanes) : first ? [first] : []
  const lanes = chosen.map(({ id, name, title }) => ({ modelId: id, name, title, parameters: {} }))
  return { lanes, turns: [], at: null }
}
