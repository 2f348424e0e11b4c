import { ApiProblem } from '../../app/api.ts'
import { i18n } from '../../app/i18n.ts'

type FieldError = { pointer: string; code: string; detail: string }

/**
 * Puts what the server refused to the fields that are typed here, which lie flat: `/credential/token` is the token.
 * `main` is the field that stands for the whole of a part, such as `/scope`.
 */
export function placeProblem(error: unknown, main?: string): unknown {
  if (!(error instanceof ApiProblem)) return error
  const { problem, requestId } = error
  const given: readonly FieldError[] =
    problem.errors ??
    (problem.code === 'engine_name_taken'
      ? [{ pointer: '/name', code: problem.code, detail: i18n.t('engines.problem.nameTaken') }]
      : [])
  if (given.length === 0) return error
  const errors = given.map((field) => {
    const [first = '', second] = field.pointer.slice(1).split('/')
    const within = ['credential', 'scope', 'quota'].includes(first)
    const name = within ? (second ?? main ?? first) : first
    return { ...field, pointer: `/${name}`, detail: explained(field) }
  })
  return new ApiProblem({ ...problem, errors }, requestId)
}

function explained({ code, detail }: FieldError): string {
  if (code === 'engine_address' && detail.includes('ENGINE_ADDRESSES')) {
    return `${detail}. ${i18n.t('engines.problem.address')}`
  }
  return code === 'allocation_taken' ? i18n.t('engines.problem.partTaken', { what: detail }) : detail
}

/** Runs what a form sends, with refusals put to its fields. */
export const placing =
  (work: () => Promise<void>, main?: string): (() => Promise<void>) =>
  () =>
    work().catch((error) => {
      throw placeProblem(error, main)
    })
