import './text-stream.css'
import { Button, Group, Switch, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CopyButton } from './CopyButton.tsx'
import { keepEnd, mostLines } from './text-stream.ts'

type State = { is: 'connecting' | 'open' | 'broken' | 'refused' | 'end' } | { is: 'waiting'; reason: string }

/** What a program writes, as it writes it: an EventSource with `output` {text}, `waiting` {reason} and `end`. */
export function TextStream({ url, name, file }: { url: string; name: string; file: string }) {
  const { t } = useTranslation()
  const { text, left, state } = useStream(url)
  const [follow, setFollow] = useState(true)
  const [wrap, setWrap] = useState(true)
  const box = useRef<HTMLPreElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: more text is the occasion
  useEffect(() => {
    if (follow && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [text, follow, wrap])
  const save = () => {
    const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
    Object.assign(document.createElement('a'), { href: address, download: file }).click()
    setTimeout(() => URL.revokeObjectURL(address), 10_000)
  }
  const words = {
    connecting: t('workspaces.stream.connecting'),
    broken: t('workspaces.stream.broken'),
    refused: t('workspaces.stream.refused'),
    end: text === '' ? t('workspaces.stream.empty') : t('workspaces.stream.end'),
    waiting: state.is === 'waiting' ? t('workspaces.stream.waiting', { reason: state.reason }) : '',
    open: text === '' ? t('workspaces.stream.empty') : '',
  }
  return (
    <section className="card text-stream" aria-label={name}>
      <Group justify="space-between" gap="xs" px="sm" py={8} className="text-stream-bar">
        <Group gap="md">
          <Switch
            size="xs"
            label={t('workspaces.stream.follow')}
            checked={follow}
            onChange={(event) => setFollow(event.currentTarget.checked)}
          />
          <Switch
            size="xs"
            label={t('workspaces.stream.wrap')}
            checked={wrap}
            onChange={(event) => setWrap(event.currentTarget.checked)}
          />
        </Group>
        <Group gap={6}>
          <CopyButton value={text} label={t('workspaces.stream.copy')} size="compact-sm" />
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconDownload size={14} aria-hidden />}
            onClick={save}
          >
            {t('workspaces.stream.download')}
          </Button>
        </Group>
      </Group>
      {left > 0 && (
        <Text size="xs" c="dimmed" px="sm" py={4}>
          {t('workspaces.stream.cut', { count: mostLines })}
        </Text>
      )}
      <pre
        ref={box}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keys as well
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={name}
        data-wrap={wrap}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
          // Whoever scrolls up reads; whoever comes back to the end follows again.
          setFollow(scrollHeight - scrollTop - clientHeight < 24)
        }
      >
        {text}
      </pre>
      <Text size="xs" c="dimmed" px="sm" py={6} role="status" mih={30}>
        {words[state.is]}
      </Text>
    </section>
  )
}

/** The last lines that came, how many were left out before them, and whether more will come. */
function useStream(url: string) {
  const [shown, setShown] = useState({ text: '', left: 0 })
  const [state, setState] = useState<State>({ is: 'connecting' })
  useEffect(() => {
    setShown({ text: '', left: 0 })
    setState({ is: 'connecting' })
    const source = new EventSource(url)
    let coming = ''
    let later = 0
    // A program can write faster than a page is drawn.
    const draw = () => {
      later = 0
      const more = coming
      coming = ''
      setShown((before) => keepEnd(before.text + more, before.left))
    }
    source.addEventListener('open', () => {
      // What is sent after a break begins anew.
      coming = ''
      setShown({ text: '', left: 0 })
      setState({ is: 'open' })
    })
    source.addEventListener('output', ({ data }) => {
      coming += (JSON.parse(data) as { text: string }).text
      setState((before) => (before.is === 'open' ? before : { is: 'open' }))
      later ||= requestAnimationFrame(draw)
    })
    source.addEventListener('waiting', ({ data }) => {
      setState({ is: 'waiting', reason: (JSON.parse(data) as { reason: string }).reason })
    })
    source.addEventListener('end', () => {
      source.close()
      setState({ is: 'end' })
    })
    source.addEventListener('error', () => {
      setState({ is: source.readyState === EventSource.CLOSED ? 'refused' : 'broken' })
    })
    return () => {
      source.close()
      cancelAnimationFrame(later)
    }
  }, [url])
  return { ...shown, state }
}
