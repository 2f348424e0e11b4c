import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

const tide: MantineColorsTuple = [
  '#eefaf8',
  '#d5f2ee',
  '#aae5de',
  '#72d2c9',
  '#45bcb2',
  '#229b92',
  '#14827b',
  '#0f6e68',
  '#0e5a56',
  '#0a423f',
]
const gray: MantineColorsTuple = [
  '#fafafa',
  '#f4f4f5',
  '#ececee',
  '#e0e1e4',
  '#c9cbd0',
  '#a1a4ac',
  '#62666f',
  '#484b53',
  '#2e3036',
  '#1a1b1f',
]
const dark: MantineColorsTuple = [
  '#e8e9eb',
  '#b9bcc3',
  '#9a9ea7',
  '#70747d',
  '#484b53',
  '#34373d',
  '#26282d',
  '#17181b',
  '#111214',
  '#0b0c0d',
]

// The header of a dialog is no banner of the page.
const aside = {
  closeButtonProps: { 'aria-label': 'Close' },
  attributes: { header: { role: 'presentation' } },
  styles: { title: { fontWeight: 600 } },
}

export const theme = createTheme({
  colors: { tide, gray, dark },
  primaryColor: 'tide',
  primaryShade: { light: 7, dark: 7 },
  defaultRadius: 'md',
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  fontFamily:
    'Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "JetBrains Mono", Menlo, Consolas, "Liberation Mono", monospace',
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.375rem', lineHeight: '1.3' }, h2: { fontSize: '1.0625rem', lineHeight: '1.4' } },
  },
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  components: {
    Button: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm' } },
    PasswordInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm' } },
    Modal: { defaultProps: { yOffset: '10dvh', ...aside } },
    Drawer: { defaultProps: aside },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    Alert: {
      styles: { title: { color: 'var(--mantine-color-text)' }, message: { color: 'var(--mantine-color-text)' } },
    },
    // Within the main part of the page, and with nothing in it but its items.
    Menu: { defaultProps: { shadow: 'md', withInitialFocusPlaceholder: false, portalProps: { target: '#content' } } },
  },
})

/** Colours of text where the kit's own are too faint for WCAG 2.2 AA (1.4.3). */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5c606a',
    '--mantine-color-placeholder': '#6b6f79',
    '--mantine-color-error': '#b42318',
    '--mantine-color-default-border': '#dfe0e4',
    '--page-sunken': '#fafafa',
    '--page-line': '#e7e8eb',
    '--status-good': '#13795b',
    '--status-warn': '#9a5b00',
    '--status-bad': '#b42318',
    '--status-idle': '#5c606a',
    '--status-info': '#1d5fbf',
  },
  dark: {
    '--mantine-color-dimmed': '#a3a7b0',
    '--mantine-color-placeholder': '#8b8f98',
    '--mantine-color-error': '#ff8f85',
    '--mantine-color-default-border': '#34373d',
    '--page-sunken': '#111214',
    '--page-line': '#26282d',
    '--status-good': '#4fc99a',
    '--status-warn': '#f0b254',
    '--status-bad': '#ff8f85',
    '--status-idle': '#a3a7b0',
    '--status-info': '#7db2ff',
  },
})
