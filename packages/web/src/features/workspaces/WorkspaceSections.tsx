import { useTranslation } from 'react-i18next'
import { useSession } from '../../app/session.ts'
import { Sections } from '../../ui/Sections.tsx'

/** The pages around workspaces that one may see. */
export function WorkspaceSections() {
  const { t } = useTranslation()
  const { may } = useSession()
  const sections = [
    { to: '/workspaces', name: 'workspaces', exact: true, shown: true },
    { to: '/workspaces/volumes', name: 'volumes', exact: false, shown: true },
    { to: '/workspaces/templates', name: 'templates', exact: false, shown: may('workspace.manage_all') },
  ] as const
  return (
    <Sections
      label={t('workspaces.section.label')}
      sections={sections.map(({ name, ...section }) => ({ ...section, label: t(`workspaces.section.${name}`) }))}
    />
  )
}
