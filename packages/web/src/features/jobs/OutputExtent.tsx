import { Button, Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { formatBytes } from '../../app/format.ts'
import type { OutputBuffer } from './output-buffer.ts'
import type { OutputState } from './use-output.ts'

type ExtentProps = {
  buffer: OutputBuffer
  state: OutputState
  begin: (from: 'tail' | 'start') => void
  more: () => void
}

/** How much of it is here, and what to do about the rest. */
export function OutputExtent({ buffer, state, begin, more }: ExtentProps) {
  const { t } = useTranslation()
  const { start, next, size } = buffer
  const from = start ?? 0
  const figures = { shown: formatBytes(next - from), size: formatBytes(size) }
  const words =
    from > 0
      ? next < size
        ? 'jobs.output.partMiddle'
        : 'jobs.output.part'
      : next < size
        ? 'jobs.output.partHead'
        : null
  return (
    <Group gap="xs" mb={6} mih={26}>
      <Text size="xs" c="dimmed" className="numbers">
        {words ? t(words, figures) : t('jobs.output.whole', figures)}
      </Text>
      {from > 0 && (
        <Button variant="default" size="compact-xs" onClick={() => begin('start')}>
          {t('jobs.output.load')}
        </Button>
      )}
      {state.is === 'full' && (
        <>
          <Button variant="default" size="compact-xs" onClick={more}>
            {t('jobs.output.more')}
          </Button>
          <Button variant="default" size="compact-xs" onClick={() => begin('tail')}>
            {t('jobs.output.toTail')}
          </Button>
        </>
      )}
    </Group>
  )
}

const signs = {
  opening: ['idle', 'ring'],
  live: ['good', 'dot'],
  ended: ['idle', 'square'],
  waiting: ['info', 'ring'],
  again: ['warn', 'ring'],
  full: ['idle', 'ring'],
} as const

/** How it is followed just now. */
export function OutputSign({ state }: { state: OutputState }) {
  const { t } = useTranslation()
  const [color, shape] = state.is === 'refused' ? [] : signs[state.is]
  return (
    <span role="status" style={{ fontSize: 'var(--mantine-font-size-xs)' }}>
      {color && (
        <span className="status" data-shape={shape} style={{ color: `var(--status-${color})` }}>
          <span>{t(`jobs.output.${state.is as keyof typeof signs}`)}</span>
        </span>
      )}
    </span>
  )
}
