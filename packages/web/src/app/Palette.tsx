import { createSpotlight, Spotlight } from '@mantine/spotlight'
import '@mantine/spotlight/styles.css'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { UserDialogs } from '../features/users/UserDialogs.tsx'
import { usePalettePeople } from '../features/users/use-palette-people.ts'
import { useEntries } from './palette-entries.ts'
import { usePaletteThings } from './use-palette-things.ts'

const [store, spotlight] = createSpotlight()

type Props = { opened: boolean; onClose: () => void; onHelp: () => void }

/** Search and commands: every page, every action, and by name users, with what may be done with them, jobs, workspaces and models. */
export function Palette({ opened, onClose, onHelp }: Props) {
  const { t } = useTranslation()
  const [query, setQuery] = useState('')
  const fixed = useEntries(onHelp)
  const people = usePalettePeople(opened, query)
  const things = usePaletteThings(opened, query)
  useEffect(() => {
    if (opened) spotlight.open()
  }, [opened])

  const words = query.trim().toLowerCase()
  const entries = [
    ...people.here,
    ...fixed.filter(({ label }) => label.toLowerCase().includes(words)),
    ...people.found,
    ...things,
  ]
  const found = entries.length
  // The kit chooses the first when one types; what was found comes later, and Enter goes there too.
  useEffect(() => {
    const list = document.getElementById(store.getState().listId)
    if (words === '' || found === 0 || !list || list.querySelector('[data-selected]')) return
    list.querySelector('[data-action]')?.setAttribute('data-selected', 'true')
    store.setState({ ...store.getState(), selected: 0 })
  }, [words, found])
  const groups = [...new Set(entries.map(({ group }) => group))]

  return (
    <>
      <Spotlight.Root
        store={store}
        attributes={{ content: { 'aria-label': t('nav.palette') } }}
        query={query}
        onQueryChange={setQuery}
        onSpotlightClose={onClose}
        shortcut={null}
        scrollable
        maxHeight={420}
        clearQueryOnClose
        overlayProps={{ blur: 0 }}
      >
        <Spotlight.Search
          placeholder={t('palette.placeholder')}
          aria-label={t('nav.palette')}
          leftSection={<IconSearch size={18} aria-hidden />}
        />
        <Spotlight.ActionsList>
          {groups.map((group) => (
            <Spotlight.ActionsGroup key={group} label={group}>
              {entries
                .filter((entry) => entry.group === group)
                .map(({ id, label, description, icon: Icon, run }) => (
                  <Spotlight.Action
                    key={id}
                    label={label}
                    description={description}
                    leftSection={<Icon size={18} stroke={1.6} aria-hidden />}
                    onClick={() => void run()}
                  />
                ))}
            </Spotlight.ActionsGroup>
          ))}
          {entries.length === 0 && <Spotlight.Empty>{t('palette.nothing')}</Spotlight.Empty>}
        </Spotlight.ActionsList>
      </Spotlight.Root>
      <UserDialogs {...people.dialogs} />
    </>
  )
}
