import type { Deps } from '../../platform/deps.ts'

/** The address of a set-up link. The token is in the fragment, which browsers send to nobody. */
export const setUpUrl = ({ publicUrl }: Deps, token: string): string => `${publicUrl}/set-up#${token}`

type Person = { email: string; firstName: string; username: string }

/** Mails the link where a mail server is configured; answers whether it took the mail. After the commit, never within. */
export const mailSetUpLink = (
  { mailer, publicUrl }: Deps,
  user: Person,
  tenant: { name: string; slug: string },
  url: string,
  expiresAt: Date,
): Promise<boolean> =>
  mailer.send({
    to: user.email,
    subject: `Your account at ${tenant.name}`,
    text: [
      `Hello ${user.firstName},`,
      '',
      `you have an account at ${tenant.name}. Choose your password here:`,
      '',
      url,
      '',
      `The link works once, until ${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC.`,
      `Afterwards sign in at ${publicUrl}/sign-in/${tenant.slug} as ${user.username}.`,
    ].join('\n'),
  })
