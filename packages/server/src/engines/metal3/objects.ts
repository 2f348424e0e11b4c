import { z } from 'zod'
import { Conditions, Metadata } from '../kubernetes/objects.ts'
import { flag, maybe, number, text } from '../shape.ts'

// The fields that are read of metal3.io/v1alpha1: nothing that leads to the credentials of a controller.

const Image = maybe(z.object({ url: text }))
const reference = maybe(z.object({ kind: text, namespace: text, name: text }))
const Hardware = maybe(
  z.object({
    cpu: maybe(z.object({ count: number, model: text })),
    ramMebibytes: number,
    systemVendor: maybe(z.object({ manufacturer: text, productName: text })),
  }),
)
export type Hardware = z.infer<typeof Hardware>

export const BareMetalHost = z.object({
  metadata: Metadata,
  spec: maybe(z.object({ online: flag, image: Image, consumerRef: reference })),
  status: maybe(
    z.object({
      provisioning: maybe(z.object({ state: text, image: Image })),
      operationalStatus: text,
      poweredOn: flag,
      errorType: text,
      errorMessage: text,
      /** Before there was HardwareData. */
      hardware: Hardware,
    }),
  ),
})
export type BareMetalHost = z.infer<typeof BareMetalHost>

export const HardwareData = z.object({ metadata: Metadata, spec: maybe(z.object({ hardware: Hardware })) })
export type HardwareData = z.infer<typeof HardwareData>

/** What a tenant has of a host that stands in a namespace of the platform. */
export const HostClaim = z.object({
  metadata: Metadata,
  spec: maybe(z.object({ poweredOn: flag, image: Image })),
  status: maybe(z.object({ bareMetalHost: reference, poweredOn: flag, conditions: Conditions })),
})
export type HostClaim = z.infer<typeof HostClaim>

export const ApiGroup = z.object({ preferredVersion: z.object({ version: z.string() }) })
