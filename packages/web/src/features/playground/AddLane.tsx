import { Button, Menu, Text } from '@mantine/core'
import { IconColumns2 } from '@tabler/icons-react'
import type { Model } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'

type Props = { models: Model[]; disabled: boolean; onAdd: (model: Model) => void }

/** Another model that is asked the same, beside those that are; the same one with other parameters, too. */
export function AddLane({ models, disabled, onAdd }: Props) {
  const { t } = useTranslation()
  return (
    <Menu position="bottom-end" width={260} withinPortal>
      <Menu.Target>
        <Button
          variant="default"
          size="compact-md"
          className="lane-add"
          title={t('playground.lane.addHelp')}
          disabled={disabled}
          leftSection={<IconColumns2 size={16} aria-hidden />}
        >
          <span className="lane-add-word">{t('playground.lane.add')}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
        {models.map((model) => (
          <Menu.Item key={model.id} onClick={() => onAdd(model)}>
            <span className="model-option">
              <span>{model.title}</span>
              {model.health.status !== 'ok' && (
                <Text span size="xs" c="dimmed">
                  {t(`playground.health.${model.health.status}`)}
                </Text>
              )}
            </span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
