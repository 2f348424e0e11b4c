import { ActionIcon, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconChevronDown, IconChevronUp, IconSearch } from '@tabler/icons-react'
import { type RefObject, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../app/format.ts'
import { mostFound, useFind } from './use-find.ts'

/** Searches in what is shown: Enter and Shift+Enter go from one match to the next. */
export function OutputFind({ within, version }: { within: RefObject<HTMLElement | null>; version: number }) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const [sought] = useDebouncedValue(typed, 150)
  const { count, at, step } = useFind(within, sought, version)
  const words =
    sought.trim() === ''
      ? ''
      : count === 0
        ? t('jobs.output.noMatches')
        : t(count === mostFound ? 'jobs.output.matchesMore' : 'jobs.output.matches', {
            at: formatNumber(at + 1),
            n: formatNumber(count),
          })
  return (
    <div className="output-find">
      <TextInput
        aria-label={t('jobs.output.search')}
        placeholder={t('jobs.output.search')}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') step(event.shiftKey ? -1 : 1)
          else if (event.key === 'Escape') setTyped('')
          else return
          event.preventDefault()
        }}
        w={210}
      />
      <span role="status" className="dim numbers">
        {words}
      </span>
      {count > 0 && (
        <>
          <ActionIcon variant="subtle" color="gray" aria-label={t('jobs.output.previous')} onClick={() => step(-1)}>
            <IconChevronUp size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon variant="subtle" color="gray" aria-label={t('jobs.output.next')} onClick={() => step(1)}>
            <IconChevronDown size={16} aria-hidden />
          </ActionIcon>
        </>
      )}
    </div>
  )
}
