import '../../ui/sections.css'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../app/session.ts'

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
    <nav aria-label={t('workspaces.section.label')} className="sections">
      <ul className="bare-list">
        {sections
          .filter(({ shown }) => shown)
          .map(({ to, name, exact }) => (
            <li key={to}>
              <Link to={to} activeOptions={{ exact, includeSearch: false }} className="section-link">
                {t(`workspaces.section.${name}`)}
              </Link>
            </li>
          ))}
      </ul>
    </nav>
  )
}
