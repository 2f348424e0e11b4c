import { Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../app/format.ts'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { Drawer } from '../../ui/Dialog.tsx'
import type { Raw } from './answer-events.ts'

/** The height of a line of chunks, and how much is drawn beyond what is seen. Pixels. */
const line = 22
const beyond = 400

/** What was sent for an answer and what came, as it came. `raw` is null of answers that are older than the page. */
export function RawDrawer({ name, raw, onClose }: { name: string; raw: Raw | null; onClose: () => void }) {
  const { t } = useTranslation()
  const request = raw?.request ? JSON.stringify(raw.request.body, null, 2) : ''
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="min(720px, 100vw)"
      title={t('playground.raw.title', { name })}
      classNames={{ body: 'raw' }}
    >
      {raw ? (
        <Stack gap="md" miw={0}>
          <Text size="sm" c="dimmed">
            {t('playground.raw.note')}
          </Text>
          <div>
            <Group justify="space-between" mb={4}>
              <Title order={3} fz="sm">
                {t('playground.raw.request')}
                {raw.request?.path && <code className="raw-path"> POST {raw.request.path}</code>}
              </Title>
              <CopyButton value={request} label={t('playground.raw.copyRequest')} size="compact-xs" />
            </Group>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keys as well */}
            <pre className="raw-request" tabIndex={0}>
              {request}
            </pre>
          </div>
          <Text size="sm">
            <strong>{t('playground.raw.status')}</strong>{' '}
            <span className="numbers">{raw.status === null ? t('playground.raw.noStatus') : raw.status}</span>
          </Text>
          <Chunks chunks={raw.chunks} />
        </Stack>
      ) : (
        <Text size="sm">{t('playground.raw.old')}</Text>
      )}
    </Drawer>
  )
}

function Chunks({ chunks }: { chunks: Raw['chunks'] }) {
  const { t } = useTranslation()
  const [filter, setFilter] = useState('')
  const [top, setTop] = useState(0)
  const sought = filter.toLowerCase()
  const shown = sought === '' ? chunks : chunks.filter(({ data }) => data.toLowerCase().includes(sought))
  // There can be thousands: only those in sight are drawn.
  const from = Math.max(0, Math.floor((top - beyond) / line))
  const seen = shown.slice(from, from + Math.ceil((beyond * 3) / line))
  const word = (ms: number) => t('playground.raw.ms', { ms: formatNumber(Math.round(ms)) })
  return (
    <div>
      <Group justify="space-between" mb={6} gap="xs">
        <Title order={3} fz="sm" className="numbers">
          {sought === ''
            ? t('playground.raw.chunks', { count: chunks.length })
            : t('playground.raw.chunksOf', { shown: shown.length, count: chunks.length })}
        </Title>
        <Group gap="xs">
          <TextInput
            size="xs"
            aria-label={t('playground.raw.filter')}
            placeholder={t('playground.raw.filter')}
            value={filter}
            onChange={(event) => setFilter(event.currentTarget.value)}
          />
          <CopyButton
            value={() => shown.map(({ ms, data }) => `${Math.round(ms)} ms\t${data}`).join('\n')}
            label={t('playground.raw.copyChunks')}
            size="compact-xs"
          />
        </Group>
      </Group>
      {chunks.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('playground.raw.none')}
        </Text>
      ) : (
        <section
          className="raw-chunks"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keys as well
          tabIndex={0}
          aria-label={t('playground.raw.chunks', { count: shown.length })}
          onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
        >
          <ol style={{ height: shown.length * line }}>
            {seen.map(({ ms, data }, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
              <li key={from + n} style={{ top: (from + n) * line }}>
                <span className="raw-ms">{word(ms)}</span>
                <code>{data}</code>
              </li>
            ))}
          </ol>
        </section>
      )}
    </div>
  )
}
