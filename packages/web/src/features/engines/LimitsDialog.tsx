import { Group, Stack, Text } from '@mantine/core'
import type { Allocation } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { Modal } from '../../ui/Dialog.tsx'

type Props = { allocation: Allocation; commands: string; onClose: () => void }

/** Limits at the Engine: what an administrator of it runs to have the quota hold for whoever does not come through here. */
export function LimitsDialog({ allocation: { scope, tenant }, commands, onClose }: Props) {
  const { t } = useTranslation()
  const isSlurm = scope.kind === 'slurm'
  const several = (scope.kind === 'slurm' ? scope.accounts : 'namespaces' in scope ? scope.namespaces : null) ?? []
  return (
    <Modal opened onClose={onClose} size="lg" title={t('engines.limits.title', { tenant })}>
      <Stack gap="md">
        <Text size="sm">{t(isSlurm ? 'engines.limits.textSlurm' : 'engines.limits.textKubernetes')}</Text>
        {several.length > 1 && (
          <Text size="sm">
            {t(isSlurm ? 'engines.limits.accounts' : 'engines.limits.namespaces', { count: several.length })}
          </Text>
        )}
        <pre
          className="card"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          tabIndex={0}
          style={{
            margin: 0,
            padding: 12,
            maxHeight: 320,
            overflow: 'auto',
            whiteSpace: 'pre-wrap',
            overflowWrap: 'anywhere',
          }}
        >
          {commands}
        </pre>
        <Text size="sm" c="dimmed">
          {t(isSlurm ? 'engines.limits.hintSlurm' : 'engines.limits.hintKubernetes')}
        </Text>
        <Group justify="flex-end">
          <CopyButton value={commands} label={t('engines.limits.copy')} />
        </Group>
      </Stack>
    </Modal>
  )
}
