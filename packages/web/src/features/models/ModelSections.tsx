import '../../ui/sections.css'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../app/session.ts'

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
    <nav aria-label={t('models.section.label')} className="sections">
      <ul className="bare-list">
        {sections
          .filter(({ shown }) => shown)
          .map(({ to, name, exact }) => (
            <li key={to}>
              <Link to={to} activeOptions={{ exact, includeSearch: false }} className="section-link">
                {t(`models.section.${name}`)}
              </Link>
            </li>
          ))}
      </ul>
    </nav>
  )
}
