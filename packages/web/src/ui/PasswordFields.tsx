import { Button, Group, PasswordInput, Progress, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconSparkles } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CopyButton } from './CopyButton.tsx'
import { generatePassword, strengthOf } from './password-strength.ts'

export type Passwords = { password: string; confirmPassword: string }
type Props = {
  value: Passwords
  onChange: (value: Passwords) => void
  minLength: number
  labels: { password: string; confirmPassword: string }
  errors: { password?: string | undefined; confirmPassword?: string | undefined }
  /** For somebody else: one may be generated. */
  canGenerate?: boolean
}

/** A new password and its repetition, with how good it is as it is typed. */
export function PasswordFields({ value, onChange, minLength, labels, errors, canGenerate = false }: Props) {
  const { t } = useTranslation()
  const [visible, { toggle, open }] = useDisclosure(false)
  const [generated, setGenerated] = useState('')
  const strength = strengthOf(value.password, minLength)
  const common = {
    visible,
    onVisibilityChange: toggle,
    autoComplete: 'new-password',
    visibilityToggleButtonProps: { 'aria-label': t('field.showPassword'), tabIndex: 0, 'aria-pressed': visible },
    maxLength: 512,
  }
  const words =
    strength.missing > 0
      ? t('password.short', { count: strength.missing })
      : t('password.strength', { word: t(`password.${strength.word}`) })
  return (
    <Stack gap="sm">
      <div>
        <PasswordInput
          {...common}
          name="newPassword"
          label={labels.password}
          description={t('password.rule', { count: minLength })}
          value={value.password}
          onChange={(event) => onChange({ ...value, password: event.currentTarget.value })}
          error={errors.password}
        />
        {value.password !== '' && (
          <div>
            <Progress
              value={strength.share * 100}
              size={4}
              mt={8}
              color={strength.color}
              aria-hidden
              transitionDuration={120}
            />
            <Text size="xs" c="dimmed" mt={4} aria-live="polite">
              {words}
            </Text>
          </div>
        )}
      </div>
      <PasswordInput
        {...common}
        name="confirmPassword"
        label={labels.confirmPassword}
        value={value.confirmPassword}
        onChange={(event) => onChange({ ...value, confirmPassword: event.currentTarget.value })}
        error={errors.confirmPassword}
      />
      {canGenerate && (
        <Group gap="xs">
          <Button
            variant="default"
            leftSection={<IconSparkles size={16} aria-hidden />}
            onClick={() => {
              const password = generatePassword()
              onChange({ password, confirmPassword: password })
              setGenerated(password)
              open()
            }}
          >
            {t('password.generate')}
          </Button>
          {generated !== '' && generated === value.password && (
            <CopyButton value={generated} label={t('password.copy')} />
          )}
        </Group>
      )}
    </Stack>
  )
}
