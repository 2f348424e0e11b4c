import { useEffect, useRef, useState } from 'react'
import { ApiProblem } from '../app/api.ts'
import { asSentence } from '../app/sentence.ts'

type Errors<Values> = Partial<Record<keyof Values & string, string>>

const inSentences = <Values extends object>(wrong: Errors<Values>): Errors<Values> =>
  Object.fromEntries(
    Object.entries(wrong as Record<string, string | undefined>).map(([name, text]) => [name, text && asSentence(text)]),
  ) as Errors<Values>

/**
 * The state of a form: values, and the errors of the server put to their fields. What has no field here is left in
 * `problem`. The first field with an error gets the focus.
 */
export function useForm<Values extends object>(initial: Values) {
  const [values, setValues] = useState(initial)
  const [wrong, setErrors] = useState<Errors<Values>>({})
  const errors = inSentences(wrong)
  const [problem, setProblem] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const form = useRef<HTMLFormElement>(null)

  // Once the errors are drawn: a form that takes longer to draw than a frame has no invalid field yet in the next one.
  const [failures, setFailures] = useState(0)
  useEffect(() => {
    if (failures > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [failures])
  const focusFirst = () => setFailures((before) => before + 1)
  const set = <Name extends keyof Values & string>(name: Name, value: Values[Name]) => {
    setValues((before) => ({ ...before, [name]: value }))
    setErrors((before) => ({ ...before, [name]: undefined }))
  }
  const fail = (error: unknown) => {
    const fields = error instanceof ApiProblem ? (error.problem.errors ?? []) : []
    const found: Errors<Values> = {}
    for (const { pointer, detail } of fields) {
      // `/memoryMiB` is typed as text with its unit, in a field that is called `memory`; `/quota/cpus` lies flat.
      const parts = pointer.replace('memoryMiB', 'memory').slice(1).split('/')
      const name = parts.slice(0, 2).find((part) => part in values) as (keyof Values & string) | undefined
      if (name && !found[name]) found[name] = detail
    }
    setErrors(found)
    const placed = fields.length > 0 && Object.keys(found).length > 0
    setProblem(placed ? null : error)
    if (placed) focusFirst()
  }

  return {
    values,
    errors,
    problem,
    busy,
    form,
    set,
    setValues,
    fail,
    setErrors: (found: Errors<Values>) => {
      setErrors(found)
      focusFirst()
    },
    /** Runs what submitting means; a refusal goes to the fields. */
    submit: async (work: () => Promise<void>) => {
      setBusy(true)
      setProblem(null)
      try {
        await work()
      } catch (error) {
        fail(error)
      } finally {
        setBusy(false)
      }
    },
    /** What a text field needs. */
    text: <Name extends keyof Values & string>(name: Name) => ({
      name,
      value: String(values[name] ?? ''),
      error: errors[name],
      onChange: (event: { currentTarget: { value: string } }) => set(name, event.currentTarget.value as Values[Name]),
    }),
  }
}
