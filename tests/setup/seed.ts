import fc from 'fast-check'

// The same cases on every run, so that whoever changes nothing is refused nothing; `npm run prove` asks with new ones.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.SEED ?? 20_26) })
