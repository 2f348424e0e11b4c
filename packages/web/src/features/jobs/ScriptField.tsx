import { Button, Group, Input, Stack, Text } from '@mantine/core'
import { Suspense, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { lazyPart } from '../../app/lazy.ts'
import { Modal } from '../../ui/Dialog.tsx'
import { PlainEditor } from './PlainEditor.tsx'
import { SbatchNotice } from './SbatchNotice.tsx'
import { sbatchLines } from './sbatch.ts'
import { type TemplateName, templateIn, templateNames, templateOf } from './script-templates.ts'
import type { JobForm } from './use-job-form.ts'

const ScriptEditor = lazyPart(async () => (await import('./ScriptEditor.tsx')).ScriptEditor)
const isApple = /Mac|iPhone|iPad/.test(navigator.platform)

/** The script, with templates to begin with, and what of it is not heeded. */
export function ScriptField({ form, onSubmit }: { form: JobForm; onSubmit: () => void }) {
  const { t } = useTranslation()
  const [asking, setAsking] = useState<TemplateName | null>(null)
  const helpId = useId()
  const errorId = useId()
  const { values, errors, offer, place } = form
  const lines = sbatchLines(values.script)

  const use = (name: TemplateName) => {
    const template = templateOf(name, offer?.engineKind)
    const model = place?.gpus[0]?.model
    setAsking(null)
    form.change({
      name: template.name,
      script: template.script,
      array: name === 'array' ? '0-9' : '',
      nodes: name === 'mpi' ? Math.min(2, place?.nodes ?? 1) : 1,
      ...(name === 'gpu' && model !== undefined && values.gpuModel === 'none' && { gpuModel: model, gpuCount: 1 }),
    })
  }
  const text = {
    label: t('jobs.new.field.script'),
    value: values.script,
    describedBy: `${helpId}${errors.script ? ` ${errorId}` : ''}`,
    invalid: Boolean(errors.script),
    onChange: (script: string) => form.set('script', script),
  }
  return (
    <div data-field="script">
      <Group gap={6} mb="xs">
        <Text size="sm" c="dimmed" id={`${helpId}-templates`}>
          {t('jobs.new.templates')}
        </Text>
        {templateNames.map((name) => (
          <Button
            key={name}
            variant="default"
            size="compact-xs"
            aria-describedby={`${helpId}-templates`}
            onClick={() => (templateIn(values.script) ? use(name) : setAsking(name))}
          >
            {t(`jobs.new.template.${name}`)}
          </Button>
        ))}
      </Group>
      <Suspense fallback={<PlainEditor {...text} />}>
        <ScriptEditor {...text} ignored={lines.map(({ line }) => line)} onSubmit={onSubmit} />
      </Suspense>
      {errors.script && (
        <Input.Error id={errorId} mt={4}>
          {errors.script}
        </Input.Error>
      )}
      <Text size="xs" c="dimmed" mt={4} id={helpId}>
        {t('jobs.new.help.script', { keys: isApple ? '⌘↵' : 'Ctrl+Enter' })}
      </Text>
      <SbatchNotice lines={lines} form={form} />
      {asking && (
        <Modal opened onClose={() => setAsking(null)} title={t('jobs.new.replace')}>
          <Stack>
            <Text size="sm">{t('jobs.new.replaceText', { template: t(`jobs.new.template.${asking}`) })}</Text>
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={() => setAsking(null)} data-autofocus>
                {t('action.cancel')}
              </Button>
              <Button color="red.9" onClick={() => use(asking)}>
                {t('jobs.new.replaceGo')}
              </Button>
            </Group>
          </Stack>
        </Modal>
      )}
    </div>
  )
}
