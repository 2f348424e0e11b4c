/** The configuration of a cluster of three nodes on loopback, two of them with eight GPUs each, that are terminals in truth. */
export const slurmConf = ({ folder, cluster, ports, memory }) => `
ClusterName=${cluster}
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=${ports.slurmctld}
SlurmUser=slurm
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${folder}/munge/munge.socket
AuthAltTypes=auth/jwt
AuthAltParameters=jwt_key=${folder}/jwt.key
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool-%n
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd-%n.pid
SlurmctldLogFile=${folder}/log/slurmctld.log
SlurmdLogFile=${folder}/log/slurmd-%n.log
SlurmctldDebug=info
SlurmdDebug=info
ProctrackType=proctrack/linuxproc
TaskPlugin=${memory ? 'task/cgroup' : 'task/none'}
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
${memory ? '' : 'JobAcctGatherParams=OverMemoryKill'}
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_interval=2,bf_interval=2,defer_batch
GresTypes=gpu
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=${ports.slurmdbd}
AccountingStoragePass=${folder}/munge/munge.socket
AccountingStorageTRES=gres/gpu,gres/gpu:h100
AccountingStorageEnforce=associations,limits,qos
SlurmdParameters=config_overrides
MinJobAge=300
KillWait=2
OverTimeLimit=0
ReturnToService=2
SlurmctldTimeout=120
SlurmdTimeout=60
MpiDefault=none
MailProg=/bin/true
NodeName=gpu1 NodeHostname=localhost NodeAddr=127.0.0.1 Port=${ports.gpu1} CPUs=16 RealMemory=64000 Gres=gpu:h100:8
NodeName=gpu2 NodeHostname=localhost NodeAddr=127.0.0.1 Port=${ports.gpu2} CPUs=16 RealMemory=64000 Gres=gpu:h100:8
NodeName=cpu1 NodeHostname=localhost NodeAddr=127.0.0.1 Port=${ports.cpu1} CPUs=8 RealMemory=32000
PartitionName=gpu Nodes=gpu1,gpu2 Default=YES MaxTime=INFINITE State=UP DefMemPerCPU=1000
PartitionName=acme Nodes=gpu1 AllowAccounts=acme,acme-research MaxTime=INFINITE State=UP DefMemPerCPU=1000
PartitionName=globex Nodes=gpu2,cpu1 AllowAccounts=globex MaxTime=INFINITE State=UP DefMemPerCPU=1000
PartitionName=cpu Nodes=cpu1 MaxTime=INFINITE State=UP DefMemPerCPU=1000
`

export const gresConf = () => `
NodeName=gpu1 Name=gpu Type=h100 File=/dev/tty[1-8]
NodeName=gpu2 Name=gpu Type=h100 File=/dev/tty[11-18]
`

export const cgroupConf = ({ folder, memory }) =>
  `CgroupAutomount=no
${
  memory
    ? `CgroupPlugin=cgroup/v1
CgroupMountpoint=${folder}/cgroup
ConstrainRAMSpace=yes
`
    : ''
}`

export const slurmdbdConf = ({ folder, ports }) => `
AuthType=auth/munge
AuthInfo=socket=${folder}/munge/munge.socket
AuthAltTypes=auth/jwt
AuthAltParameters=jwt_key=${folder}/jwt.key
CommunicationParameters=NoInAddrAny
DbdHost=localhost
DbdAddr=127.0.0.1
DbdPort=${ports.slurmdbd}
SlurmUser=slurm
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort=${ports.mariadb}
StorageUser=slurm
StoragePass=loopback-only
StorageLoc=slurm_acct_db
LogFile=${folder}/log/slurmdbd.log
PidFile=${folder}/slurmdbd.pid
DebugLevel=info
`
