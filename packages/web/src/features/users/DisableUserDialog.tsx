import type { User } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { useSettlement } from './use-settlement.tsx'

type Props = { user: User; onClose: () => void; disable: (user: User) => Promise<void> }

/** Disable, where something goes on without them: what is to become of it. */
export function DisableUserDialog({ user, onClose, disable }: Props) {
  const { t } = useTranslation()
  const { field, settle } = useSettlement(user, 'disable')
  return (
    <ConfirmDialog
      title={t('workspaces.belongings.disableTitle', { username: user.username })}
      text={t('workspaces.belongings.disableText')}
      submit={t('users.do.disable')}
      work={async () => {
        if (!(await settle())) return
        onClose()
        await disable(user)
      }}
      onClose={onClose}
    >
      {field}
    </ConfirmDialog>
  )
}
