import '../workspaces/messages.ts'
import { useQuery } from '@tanstack/react-query'
import type { User } from '@tenantry/contract'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { useSession } from '../../app/session.ts'
import { BelongingsField, type Said } from './BelongingsField.tsx'
import { goesOn, type Leaving, ownedBy, type Settlement, settlementFor, settlementOf, settles } from './belongings.ts'
import { belongingsQuery } from './queries.ts'

/** What is decided about what people leave, by whoever may decide it, and the field where that is said. */
export function useDecision(command: Leaving, leaving: readonly string[]) {
  const { t } = useTranslation()
  const { may } = useSession()
  const [typed, setValue] = useState(settlementFor(command))
  const [error, setError] = useState<string>()
  // What one may not decide stays as it is.
  const value: Settlement = {
    ...typed,
    ...(!may('workspace.manage_all') && { workspaces: 'keep' as const }),
    ...(!may('job.cancel_all') && { jobs: 'keep' as const }),
  }
  const field = (said: Said) => (
    <BelongingsField
      leaving={leaving}
      said={said}
      value={value}
      onChange={(next) => {
        setError(undefined)
        setValue(next)
      }}
      error={error}
    />
  )
  /** Whether all is said that `body` needs; if not, the field says what is missing. */
  const complete = (body: Settlement): boolean => {
    const unsaid = body.workspaces === 'hand_over' && body.to === null
    if (unsaid) setError(t('workspaces.belongings.toNeeded'))
    return !unsaid
  }
  return { value, field, complete }
}

type Settling = {
  field: ReactNode
  /** Whether it is still read what there is. */
  pending: boolean
  /** Carries out what was chosen; answers whether one may go on. */
  settle: () => Promise<boolean>
}

/** What a dialog that lets somebody go asks about what they leave, and does about it first. */
export function useSettlement(user: User, command: Leaving): Settling {
  const { t } = useTranslation()
  const { data, isPending } = useQuery(belongingsQuery(user.id))
  const decision = useDecision(command, [user.id])
  const said = (): Said => {
    const { workspaces = [], volumes = [], jobs = 0 } = data ?? {}
    const named = workspaces.map(({ name, state }) => `${name} (${t(`workspaces.state.${state}`)})`)
    const kept = volumes.map(({ name, sizeGiB }) => `${name} (${sizeGiB} GiB)`)
    return {
      workspaces: named.length > 0 ? `${t('workspaces.belongings.workspaces')}: ${named.join(', ')}` : null,
      jobs: jobs > 0 ? t('workspaces.belongings.jobs', { count: jobs }) : null,
      volumes:
        kept.length > 0 ? t('workspaces.belongings.volumes', { count: kept.length, list: kept.join(', ') }) : null,
    }
  }
  const settle = async () => {
    if (!data) return true
    const owned = ownedBy(data)
    if (!settles(owned, decision.value)) return true
    const body = settlementOf(owned, decision.value)
    if (!decision.complete(body)) return false
    await api('settleBelongings', { params: { id: user.id }, body })
    return true
  }
  return { field: data && goesOn(ownedBy(data)) && decision.field(said()), pending: isPending, settle }
}
