import { useTranslation } from 'react-i18next'
import { useSession } from '../../app/session.ts'
import { Sections } from '../../ui/Sections.tsx'

/** The pages around models that one may see. */
export function ModelSections() {
  const { t } = useTranslation()
  const { may } = useSession()
  const sections = [
    { to: '/models', name: 'models', exact: true, shown: may('model.view') || may('model.publish') },
    { to: '/models/keys', name: 'keys', exact: false, shown: may('model_key.create_own') || may('model_key.view_all') },
    { to: '/models/usage', name: 'usage', exact: false, shown: may('model.use') || may('model_key.view_all') },
  ] as const
  return (
    <Sections
      label={t('models.section.label')}
      sections={sections.map(({ name, ...section }) => ({ ...section, label: t(`models.section.${name}`) }))}
    />
  )
}
