const key = 'tenantry.organization'

/** The organization of the last sign-in on this browser. */
export const rememberedOrganization = (): string => {
  try {
    return localStorage.getItem(key) ?? ''
  } catch {
    return ''
  }
}
export const rememberOrganization = (slug: string): void => {
  try {
    localStorage.setItem(key, slug)
  } catch {}
}

/** Takes the secret out of the address, so that it stays in no history; a reload of the tab still finds it. */
export function takeFragment(name: string): string {
  const kept = `tenantry.${name}`
  const fragment = window.location.hash.slice(1)
  try {
    if (fragment) sessionStorage.setItem(kept, fragment)
    if (fragment)
      window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search)
    return sessionStorage.getItem(kept) ?? ''
  } catch {
    return fragment
  }
}
export const dropFragment = (name: string): void => {
  try {
    sessionStorage.removeItem(`tenantry.${name}`)
  } catch {}
}
