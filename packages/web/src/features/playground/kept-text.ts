import { useState } from 'react'
import { whoIs } from './chat-keeper.ts'

const place = (of: string) => `tenantry.playground.${whoIs()} ${of}`

/** A text that survives a reload of the tab, for one person alone; `of` is what it belongs to. */
export function useKeptText(of: string): [string, (text: string) => void] {
  const [text, setText] = useState(() => {
    try {
      return sessionStorage.getItem(place(of)) ?? ''
    } catch {
      return ''
    }
  })
  const keep = (next: string) => {
    setText(next)
    try {
      if (next === '') sessionStorage.removeItem(place(of))
      else sessionStorage.setItem(place(of), next)
    } catch {}
  }
  return [text, keep]
}
