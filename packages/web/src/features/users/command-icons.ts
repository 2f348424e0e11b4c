import {
  IconArrowBackUp,
  IconBan,
  IconCircleCheck,
  IconEye,
  IconGauge,
  IconKey,
  IconLink,
  IconLockOpen,
  IconLogout,
  IconPencil,
  IconTrash,
  IconUserCog,
} from '@tabler/icons-react'
import type { UserCommand } from './user-commands.ts'

/** The mark of each command, the same wherever it is offered. */
export const commandIcons: Record<UserCommand, typeof IconBan> = {
  edit: IconPencil,
  reset: IconKey,
  changeRole: IconUserCog,
  view: IconEye,
  quota: IconGauge,
  disable: IconBan,
  enable: IconCircleCheck,
  unlock: IconLockOpen,
  signOut: IconLogout,
  link: IconLink,
  delete: IconTrash,
  restore: IconArrowBackUp,
}
