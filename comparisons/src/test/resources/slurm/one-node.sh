#!/bin/sh
# A Slurm cluster of this machine alone, by and for the user who starts it: everything it keeps lies in one folder.
# Usage: one-node.sh start|stop FOLDER PORT     (uses PORT and PORT + 1; prints the name of slurm.conf)
set -eu
action=$1
d=$2
port=${3:-0}
PATH=$PATH:/usr/sbin:/sbin

case $action in
    start)
        mkdir -p "$d/state" "$d/spool"
        chmod 700 "$d"
        head -c 128 /dev/urandom >"$d/munge.key"
        chmod 600 "$d/munge.key"
        # --force: root owns the socket, and the folders above are not munge's own.
        munged --force --socket="$d/munge.socket" --key-file="$d/munge.key" --pid-file="$d/munged.pid" \
            --log-file="$d/munged.log" --seed-file="$d/munged.seed"
        host=$(hostname -s)
        user=$(id -un)
        # As many cores as tasks want to run at once, whatever the machine has; cred_expire is also how long a requeued job waits.
        cat >"$d/slurm.conf" <<EOF
ClusterName=local
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
CryptoType=crypto/munge
AuthInfo=socket=$d/munge.socket,cred_expire=5
StateSaveLocation=$d/state
SlurmdSpoolDir=$d/spool
SlurmctldPidFile=$d/slurmctld.pid
SlurmdPidFile=$d/slurmd.pid
SlurmctldLogFile=$d/slurmctld.log
SlurmdLogFile=$d/slurmd.log
SlurmctldPort=$port
SlurmdPort=$((port + 1))
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerCPU=500
GresTypes=gpu
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=2,sched_interval=2
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
ReturnToService=2
SwitchType=switch/none
KillWait=5
SlurmdParameters=config_overrides
NodeName=$host NodeAddr=127.0.0.1 CPUs=4 RealMemory=4000 Gres=gpu:2 State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP
EOF
        # Devices that every machine has stand in for GPUs: Slurm counts them and says which are whose.
        echo "NodeName=$host Name=gpu File=/dev/null,/dev/zero" >"$d/gres.conf"
        export SLURM_CONF="$d/slurm.conf"
        slurmctld -f "$SLURM_CONF"
        slurmd -f "$SLURM_CONF"
        printf '%s\n' "$SLURM_CONF"
        ;;
    stop)
        for daemon in slurmd slurmctld munged; do
            [ -s "$d/$daemon.pid" ] || continue
            pid=$(cat "$d/$daemon.pid")
            kill "$pid" 2>/dev/null || continue
            # It writes its state before it ends: only then may the folder be deleted.
            for _ in $(seq 300); do
                kill -0 "$pid" 2>/dev/null || break
                sleep 0.1
            done
        done
        ;;
    *)
        echo "start or stop?" >&2
        exit 2
        ;;
esac
