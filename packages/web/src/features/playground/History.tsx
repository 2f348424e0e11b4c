import { Button, SegmentedControl, Skeleton, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconMessages, IconPlus, IconSearch } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatRelative } from '../../app/format.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { callName, callWhole } from '../../ui/person.ts'
import { ChatMenu } from './ChatMenu.tsx'
import { chatsQuery, type Whose } from './queries.ts'
import { useChatCommands } from './use-chat-commands.tsx'

/** Chats of one’s own and those that others share: to look for, to open, to put in order. */
export function History({ current, onOpen }: { current: string | null; onOpen: () => void }) {
  const { t } = useTranslation()
  const [whose, setWhose] = useState<Whose>('mine')
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed.trim(), 200)
  const { begin } = useChatCommands(current)
  const list = useInfiniteQuery(chatsQuery(whose, q))
  const chats = list.data?.pages.flatMap(({ items }) => items) ?? []
  const about = q ? 'nothing' : whose === 'mine' ? 'none' : 'noneShared'
  return (
    <div className="history">
      <Button
        variant="default"
        fullWidth
        leftSection={<IconPlus size={16} aria-hidden />}
        onClick={() => {
          begin()
          onOpen()
        }}
      >
        {t('playground.history.fresh')}
      </Button>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label={t('playground.history.whose')}
        data={(['mine', 'shared'] as const).map((value) => ({ value, label: t(`playground.history.${value}`) }))}
        value={whose}
        onChange={(value) => setWhose(value as Whose)}
      />
      <TextInput
        size="xs"
        aria-label={t('playground.history.search')}
        placeholder={t('playground.history.placeholder')}
        leftSection={<IconSearch size={14} aria-hidden />}
        maxLength={100}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <ProblemAlert error={list.error}>
        <Button variant="default" size="compact-sm" mt="xs" onClick={() => void list.refetch()}>
          {t('action.retry')}
        </Button>
      </ProblemAlert>
      {list.isPending && [0, 1, 2].map((n) => <Skeleton key={n} height={44} radius={8} />)}
      <ul className="bare-list history-list">
        {chats.map((chat) => (
          <li key={chat.id} data-current={chat.id === current || undefined}>
            <Link
              to="/playground/$id"
              params={{ id: chat.id }}
              onClick={onOpen}
              aria-current={chat.id === current ? 'page' : undefined}
              title={chat.title}
            >
              <span className="history-title">{chat.title}</span>
              <span className="history-about" title={whose === 'shared' ? callWhole(chat.owner) : undefined}>
                {[
                  whose === 'shared' ? callName(chat.owner) : chat.shared && t('playground.shared.mark'),
                  formatRelative(chat.updatedAt),
                  chat.models.join(', '),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </Link>
            <ChatMenu chat={chat} current={current} />
          </li>
        ))}
      </ul>
      {list.data && chats.length === 0 && (
        <EmptyState
          within
          level={2}
          icon={<IconMessages size={18} />}
          title={t(`playground.history.${about}`)}
          text={t(`playground.history.${about}Text`)}
          onClear={q ? () => setTyped('') : undefined}
        />
      )}
      {list.hasNextPage && (
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t('playground.history.more')}
        </Button>
      )}
    </div>
  )
}
