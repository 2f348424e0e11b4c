import { Alert, Button, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { typeMemory } from '../../app/memory.ts'
import { choosePlace, type Place, type PlaceField, placeFields } from './choose-place.ts'
import { formatHours } from './durations.ts'
import type { JobField, JobValues } from './job-values.ts'
import { placeWord } from './place-word.ts'
import { type SbatchLine, type Taken, takeOver } from './sbatch.ts'
import type { JobForm } from './use-job-form.ts'

/** Says which lines of the script are not heeded, and takes over into the form what it has a field for. */
export function SbatchNotice({ lines, form }: { lines: SbatchLine[]; form: JobForm }) {
  const { t } = useTranslation()
  const [said, setSaid] = useState('')
  const { values, choices, offer } = form
  const label = (field: JobField) =>
    field === 'where' ? placeWord('jobs.new.field.where', offer?.engineKind) : t(`jobs.new.field.${field}`)
  const take = () => {
    const { taken, script } = takeOver(values.script)
    const { change, refused } = changeOf(taken, values, choices?.combinations ?? [])
    form.change({ ...change, script })
    const fields = (Object.keys(change) as JobField[]).filter((field) => change[field] !== values[field])
    setSaid(
      [
        fields.length > 0 && t('jobs.new.took', { list: fields.map(label).join(', ') }),
        refused.length > 0 && t('jobs.new.tookNot', { what: refused.join(', ') }),
      ]
        .filter(Boolean)
        .join('. '),
    )
  }
  return (
    <>
      {lines.length > 0 && (
        <Alert
          variant="outline"
          color="yellow"
          mt="sm"
          icon={<IconAlertTriangle aria-hidden />}
          title={t('jobs.new.directives', { count: lines.length })}
        >
          <ul className="bare-list sbatch-lines">
            {lines.map(({ line, text, take }) => (
              <li key={line}>
                <code>{text}</code> <span className="dim">{t(take ? 'jobs.new.lineTaken' : 'jobs.new.lineLost')}</span>
              </li>
            ))}
          </ul>
          {lines.some((line) => line.take !== null) && (
            <Button variant="default" size="compact-sm" mt="xs" onClick={take}>
              {t('jobs.new.take')}
            </Button>
          )}
        </Alert>
      )}
      <Text size="sm" mt={said ? 'xs' : 0} role="status">
        {said}
      </Text>
    </>
  )
}

/** What of the form changes, and what cannot be chosen where one may submit. */
function changeOf(
  taken: Taken,
  values: JobValues,
  combinations: readonly Place[],
): { change: Partial<JobValues>; refused: string[] } {
  const wanted = placeFields.filter((field) => taken[field] !== undefined)
  const there = (field: PlaceField) => combinations.some((one) => one[field] === taken[field])
  const asked = Object.fromEntries(wanted.filter(there).map((field) => [field, taken[field]])) as Partial<Place>
  const { place } = choosePlace(combinations, values, asked)
  const { gpus, minutes, memoryMiB } = taken
  return {
    change: {
      ...(Object.keys(asked).length > 0 && place),
      ...(taken.name !== undefined && { name: taken.name }),
      ...(taken.cpus !== undefined && { cpus: taken.cpus }),
      ...(taken.nodes !== undefined && { nodes: taken.nodes }),
      ...(taken.array !== undefined && { array: taken.array }),
      ...(taken.workingDirectory !== undefined && { workingDirectory: taken.workingDirectory }),
      ...(minutes !== undefined && { time: formatHours(minutes) }),
      ...(memoryMiB !== undefined && { memory: typeMemory(memoryMiB) }),
      ...(gpus !== undefined && { gpuModel: gpus.model || 'any', gpuCount: gpus.count }),
    },
    refused: wanted.filter((field) => !there(field)).map((field) => taken[field] ?? ''),
  }
}
