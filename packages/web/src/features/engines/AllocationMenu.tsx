import { ActionIcon, Menu } from '@mantine/core'
import { IconDots, IconGauge, IconPencil, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

type Props = { tenant: string; hasLimits: boolean; run: (command: 'edit' | 'limits' | 'withdraw') => void }

/** The ellipsis of a part: Edit, Limits at the Engine, Withdraw. */
export function AllocationMenu({ tenant, hasLimits, run }: Props) {
  const { t } = useTranslation()
  return (
    <Menu position="bottom-end" width={220} withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={32} aria-label={t('engines.allocations.actions', { tenant })}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={() => run('edit')}>
          {t('engines.allocations.edit')}
        </Menu.Item>
        {hasLimits && (
          <Menu.Item leftSection={<IconGauge size={16} aria-hidden />} onClick={() => run('limits')}>
            {t('engines.allocations.limits')}
          </Menu.Item>
        )}
        <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => run('withdraw')}>
          {t('engines.allocations.withdraw')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
