import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import type { Ref } from 'react'
import { useTranslation } from 'react-i18next'

type Props = {
  ref: Ref<HTMLElement>
  busy: boolean
  /** How many widgets have come since the layout was saved. */
  fresh: number
  onAdd: () => void
  onSave: () => void
  onCancel: () => void
  onReset: () => void
  onSetDefault?: () => void
}

/** Stays in sight while the dashboard is edited. */
export function EditBar({ ref, busy, fresh, onAdd, onSave, onCancel, onReset, onSetDefault }: Props) {
  const { t } = useTranslation()
  // On a phone the bar that stays in sight is one row; what is seldom needed stands below and scrolls away.
  const more = (where: 'in-bar' | 'below-bar') => (
    <div className={`edit-actions edit-more ${where}`}>
      {onSetDefault && (
        <Button variant="subtle" color="gray" px="xs" onClick={onSetDefault} disabled={busy}>
          {t('dashboard.edit.setDefault')}
        </Button>
      )}
      <Button variant="subtle" color="gray" px="xs" onClick={onReset} disabled={busy}>
        {t('dashboard.edit.reset')}
      </Button>
    </div>
  )
  return (
    <>
      <section ref={ref} tabIndex={-1} className="edit-bar" aria-label={t('dashboard.edit.bar')}>
        <Button
          id="add-widget"
          variant="light"
          px="xs"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={onAdd}
          aria-haspopup="dialog"
        >
          {t('dashboard.edit.add')}
          {fresh > 0 && <span className="edit-fresh">{`\u00A0· ${t('dashboard.fresh', { count: fresh })}`}</span>}
        </Button>
        <p className="dim edit-hint">
          <span className="when-wide">{t('dashboard.edit.hint')}</span>
          <span className="when-narrow">{t('dashboard.edit.hintNarrow')}</span>
        </p>
        {more('in-bar')}
        <div className="edit-actions edit-main">
          <Button variant="default" px="xs" onClick={onCancel}>
            {t('dashboard.edit.cancel')}
          </Button>
          <Button px="xs" onClick={onSave} loading={busy} aria-keyshortcuts="Control+S Meta+S">
            {t('dashboard.edit.save')}
          </Button>
        </div>
      </section>
      {more('below-bar')}
    </>
  )
}
