import { z } from 'zod'

const number = new Intl.NumberFormat('en', { maximumFractionDigits: 10 })

type Amount = number | bigint
const boundaryOf = (origin: string, bound: Amount): Amount | string =>
  origin === 'date' ? new Date(Number(bound)).toISOString() : number.format(bound)

const types: Record<string, string> = {
  string: 'must be a text',
  number: 'must be a number',
  int: 'must be a whole number',
  boolean: 'must be true or false',
  array: 'must be a list',
  object: 'must be an object',
  record: 'must be an object',
}

const formats: Record<string, string> = {
  email: 'is not an e-mail address',
  url: 'must be an address such as https://example.org',
  uuid: 'is not an id',
  date: 'must be a day such as 2026-01-31',
  datetime: 'must be a time such as 2026-01-31T12:00:00Z',
  time: 'must be a time of the day such as 12:00:00',
  base64: 'must be base64',
}

/** More than these are no help to whoever reads them. */
const mostNamed = 12
const oneOf = (values: readonly unknown[]): string => {
  if (values.length === 1) return `must be ${String(values[0])}`
  if (values.length > mostNamed) return 'is not one of those that there are'
  return `must be one of ${values.map(String).join(', ')}`
}

function tooSmall({ origin, minimum, inclusive }: z.core.$ZodIssueTooSmall): string {
  if (origin === 'string') return minimum === 1 ? 'must not be empty' : `at least ${number.format(minimum)} characters`
  if (origin === 'array' || origin === 'set' || origin === 'map')
    return minimum === 1 ? 'at least one is needed' : `at least ${number.format(minimum)} are needed`
  return `must be ${inclusive === false ? 'more than' : 'at least'} ${boundaryOf(origin, minimum)}`
}

function tooBig({ origin, maximum, inclusive }: z.core.$ZodIssueTooBig): string {
  if (origin === 'string') return `at most ${number.format(maximum)} characters`
  if (origin === 'array' || origin === 'set' || origin === 'map')
    return `at most ${number.format(maximum)} are possible`
  return `must be ${inclusive === false ? 'less than' : 'at most'} ${boundaryOf(origin, maximum)}`
}

/**
 * What is wrong with a value, in words for whoever filled in a form, where the schema has none of its own. They stand
 * beside the field: `must not be empty`.
 */
export function inPlainWords(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined || issue.input === null) return 'is required'
      return types[issue.expected] ?? 'is of a kind that cannot be used here'
    case 'too_small':
      return tooSmall(issue as z.core.$ZodIssueTooSmall)
    case 'too_big':
      return tooBig(issue as z.core.$ZodIssueTooBig)
    case 'invalid_value':
      return issue.input === undefined || issue.input === null ? 'is required' : oneOf(issue.values)
    case 'invalid_format':
      if (issue.format === 'starts_with') return `must begin with ${issue.prefix}`
      if (issue.format === 'ends_with') return `must end with ${issue.suffix}`
      if (issue.format === 'includes') return `must contain ${issue.includes}`
      return formats[issue.format] ?? 'has a form that cannot be used here'
    case 'not_multiple_of':
      return `must be a multiple of ${number.format(issue.divisor as Amount)}`
    case 'unrecognized_keys':
      return `has what is no field of it: ${issue.keys.slice(0, mostNamed).join(', ')}`
    case 'invalid_union':
      return Array.isArray(issue.options) && issue.options.length > 0
        ? oneOf(issue.options)
        : 'is none of what can be given here'
    case 'invalid_key':
    case 'invalid_element':
      return (issue.issues as z.core.$ZodIssue[])[0]?.message ?? 'holds something that cannot be used'
    default:
      return 'cannot be used'
  }
}

// For every schema there is: what zod says by itself is for programmers, and reaches pages, programs and operators.
z.config({ customError: inPlainWords })
