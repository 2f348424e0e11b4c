import './messages.ts'
import { useTranslation } from 'react-i18next'
import { PageHeader } from '../../ui/PageHeader.tsx'

export function ModelsPage() {
  const { t } = useTranslation()
  return <PageHeader title={t('models.title')} />
}
