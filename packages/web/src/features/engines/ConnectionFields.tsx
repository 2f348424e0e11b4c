import { Textarea, TextInput } from '@mantine/core'
import type { EngineKind } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { Optional } from '../../ui/Optional.tsx'
import type { useForm } from '../../ui/use-form.ts'

export type Connection = { name: string; address: string; ca: string }
type Form = Pick<ReturnType<typeof useForm<Connection>>, 'text'>

const examples: Partial<Record<EngineKind, string>> = {
  slurm: 'https://slurm.example.org:6820',
  nova: 'https://nova.example.org:8774',
  ironic: 'https://ironic.example.org:6385',
}

/** What an engine is called and how it is reached. */
export function ConnectionFields({ kind, form }: { kind: EngineKind; form: Form }) {
  const { t } = useTranslation()
  return (
    <>
      <TextInput
        label={t('engines.field.name')}
        description={t('engines.field.nameHelp')}
        autoComplete="off"
        {...form.text('name')}
      />
      {kind !== 'this_machine' && (
        <>
          <TextInput
            label={t('engines.field.address')}
            type="url"
            placeholder={examples[kind] ?? 'https://k8s.example.org:6443'}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            {...form.text('address')}
          />
          <Textarea
            label={<Optional>{t('engines.field.ca')}</Optional>}
            description={t('engines.field.caHelp')}
            placeholder="-----BEGIN CERTIFICATE-----"
            autosize
            minRows={2}
            maxRows={6}
            autoComplete="off"
            spellCheck={false}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            {...form.text('ca')}
          />
        </>
      )}
    </>
  )
}

/** As the server takes it: empty is none. */
export const connectionOf = ({ name, address, ca }: Connection, kind: EngineKind) =>
  kind === 'this_machine'
    ? { name: name.trim(), address: null, ca: null }
    : { name: name.trim(), address: address.trim(), ca: ca.trim() || null }
