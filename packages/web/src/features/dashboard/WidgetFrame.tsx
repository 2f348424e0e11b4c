import { IconChevronRight } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { WidgetType } from '@tenantry/contract'
import { Component, type ComponentPropsWithRef, type ReactNode, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useOverflow } from './use-overflow.ts'
import { shownAs } from './widgets/index.ts'
import { CardError, CardSkeleton } from './widgets/parts.tsx'

type Props = Omit<ComponentPropsWithRef<'section'>, 'children'> & {
  type: WidgetType
  /** While the dashboard is edited: what to move, resize and remove it with. What is inside rests meanwhile. */
  tools?: ReactNode
}

/** A widget with its heading. When it breaks, it alone breaks. */
export function WidgetFrame({ type, tools, className = '', ...section }: Props) {
  const { t } = useTranslation()
  const { icon: Icon, widget: Widget, to, search = {} } = shownAs[type]
  const body = useOverflow()
  const name = t(`dashboard.widget.${type}`)
  return (
    <section className={`card widget ${className}`} aria-labelledby={`widget-${type}`} data-widget={type} {...section}>
      <header className="widget-head">
        <Icon size={18} stroke={1.6} aria-hidden />
        <h2 id={`widget-${type}`}>
          {to && !tools ? (
            <Link to={to as '/dashboard'} search={search} className="widget-link">
              {name}
              <IconChevronRight size={14} aria-hidden />
            </Link>
          ) : (
            name
          )}
        </h2>
        {tools}
      </header>
      <div
        ref={body.ref}
        className="widget-body"
        inert={tools !== undefined}
        {...(body.overflows && { tabIndex: 0, role: 'group', 'aria-label': name })}
      >
        <Mishap title={t('dashboard.broken')}>
          <Suspense fallback={<CardSkeleton />}>
            <Widget />
          </Suspense>
        </Mishap>
      </div>
    </section>
  )
}

class Mishap extends Component<{ title: string; children: ReactNode }, { error: unknown }> {
  override state = { error: null as unknown }
  static getDerivedStateFromError = (error: unknown) => ({ error })
  override render() {
    const { title, children } = this.props
    if (this.state.error === null) return children
    return <CardError title={title} onRetry={() => this.setState({ error: null })} />
  }
}
