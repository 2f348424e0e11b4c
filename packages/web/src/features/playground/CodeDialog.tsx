import { Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Lane } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../app/session.ts'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { Modal } from '../../ui/Dialog.tsx'
import type { Message } from './chat-tree.ts'
import { type Kind, type Language, languages, snippet } from './snippets.ts'

const names: Record<Language, string> = { curl: 'curl', python: 'Python', typescript: 'TypeScript' }

/** A program that asks what was asked here, to be taken elsewhere. */
export function CodeDialog({ lane, messages, onClose }: { lane: Lane; messages: Message[]; onClose: () => void }) {
  const { t } = useTranslation()
  const { may } = useSession()
  const [language, setLanguage] = useState<Language>('curl')
  const [kind, setKind] = useState<Kind>('plain')
  const { system: _, ...parameters } = lane.parameters
  const code = snippet(language, kind, { origin: location.origin, model: lane.name, messages, parameters })
  return (
    <Modal opened onClose={onClose} title={t('playground.code.title', { name: lane.title })} size="xl">
      <Stack gap="sm">
        <Text size="sm">
          {t('playground.code.lead')}{' '}
          {may('model_key.create_own') && (
            <Link to="/models/keys" search={{ create: true }} className="text-link">
              {t('playground.code.key')}
            </Link>
          )}
        </Text>
        <Group gap="xs">
          <SegmentedControl
            size="xs"
            aria-label={t('playground.code.language')}
            data={languages.map((value) => ({ value, label: names[value] }))}
            value={language}
            onChange={(value) => setLanguage(value as Language)}
          />
          {language !== 'curl' && (
            <SegmentedControl
              size="xs"
              aria-label={t('playground.code.kind')}
              data={(['plain', 'package'] as const).map((value) => ({ value, label: t(`playground.code.${value}`) }))}
              value={kind}
              onChange={(value) => setKind(value as Kind)}
            />
          )}
          <CopyButton value={code} label={t('playground.code.copy')} size="compact-sm" ml="auto" />
        </Group>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keys as well */}
        <pre className="code-dialog" tabIndex={0}>
          <code>{code}</code>
        </pre>
      </Stack>
    </Modal>
  )
}
