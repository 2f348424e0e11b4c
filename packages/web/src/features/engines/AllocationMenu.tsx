import { ActionIcon, Menu } from '@mantine/core'
import { IconDots, IconPencil, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

/** The ellipsis of a part: Edit, Withdraw. */
export function AllocationMenu({ tenant, run }: { tenant: string; run: (command: 'edit' | 'withdraw') => void }) {
  const { t } = useTranslation()
  return (
    <Menu position="bottom-end" width={180} withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={32} aria-label={t('engines.allocations.actions', { tenant })}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={() => run('edit')}>
          {t('engines.allocations.edit')}
        </Menu.Item>
        <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => run('withdraw')}>
          {t('engines.allocations.withdraw')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
