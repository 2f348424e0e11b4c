export const models = {
  title: 'Models',
  keys: { title: 'Model Keys' },
  usage: { title: 'Model Usage' },
} as const
