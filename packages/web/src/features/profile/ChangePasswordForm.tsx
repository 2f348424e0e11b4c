import { Button, PasswordInput, Stack } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { useSession } from '../../app/session.ts'
import { PasswordFields } from '../../ui/PasswordFields.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { useForm } from '../../ui/use-form.ts'

export function ChangePasswordForm() {
  const { t } = useTranslation()
  const { user, passwordPolicy } = useSession()
  const empty = { currentPassword: '', newPassword: '', confirmPassword: '' }
  const form = useForm(empty)
  return (
    <form
      ref={form.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void form.submit(async () => {
          if (form.values.newPassword !== form.values.confirmPassword)
            return form.setErrors({ confirmPassword: t('password.mismatch') })
          await api('changeOwnPassword', { body: form.values })
          form.setValues(empty)
          notifications.show({ message: t('profile.passwordChanged'), color: 'tide' })
        })
      }}
    >
      <Stack className="card" p="md">
        <ProblemAlert error={form.problem} />
        <input type="text" name="username" autoComplete="username" value={user.username} readOnly hidden />
        <PasswordInput
          label={t('profile.currentPassword')}
          autoComplete="current-password"
          visibilityToggleButtonProps={{ 'aria-label': t('field.showPassword'), tabIndex: 0 }}
          {...form.text('currentPassword')}
        />
        <PasswordFields
          value={{ password: form.values.newPassword, confirmPassword: form.values.confirmPassword }}
          onChange={({ password, confirmPassword }) => {
            form.set('newPassword', password)
            form.set('confirmPassword', confirmPassword)
          }}
          minLength={passwordPolicy.minLength}
          labels={{ password: t('field.newPassword'), confirmPassword: t('field.confirmPassword') }}
          errors={{ password: form.errors.newPassword, confirmPassword: form.errors.confirmPassword }}
        />
        <Button type="submit" loading={form.busy} style={{ alignSelf: 'flex-start' }}>
          {t('profile.changePassword')}
        </Button>
      </Stack>
    </form>
  )
}
