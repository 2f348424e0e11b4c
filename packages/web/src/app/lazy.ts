import { type ComponentType, lazy } from 'react'

/** A part of the page that is loaded when it is first drawn, with the kit's styles for it. */
export const lazyPart = <Props extends object>(load: () => Promise<ComponentType<Props>>) =>
  lazy(async () => {
    const [component] = await Promise.all([load(), import('./kit-rest.ts')])
    return { default: component }
  })
