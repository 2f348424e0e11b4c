import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

/**
 * The label of what may be left empty, or the heading where that holds of all that stands below it. What is required is
 * not marked.
 */
export function Optional({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  return (
    <>
      {children} <span className="optional">{t('field.optional')}</span>
    </>
  )
}
