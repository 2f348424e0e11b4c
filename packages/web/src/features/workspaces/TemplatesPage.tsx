import './messages.ts'
import './workspaces.css'
import { ActionIcon, Button, Menu, Skeleton } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconCopy, IconDots, IconPencil, IconPlus, IconTemplate, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { Template } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { useSession } from '../../app/session.ts'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { Instant } from '../../ui/Instant.tsx'
import { NoAccess } from '../../ui/NoAccess.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { refreshWorkspaces, templatesQuery } from './queries.ts'
import { WorkspaceSections } from './WorkspaceSections.tsx'

const columns = ['name', 'engine', 'profiles', 'workspaces', 'state', 'changed'] as const

/** What workspaces are made of. */
export function TemplatesPage() {
  const { t } = useTranslation()
  const { tenant, may } = useSession()
  const mayManage = may('workspace.manage_all')
  const { data, error, isPending } = useQuery({ ...templatesQuery, enabled: mayManage })
  const [leaving, setLeaving] = useState<Template | null>(null)
  if (!mayManage) return <NoAccess title={t('workspaces.templates.title')} needs="workspace.manage_all" />
  const make = (
    <Button component={Link} to="/workspaces/templates/new" leftSection={<IconPlus size={16} aria-hidden />}>
      {t('workspaces.templates.new')}
    </Button>
  )
  const remove = async ({ id, name }: Template) => {
    await api('deleteTemplate', { params: { id } })
    notifications.show({ message: t('workspaces.templates.done.delete', { name }), color: 'tide' })
    setLeaving(null)
    await refreshWorkspaces()
  }
  return (
    <>
      <PageHeader
        title={t('workspaces.templates.title')}
        lead={t('workspaces.templates.lead', { tenant: tenant.name })}
      >
        {data && data.length > 0 && make}
      </PageHeader>
      <WorkspaceSections />
      <ProblemAlert error={error} />
      {isPending && <Skeleton h={200} radius={12} />}
      {data?.length === 0 && (
        <div className="card">
          <EmptyState
            icon={<IconTemplate size={22} />}
            title={t('workspaces.templates.none')}
            text={t('workspaces.templates.noneText')}
          >
            {make}
          </EmptyState>
        </div>
      )}
      {data && data.length > 0 && (
        <div className="card" style={{ overflowX: 'auto' }}>
          <table className="data-table wrapping" aria-label={t('workspaces.templates.table')}>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {t(`workspaces.templates.column.${column}`)}
                  </th>
                ))}
                <th scope="col" style={{ width: 44 }}>
                  <span className="unseen">{t('action.more')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {data.map((template) => (
                <TemplateRow key={template.id} template={template} onDelete={() => setLeaving(template)} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {leaving && (
        <ConfirmDialog
          title={t('workspaces.templates.deleteTitle', { name: leaving.name })}
          text={
            leaving.workspaces > 0
              ? t('workspaces.templates.inUse', { count: leaving.workspaces })
              : t('workspaces.templates.deleteText')
          }
          submit={t('workspaces.templates.do.delete')}
          work={() => remove(leaving)}
          onClose={() => setLeaving(null)}
        />
      )}
    </>
  )
}

function TemplateRow({ template, onDelete }: { template: Template; onDelete: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { id, name } = template
  const column = (of: (typeof columns)[number]) => t(`workspaces.templates.column.${of}`)
  return (
    <tr>
      <td data-cell="username">
        <Link
          to="/workspaces/templates/$id"
          params={{ id }}
          style={{ color: 'inherit', fontWeight: 550, textDecoration: 'none' }}
        >
          <bdi>{name}</bdi>
        </Link>
        <span className="dim" style={{ display: 'block' }}>
          <bdi>{template.description}</bdi>
        </span>
      </td>
      <td data-label={column('engine')}>
        <bdi>{[template.engine, template.placement.where].filter(Boolean).join(' · ')}</bdi>
      </td>
      <td data-label={column('profiles')}>
        <bdi>{template.profiles.map((profile) => profile.name).join(', ')}</bdi>
      </td>
      <td data-label={column('workspaces')} className="numbers">
        {template.workspaces}
      </td>
      <td data-label={column('state')}>
        <span
          className="status"
          data-shape={template.enabled ? 'dot' : 'square'}
          style={{ color: template.enabled ? 'var(--status-good)' : 'var(--status-idle)' }}
        >
          <span>{t(template.enabled ? 'workspaces.templates.enabled' : 'workspaces.templates.disabled')}</span>
        </span>
      </td>
      <td data-label={column('changed')}>
        <Instant at={template.updatedAt} />
      </td>
      <td data-cell="menu">
        <Menu position="bottom-end" width={180} withinPortal>
          <Menu.Target>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={32}
              aria-label={t('workspaces.templates.actions', { name })}
            >
              <IconDots size={18} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              leftSection={<IconPencil size={16} aria-hidden />}
              onClick={() => void navigate({ to: '/workspaces/templates/$id', params: { id } })}
            >
              {t('workspaces.templates.do.edit')}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconCopy size={16} aria-hidden />}
              onClick={() => void navigate({ to: '/workspaces/templates/new', search: { copy: id } })}
            >
              {t('workspaces.templates.do.duplicate')}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconTrash size={16} aria-hidden />}
              style={{ color: 'var(--mantine-color-error)' }}
              onClick={onDelete}
            >
              {t('workspaces.templates.do.delete')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </td>
    </tr>
  )
}
