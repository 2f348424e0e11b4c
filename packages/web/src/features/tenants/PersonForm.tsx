import { Button, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { PasswordFields } from '../../ui/PasswordFields.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { useForm } from '../../ui/use-form.ts'

export type NewPerson = {
  username: string
  email: string
  firstName: string
  lastName: string
  password: string
  confirmPassword: string
}
type Props = { minLength: number; submit: string; canGenerate?: boolean; save: (person: NewPerson) => Promise<void> }

/** Somebody new with a password: the first admins. */
export function PersonForm({ minLength, submit, canGenerate = false, save }: Props) {
  const { t } = useTranslation()
  const form = useForm<NewPerson>({
    username: '',
    email: '',
    firstName: '',
    lastName: '',
    password: '',
    confirmPassword: '',
  })
  const go = () =>
    form.submit(async () => {
      const { password, confirmPassword } = form.values
      if (password !== confirmPassword) return form.setErrors({ confirmPassword: t('password.mismatch') })
      await save(form.values)
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
        <TextInput
          label={t('field.username')}
          description={t('field.usernameHelp')}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          {...form.text('username')}
        />
        <TextInput label={t('field.email')} type="email" autoComplete="email" {...form.text('email')} />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <TextInput label={t('field.firstName')} autoComplete="given-name" {...form.text('firstName')} />
          <TextInput label={t('field.lastName')} autoComplete="family-name" {...form.text('lastName')} />
        </SimpleGrid>
        <PasswordFields
          canGenerate={canGenerate}
          value={form.values}
          onChange={({ password, confirmPassword }) => {
            form.set('password', password)
            form.set('confirmPassword', confirmPassword)
          }}
          minLength={minLength}
          labels={{ password: t('field.password'), confirmPassword: t('field.confirmPassword') }}
          errors={form.errors}
        />
        <Button type="submit" loading={form.busy} fullWidth>
          {submit}
        </Button>
      </Stack>
    </form>
  )
}
