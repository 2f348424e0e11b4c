import { existsSync } from 'node:fs'
import { debian } from '../../scripts/lib/debian.mjs'

const programs = ['/usr/bin/jupyter-notebook']
const kernel = '/usr/share/jupyter/kernels/python3/kernel.json'

/** Installs what is missing for workspaces on this machine. Answers null, or why there is no Jupyter here. */
export async function install() {
  const there = () => programs.every(existsSync) && existsSync(kernel)
  if (there()) return null
  const refusal = await debian(['jupyter-notebook', 'python3-ipykernel'])
  return refusal || !there() ? `Jupyter is missing: ${refusal ?? 'its packages hold it elsewhere.'}` : null
}
