import type { LayoutItem } from '@tenantry/contract'
import type { CSSProperties, ReactNode, Ref } from 'react'

type Props = { children: ReactNode; ref?: Ref<HTMLDivElement>; editing?: boolean }

/** Twelve columns; one where there is no room for them, in reading order. */
export const Grid = ({ children, ref, editing = false }: Props) => (
  <div className="widgets">
    <div ref={ref} className="widgets-grid" data-editing={editing || undefined}>
      {children}
    </div>
  </div>
)

/** Where a cell of the grid is, for its style. */
export const placeOf = ({ x, y, w, h }: Pick<LayoutItem, 'x' | 'y' | 'w' | 'h'>): CSSProperties =>
  ({ '--x': x + 1, '--y': y + 1, '--w': w, '--h': h }) as CSSProperties
