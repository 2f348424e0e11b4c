import { Alert, Button, Group } from '@mantine/core'
import { useTranslation } from 'react-i18next'

type Props = { title: string; onReload: () => void; onOverwrite: () => void }

/** Somebody else saved in the meantime: takes theirs, or saves one's own over it. */
export function ConflictAlert({ title, onReload, onOverwrite }: Props) {
  const { t } = useTranslation()
  return (
    <Alert role="alert" color="yellow" variant="outline" title={title}>
      <Group gap="xs">
        <Button size="compact-sm" variant="default" onClick={onReload}>
          {t('users.edit.reload')}
        </Button>
        <Button size="compact-sm" variant="default" onClick={onOverwrite}>
          {t('users.edit.overwrite')}
        </Button>
      </Group>
    </Alert>
  )
}
