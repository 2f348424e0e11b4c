import { Button, type ButtonProps, Loader } from '@mantine/core'

type Props = { busy: boolean; onClick: () => void; children: string } & Omit<ButtonProps, 'loading'>

/** Asks something that takes a while. It keeps the focus meanwhile, which a disabled button loses. */
export function AskButton({ busy, onClick, children, ...rest }: Props) {
  return (
    <Button
      variant="default"
      aria-disabled={busy || undefined}
      leftSection={busy ? <Loader size={14} aria-hidden /> : undefined}
      {...rest}
      onClick={() => !busy && onClick()}
    >
      {children}
    </Button>
  )
}
