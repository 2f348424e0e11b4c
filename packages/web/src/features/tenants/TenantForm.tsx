import { Button, Stack, Textarea, TextInput } from '@mantine/core'
import type { Tenant } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { Optional } from '../../ui/Optional.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { useForm } from '../../ui/use-form.ts'
import { slugOf } from './slug.ts'

export function TenantForm({ submit, onCreated }: { submit: string; onCreated: (tenant: Tenant) => void }) {
  const { t } = useTranslation()
  const form = useForm({ name: '', slug: '', description: '' })
  const [ownSlug, setOwnSlug] = useState(false)
  return (
    <form
      ref={form.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void form.submit(async () => onCreated(await api('createTenant', { body: form.values })))
      }}
    >
      <Stack gap="md">
        <ProblemAlert error={form.problem} />
        <TextInput
          label={t('tenants.name')}
          autoFocus
          {...form.text('name')}
          onChange={(event) => {
            const name = event.currentTarget.value
            form.set('name', name)
            if (!ownSlug) form.set('slug', slugOf(name))
          }}
        />
        <TextInput
          label={t('tenants.slug')}
          description={t('tenants.slugHelp')}
          autoCapitalize="none"
          spellCheck={false}
          {...form.text('slug')}
          onChange={(event) => {
            setOwnSlug(true)
            form.set('slug', event.currentTarget.value)
          }}
        />
        <Textarea
          label={<Optional>{t('tenants.description')}</Optional>}
          autosize
          minRows={2}
          {...form.text('description')}
        />
        <Button type="submit" loading={form.busy} fullWidth>
          {submit}
        </Button>
      </Stack>
    </form>
  )
}
