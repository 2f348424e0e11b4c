import type { Role } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'

export function RoleState({ role: { enabled } }: { role: Role }) {
  const { t } = useTranslation()
  return (
    <span className="status" style={{ color: enabled ? 'var(--status-good)' : 'var(--status-idle)' }}>
      <span>{t(enabled ? 'roles.enabled' : 'roles.disabled')}</span>
    </span>
  )
}
