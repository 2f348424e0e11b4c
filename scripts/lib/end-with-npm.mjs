/**
 * npm passes a signal to the shell between it and us, and some shells (dash) end of it without passing it on. Then the
 * shell's end is our signal.
 */
export function endWithNpm() {
  const parent = process.ppid
  if (process.env.npm_lifecycle_event === undefined) return
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, 200).unref()
}
