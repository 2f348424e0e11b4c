import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Resource, ResourceKind } from '@tenantry/contract'
import { type KeyboardEvent, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { formatMemory, formatNumber } from '../../app/format.ts'
import { ResourceStateBadge } from '../../ui/ResourceStateBadge.tsx'
import { kinds } from './kinds.ts'
import type { ResourceSort, SortColumn } from './resource-search.ts'

const columns = ['name', 'state', 'gpus', 'cpus', 'memory', 'engine'] as const
const sortable: readonly string[] = ['name', 'state', 'gpus'] satisfies SortColumn[]

type Props = {
  kind: ResourceKind
  resources: Resource[]
  sort: ResourceSort | undefined
  onSort: (column: SortColumn) => void
  onOpen: (resource: Resource) => void
}

/** Draws the list; knows no server. Rows take the focus: arrows or j and k move, Enter opens. */
export function ResourcesTable({ kind, resources, sort = 'name', onSort, onOpen }: Props) {
  const { t } = useTranslation()
  const body = useRef<HTMLTableSectionElement>(null)
  const onKey = (event: KeyboardEvent<HTMLTableRowElement>, resource: Resource) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key]
    const rows = [...(body.current?.rows ?? [])]
    if (step !== undefined) rows[rows.indexOf(event.currentTarget) + step]?.focus()
    else if (event.key === 'Enter') onOpen(resource)
    else return
    event.preventDefault()
  }
  const order = (column: string) => (sort === column ? 'ascending' : sort === `-${column}` ? 'descending' : 'none')
  return (
    <table className="data-table" aria-label={t(`resources.${kind}.title`)}>
      <thead>
        <tr>
          {columns.map((column) =>
            sortable.includes(column) ? (
              <th key={column} scope="col" aria-sort={order(column)}>
                <button
                  type="button"
                  className="sort-button"
                  onClick={() => onSort(column as SortColumn)}
                  title={t('resources.sortBy', { column: t(`resources.column.${column}`) })}
                >
                  {t(`resources.column.${column}`)}
                  {order(column) === 'ascending' && <IconArrowUp size={14} aria-hidden />}
                  {order(column) === 'descending' && <IconArrowDown size={14} aria-hidden />}
                </button>
              </th>
            ) : (
              <th key={column} scope="col">
                {t(`resources.column.${column}`)}
              </th>
            ),
          )}
        </tr>
      </thead>
      <tbody ref={body}>
        {resources.map((resource, index) => (
          <tr key={resource.id} tabIndex={index === 0 ? 0 : -1} onKeyDown={(event) => onKey(event, resource)}>
            <td data-cell="username" data-label={t('resources.column.name')}>
              <Link
                to={`${kinds[kind].path}/$id`}
                params={{ id: resource.id }}
                style={{ color: 'inherit', fontWeight: 550, textDecoration: 'none' }}
              >
                <bdi>{resource.name}</bdi>
              </Link>
            </td>
            <td data-label={t('resources.column.state')} title={resource.nativeState.join(' ')}>
              <ResourceStateBadge state={resource.state} />
              {resource.reason && (
                <bdi className="dim resource-reason" title={resource.reason}>
                  {resource.reason}
                </bdi>
              )}
            </td>
            <td data-label={t('resources.column.gpus')} className="numbers">
              {resource.gpus
                .map(
                  ({ model, profile, used, total }) =>
                    `${model}${profile ? ` ${profile}` : ''}: ${formatNumber(used)}/${formatNumber(total)}`,
                )
                .join(', ')}
            </td>
            <td data-label={t('resources.column.cpus')} className="numbers">
              {resource.cpus && `${formatNumber(resource.cpus.used)}/${formatNumber(resource.cpus.total)}`}
            </td>
            <td data-label={t('resources.column.memory')} className="numbers">
              {resource.memoryMiB &&
                `${formatMemory(resource.memoryMiB.used)}/${formatMemory(resource.memoryMiB.total)}`}
            </td>
            <td data-label={t('resources.column.engine')}>
              <bdi>{resource.engine}</bdi>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
