import { Button, Select, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { EngineKind, EngineTest } from '@tenantry/contract'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { Modal } from '../../ui/Dialog.tsx'
import { useForm } from '../../ui/use-form.ts'
import { ConnectionFields, connectionOf } from './ConnectionFields.tsx'
import { CredentialFields } from './CredentialFields.tsx'
import { credentialOf, credentialTypes, kinds, noCredential } from './credentials.ts'
import { EngineProblem } from './EngineProblem.tsx'
import { EngineTestSteps } from './EngineTestSteps.tsx'
import { FormEnd } from './FormEnd.tsx'
import { placing } from './place-problem.ts'
import { refreshEngines } from './queries.ts'

/** Connect Engine: the kind first, then what it takes; it may be tried before it is kept. */
export function ConnectDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const [kind, setKind] = useState<EngineKind | null>(null)
  const [test, setTest] = useState<EngineTest | null>(null)
  const [testing, setTesting] = useState(false)
  const form = useForm({ name: '', address: '', ca: '', ...noCredential })
  const { values } = form
  // What was tried is not what stands there any more.
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever is typed
  useEffect(() => setTest(null), [values, kind])

  const choose = (next: EngineKind) => {
    setKind(next)
    form.set('type', credentialTypes[next][0])
    if (next === 'this_machine' && values.name === '') form.set('name', t('engines.kind.this_machine'))
  }
  const body = (kind: EngineKind) => ({ kind, ...connectionOf(values, kind), credential: credentialOf(values) })
  const tryIt = async (kind: EngineKind) => {
    setTest(null)
    setTesting(true)
    // Asking takes no name.
    const asked = { ...body(kind), name: values.name.trim() || kind }
    await form.submit(placing(async () => setTest(await api('testNewEngine', { body: asked }))))
    setTesting(false)
  }
  const connect = (kind: EngineKind) =>
    form.submit(
      placing(async () => {
        setTest(null)
        const { name } = await api('connectEngine', { body: body(kind) })
        notifications.show({ message: t('engines.done.connect', { name }), color: 'tide' })
        onClose()
        await refreshEngines()
      }),
    )
  return (
    <Modal opened onClose={onClose} title={t('engines.connect')} size="lg" closeOnClickOutside={false}>
      <form
        ref={form.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (kind) void connect(kind)
        }}
      >
        <Stack gap="md">
          <Select
            label={t('engines.field.kind')}
            placeholder={t('engines.field.kindHelp')}
            description={kind && t(`engines.about.${kind}`)}
            data={kinds.map((value) => ({ value, label: t(`engines.kind.${value}`) }))}
            value={kind}
            onChange={(value) => value && choose(value as EngineKind)}
            allowDeselect={false}
            checkIconPosition="right"
            maxDropdownHeight={420}
            renderOption={({ option }) => (
              <div>
                {option.label}
                <Text size="xs" c="dimmed">
                  {t(`engines.about.${option.value as EngineKind}`)}
                </Text>
              </div>
            )}
            data-autofocus
          />
          {kind && (
            <>
              <ConnectionFields kind={kind} form={form} />
              <CredentialFields kind={kind} form={form} />
            </>
          )}
          <FormEnd
            news={test ?? form.problem ?? testing}
            said={
              <>
                <EngineProblem error={form.problem} />
                <div role="status">
                  {testing && <Text size="sm">{t('engines.test.asking')}</Text>}
                  {test && <EngineTestSteps test={test} />}
                </div>
              </>
            }
          >
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button
              variant="default"
              disabled={!kind || (form.busy && !testing)}
              loading={testing}
              onClick={() => kind && void tryIt(kind)}
            >
              {t('engines.do.test')}
            </Button>
            <Button type="submit" disabled={!kind || testing} loading={form.busy && !testing}>
              {t('engines.connectIt')}
            </Button>
          </FormEnd>
        </Stack>
      </form>
    </Modal>
  )
}
