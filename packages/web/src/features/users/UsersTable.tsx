import { Badge, Checkbox, Skeleton } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { User } from '@tenantry/contract'
import { type KeyboardEvent, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Instant } from '../../ui/Instant.tsx'
import { StatusBadge } from '../../ui/StatusBadge.tsx'
import { UserMenu } from './UserMenu.tsx'
import type { UserCommand } from './user-commands.ts'

const columns = ['username', 'name', 'email', 'role', 'status', 'lastLogin', 'created'] as const
type Column = (typeof columns)[number]

type Props = {
  users: User[] | undefined
  rows: number
  sort: string | undefined
  onSort: (column: Column) => void
  selected: ReadonlySet<string>
  onSelect: (ids: string[], on: boolean) => void
  fresh: string | undefined
  run: (command: UserCommand, user: User) => void
  onOpen: (user: User) => void
}

/** Draws the list; knows no server. Rows take the focus: arrows or j and k move, x selects, Enter opens, a dot opens the menu. */
export function UsersTable({ users, rows, sort, onSort, selected, onSelect, fresh, run, onOpen }: Props) {
  const { t } = useTranslation()
  const body = useRef<HTMLTableSectionElement>(null)
  const onPage = users?.map(({ id }) => id) ?? []
  const chosen = onPage.filter((id) => selected.has(id)).length

  const onKey = (event: KeyboardEvent<HTMLTableRowElement>, user: User) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key]
    const all = [...(body.current?.rows ?? [])]
    if (step !== undefined) all[all.indexOf(event.currentTarget) + step]?.focus()
    else if (event.key === 'x') onSelect([user.id], !selected.has(user.id))
    else if (event.key === 'Enter') onOpen(user)
    else if (event.key === '.') event.currentTarget.querySelector<HTMLElement>('[data-row-menu]')?.click()
    else return
    event.preventDefault()
  }

  return (
    <table className="data-table" aria-label={t('users.table')} aria-busy={users === undefined}>
      <thead>
        <tr>
          <th scope="col" style={{ width: 40 }}>
            <Checkbox
              size="xs"
              aria-label={t('users.selectPage')}
              checked={chosen > 0 && chosen === onPage.length}
              indeterminate={chosen > 0 && chosen < onPage.length}
              onChange={(event) => onSelect(onPage, event.currentTarget.checked)}
            />
          </th>
          {columns.map((column) => (
            <Heading key={column} column={column} sort={sort} onSort={onSort} />
          ))}
          <th scope="col" style={{ width: 44 }}>
            <span style={{ position: 'absolute', clipPath: 'inset(50%)' }}>{t('action.more')}</span>
          </th>
        </tr>
      </thead>
      <tbody ref={body}>
        {users === undefined &&
          Array.from({ length: Math.min(rows, 12) }, (_, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no other name
            <tr key={row}>
              <td colSpan={columns.length + 2}>
                <Skeleton h={14} w={`${90 - ((row * 13) % 30)}%`} />
              </td>
            </tr>
          ))}
        {users?.map((user, index) => (
          <tr
            key={user.id}
            tabIndex={index === 0 ? 0 : -1}
            onKeyDown={(event) => onKey(event, user)}
            data-new={user.id === fresh || undefined}
            data-selected={selected.has(user.id) || undefined}
          >
            <td data-cell="select">
              <Checkbox
                size="xs"
                aria-label={t('users.select', { username: user.username })}
                checked={selected.has(user.id)}
                onChange={(event) => onSelect([user.id], event.currentTarget.checked)}
              />
            </td>
            <td data-cell="username" data-label={t('users.column.username')}>
              <Link
                to="/users/$id"
                params={{ id: user.id }}
                style={{ color: 'inherit', fontWeight: 550, textDecoration: 'none' }}
              >
                {user.username}
              </Link>
              {user.id === fresh && (
                <Badge size="xs" ml={8} variant="outline">
                  {t('users.justCreated')}
                </Badge>
              )}
            </td>
            <td data-label={t('users.column.name')}>
              <bdi>{`${user.firstName} ${user.lastName}`}</bdi>
            </td>
            <td data-label={t('users.column.email')} title={user.email}>
              {user.email}
            </td>
            <td data-label={t('users.column.role')}>{user.role.name}</td>
            <td data-label={t('users.column.status')}>
              <StatusBadge status={user.status} />
            </td>
            <td data-label={t('users.column.lastLogin')}>
              <Instant at={user.lastLoginAt} />
            </td>
            <td data-label={t('users.column.created')}>
              <Instant at={user.createdAt} />
            </td>
            <td data-cell="menu">
              <UserMenu user={user} run={run} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Heading({
  column,
  sort,
  onSort,
}: {
  column: Column
  sort: string | undefined
  onSort: (column: Column) => void
}) {
  const { t } = useTranslation()
  const order = sort === column ? 'ascending' : sort === `-${column}` ? 'descending' : undefined
  const Arrow = order === 'descending' ? IconArrowDown : IconArrowUp
  return (
    <th scope="col" aria-sort={order}>
      <button type="button" className="sort-button" onClick={() => onSort(column)}>
        {t(`users.column.${column}`)}
        {order && <Arrow size={13} aria-hidden />}
      </button>
    </th>
  )
}
