import { Button, Stack } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { Allocation, Engine, Quota } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiProblem, api } from '../../app/api.ts'
import { queryClient } from '../../app/session.ts'
import { ConflictAlert } from '../../ui/ConflictAlert.tsx'
import { Modal } from '../../ui/Dialog.tsx'
import { useForm } from '../../ui/use-form.ts'
import { isHalf, mainField, noAllocation, quotaOf, scopeOf, valuesOf } from './allocation-values.ts'
import { EngineProblem } from './EngineProblem.tsx'
import { FormEnd } from './FormEnd.tsx'
import { placing } from './place-problem.ts'
import { QuotaFields } from './QuotaFields.tsx'
import { allocationsQuery, refreshEngines } from './queries.ts'
import { ScopeFields } from './ScopeFields.tsx'
import { TenantSelect } from './TenantSelect.tsx'

type Props = {
  engine: Engine
  /** The one that is changed; without it a new one is made. */
  allocation?: Allocation
  /** The tenants that have a part already. */
  taken: string[]
  onClose: () => void
}

/** Allocate, and Edit of an allocation: whose, which part, how much. */
export function AllocationDialog({ engine, allocation, taken, onClose }: Props) {
  const { t } = useTranslation()
  const [version, setVersion] = useState(allocation?.version ?? 0)
  const form = useForm(allocation ? valuesOf(allocation) : noAllocation)
  const stale = form.problem instanceof ApiProblem && form.problem.code === 'changed_meanwhile'
  const { kind, id: engineId, name } = engine

  const send = async (quota: Quota, ifMatch: number | '*') => {
    const { tenantId } = form.values
    const body = { scope: scopeOf(kind, form.values), quota }
    if (allocation) return api('changeAllocation', { params: { id: allocation.id }, body, ifMatch })
    return api('allocate', { body: { tenantId, engineId, ...body } })
  }
  const save = (ifMatch: number | '*') => {
    if (form.values.tenantId === '') {
      form.setErrors({ tenantId: t('error.required') })
      return
    }
    if (form.values.gpus.some(isHalf)) {
      form.setErrors({ gpus: t('engines.quota.half') })
      return
    }
    const quota = quotaOf(form.values)
    if (!quota) {
      form.setErrors({ memory: t('memory.wrong') })
      return
    }
    void form.submit(
      placing(async () => {
        const { tenant } = await send(quota, ifMatch)
        const message = t(allocation ? 'engines.allocations.changed' : 'engines.allocations.done', { tenant, name })
        notifications.show({ message, color: 'tide' })
        onClose()
        await refreshEngines()
      }, mainField[kind]),
    )
  }
  const showTheirs = async () => {
    const all = await queryClient.fetchQuery({ ...allocationsQuery(engineId), staleTime: 0 })
    const theirs = all.find(({ id }) => id === allocation?.id)
    if (!theirs) return onClose()
    setVersion(theirs.version)
    form.setValues(valuesOf(theirs))
    form.fail(null)
  }
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      closeOnClickOutside={false}
      title={
        allocation
          ? t('engines.allocations.editTitle', { tenant: allocation.tenant })
          : t('engines.allocations.allocateTitle', { name })
      }
    >
      <form
        ref={form.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          save(version)
        }}
      >
        <Stack gap="md">
          {!allocation && (
            <TenantSelect
              value={form.values.tenantId}
              onChange={(id) => form.set('tenantId', id)}
              error={form.errors.tenantId}
              taken={taken}
            />
          )}
          <ScopeFields kind={kind} form={form} />
          <QuotaFields form={form} />
          <FormEnd
            news={form.problem}
            said={
              stale ? (
                <ConflictAlert
                  title={t('engines.allocations.conflict')}
                  onReload={() => void form.submit(showTheirs)}
                  onOverwrite={() => save('*')}
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
              {allocation ? t('action.save') : t('engines.allocations.allocate')}
            </Button>
          </FormEnd>
        </Stack>
      </form>
    </Modal>
  )
}
