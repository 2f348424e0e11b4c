import { formatNumber } from '../../app/format.ts'
import { i18n } from '../../app/i18n.ts'
import './messages.ts'

/** `100 tasks, 10 at a time` */
export function arrayInWords({ count, atOnce }: { count: number; atOnce: number | null }): string {
  const tasks = i18n.t('jobs.new.tasks', { count, n: formatNumber(count) })
  return atOnce === null ? tasks : i18n.t('jobs.new.atOnce', { tasks, n: formatNumber(atOnce) })
}
