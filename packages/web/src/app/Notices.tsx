import { Notifications } from '@mantine/notifications'

/**
 * Where short messages appear; those that offer a way back stay longer. In the middle below the bar: at the bottom they cover
 * what one writes in and sends with, at the right what a page is there for.
 */
export const Notices = () => <Notifications className="notices" position="top-center" autoClose={6000} limit={4} />
