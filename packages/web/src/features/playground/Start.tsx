import { Stack, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'

/** Before the first question: what to ask, for whoever does not know. */
export function Start({ names, onChoose }: { names: string[]; onChoose: (text: string) => void }) {
  const { t } = useTranslation()
  return (
    <Stack className="start" align="center" gap="xs" ta="center">
      <Title order={2}>{t('playground.start.title')}</Title>
      <Text size="sm" c="dimmed" maw={440}>
        {t('playground.start.text', { names: names.join(', ') })}
      </Text>
      <ul className="bare-list suggestions" aria-label={t('playground.start.label')}>
        {(['explain', 'write', 'compare'] as const).map((which) => {
          const words = t(`playground.start.suggestion.${which}`)
          return (
            <li key={which}>
              <button type="button" onClick={() => onChoose(words)}>
                {words}
              </button>
            </li>
          )
        })}
      </ul>
    </Stack>
  )
}
