import { PasswordInput, Select, SimpleGrid, Text, TextInput } from '@mantine/core'
import type { EngineKind } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { Optional } from '../../ui/Optional.tsx'
import type { useForm } from '../../ui/use-form.ts'
import { type CredentialType, type CredentialValues, credentialTypes } from './credentials.ts'

type Form = Pick<ReturnType<typeof useForm<CredentialValues>>, 'values' | 'text' | 'set'>

/** What an engine of a kind is signed in to with. */
export function CredentialFields({ kind, form }: { kind: EngineKind; form: Form }) {
  const { t } = useTranslation()
  const types: readonly CredentialType[] = credentialTypes[kind]
  const { type } = form.values
  const plain = { autoComplete: 'off', autoCapitalize: 'none', spellCheck: false } as const
  const secret = (name: 'token' | 'keyBase64' | 'password') => (
    <PasswordInput
      label={t(`engines.field.${name}`)}
      description={t(`engines.help.${type}`)}
      {...plain}
      {...form.text(name)}
    />
  )
  return (
    <>
      {types.length > 1 && (
        <Select
          label={t('engines.field.signIn')}
          data={types.map((value) => ({ value, label: t(`engines.credential.${value}`) }))}
          value={type}
          onChange={(value) => value && form.set('type', value as CredentialType)}
          allowDeselect={false}
          checkIconPosition="right"
        />
      )}
      {type === 'keystone' && (
        <TextInput
          label={t('engines.field.authUrl')}
          type="url"
          placeholder="https://keystone.example.org:5000/v3"
          {...plain}
          {...form.text('authUrl')}
        />
      )}
      {type === 'keystone' ? (
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <TextInput label={t('engines.field.user')} {...plain} {...form.text('user')} />
          <TextInput label={t('engines.field.userDomain')} {...plain} {...form.text('userDomain')} />
        </SimpleGrid>
      ) : (
        type.startsWith('slurm') && <TextInput label={t('engines.field.user')} {...plain} {...form.text('user')} />
      )}
      {type === 'slurm_broker' && <BrokerFields form={form} />}
      {(type === 'slurm_token' || type === 'bearer') && secret('token')}
      {type === 'slurm_key' && secret('keyBase64')}
      {type === 'keystone' && secret('password')}
      {type === 'keystone' && (
        <TextInput label={<Optional>{t('engines.field.project')}</Optional>} {...plain} {...form.text('project')} />
      )}
      {type === 'none' && types.length > 1 && (
        <Text size="sm" c="dimmed">
          {t('engines.help.none')}
        </Text>
      )}
    </>
  )
}

/** A token broker beside a Slurm, and the agent that reads what jobs write, which there need not be. */
function BrokerFields({ form }: { form: Form }) {
  const { t } = useTranslation()
  const plain = { autoComplete: 'off', autoCapitalize: 'none', spellCheck: false } as const
  return (
    <>
      <TextInput
        label={t('engines.field.brokerUrl')}
        description={t('engines.help.slurm_broker')}
        type="url"
        placeholder="https://slurm.example.org:7443"
        {...plain}
        {...form.text('brokerUrl')}
      />
      <PasswordInput
        label={t('engines.field.brokerSecret')}
        description={t('engines.help.brokerSecret')}
        {...plain}
        {...form.text('brokerSecret')}
      />
      <TextInput
        label={<Optional>{t('engines.field.logAgentUrl')}</Optional>}
        description={t('engines.help.logAgent')}
        type="url"
        placeholder="https://slurm.example.org:7444"
        {...plain}
        {...form.text('logAgentUrl')}
      />
      <PasswordInput
        label={<Optional>{t('engines.field.logAgentSecret')}</Optional>}
        description={t('engines.help.logAgentSecret')}
        {...plain}
        {...form.text('logAgentSecret')}
      />
    </>
  )
}
