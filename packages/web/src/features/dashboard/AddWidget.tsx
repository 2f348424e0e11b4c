import { TextInput } from '@mantine/core'
import { IconPlus, IconSearch } from '@tabler/icons-react'
import type { WidgetType } from '@tenantry/contract'
import { widgets } from '@tenantry/contract/widgets'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Modal } from '../../ui/Dialog.tsx'
import { shownAs } from './widgets/index.ts'

type Props = { unseen: string[]; others: string[]; onAdd: (type: string) => void; onClose: () => void }

/** What can be added, what is new first. */
export function AddWidget({ unseen, others, onAdd, onClose }: Props) {
  const { t } = useTranslation()
  const [q, setQ] = useState('')
  const words = q.toLocaleLowerCase().split(/\s+/)
  const matches = (type: WidgetType) => {
    const text = `${t(`dashboard.widget.${type}`)} ${t(`dashboard.what.${type}`)}`.toLocaleLowerCase()
    return words.every((word) => text.includes(word))
  }
  const all = [...unseen, ...others] as WidgetType[]
  const found = all.filter(matches)
  return (
    <Modal opened onClose={onClose} title={t('dashboard.palette.title')}>
      {all.length === 0 ? (
        <p className="dim">{t('dashboard.palette.all')}</p>
      ) : (
        <>
          <TextInput
            data-autofocus
            aria-label={t('dashboard.palette.search')}
            placeholder={t('dashboard.palette.search')}
            leftSection={<IconSearch size={16} aria-hidden />}
            value={q}
            onChange={(event) => setQ(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && found[0]) onAdd(found[0])
            }}
            mb="sm"
          />
          <ul className="bare-list palette-list" aria-label={t('dashboard.palette.title')}>
            {found.map((type) => {
              const { icon: Icon } = shownAs[type]
              const { size, most } = widgets[type]
              const name = t(`dashboard.widget.${type}`)
              return (
                <li key={type}>
                  <button
                    type="button"
                    aria-label={t('dashboard.palette.add', { name })}
                    aria-describedby={`about-${type}`}
                    onClick={() => onAdd(type)}
                  >
                    <Icon size={20} stroke={1.6} aria-hidden />
                    <span>
                      <b>{name}</b>
                      {unseen.includes(type) && <span className="slice">{t('dashboard.palette.fresh')}</span>}
                      <span className="dim" id={`about-${type}`}>
                        {t(`dashboard.what.${type}`)} ·{' '}
                        {t('dashboard.palette.size', { ...size, mostW: most.w, mostH: most.h })}
                      </span>
                    </span>
                    <IconPlus size={16} aria-hidden />
                  </button>
                </li>
              )
            })}
          </ul>
          <p className="dim" role="status">
            {found.length === 0 && t('dashboard.palette.nothing')}
          </p>
        </>
      )}
    </Modal>
  )
}
