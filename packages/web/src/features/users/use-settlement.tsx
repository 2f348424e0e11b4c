import '../workspaces/messages.ts'
import { useQuery } from '@tanstack/react-query'
import type { User } from '@tenantry/contract'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { useSession } from '../../app/session.ts'
import { BelongingsField } from './BelongingsField.tsx'
import { goesOn, settlementFor, settlementOf, settles } from './belongings.ts'
import { belongingsQuery } from './queries.ts'

type Settling = {
  field: ReactNode
  /** Whether it is still read what there is. */
  pending: boolean
  /** Carries out what was chosen; answers whether one may go on. */
  settle: () => Promise<boolean>
}

/** What a dialog that lets somebody go asks about what they leave, and does about it first. */
export function useSettlement(user: User, command: 'disable' | 'delete'): Settling {
  const { t } = useTranslation()
  const { may } = useSession()
  const { data, isPending } = useQuery(belongingsQuery(user.id))
  const [typed, setValue] = useState(settlementFor(command))
  const [error, setError] = useState<string>()
  // What one may not decide stays as it is.
  const value = {
    ...typed,
    ...(!may('workspace.manage_all') && { workspaces: 'keep' as const }),
    ...(!may('job.cancel_all') && { jobs: 'keep' as const }),
  }
  const field = data && goesOn(data) && (
    <BelongingsField
      user={user}
      belongings={data}
      value={value}
      onChange={(next) => {
        setError(undefined)
        setValue(next)
      }}
      error={error}
    />
  )
  const settle = async () => {
    if (!data || !settles(data, value)) return true
    const body = settlementOf(data, value)
    if (body.workspaces === 'hand_over' && body.to === null) {
      setError(t('workspaces.belongings.toNeeded'))
      return false
    }
    await api('settleBelongings', { params: { id: user.id }, body })
    return true
  }
  return { field, pending: isPending, settle }
}
