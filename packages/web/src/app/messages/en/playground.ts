export const playground = {
  title: 'Model Playground',
} as const
