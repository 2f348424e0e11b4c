export const dashboard = {
  title: 'Dashboard',
  hello: 'Hello, {{name}}',
  lead: 'The resources of {{tenant}}.',
  leadPlatform: 'The platform at a glance.',
  kind: { baremetal: 'Bare Metal', vm: 'Virtual Machine', kubernetes: 'Kubernetes', slurm: 'Slurm' },
  what: {
    baremetal: 'Whole machines with their GPUs',
    vm: 'Virtual machines with GPUs attached',
    kubernetes: 'Clusters for containers and services',
    slurm: 'Partitions and queues for batch jobs',
  },
  empty: 'No engine connected',
  emptyText:
    'What your organization has will show here once a Platform Admin of your provider connects an engine and allocates a share to it.',
  emptyPlatform:
    'No engine of this kind is connected to the platform yet. Connecting one is for Platform Admins, and comes with the engines page of a later version.',
  none: 'Your role shows no resources',
  noneText: 'An administrator of your organization can give you a role that does.',
} as const
