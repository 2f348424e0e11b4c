import { Skeleton, Stack, Text, Title } from '@mantine/core'
import type { AuditEntry } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { formatInstant } from '../../app/format.ts'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { Drawer } from '../../ui/Dialog.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { labelOf } from './queries.ts'

type Props = { entry: AuditEntry | undefined; error: unknown; seq: number; onClose: () => void }

/** One entry with everything that was kept of it: what changed field by field, from where, and its place in the chain. */
export function EntryDrawer({ entry, error, seq, onClose }: Props) {
  const { t } = useTranslation()
  return (
    <Drawer opened onClose={onClose} position="right" size="lg" title={t('audit.entry.title', { seq })}>
      <ProblemAlert error={error} />
      {!entry && !error && <Skeleton h={240} />}
      {entry && <Entry entry={entry} />}
    </Drawer>
  )
}

function Entry({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation()
  const facts: [string, string | null][] = [
    [t('audit.entry.what'), `${labelOf(entry.action)} (${entry.action})`],
    [t('audit.entry.result'), t(entry.result === 'refused' ? 'audit.refused' : 'audit.success')],
    [t('audit.entry.who'), entry.actor.name],
    [t('audit.entry.target'), entry.target ? `${entry.target.name} (${entry.target.kind})` : null],
    [t('audit.entry.when'), formatInstant(entry.at)],
    [t('audit.entry.address'), entry.address],
    [t('audit.entry.browser'), entry.userAgent],
    [t('audit.entry.request'), entry.requestId],
  ]
  const { before, after, ...rest } = entry.details as { before?: object; after?: object }
  const [old, now] = [before ?? {}, after ?? {}] as [Record<string, unknown>, Record<string, unknown>]
  const fields = [...new Set([...Object.keys(old), ...Object.keys(now)])]
  return (
    <Stack>
      <dl className="card facts">
        {facts
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <div key={name} style={{ display: 'grid', gridTemplateColumns: '110px 1fr', gap: 8, padding: '8px 0' }}>
              <Text component="dt" size="sm" c="dimmed">
                {name}
              </Text>
              <Text component="dd" size="sm" m={0} style={{ overflowWrap: 'anywhere' }}>
                {value}
              </Text>
            </div>
          ))}
      </dl>
      {fields.length > 0 && (
        <section>
          <Title order={3} fz="sm" mb={6}>
            {t('audit.entry.changes')}
          </Title>
          <div className="card" style={{ overflowX: 'auto' }}>
            <table className="data-table wrapping" aria-label={t('audit.entry.changes')}>
              <thead>
                <tr>
                  <th scope="col">{t('audit.entry.field')}</th>
                  <th scope="col">{t('audit.entry.before')}</th>
                  <th scope="col">{t('audit.entry.after')}</th>
                </tr>
              </thead>
              <tbody>
                {fields.map((field) => (
                  <tr key={field}>
                    <td data-cell="username">{field}</td>
                    <td data-label={t('audit.entry.before')} style={{ whiteSpace: 'normal' }}>
                      {shown(old[field])}
                    </td>
                    <td data-label={t('audit.entry.after')} style={{ whiteSpace: 'normal' }}>
                      {shown(now[field])}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      )}
      {Object.keys(rest).length > 0 && (
        <section>
          <Title order={3} fz="sm" mb={6}>
            {t('audit.entry.more')}
          </Title>
          <pre className="card" style={{ margin: 0, padding: 12, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {JSON.stringify(rest, null, 2)}
          </pre>
        </section>
      )}
      <div>
        <Text size="xs" c="dimmed">
          {t('audit.entry.hash')}
        </Text>
        <Text size="xs" ff="monospace" style={{ overflowWrap: 'anywhere' }} mb={6}>
          {entry.hash}
        </Text>
        <CopyButton value={entry.hash} label={t('action.copy')} size="compact-xs" />
      </div>
    </Stack>
  )
}

const shown = (value: unknown): string =>
  value === undefined || value === null ? '–' : typeof value === 'string' ? value : JSON.stringify(value)
