import { Button, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { ChatContent } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { ApiProblem, api } from '../../app/api.ts'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { callWhole } from '../../ui/person.ts'
import type { Kept } from './chat-keeper.ts'
import { titleOf } from './chat-tree.ts'
import { openKept, startAnew } from './open-chats.ts'
import { refreshChats } from './queries.ts'

/** In the place of where one writes, in a chat of somebody else: it is read, and gone on with in a copy. */
export function SharedBar({ kept, content }: { kept: Kept; content: ChatContent }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const copy = useMutation({
    mutationFn: async () => {
      const title = titleOf(t('playground.shared.copyTitle', { title: kept.title }), kept.title)
      try {
        const chat = await api('createChat', { body: { title, content } })
        openKept(chat)
        await navigate({ to: '/playground/$id', params: { id: chat.id } })
        void refreshChats()
      } catch (error) {
        if (!(error instanceof ApiProblem) || error.code !== 'wrong_state') throw error
        // The chats of guests are not kept: theirs goes on here alone.
        startAnew(content)
        await navigate({ to: '/playground', search: {} })
      }
    },
  })
  return (
    <div className="composer shared-bar">
      <ProblemAlert error={copy.error} />
      <Text size="sm">{t('playground.shared.by', { name: callWhole(kept.owner) })}</Text>
      <Button loading={copy.isPending} onClick={() => copy.mutate()}>
        {t('playground.shared.continue')}
      </Button>
    </div>
  )
}
