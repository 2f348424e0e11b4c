import { Button, Stack } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { Engine } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiProblem, api } from '../../app/api.ts'
import { ConflictAlert } from '../../ui/ConflictAlert.tsx'
import { Modal } from '../../ui/Dialog.tsx'
import { useForm } from '../../ui/use-form.ts'
import { ConnectionFields, connectionOf } from './ConnectionFields.tsx'
import { EngineProblem } from './EngineProblem.tsx'
import { FormEnd } from './FormEnd.tsx'
import { placing } from './place-problem.ts'
import { refreshEngines } from './queries.ts'

const valuesOf = ({ name, address, ca }: Engine) => ({ name, address: address ?? '', ca: ca ?? '' })

/** Edit → Save: what an engine is called and how it is reached. */
export function EditEngineDialog({ engine, onClose }: { engine: Engine; onClose: () => void }) {
  const { t } = useTranslation()
  // As it was when the dialog opened: the page behind reads on.
  const [before, setBefore] = useState(engine)
  const form = useForm(valuesOf(engine))
  const stale = form.problem instanceof ApiProblem && form.problem.code === 'changed_meanwhile'
  const { id, kind } = engine

  const save = (ifMatch: number | '*') =>
    form.submit(
      placing(async () => {
        // What stays as it is is not held against the allow list again.
        const changed = Object.entries(connectionOf(form.values, kind)).filter(
          ([field, value]) => value !== before[field as 'name'],
        )
        const body = Object.fromEntries(changed)
        const { name } = await api('changeEngine', { params: { id }, body, ifMatch })
        notifications.show({ message: t('engines.done.edit', { name }), color: 'tide' })
        onClose()
        await refreshEngines()
      }),
    )
  const showTheirs = async () => {
    const theirs = await api('getEngine', { params: { id } })
    setBefore(theirs)
    form.setValues(valuesOf(theirs))
    form.fail(null)
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('engines.edit.title', { name: before.name })}
      size="lg"
      closeOnClickOutside={false}
    >
      <form
        ref={form.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void save(before.etagVersion)
        }}
      >
        <Stack gap="md">
          <ConnectionFields kind={kind} form={form} />
          <FormEnd
            news={form.problem}
            said={
              stale ? (
                <ConflictAlert
                  title={t('engines.edit.conflict', { name: before.name })}
                  onReload={() => void form.submit(showTheirs)}
                  onOverwrite={() => void save('*')}
                />
              ) : (
                <EngineProblem error={form.problem} />
              )
            }
          >
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" loading={form.busy}>
              {t('action.save')}
            </Button>
          </FormEnd>
        </Stack>
      </form>
    </Modal>
  )
}
