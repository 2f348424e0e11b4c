import './messages.ts'
import { useTranslation } from 'react-i18next'
import { PageHeader } from '../../ui/PageHeader.tsx'

export function PlaygroundPage() {
  const { t } = useTranslation()
  return <PageHeader title={t('playground.title')} />
}

export const ChatPage = PlaygroundPage
