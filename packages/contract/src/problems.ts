import { z } from 'zod'

/**
 * Every way a request can be refused: status and title by code. The closed union behind RFC 9457 problem
 * documents; `type` is `/problems/<code>` relative to the server.
 */
export const problems = {
  invalid_input: { status: 400, title: 'Some of what was sent cannot be used' },
  malformed_request: { status: 400, title: 'The request could not be read' },
  invalid_cursor: { status: 400, title: 'This page of the list is no longer valid' },
  not_signed_in: { status: 401, title: 'Sign in to continue' },
  sign_in_refused: { status: 401, title: 'Organization, username or password is not right' },
  password_change_required: { status: 403, title: 'Choose a new password first' },
  missing_permission: { status: 403, title: 'Your role does not permit this' },
  exceeds_your_rights: { status: 403, title: 'This needs rights that you do not hold yourself' },
  cross_site_request: { status: 403, title: 'The request came from another site' },
  setup_token_required: { status: 403, title: 'The set-up link is not right, was used, or has expired' },
  link_invalid: { status: 410, title: 'This link was used, replaced, or has expired' },
  not_found: { status: 404, title: 'There is nothing here, or it is not yours to see' },
  username_taken: { status: 409, title: 'Another user has this username' },
  engine_name_taken: { status: 409, title: 'Another engine has this name' },
  engine_in_use: { status: 409, title: 'Tenants have parts of this engine' },
  engine_address: { status: 422, title: 'This address may not be reached from here' },
  engine_unavailable: { status: 503, title: 'The engine does not answer' },
  engine_refused: { status: 409, title: 'The engine refused this' },
  no_secret_key: { status: 409, title: 'There is no key to keep credentials with' },
  allocation_taken: { status: 409, title: 'This part is somebody else’s, or the tenant has a part already' },
  exceeds_quota: { status: 409, title: 'This is more than may be used' },
  template_in_use: { status: 409, title: 'Workspaces are made of this template' },
  template_name_taken: { status: 409, title: 'Another template has this name' },
  workspace_name_taken: { status: 409, title: 'You have a workspace of this name' },
  volume_name_taken: { status: 409, title: 'You have a volume of this name' },
  volume_in_use: { status: 409, title: 'A workspace uses this volume' },
  model_name_taken: { status: 409, title: 'Another model has this name' },
  model_address: { status: 422, title: 'A model may not be reached at this address' },
  model_limit: { status: 429, title: 'This is more than may be used of the model' },
  too_many_models: { status: 409, title: 'The tenant has as many models as one tenant may' },
  too_many_keys: { status: 409, title: 'You have as many keys as one person may' },
  too_many_chats: { status: 409, title: 'You have as many chats as one person may' },
  layout_overlaps: { status: 422, title: 'Widgets would lie on top of each other' },
  email_taken: { status: 409, title: 'Another user has this e-mail address' },
  slug_taken: { status: 409, title: 'Another tenant has this name in its address' },
  role_name_taken: { status: 409, title: 'Another role has this name' },
  role_built_in: { status: 409, title: 'Built-in roles cannot be changed' },
  role_in_use: { status: 409, title: 'The role is held: choose what its holders get instead' },
  permission_out_of_scope: { status: 422, title: 'A role of a tenant cannot permit this' },
  not_confirmed: { status: 422, title: 'What was typed to confirm is not right' },
  email_domain: { status: 422, title: 'Addresses of this domain are not allowed here' },
  last_tenant_admin: { status: 409, title: 'The tenant would lose its last active admin' },
  not_on_yourself: { status: 409, title: 'You cannot do this to yourself' },
  wrong_state: { status: 409, title: 'This is not in a state that allows it' },
  set_up_already: { status: 409, title: 'This platform is set up already' },
  idempotency_key_reused: { status: 422, title: 'This Idempotency-Key was used for another request' },
  already_done: { status: 409, title: 'This request was carried out before' },
  in_progress: { status: 409, title: 'This request is being carried out' },
  changed_meanwhile: { status: 412, title: 'Somebody else changed this in the meantime' },
  precondition_required: { status: 428, title: 'Say which version you are changing (If-Match)' },
  too_large: { status: 413, title: 'The request is too large' },
  unsupported_media_type: { status: 415, title: 'This content type is not understood' },
  weak_password: { status: 422, title: 'Choose another password' },
  wrong_password: { status: 422, title: 'The current password is not right' },
  role_not_available: { status: 422, title: 'There is no such role to give' },
  too_many_attempts: { status: 429, title: 'Too many attempts: wait a little' },
  too_many_requests: { status: 429, title: 'Too many requests: wait a little' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  unavailable: { status: 503, title: 'The service is not available right now' },
} as const satisfies Record<string, { status: number; title: string }>

export type ProblemCode = keyof typeof problems

/** One field that cannot be used: `pointer` is an RFC 6901 JSON pointer into the body, or `?name` for a query field. */
export const FieldError = z.object({ pointer: z.string(), code: z.string(), detail: z.string() })
export type FieldError = z.infer<typeof FieldError>

/** RFC 9457 problem document, as `application/problem+json`. */
export const Problem = z.object({
  type: z.string(),
  code: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  errors: z.array(FieldError).optional(),
  /** The permissions that are missing, with `missing_permission` and `exceeds_your_rights`. */
  missing: z.array(z.string()).optional(),
  /** Seconds to wait, with 429 and 503; the same as the Retry-After header. */
  retryAfter: z.int().optional(),
  requestId: z.string().optional(),
})
export type Problem = z.infer<typeof Problem>
