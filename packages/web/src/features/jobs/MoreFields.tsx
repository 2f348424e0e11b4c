import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Disclosure } from '../../ui/Disclosure.tsx'
import { Optional } from '../../ui/Optional.tsx'
import type { Variable } from './job-values.ts'
import type { JobForm } from './use-job-form.ts'

/** The container's image where the engine runs those, where it begins, and the variables that it finds. */
export function MoreFields({ form }: { form: JobForm }) {
  const { t } = useTranslation()
  const { values, errors, choices } = form
  const plain = { autoComplete: 'off', autoCapitalize: 'none', spellCheck: false } as const
  return (
    <Stack gap="md">
      {(choices?.needsImage || values.image !== '') && (
        <TextInput
          label={t('jobs.new.field.image')}
          description={t('jobs.new.help.image')}
          {...plain}
          {...form.text('image')}
        />
      )}
      <TextInput
        label={<Optional>{t('jobs.new.field.workingDirectory')}</Optional>}
        description={t('jobs.new.help.workingDirectory')}
        {...plain}
        {...form.text('workingDirectory')}
      />
      <Disclosure
        data-field="environment"
        open={errors.environment ? true : undefined}
        summary={
          <>
            <Optional>{t('jobs.new.field.environment')}</Optional>
            {values.environment.length > 0 && (
              <span className="dim"> · {t('jobs.new.variables', { count: values.environment.length })}</span>
            )}
          </>
        }
      >
        <Environment form={form} />
      </Disclosure>
    </Stack>
  )
}

function Environment({ form }: { form: JobForm }) {
  const { t } = useTranslation()
  const { values, errors } = form
  const { environment } = values
  const change = (key: number, part: Partial<Variable>) =>
    form.set(
      'environment',
      environment.map((one) => (one.key === key ? { ...one, ...part } : one)),
    )
  const wrong = Boolean(errors.environment)
  return (
    <Stack gap="xs" mt="xs">
      <Text size="xs" c="dimmed">
        {t('jobs.new.help.environment')}
      </Text>
      {environment.map(({ key, name, value }, index) => (
        <Group key={key} gap="xs" wrap="nowrap">
          <TextInput
            aria-label={t('jobs.new.variable', { n: index + 1 })}
            placeholder="OMP_NUM_THREADS"
            value={name}
            onChange={(event) => change(key, { name: event.currentTarget.value })}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            error={wrong && !/^[A-Za-z_]\w*$/.test(name.trim())}
            // One that was just added is where one types next.
            autoFocus={name === '' && index === environment.length - 1}
            flex={2}
            miw={0}
          />
          <TextInput
            aria-label={t('jobs.new.value', { n: index + 1 })}
            placeholder="8"
            value={value}
            onChange={(event) => change(key, { value: event.currentTarget.value })}
            autoComplete="off"
            spellCheck={false}
            flex={3}
            miw={0}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size={36}
            aria-label={t('jobs.new.removeVariable', { n: index + 1 })}
            onClick={() =>
              form.set(
                'environment',
                environment.filter((one) => one.key !== key),
              )
            }
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      {errors.environment && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert">
          {errors.environment}
        </Text>
      )}
      <Button
        variant="default"
        size="compact-sm"
        leftSection={<IconPlus size={14} aria-hidden />}
        style={{ alignSelf: 'flex-start' }}
        onClick={() =>
          form.set('environment', [
            ...environment,
            { key: Math.max(-1, ...environment.map(({ key }) => key)) + 1, name: '', value: '' },
          ])
        }
      >
        {t('jobs.new.addVariable')}
      </Button>
    </Stack>
  )
}
