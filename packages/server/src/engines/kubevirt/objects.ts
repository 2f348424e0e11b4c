import { z } from 'zod'
import { Conditions, Metadata } from '../kubernetes/objects.ts'
import { flag, listOf, mapOf, maybe, number, text } from '../shape.ts'

// The fields that are read of kubevirt.io/v1.

const Domain = maybe(
  z.object({
    cpu: maybe(z.object({ cores: number, sockets: number, threads: number })),
    memory: maybe(z.object({ guest: maybe(z.union([z.string(), z.number()])) })),
    resources: maybe(
      z.object({
        requests: mapOf(z.union([z.string(), z.number()])),
        limits: mapOf(z.union([z.string(), z.number()])),
      }),
    ),
    devices: maybe(z.object({ gpus: listOf(z.object({ deviceName: text, claimName: text })) })),
  }),
)
export type Domain = z.infer<typeof Domain>

export const VirtualMachine = z.object({
  metadata: Metadata,
  spec: z.object({
    /** Before `runStrategy`: true is `Always`, false is `Halted`. */
    running: flag,
    runStrategy: text,
    instancetype: maybe(z.object({ name: text })),
    template: maybe(z.object({ spec: maybe(z.object({ domain: Domain })) })),
  }),
  status: maybe(z.object({ printableStatus: text, ready: flag, conditions: Conditions })),
})
export type VirtualMachine = z.infer<typeof VirtualMachine>

export const VirtualMachineInstance = z.object({
  metadata: Metadata,
  spec: maybe(z.object({ domain: Domain })),
  status: maybe(
    z.object({
      phase: text,
      nodeName: text,
      interfaces: listOf(z.object({ ipAddress: text })),
      guestOSInfo: maybe(z.object({ prettyName: text })),
      conditions: Conditions,
    }),
  ),
})
export type VirtualMachineInstance = z.infer<typeof VirtualMachineInstance>

export const ApiGroup = z.object({ preferredVersion: z.object({ version: z.string() }) })
