import { useNavigate } from '@tanstack/react-router'
import { api } from './api.ts'
import { queryClient } from './session.ts'

/** Ends the session and forgets everything that was shown in it. */
export function useSignOut(): () => Promise<void> {
  const navigate = useNavigate()
  return async () => {
    await api('signOut', {}).catch(() => {})
    await navigate({ to: '/sign-in' })
    queryClient.clear()
  }
}
