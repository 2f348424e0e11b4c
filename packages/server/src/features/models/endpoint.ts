import { isIP } from 'node:net'
import { type Http, openHttp } from '../../engines/http.ts'
import { EngineError } from '../../engines/port.ts'
import type { Deps } from '../../platform/deps.ts'
import { fieldProblem, problem } from '../../platform/http/problem.ts'
import { BoxRefused } from '../../platform/secrets/box.ts'

/** What a credential is sealed for: of one model it does not open for another. */
export const purposeOf = (modelId: string): string => `credential of model ${modelId}`

/** The setting that names where models may answer. */
export const addressSetting = 'MODEL_ADDRESSES'
/** Said to whoever publishes: the list is not theirs to change. */
export const notAllowedYet = (host: string) => ({
  text: `Your provider does not allow ${host} yet.`,
  help: `Ask them to add it (${addressSetting}).`,
})

/** Where a model answers, and how it is asked. */
export type Endpoint = { http: Http; headers: Record<string, string> }

/** The base of its interface is the base of every path. */
export function openEndpoint(
  { modelAddresses }: Pick<Deps, 'modelAddresses'>,
  { address, ca, credential }: { address: string; ca: string | null; credential: string | null },
): Endpoint {
  return {
    http: openHttp(address, ca, modelAddresses, {
      sockets: Number.POSITIVE_INFINITY,
      setting: addressSetting,
      idle: 30_000,
      repeatable: true,
    }),
    headers: credential === null ? {} : { authorization: `Bearer ${credential}` },
  }
}

/** Throws `EngineError` where it cannot be read. */
export function unsealCredential({ box }: Pick<Deps, 'box'>, id: string, credential: Buffer | null): string | null {
  if (credential === null) return null
  const key = box()
  if (key === null) throw new EngineError('unauthorised', 'Its credential cannot be read: SECRET_KEY is not set.')
  try {
    return key.open(credential, purposeOf(id))
  } catch (error) {
    if (error instanceof BoxRefused)
      throw new EngineError('unauthorised', `Its credential cannot be read. ${error.message}`)
    throw error
  }
}

/** Throws `no_secret_key`. */
export function sealCredential({ box }: Pick<Deps, 'box'>, id: string, credential: string | null): Buffer | null {
  if (credential === null) return null
  const key = box()
  if (key === null) {
    return problem('no_secret_key', {
      detail: 'Set SECRET_KEY to 32 random bytes in base64 (openssl rand -base64 32), the same on every replica.',
    })
  }
  return key.seal(credential, purposeOf(id))
}

/** A name is looked up, and held against the list, each time it is connected to; an IP address already here. */
export function checkAddress({ modelAddresses }: Pick<Deps, 'modelAddresses'>, address: string): void {
  const url = new URL(address)
  if (url.search !== '' || url.hash !== '') fieldProblem('invalid_input', 'address', 'must end with its path')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) && !modelAddresses.permits(host, host)) {
    const { text, help } = notAllowedYet(host)
    fieldProblem('model_address', 'address', `${text} ${help}`)
  }
}
