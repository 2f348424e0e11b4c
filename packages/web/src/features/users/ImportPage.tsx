import { Button, FileButton, Group, Loader, Stack, Text } from '@mantine/core'
import { IconChevronLeft, IconDownload, IconFileTypeCsv } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { Link, useBlocker } from '@tanstack/react-router'
import type { ImportResult } from '@tenantry/contract'
import { type DragEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { addressOf, api } from '../../app/api.ts'
import { useSession } from '../../app/session.ts'
import { NoAccess } from '../../ui/NoAccess.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { ImportErrors } from './ImportErrors.tsx'
import { refreshUsers } from './queries.ts'

type Checked = { name: string; text: string; result: ImportResult }

/** Choose a file, see what it would do, then do it. */
export function ImportPage() {
  const { t } = useTranslation()
  const { may } = useSession()
  const [over, setOver] = useState(false)
  const [saved, setSaved] = useState(false)
  const check = useMutation({
    mutationFn: async (file: File): Promise<Checked> => {
      const text = await file.text()
      return { name: file.name, text, result: await api('checkImport', { body: text }) }
    },
  })
  const apply = useMutation({
    mutationFn: (text: string) => api('importUsers', { body: text }),
    onSuccess: () => refreshUsers(),
    gcTime: 0,
  })
  const choose = (file: File | null | undefined) => file && check.mutate(file)
  const again = () => {
    setSaved(false)
    check.reset()
    apply.reset()
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    choose(event.dataTransfer.files[0])
  }
  const result = apply.data ?? check.data?.result
  // The links are shown this once: whoever leaves without them is asked first.
  useBlocker({
    shouldBlockFn: () => !window.confirm(t('users.importPage.leave')),
    disabled: saved || !apply.data?.created,
    enableBeforeUnload: () => !saved && Boolean(apply.data?.created),
  })
  if (!may('user.create')) return <NoAccess title={t('users.importPage.title')} needs="user.create" />
  return (
    <>
      <Link to="/users" className="back-link">
        <IconChevronLeft size={16} aria-hidden />
        {t('users.all')}
      </Link>
      <PageHeader title={t('users.importPage.title')} lead={t('users.importPage.lead')}>
        <Button
          component="a"
          href={addressOf('importTemplate')}
          download
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          {t('users.importPage.template')}
        </Button>
      </PageHeader>
      <Stack>
        <ProblemAlert error={check.error ?? apply.error} />
        {!check.data && !check.isPending && (
          <Stack
            className="card"
            align="center"
            py={52}
            px="md"
            style={{ borderStyle: 'dashed', borderColor: over ? 'var(--mantine-primary-color-filled)' : undefined }}
            onDragOver={(event) => {
              event.preventDefault()
              setOver(true)
            }}
            onDragLeave={() => setOver(false)}
            onDrop={drop}
          >
            <IconFileTypeCsv size={34} stroke={1.3} aria-hidden />
            <FileButton onChange={choose} accept=".csv,text/csv">
              {(props) => <Button {...props}>{t('users.importPage.choose')}</Button>}
            </FileButton>
            <Text size="sm" c="dimmed">
              {t('users.importPage.drop')}
            </Text>
          </Stack>
        )}
        {(check.isPending || apply.isPending) && (
          <Group role="status" gap="sm">
            <Loader size="sm" />
            <Text size="sm">
              {apply.isPending
                ? t('users.importPage.importing')
                : t('users.importPage.checking', { name: check.variables?.name ?? '' })}
            </Text>
          </Group>
        )}
        {result && !apply.isPending && (
          <>
            <Text fw={550} role="status" className="numbers">
              {t(apply.data ? 'users.importPage.summaryDone' : 'users.importPage.summary', result)}
            </Text>
            <Group gap="xs">
              {!apply.data && (
                <Button disabled={result.created === 0} onClick={() => check.data && apply.mutate(check.data.text)}>
                  {t('users.importPage.apply', { count: result.created })}
                </Button>
              )}
              {apply.data && result.created > 0 && <DownloadLinks result={result} onSaved={() => setSaved(true)} />}
              {apply.data && (
                <Button component={Link} to="/users" variant="default">
                  {t('users.importPage.toUsers')}
                </Button>
              )}
              <Button variant="default" onClick={again}>
                {t('users.importPage.other')}
              </Button>
            </Group>
            {apply.data && result.created > 0 && (
              <Text size="sm" c="dimmed">
                {t('users.importPage.linksText')}
              </Text>
            )}
            <ImportErrors rows={result.rows} />
          </>
        )}
      </Stack>
    </>
  )
}

function DownloadLinks({ result, onSaved }: { result: ImportResult; onSaved: () => void }) {
  const { t } = useTranslation()
  const download = () => {
    const lines = result.rows.flatMap(({ username, setUpLink }) => (setUpLink ? [`${username},${setUpLink}`] : []))
    const url = URL.createObjectURL(
      new Blob([`username,set_up_link\r\n${lines.join('\r\n')}\r\n`], { type: 'text/csv' }),
    )
    const anchor = document.createElement('a')
    anchor.href = url
    anchor.download = 'set-up-links.csv'
    anchor.click()
    URL.revokeObjectURL(url)
    onSaved()
  }
  return (
    <Button leftSection={<IconDownload size={16} aria-hidden />} onClick={download}>
      {t('users.importPage.links')}
    </Button>
  )
}
