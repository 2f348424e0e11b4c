import { api } from '../../app/api.ts'

// One window for each workspace, as far as the browser finds it again: it may keep windows of other origins apart.
const nameOf = (id: string) => `ws-${id}`

/**
 * A window to open a workspace in. Only right within a click: browsers let nothing open later. What opens there cannot reach
 * back to this page. Null when the browser blocked it.
 */
export function takeWindow(id: string, words: string): Window | null {
  const opened = window.open('about:blank', nameOf(id))
  if (!opened) return null
  try {
    opened.opener = null
    opened.document.title = words
    opened.document.body.textContent = words
  } catch {
    // It is open already, at the workspace's own origin: then it lost its opener when it was opened first.
  }
  return opened
}

/** Fetches a ticket and posts it to the workspace: into its window, or `here`, in the place of this page. */
export async function postTicket(id: string, where: 'window' | 'here'): Promise<void> {
  const { action, ticket } = await api('openWorkspace', { params: { id } })
  const form = document.createElement('form')
  form.method = 'post'
  form.action = action
  form.target = where === 'here' ? '_self' : nameOf(id)
  form.hidden = true
  form.append(Object.assign(document.createElement('input'), { type: 'hidden', name: 'ticket', value: ticket }))
  document.body.append(form)
  form.submit()
  form.remove()
}
