import { Stack, Text } from '@mantine/core'
import { IconCheck, IconX } from '@tabler/icons-react'

type Props = {
  test: { ok: boolean; steps: { ok: boolean; text: string }[]; reason: string | null }
  /** `passed` and `failed` are read out before each step. */
  words: { title: string; steps: string; passed: string; failed: string }
  /** What else came of it; empty: nothing. */
  note: string
}

/** What came of asking something that is elsewhere, step by step. */
export function TestSteps({ test, words, note }: Props) {
  return (
    <Stack className="card" gap={4} p="sm">
      <Text size="sm" fw={600}>
        {words.title}
      </Text>
      <ol className="results" aria-label={words.steps}>
        {test.steps.map(({ ok, text }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the order is what tells the steps apart
          <li key={index}>
            {ok ? (
              <IconCheck size={16} color="var(--status-good)" aria-hidden />
            ) : (
              <IconX size={16} color="var(--status-bad)" aria-hidden />
            )}
            <span style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
              <span className="unseen">{ok ? words.passed : words.failed} </span>
              {text}
            </span>
          </li>
        ))}
      </ol>
      {test.reason && (
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {test.reason}
        </Text>
      )}
      {note !== '' && (
        <Text size="sm" c="dimmed">
          {note}
        </Text>
      )}
    </Stack>
  )
}
