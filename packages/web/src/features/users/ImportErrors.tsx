import { Button, Title } from '@mantine/core'
import type { ImportResult } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

const few = 100

/** The rows that cannot be used, each with what is wrong with it. */
export function ImportErrors({ rows }: { rows: ImportResult['rows'] }) {
  const { t } = useTranslation()
  const [all, setAll] = useState(false)
  const wrong = rows.filter(({ result }) => result === 'error')
  if (wrong.length === 0) return null
  return (
    <section aria-labelledby="import-errors">
      <Title order={2} id="import-errors" mb="xs">
        {t('users.importPage.errorsTitle')}
      </Title>
      <div className="card">
        <table className="data-table wrapping" aria-labelledby="import-errors">
          <thead>
            <tr>
              <th scope="col">{t('users.importPage.line')}</th>
              <th scope="col">{t('users.column.username')}</th>
              <th scope="col">{t('users.importPage.problem')}</th>
            </tr>
          </thead>
          <tbody>
            {wrong.slice(0, all ? undefined : few).map(({ line, username, errors }) => (
              <tr key={line}>
                <td className="numbers" data-label={t('users.importPage.line')}>
                  {line}
                </td>
                <td data-label={t('users.column.username')}>
                  <bdi>{username}</bdi>
                </td>
                <td
                  data-label={t('users.importPage.problem')}
                  style={{ whiteSpace: 'normal', maxWidth: 'none', paddingBlock: 8 }}
                >
                  {errors.map(({ pointer, detail }) => `${pointer.slice(1).replace('_', ' ')} ${detail}`).join('; ')}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {!all && wrong.length > few && (
        <Button variant="default" mt="sm" onClick={() => setAll(true)}>
          {t('users.importPage.showAll', { count: wrong.length })}
        </Button>
      )}
    </section>
  )
}
