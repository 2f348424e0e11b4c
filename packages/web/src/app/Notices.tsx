import { Notifications } from '@mantine/notifications'

/** Where short messages appear; those that offer a way back stay longer. */
export const Notices = () => <Notifications position="bottom-right" autoClose={6000} limit={4} />
