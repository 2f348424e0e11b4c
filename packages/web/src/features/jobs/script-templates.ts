import type { EngineKind } from '@tenantry/contract'

export const templateNames = ['gpu', 'array', 'mpi'] as const
export type TemplateName = (typeof templateNames)[number]

/** The variable in which a task of an array finds its number. */
export const taskVariable = (kind: EngineKind | undefined): string =>
  kind === 'kubernetes' ? 'JOB_COMPLETION_INDEX' : 'SLURM_ARRAY_TASK_ID'

/** A script to begin with, and what of the form goes with it. */
export function templateOf(name: TemplateName, kind: EngineKind | undefined) {
  const task = taskVariable(kind)
  const launch = kind === 'slurm' ? 'srun' : 'mpirun'
  const templates = {
    gpu: {
      name: 'train',
      script: `#!/bin/bash\nset -euo pipefail\n\nnvidia-smi\npython3 train.py\n`,
    },
    array: {
      name: 'sweep',
      script: `#!/bin/bash\nset -euo pipefail\n\n# Each task finds its number in ${task}.\npython3 sweep.py --case "$${task}"\n`,
    },
    mpi: {
      name: 'mpi',
      script: `#!/bin/bash\nset -euo pipefail\n\n${launch} ./simulate input.dat\n`,
    },
  } as const
  return templates[name]
}

const kinds = ['slurm', 'kubernetes', 'this_machine'] as const
/** Which of them a script is; null where it is somebody’s own. */
export const templateIn = (script: string): TemplateName | null =>
  script.trim() === ''
    ? 'gpu'
    : (templateNames.find((name) => kinds.some((kind) => templateOf(name, kind).script === script)) ?? null)
