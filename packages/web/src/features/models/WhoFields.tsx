import { MultiSelect } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { RadioLines } from '../../ui/RadioLines.tsx'
import type { ModelForm } from './EndpointFields.tsx'
import { useRoles } from './use-roles.ts'

/** Who may use a model: everybody who may use models, or whoever holds one of these roles. */
export function WhoFields({ form }: { form: ModelForm }) {
  const { t } = useTranslation()
  const { values, errors, set } = form
  const roles = useRoles()
  // A role that is gone is still to be seen, and to be taken out.
  const gone = values.roleIds.filter((id) => roles.every((role) => role.id !== id))
  return (
    <>
      <RadioLines
        legend={t('models.form.who')}
        value={values.who}
        onChange={(who) => set('who', who)}
        options={[
          { value: 'everybody', label: t('models.form.everybody') },
          { value: 'roles', label: t('models.form.roles') },
        ]}
      />
      {values.who === 'roles' && (
        <MultiSelect
          aria-label={t('models.form.roles')}
          data={[...roles.map(({ id, name }) => ({ value: id, label: name })), ...gone]}
          value={values.roleIds}
          onChange={(ids) => set('roleIds', ids)}
          error={errors.roleIds}
          placeholder={values.roleIds.length === 0 ? t('models.form.rolesPick') : ''}
          {...(roles.length === 0 && { description: t('models.form.rolesUnread') })}
        />
      )}
    </>
  )
}
