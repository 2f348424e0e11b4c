import { ActionIcon, Menu } from '@mantine/core'
import { IconDots, IconLink, IconLock, IconPencil, IconShare, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { RenameDialog } from './RenameDialog.tsx'
import { useChatCommands } from './use-chat-commands.tsx'

type Props = { chat: { id: string; title: string; shared: boolean; mine: boolean }; current: string | null }

/** The ellipsis: what may be done with a chat. */
export function ChatMenu({ chat, current }: Props) {
  const { t } = useTranslation()
  const [renaming, setRenaming] = useState(false)
  const { share, copyLink, remove } = useChatCommands(current)
  return (
    <>
      <Menu position="bottom-end" width={200} withinPortal>
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={28}
            aria-label={t('playground.history.actions', { title: chat.title })}
          >
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {chat.mine && (
            <>
              <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={() => setRenaming(true)}>
                {t('playground.history.rename')}
              </Menu.Item>
              <Menu.Item
                leftSection={chat.shared ? <IconLock size={16} aria-hidden /> : <IconShare size={16} aria-hidden />}
                onClick={() => void share(chat)}
              >
                {t(chat.shared ? 'playground.history.unshare' : 'playground.history.share')}
              </Menu.Item>
            </>
          )}
          <Menu.Item leftSection={<IconLink size={16} aria-hidden />} onClick={() => void copyLink(chat)}>
            {t('playground.history.copyLink')}
          </Menu.Item>
          {chat.mine && (
            <Menu.Item
              leftSection={<IconTrash size={16} aria-hidden />}
              style={{ color: 'var(--mantine-color-error)' }}
              onClick={() => void remove(chat)}
            >
              {t('playground.history.delete')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {renaming && <RenameDialog id={chat.id} title={chat.title} onClose={() => setRenaming(false)} />}
    </>
  )
}
