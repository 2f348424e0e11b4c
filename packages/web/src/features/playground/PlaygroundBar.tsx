import { ActionIcon, Title } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ChatMenu } from './ChatMenu.tsx'
import type { ChatKeeper, KeeperState } from './chat-keeper.ts'
import { KeepSign } from './KeepSign.tsx'

type Props = { keeping: KeeperState; keeper: ChatKeeper; wide: boolean; onHistory: () => void; children: ReactNode }

/** What the chat is called, whether it is kept, and what may be done with it. */
export function PlaygroundBar({ keeping, keeper, wide, onHistory, children }: Props) {
  const { t } = useTranslation()
  const { kept } = keeping
  return (
    <header className="playground-bar">
      {!wide && (
        <ActionIcon variant="default" size={34} aria-label={t('playground.history.open')} onClick={onHistory}>
          <IconHistory size={18} aria-hidden />
        </ActionIcon>
      )}
      <Title order={1} className="playground-title" title={kept?.title}>
        {kept?.title ?? t('playground.title')}
      </Title>
      {kept?.shared && <span className="shared-mark">{t('playground.shared.mark')}</span>}
      {kept?.mine !== false && <KeepSign state={keeping} keeper={keeper} />}
      {children}
      {kept && <ChatMenu chat={kept} current={kept.id} />}
    </header>
  )
}
