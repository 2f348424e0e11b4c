import { Button, Stack } from '@mantine/core'
import type { Session } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { PasswordFields } from '../../ui/PasswordFields.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { useForm } from '../../ui/use-form.ts'

type Props = {
  username: string
  minLength: number
  submit: string
  choose: (passwords: { newPassword: string; confirmPassword: string }) => Promise<Session>
  onDone: (session: Session) => Promise<void>
}

/** A lasting password of one's own, for the first time. */
export function NewPasswordForm({ username, minLength, submit, choose, onDone }: Props) {
  const { t } = useTranslation()
  const form = useForm({ newPassword: '', confirmPassword: '' })
  const go = () =>
    form.submit(async () => {
      const { newPassword, confirmPassword } = form.values
      if (newPassword !== confirmPassword) return form.setErrors({ confirmPassword: t('password.mismatch') })
      await onDone(await choose({ newPassword, confirmPassword }))
    })
  return (
    <form
      ref={form.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void go()
      }}
    >
      <Stack gap="md">
        <ProblemAlert error={form.problem} />
        {/* So that a password manager knows whose password it keeps. */}
        <input type="text" name="username" autoComplete="username" value={username} readOnly hidden />
        <PasswordFields
          value={{ password: form.values.newPassword, confirmPassword: form.values.confirmPassword }}
          onChange={({ password, confirmPassword }) => {
            form.set('newPassword', password)
            form.set('confirmPassword', confirmPassword)
          }}
          minLength={minLength}
          labels={{ password: t('field.newPassword'), confirmPassword: t('field.confirmPassword') }}
          errors={{ password: form.errors.newPassword, confirmPassword: form.errors.confirmPassword }}
        />
        <Button type="submit" loading={form.busy} fullWidth>
          {submit}
        </Button>
      </Stack>
    </form>
  )
}
