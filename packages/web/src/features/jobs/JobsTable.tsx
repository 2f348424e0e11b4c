import { Skeleton } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import type { Job } from '@tenantry/contract'
import { type KeyboardEvent, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Instant } from '../../ui/Instant.tsx'
import { PersonName } from '../../ui/PersonName.tsx'
import { gpusInWords, JobAmounts, JobName, JobReason, JobState, JobTime } from './JobCells.tsx'
import { JobMenu, type RunCommand } from './JobMenu.tsx'
import type { JobSort, SortColumn } from './job-search.ts'
import { ownerOf } from './owner.ts'
import { useNow } from './use-now.ts'

const columns = ['name', 'state', 'where', 'gpus', 'amounts', 'submitted', 'time', 'owner'] as const
const sortable: readonly string[] = ['name', 'submitted'] satisfies SortColumn[]

type Props = {
  label: string
  /** Undefined while they are loaded. */
  jobs: Job[] | undefined
  /** Null where the list cannot be sorted: the tasks of an array. */
  sort: JobSort | null
  onSort?: (column: SortColumn) => void
  owners: boolean
  run: RunCommand
}

/** Draws the list; knows no server. Rows take the focus: arrows or j and k move, Enter opens, a dot opens the menu. */
export function JobsTable({ label, jobs, sort, onSort, owners, run }: Props) {
  const { t } = useTranslation()
  const now = useNow()
  const body = useRef<HTMLTableSectionElement>(null)
  const shown = columns.filter((column) => column !== 'owner' || owners)
  const onKey = (event: KeyboardEvent<HTMLTableRowElement>, job: Job) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key]
    const rows = [...(body.current?.rows ?? [])]
    if (step !== undefined) rows[rows.indexOf(event.currentTarget) + step]?.focus()
    else if (event.key === 'Enter') run('view', job)
    else if (event.key === '.') event.currentTarget.querySelector<HTMLElement>('[data-row-menu]')?.click()
    else return
    event.preventDefault()
  }
  const order = (column: string) => (sort === column ? 'ascending' : sort === `-${column}` ? 'descending' : 'none')
  return (
    <table className="data-table job-list" aria-label={label} aria-busy={jobs === undefined}>
      <thead>
        <tr>
          {shown.map((column) =>
            sort !== null && sortable.includes(column) ? (
              <th key={column} scope="col" aria-sort={order(column)}>
                <button
                  type="button"
                  className="sort-button"
                  onClick={() => onSort?.(column as SortColumn)}
                  title={t('jobs.sortBy', { column: t(`jobs.column.${column}`) })}
                >
                  {t(`jobs.column.${column}`)}
                  {order(column) === 'ascending' && <IconArrowUp size={14} aria-hidden />}
                  {order(column) === 'descending' && <IconArrowDown size={14} aria-hidden />}
                </button>
              </th>
            ) : (
              <th key={column} scope="col">
                {t(`jobs.column.${column}`)}
              </th>
            ),
          )}
          <th scope="col" style={{ width: 44 }}>
            <span className="unseen">{t('action.more')}</span>
          </th>
        </tr>
      </thead>
      <tbody ref={body}>
        {jobs === undefined &&
          Array.from({ length: 8 }, (_, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no other name
            <tr key={row}>
              <td colSpan={shown.length + 1}>
                <Skeleton h={14} w={`${90 - ((row * 13) % 30)}%`} />
              </td>
            </tr>
          ))}
        {jobs?.map((job, index) => (
          <tr key={job.id} tabIndex={index === 0 ? 0 : -1} onKeyDown={(event) => onKey(event, job)}>
            <td data-cell="username" data-label={t('jobs.column.name')}>
              <JobName job={job} />
            </td>
            <td data-label={t('jobs.column.state')}>
              <JobState job={job} />
              <JobReason job={job} />
            </td>
            <td data-label={t('jobs.column.where')}>
              <bdi>{job.engine}</bdi>
              <bdi className="dim cut">{job.where}</bdi>
            </td>
            <td data-label={t('jobs.column.gpus')} className="numbers">
              {gpusInWords(job) || <span className="dim">{t('jobs.noGpu')}</span>}
            </td>
            <td data-label={t('jobs.column.amounts')} className="numbers">
              <JobAmounts job={job} />
            </td>
            <td data-label={t('jobs.column.submitted')}>
              <Instant at={job.submittedAt} />
            </td>
            <td data-label={t('jobs.column.time')}>
              <JobTime job={job} now={now} />
            </td>
            {owners && (
              <td data-label={t('jobs.column.owner')}>
                <PersonName person={ownerOf(job)} />
              </td>
            )}
            <td data-cell="menu">
              <JobMenu job={job} run={run} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
