import { Alert, Button, Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { ApiProblem } from '../../app/api.ts'
import type { ChatKeeper, KeeperState } from './chat-keeper.ts'

type Props = { state: KeeperState; keeper: ChatKeeper }

/** Whether what is here is kept at the server, in a word. */
export function KeepSign({ state: { keeping }, keeper }: Props) {
  const { t } = useTranslation()
  return (
    <span role="status" className="keep-sign">
      {keeping.is === 'waiting' && t('playground.keep.waiting')}
      {keeping.is === 'saving' && t('playground.keep.saving')}
      {keeping.is === 'saved' && t('playground.keep.saved')}
      {keeping.is === 'never' && t('playground.keep.never')}
      {keeping.is === 'failed' && (
        <>
          <span className="keep-failed">
            {t('playground.keep.failed')}
            {keeping.error instanceof ApiProblem && `: ${keeping.error.problem.detail ?? keeping.error.problem.title}`}
          </span>{' '}
          <Button size="compact-xs" variant="default" onClick={() => void keeper.save()}>
            {t('playground.keep.retry')}
          </Button>
        </>
      )}
    </span>
  )
}

/** Where two windows have the same chat, or one has deleted it: which is kept. */
export function KeepConflict({ state: { keeping }, keeper }: Props) {
  const { t } = useTranslation()
  if (keeping.is !== 'changed' && keeping.is !== 'gone') return null
  return (
    <Alert role="alert" color="yellow" variant="outline" title={t(`playground.keep.${keeping.is}`)} m="sm">
      <Text size="sm" mb="xs">
        {t('playground.keep.changedText')}
      </Text>
      <Group gap="xs">
        {keeping.is === 'changed' && (
          <Button size="compact-sm" variant="default" onClick={() => void keeper.takeTheirs()}>
            {t('playground.keep.theirs')}
          </Button>
        )}
        <Button size="compact-sm" variant="default" onClick={() => void keeper.keepAsCopy()}>
          {t('playground.keep.mine')}
        </Button>
      </Group>
    </Alert>
  )
}
