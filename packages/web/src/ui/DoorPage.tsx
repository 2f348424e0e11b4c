import { Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { Logo } from './Logo.tsx'

/** The pages before one is inside: a narrow column with the mark above. */
export function DoorPage({
  title,
  lead,
  children,
  wide = false,
}: {
  title: string
  lead?: ReactNode
  children: ReactNode
  wide?: boolean
}) {
  useDocumentTitle(`${title} · Tenantry`)
  return (
    <main
      style={{
        minHeight: '100dvh',
        display: 'grid',
        justifyItems: 'center',
        alignContent: 'start',
        padding: 'clamp(24px, 12vh, 120px) 16px 32px',
        background: 'var(--page-sunken)',
      }}
    >
      <Stack w="100%" maw={wide ? 480 : 384} gap="lg">
        <Stack gap={6} align="center" ta="center">
          <Logo size={40} />
          <Title order={1} mt={8} style={{ overflowWrap: 'anywhere' }}>
            {title}
          </Title>
          {lead && (
            <Text size="sm" c="dimmed">
              {lead}
            </Text>
          )}
        </Stack>
        <div className="card" style={{ padding: 'clamp(16px, 5vw, 28px)' }}>
          {children}
        </div>
      </Stack>
    </main>
  )
}
