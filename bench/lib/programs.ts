import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'

/** Whether a program is there. Debian keeps servers out of the path of ordinary people. */
export const hasProgram = (name: string): boolean =>
  [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'].some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
