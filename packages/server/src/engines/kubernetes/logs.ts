import type { OutputPiece } from '../port.ts'
import { EngineError } from '../port.ts'
import { type Asker, piece } from './client.ts'
import type { Pod } from './objects.ts'

/**
 * What the first container of a pod wrote, from the byte `from` on, or, below 0, so many before the end; goes on while `follow`.
 *
 * Kubernetes has no offsets in logs: bytes are counted from the beginning of what it still has, and those before are read and
 * left out, twice where the end is asked for and followed. That is exact until the node starts a new file, 10 MiB by
 * default, for the log begins anew with it. `size` is what there is up to the piece. Both streams of a container are one.
 * Errors: `not_found` where it has not begun, or is gone.
 */
export async function* logOf(
  kube: Asker,
  { metadata, spec }: Pod,
  { from, follow }: { from: number; follow: boolean },
  signal: AbortSignal,
): AsyncIterable<OutputPiece> {
  const container = spec.containers[0]?.name
  const base = `/api/v1/namespaces/${piece(metadata.namespace ?? '')}/pods/${piece(metadata.name)}/log`
  const read = (goesOn: boolean) =>
    withoutBegun(kube.bytes(`${base}?${container ? `container=${piece(container)}&` : ''}follow=${goesOn}`, signal))
  let offset = from
  if (from < 0) {
    const end = await endOf(read(false), -from)
    if (end.bytes.length > 0) yield end
    if (!follow) return
    offset = end.size
  }
  let seen = 0
  for await (const bytes of read(follow)) {
    const begins = seen
    seen += bytes.length
    if (seen <= offset) continue
    const kept = bytes.subarray(Math.max(0, offset - begins))
    yield { from: seen - kept.length, bytes: kept, size: seen }
  }
}

async function endOf(pieces: AsyncIterable<Buffer>, most: number): Promise<OutputPiece> {
  let kept: Buffer[] = []
  let held = 0
  let size = 0
  for await (const bytes of pieces) {
    kept.push(bytes)
    held += bytes.length
    size += bytes.length
    if (held > 2 * most + 65_536) {
      kept = [Buffer.concat(kept).subarray(-most)]
      held = most
    }
  }
  const bytes = Buffer.concat(kept).subarray(-most)
  return { from: size - bytes.length, bytes, size }
}

/** A container that has not begun is told as a bad request. */
async function* withoutBegun(pieces: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  try {
    yield* pieces
  } catch (error) {
    const isEarly =
      error instanceof EngineError &&
      error.kind === 'refused' &&
      /waiting to start|PodInitializing|ContainerCreating|is not available|could not find/.test(error.said)
    if (isEarly) throw new EngineError('not_found', 'It has not written anything yet.', { said: error.said })
    throw error
  }
}
