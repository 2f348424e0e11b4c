import { ActionIcon, Menu } from '@mantine/core'
import {
  IconArrowDown,
  IconArrowLeft,
  IconArrowRight,
  IconArrowsMove,
  IconArrowUp,
  IconGripVertical,
  IconTrash,
  IconViewportNarrow,
  IconViewportShort,
  IconViewportTall,
  IconViewportWide,
} from '@tabler/icons-react'
import type { WidgetType } from '@tenantry/contract'
import type { Direction } from '@tenantry/contract/layout'
import type { ButtonHTMLAttributes, PointerEvent } from 'react'
import { useTranslation } from 'react-i18next'

type Props = {
  type: WidgetType
  grabbed: boolean
  handle: ButtonHTMLAttributes<HTMLButtonElement>
  onCorner: (event: PointerEvent<HTMLElement>) => void
  onStep: (direction: Direction) => void
  onSize: (w: number, h: number) => void
  onRemove: () => void
}

const moves = { left: IconArrowLeft, right: IconArrowRight, up: IconArrowUp, down: IconArrowDown } as const
const sizes = {
  wider: [IconViewportWide, 1, 0],
  narrower: [IconViewportNarrow, -1, 0],
  taller: [IconViewportTall, 0, 1],
  shorter: [IconViewportShort, 0, -1],
} as const

/** What a widget is moved, resized and removed with: a handle, a corner, and a menu for those who cannot drag. */
export function FrameTools({ type, grabbed, handle, onCorner, onStep, onSize, onRemove }: Props) {
  const { t } = useTranslation()
  const name = t(`dashboard.widget.${type}`)
  const quiet = { variant: 'subtle', color: 'gray', size: 28 } as const
  return (
    <div className="frame-tools">
      <Menu position="bottom-end" width={180} closeOnItemClick={false} hideDetached={false}>
        <Menu.Target>
          <ActionIcon {...quiet} aria-label={t('dashboard.edit.menu', { name })}>
            <IconArrowsMove size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {Object.entries(moves).map(([direction, Icon]) => (
            <Menu.Item
              key={direction}
              leftSection={<Icon size={16} aria-hidden />}
              onClick={() => onStep(direction as Direction)}
            >
              {t(`dashboard.edit.${direction as Direction}`)}
            </Menu.Item>
          ))}
          <Menu.Divider />
          {Object.entries(sizes).map(([size, [Icon, w, h]]) => (
            <Menu.Item key={size} leftSection={<Icon size={16} aria-hidden />} onClick={() => onSize(w, h)}>
              {t(`dashboard.edit.${size as keyof typeof sizes}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <ActionIcon {...quiet} aria-label={t('dashboard.edit.remove', { name })} onClick={onRemove}>
        <IconTrash size={16} aria-hidden />
      </ActionIcon>
      <ActionIcon
        {...quiet}
        {...handle}
        id={`handle-${type}`}
        className="drag-handle"
        aria-label={t('dashboard.edit.handle', { name })}
        aria-describedby="handle-help"
        aria-pressed={grabbed}
      >
        <IconGripVertical size={16} aria-hidden />
      </ActionIcon>
      {/* By keyboard the handle resizes as well: one stop less for each widget. */}
      <button
        type="button"
        tabIndex={-1}
        aria-hidden="true"
        className="resize-corner"
        title={t('dashboard.edit.corner', { name })}
        onPointerDown={onCorner}
      />
    </div>
  )
}
