import type { Model, ModelUse, NewModel } from '@tenantry/contract'

/** What becomes of the credential that is kept. */
export type CredentialChange = 'keep' | 'replace' | 'none'
type Amount = number | string
export type ModelValues = {
  address: string
  credentialChange: CredentialChange
  credential: string
  ca: string
  model: string
  name: string
  title: string
  description: string
  uses: ModelUse[]
  contextLength: Amount
  input: Amount
  output: Amount
  currency: string
  requestsPerMinute: Amount
  tokensPerMinute: Amount
  tokensPerMonth: Amount
  who: 'everybody' | 'roles'
  roleIds: string[]
}

export const newModel: ModelValues = {
  ...{ address: '', credentialChange: 'replace', credential: '', ca: '', model: '' },
  ...{ name: '', title: '', description: '', uses: ['chat'], contextLength: '' },
  ...{ input: '', output: '', currency: 'EUR' },
  ...{ requestsPerMinute: '', tokensPerMinute: '', tokensPerMonth: '', who: 'everybody', roleIds: [] },
}

export const modelValues = ({ endpoint, limits, price, ...model }: Model): ModelValues => ({
  ...{ address: endpoint?.address ?? '', ca: endpoint?.ca ?? '', model: endpoint?.model ?? '' },
  ...{ credentialChange: endpoint?.credential ? 'keep' : 'none', credential: '' },
  ...{ name: model.name, title: model.title, description: model.description, uses: [...model.uses] },
  contextLength: model.contextLength ?? '',
  ...{ input: price?.input ?? '', output: price?.output ?? '', currency: price?.currency ?? 'EUR' },
  requestsPerMinute: limits.requestsPerMinute ?? '',
  tokensPerMinute: limits.tokensPerMinute ?? '',
  tokensPerMonth: limits.tokensPerMonth ?? '',
  ...{ who: model.roleIds === null ? 'everybody' : 'roles', roleIds: model.roleIds ?? [] },
})

const amount = (typed: Amount): number | null => (typed === '' ? null : Number(typed))

/** How the endpoint is reached, as the server takes it: empty is none. */
export const connectionOf = ({ address, ca }: ModelValues) => ({ address: address.trim(), ca: ca.trim() || null })

/** Another address than the one the credential is kept for. */
export const movesAway = (values: ModelValues, before: Model | undefined): boolean =>
  before !== undefined && values.address.trim() !== (before.endpoint?.address ?? '')

/** What becomes of the credential: it is never kept for another address. */
export const credentialChangeOf = (values: ModelValues, before: Model | undefined): CredentialChange =>
  values.credentialChange === 'keep' && movesAway(values, before) ? 'replace' : values.credentialChange

/** All that is published but the credential. A price of which one part is empty is nothing for that. */
export const describedOf = (values: ModelValues): Omit<NewModel, 'credential'> => ({
  ...connectionOf(values),
  model: values.model.trim(),
  name: values.name.trim(),
  title: values.title,
  description: values.description,
  uses: values.uses,
  contextLength: amount(values.contextLength),
  price:
    values.input === '' && values.output === ''
      ? null
      : { input: Number(values.input), output: Number(values.output), currency: values.currency.trim().toUpperCase() },
  limits: {
    requestsPerMinute: amount(values.requestsPerMinute),
    tokensPerMinute: amount(values.tokensPerMinute),
    tokensPerMonth: amount(values.tokensPerMonth),
  },
  roleIds: values.who === 'everybody' ? null : values.roleIds,
})

/** Only what is another than before: what stays as it is is not held against the list of addresses again. */
export function changesOf(values: ModelValues, before: Model): Partial<NewModel> {
  const was = describedOf(modelValues(before))
  const described = Object.fromEntries(
    Object.entries(describedOf(values)).filter(
      ([field, value]) => JSON.stringify(value) !== JSON.stringify(was[field as keyof typeof was]),
    ),
  )
  const change = credentialChangeOf(values, before)
  const dropped = change === 'none' && (before.endpoint?.credential === true || movesAway(values, before))
  return {
    ...described,
    ...(change === 'replace' && { credential: values.credential.trim() }),
    ...(dropped && { credential: null }),
  }
}

/** A name for what an endpoint calls `meta-llama/Llama-3.1-8B-Instruct`: the last part of the path, as a ModelName may be. */
export const nameFrom = (upstream: string): string =>
  (upstream.split('/').findLast((part) => part.trim() !== '') ?? '')
    .trim()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9._:-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .replace(/-+$/, '')
    .slice(0, 100)
