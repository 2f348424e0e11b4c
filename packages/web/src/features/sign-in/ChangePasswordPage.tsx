import { Button } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { enter, useSession } from '../../app/session.ts'
import { useSignOut } from '../../app/use-sign-out.ts'
import { DoorPage } from '../../ui/DoorPage.tsx'
import { NewPasswordForm } from './NewPasswordForm.tsx'

export function ChangePasswordPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const signOut = useSignOut()
  const { user, passwordPolicy } = useSession()
  return (
    <DoorPage title={t('signIn.change.title')} lead={t('signIn.change.lead', { username: user.username })}>
      <NewPasswordForm
        username={user.username}
        minLength={passwordPolicy.minLength}
        submit={t('signIn.change.submit')}
        choose={(body) => api('choosePassword', { body })}
        onDone={async (session) => {
          enter(session)
          await navigate({ to: '/dashboard' })
        }}
      />
      <Button variant="subtle" color="gray" fullWidth mt="sm" onClick={signOut}>
        {t('nav.signOut')}
      </Button>
    </DoorPage>
  )
}
