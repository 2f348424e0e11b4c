import { Button, Stack } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Permission } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { EmptyState } from './EmptyState.tsx'
import { Granters } from './Granters.tsx'
import { PageHeader } from './PageHeader.tsx'

/** A page that the role of whoever asks does not open: what it takes, and who can give it. */
export function NoAccess({ title, needs }: { title: string; needs: Permission }) {
  const { t } = useTranslation()
  const { role, tenant } = useSession()
  return (
    <>
      <PageHeader title={title} />
      <div className="card">
        <EmptyState
          icon={<IconLock size={22} />}
          title={t('error.noAccess')}
          text={t('error.noAccessText', { role: role.name, permission: needs, tenant: tenant.name })}
        >
          <Stack align="center" gap="sm">
            <Granters permission={needs} />
            <Button component={Link} to="/dashboard" variant="default">
              {t('error.home')}
            </Button>
          </Stack>
        </EmptyState>
      </div>
    </>
  )
}
