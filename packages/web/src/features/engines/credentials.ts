import type { credentialTypes as contractTypes, EngineCredential, EngineKind } from '@tenantry/contract'

export type CredentialType = EngineCredential['type']

// As the contract has it, without the schemas that would come along: the type holds the two together.
export const credentialTypes: typeof contractTypes = {
  slurm: ['slurm_broker', 'slurm_token', 'slurm_key'],
  kubernetes: ['bearer'],
  kubevirt: ['bearer'],
  nova: ['keystone'],
  ironic: ['keystone', 'none'],
  metal3: ['bearer'],
  this_machine: ['none'],
}
export const kinds = Object.keys(credentialTypes) as EngineKind[]

/** What is typed for any of them. */
export const noCredential = {
  type: 'none' as CredentialType,
  user: '',
  token: '',
  keyBase64: '',
  authUrl: '',
  userDomain: 'Default',
  password: '',
  project: '',
  brokerUrl: '',
  brokerSecret: '',
  logAgentUrl: '',
  logAgentSecret: '',
}
export type CredentialValues = typeof noCredential

export function credentialOf(values: CredentialValues): EngineCredential {
  const { type, token, password } = values
  const user = values.user.trim()
  if (type === 'slurm_token') return { type, user, token: token.trim() }
  if (type === 'slurm_broker') {
    const logAgentUrl = values.logAgentUrl.trim() || null
    const logAgentSecret = values.logAgentSecret.trim() || null
    return {
      type,
      user,
      brokerUrl: values.brokerUrl.trim(),
      brokerSecret: values.brokerSecret.trim(),
      logAgentUrl,
      logAgentSecret,
    }
  }
  if (type === 'slurm_key') return { type, user, keyBase64: values.keyBase64.trim() }
  if (type === 'bearer') return { type, token: token.trim() }
  if (type === 'none') return { type }
  const [authUrl, project] = [values.authUrl.trim(), values.project.trim()]
  const userDomain = values.userDomain.trim() || 'Default'
  return { type, authUrl, user, userDomain, password, ...(project && { project }) }
}
