import { useEffect, useRef, useState } from 'react'
import { whoIs } from './chat-keeper.ts'

const place = (of: string) => `tenantry.playground.${whoIs()} ${of}`
function put(of: string, text: string): void {
  try {
    if (text === '') sessionStorage.removeItem(place(of))
    else sessionStorage.setItem(place(of), text)
  } catch {}
}

/** A text that survives a reload of the tab, for one person alone; `of` is what it belongs to, and it moves with it. */
export function useKeptText(of: string): [string, (text: string) => void] {
  const [text, setText] = useState(() => {
    try {
      return sessionStorage.getItem(place(of)) ?? ''
    } catch {
      return ''
    }
  })
  const before = useRef(of)
  useEffect(() => {
    if (before.current === of) return
    put(before.current, '')
    put(of, text)
    before.current = of
  }, [of, text])
  const keep = (next: string) => {
    setText(next)
    put(of, next)
  }
  return [text, keep]
}
