import nodemailer from 'nodemailer'
import type { Logger } from 'pino'

export type Mail = { to: string; subject: string; text: string }
/** Sends at once and answers whether the mail server took it. Never throws. */
export type Mailer = { send(mail: Mail): Promise<boolean> }

/** Without an address: a mailer that sends nothing and says so. */
export function openMailer(smtpUrl: string | null, from: string | null, log: Logger): Mailer {
  if (smtpUrl === null || from === null) return { send: async () => false }
  const transport = nodemailer.createTransport(smtpUrl, {
    from,
    connectionTimeout: 5_000,
    socketTimeout: 10_000,
  } as object)
  return {
    async send(mail) {
      try {
        await transport.sendMail({ ...mail, disableFileAccess: true, disableUrlAccess: true })
        return true
      } catch (error) {
        log.warn({ err: error }, 'mail could not be sent')
        return false
      }
    },
  }
}
