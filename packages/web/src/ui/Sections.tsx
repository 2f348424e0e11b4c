import './sections.css'
import { Link, type LinkProps } from '@tanstack/react-router'

export type Section = { to: LinkProps['to']; label: string; exact: boolean; shown: boolean }

/** The pages around one thing that one may see, above each of them. */
export function Sections({ label, sections }: { label: string; sections: Section[] }) {
  return (
    <nav aria-label={label} className="sections">
      <ul className="bare-list">
        {sections
          .filter(({ shown }) => shown)
          .map(({ to, label, exact }) => (
            <li key={to}>
              <Link to={to} activeOptions={{ exact, includeSearch: false }} className="section-link">
                {label}
              </Link>
            </li>
          ))}
      </ul>
    </nav>
  )
}
