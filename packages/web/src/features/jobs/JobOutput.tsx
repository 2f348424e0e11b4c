import { Button, Group, SegmentedControl, Switch } from '@mantine/core'
import { IconArrowDown, IconDownload, IconFileOff, IconListNumbers } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import type { JobDetail } from '@tenantry/contract'
import { memo, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { isArray } from './job-search.ts'
import { OutputExtent, OutputSign } from './OutputExtent.tsx'
import { OutputFind } from './OutputFind.tsx'
import { useOutput } from './use-output.ts'

type Stream = 'stdout' | 'stderr'

/** What a job writes, as it writes it. */
export function JobOutput({ job, stream }: { job: JobDetail; stream: Stream }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const to = (search: object) => void navigate({ to: '/jobs/$id', params: { id: job.id }, search, replace: true })
  if (isArray(job))
    return (
      <div className="card">
        <EmptyState
          icon={<IconListNumbers size={22} />}
          title={t('jobs.output.array')}
          text={t('jobs.output.arrayText')}
        >
          <Button variant="default" onClick={() => to({ tab: 'tasks' })}>
            {t('jobs.output.toTasks')}
          </Button>
        </EmptyState>
      </div>
    )
  if (!job.can.output)
    return (
      <div className="card">
        <EmptyState icon={<IconFileOff size={22} />} title={t('jobs.output.none')} text={t('jobs.output.noneText')} />
      </div>
    )
  const both = job.standardError === null || job.standardError === job.standardOutput
  return (
    // Another stream is another text: nothing of the one before is kept.
    <Viewer
      key={`${job.id} ${stream}`}
      job={job}
      stream={stream}
      onStream={
        both && stream === 'stdout' ? null : (next) => to({ tab: 'output', ...(next === 'stderr' && { stream: next }) })
      }
    />
  )
}

type ViewerProps = { job: JobDetail; stream: Stream; onStream: ((stream: Stream) => void) | null }

function Viewer({ job, stream, onStream }: ViewerProps) {
  const { t } = useTranslation()
  const output = useOutput(job.id, stream)
  const { buffer, version, state } = output
  const [wrap, setWrap] = useState(true)
  const [follow, setFollow] = useState(true)
  const box = useRef<HTMLElement>(null)

  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever is drawn anew
  useLayoutEffect(() => {
    if (follow && output.from === 'tail' && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [version, wrap, follow])
  const heed = () => {
    const { scrollTop = 0, scrollHeight = 0, clientHeight = 0 } = box.current ?? {}
    setFollow(scrollHeight - scrollTop - clientHeight < 24)
  }
  const jump = () => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight
    setFollow(true)
    box.current?.focus()
  }
  const nothing = buffer.length === 0 && buffer.open === ''
  return (
    <div>
      <Group gap="xs" mb="xs" align="center">
        {onStream && (
          <SegmentedControl
            aria-label={t('jobs.output.stream')}
            data={(['stdout', 'stderr'] as const).map((value) => ({ value, label: t(`jobs.output.${value}`) }))}
            value={stream}
            onChange={(value) => onStream(value as Stream)}
          />
        )}
        <OutputSign state={state} />
        <div className="output-tools">
          <OutputFind within={box} version={version} />
          <Switch
            label={t('jobs.output.wrap')}
            checked={wrap}
            onChange={(event) => setWrap(event.currentTarget.checked)}
          />
          <CopyButton value={() => buffer.text()} label={t('jobs.output.copy')} disabled={nothing} />
          <Button
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
            disabled={nothing}
            onClick={() => download(buffer.text(), `${job.name}-${job.nativeId}.${stream}.txt`)}
          >
            {t('jobs.output.download')}
          </Button>
        </div>
      </Group>
      {state.is === 'refused' && (
        <div style={{ marginBottom: 12 }}>
          <ProblemAlert error={state.problem}>
            <Button variant="default" size="compact-sm" mt="xs" onClick={output.retry}>
              {t('action.retry')}
            </Button>
          </ProblemAlert>
        </div>
      )}
      {!nothing && <OutputExtent {...output} />}
      <div className="output-frame">
        <section
          ref={box}
          className="output-text"
          data-wrap={wrap || undefined}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          tabIndex={0}
          aria-label={t('jobs.output.region', { name: job.name })}
          onScroll={heed}
        >
          {nothing ? (
            <span className="dim">
              {state.is === 'waiting'
                ? state.reason
                : state.is === 'ended'
                  ? t('jobs.output.nothingEnd')
                  : state.is === 'live'
                    ? t('jobs.output.nothing')
                    : state.is === 'refused'
                      ? ''
                      : t('jobs.output.opening')}
            </span>
          ) : (
            <>
              {buffer.chunks.map(({ id, text }) => (
                <Piece key={id} text={text} />
              ))}
              <Piece text={buffer.open} />
            </>
          )}
        </section>
        {!follow && !nothing && (
          <Button
            className="output-jump"
            size="compact-sm"
            leftSection={<IconArrowDown size={14} aria-hidden />}
            onClick={jump}
          >
            {t('jobs.output.jump')}
          </Button>
        )}
      </div>
    </div>
  )
}

/** Drawn once: what was written does not change any more. Text, and never markup. */
const Piece = memo(({ text }: { text: string }) => (text === '' ? null : <span className="output-piece">{text}</span>))

function download(text: string, name: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  Object.assign(document.createElement('a'), { href: address, download: name.replace(/[/\\]/g, '_') }).click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
