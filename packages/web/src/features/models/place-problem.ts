import { ApiProblem } from '../../app/api.ts'
import { i18n } from '../../app/i18n.ts'

type FieldError = { pointer: string; code: string; detail: string }

/** Refusals that are about one field, where the server names none. */
const fieldOf: Record<string, string> = { model_name_taken: '/name', model_address: '/address' }

/** Puts what the server refused to the fields of the form, which lie flat: `/limits/tokensPerMonth` is `tokensPerMonth`. */
export function placeProblem(error: unknown): unknown {
  if (!(error instanceof ApiProblem)) return error
  const { problem, requestId } = error
  const { code, detail, title } = problem
  const own = fieldOf[code]
  const given: readonly FieldError[] = problem.errors ?? (own ? [{ pointer: own, code, detail: detail ?? title }] : [])
  if (given.length === 0) return error
  const errors = given.map((field) => {
    const [first = '', second] = field.pointer.slice(1).split('/')
    const main = first === 'price' ? 'input' : 'requestsPerMinute'
    const name = first === 'price' || first === 'limits' ? (second ?? main) : first
    return { ...field, pointer: `/${name}`, detail: explained(field) }
  })
  return new ApiProblem({ ...problem, errors }, requestId)
}

const explained = ({ code, detail }: FieldError): string =>
  code === 'model_name_taken' ? i18n.t('models.form.nameTaken') : detail

/** Runs what a form sends, with refusals put to its fields. */
export const placing =
  (work: () => Promise<void>): (() => Promise<void>) =>
  () =>
    work().catch((error) => {
      throw placeProblem(error)
    })
