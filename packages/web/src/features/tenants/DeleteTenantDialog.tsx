import type { Tenant } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'

type Props = { tenant: Tenant; onClose: () => void; onDeleted: () => void }

/** Delete: asks for the slug. */
export function DeleteTenantDialog({ tenant: { id, name, slug }, onClose, onDeleted }: Props) {
  const { t } = useTranslation()
  return (
    <ConfirmDialog
      title={t('tenants.delete.title', { name })}
      text={t('tenants.delete.text')}
      word={{ word: slug, label: t('tenants.delete.confirm', { slug }) }}
      submit={t('tenants.do.delete')}
      work={async () => {
        await api('deleteTenant', { params: { id }, query: { slug } })
        onDeleted()
      }}
      onClose={onClose}
    />
  )
}
