import { useEffect, useRef } from 'react'
import { ApiProblem } from '../../app/api.ts'
import { useSession } from '../../app/session.ts'
import { useForm } from '../../ui/use-form.ts'
import { dropDraft, keepDraft } from './draft.ts'
import { type JobField, type JobValues, offerOf, placeOf, problemsOf } from './job-values.ts'
import type { OfferedEngine } from './offers.ts'

/** How long after the last key the draft is kept, in milliseconds. */
const keepAfter = 300

export type JobForm = ReturnType<typeof useJobForm>

/** The form for a job: what is typed, what can be chosen, and what stands in the way, from here or from the server. */
export function useJobForm(initial: JobValues, offers: readonly OfferedEngine[], from: string | undefined) {
  const { user } = useSession()
  const form = useForm(initial)
  const { values } = form
  const over = useRef(false)
  useEffect(() => {
    const keep = () => over.current || keepDraft(user.id, from, values)
    const later = setTimeout(keep, keepAfter)
    addEventListener('pagehide', keep)
    return () => {
      clearTimeout(later)
      removeEventListener('pagehide', keep)
    }
  }, [user.id, from, values])
  const offer = offerOf(offers, values.engineId)
  const problems = problemsOf(values, offer)
  const errors = { ...problems, ...defined(form.errors) } as Partial<Record<JobField, string>>
  return {
    ...form,
    offer,
    choices: offer?.choices ?? null,
    place: placeOf(offer?.choices, values.where),
    /** What stands in the way as far as is known here. */
    problems,
    errors,
    text: <Name extends JobField>(name: Name) => ({ ...form.text(name), error: errors[name] }),
    change: (part: Partial<JobValues>) => {
      form.setValues((before) => ({ ...before, ...part }))
      form.setErrors({ ...form.errors, ...Object.fromEntries(Object.keys(part).map((name) => [name, undefined])) })
    },
    /** It is submitted: nothing of it is kept any more. */
    forget: () => {
      over.current = true
      dropDraft()
    },
    /** Where the focus goes when it cannot be submitted. */
    focusFirst: () =>
      requestAnimationFrame(() => form.form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()),
  }
}

const defined = (errors: Partial<Record<JobField, string>>) =>
  Object.fromEntries(Object.entries(errors).filter(([, error]) => error !== undefined))

const fields: Record<string, JobField> = { memoryMiB: 'memory', minutes: 'time' }

/** Puts what the server refused to the fields that are typed here. */
export function placeJobProblem(error: unknown): unknown {
  if (!(error instanceof ApiProblem) || !error.problem.errors) return error
  const errors = error.problem.errors.map((one) => {
    const [first = '', second] = one.pointer.slice(1).split('/')
    const field = first === 'gpus' ? (second === 'model' ? 'gpuModel' : 'gpuCount') : (fields[first] ?? first)
    return { ...one, pointer: `/${field}` }
  })
  return new ApiProblem({ ...error.problem, errors }, error.requestId)
}
