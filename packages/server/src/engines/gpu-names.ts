/**
 * The name of a GPU model as people say it, the same whichever engine tells of it: `NVIDIA-H100-80GB-HBM3` and
 * `NVIDIA H100 80GB HBM3` are `H100-80GB-HBM3`, and the PCI name `GP102GL_Tesla_P40` is `Tesla-P40`.
 */
export function tidyModel(name: string): string {
  const tidy = name
    .trim()
    .replace(/^[A-Z]{2}\d{3}[A-Z]*_(?=.)/, '')
    .replace(/[\s_]+/g, '-')
    .replace(/^(NVIDIA|AMD)-(?=.)/i, '')
    .slice(0, 60)
  return tidy === '' ? 'GPU' : tidy
}
