/**
 * What a workspace runs as its job. Everything that differs comes in its environment, so nothing is put together here that a
 * shell would read; the secret is there as `JUPYTER_TOKEN`, which only processes of the person can see.
 *
 * It takes a free port on the address that the cluster knows its node by, starts the notebook server there, and says so in a
 * line of its log once it answers: TENANTRY_READY <node> <port> <job>. Every 15 seconds it writes beside its log how busy its GPUs
 * are. When it is told to end, it ends the server and takes both files away; when the server ends by itself, they stay.
 */
export const workspaceScript = String.raw`#!/bin/bash -l
umask 077
node="$SLURMD_NODENAME"
use="$HOME/.$TENANTRY_NAME.use"
log="$HOME/.$TENANTRY_NAME.log"
server= busy=

folder="$HOME"
if [ -n "$TENANTRY_VOLUME" ]; then
  folder="$HOME/workspaces/$TENANTRY_VOLUME"
  mkdir -p "$folder" || exit 1
fi
cd "$folder" || exit 1

links=()
while IFS=$'\t' read -r name source; do
  [ -n "$name" ] && [ -d "$source" ] || continue
  mkdir -p datasets
  [ -e "datasets/$name" ] || [ -L "datasets/$name" ] || { ln -s "$source" "datasets/$name" && links+=("datasets/$name"); }
done <<< "$TENANTRY_DATASETS"

tidy() {
  rm -f "$use"
  for link in "\${links[@]}"; do rm -f "$folder/$link"; done
  rmdir "$folder/datasets" 2>/dev/null
}
finish() {
  trap '' TERM INT
  [ -n "$busy" ] && kill "$busy" 2>/dev/null
  [ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
  tidy
  rm -f "$log"
  exit 0
}
trap finish TERM INT

# The address of this node as the cluster has it; all of them where the name means this machine itself.
address="$node"
while IFS='=' read -r name value; do [ "$name" = "$node" ] && address="$value"; done <<< "$TENANTRY_NODES"
ip="$(getent ahostsv4 "$address" | awk '{print $1; exit}')"
case "$ip" in
  '') ip=0.0.0.0 ;;
  127.*) [ "$address" = "$ip" ] || [ "$address" = localhost ] || ip=0.0.0.0 ;;
esac
asked="$ip"
[ "$ip" = 0.0.0.0 ] && asked=127.0.0.1

if [ -z "$TENANTRY_COMMAND" ]; then
  if command -v jupyter-lab >/dev/null; then TENANTRY_COMMAND=jupyter-lab
  elif command -v jupyter-notebook >/dev/null; then TENANTRY_COMMAND=jupyter-notebook
  elif command -v jupyter >/dev/null && jupyter lab --version >/dev/null 2>&1; then TENANTRY_COMMAND='jupyter lab'
  elif command -v jupyter >/dev/null && jupyter notebook --version >/dev/null 2>&1; then TENANTRY_COMMAND='jupyter notebook'
  else
    echo 'There is no notebook server on this node.'
    tidy
    exit 127
  fi
fi
asks() { (exec 3<>"/dev/tcp/$asked/$1" && printf 'GET /api HTTP/1.0\r\n\r\n' >&3 && IFS= read -r -t 5 line <&3 && [[ $line == HTTP/* ]]) 2>/dev/null; }
taken() { (exec 3<>"/dev/tcp/$asked/$1") 2>/dev/null; }

gpus() {
  command -v nvidia-smi >/dev/null || { echo null; return; }
  local found
  found="$(nvidia-smi \${CUDA_VISIBLE_DEVICES:+-i "$CUDA_VISIBLE_DEVICES"} --query-gpu=utilization.gpu --format=csv,noheader,nounits 2>/dev/null | grep -E '^[0-9]+$' | sort -n | tail -n 1)"
  echo "\${found:-null}"
}
tell() {
  while :; do
    printf 'TENANTRY_USE {"gpu":%s}\n' "$(gpus)" > "$use.new" && mv -f "$use.new" "$use"
    sleep 15 & wait $!
  done
}

for attempt in 1 2 3; do
  port=$((20000 + RANDOM % 40000))
  while taken "$port"; do port=$((20000 + RANDOM % 40000)); done
  export TENANTRY_IP="$ip" TENANTRY_PORT="$port"
  case "$TENANTRY_COMMAND" in
    *TENANTRY_PORT*) line="$TENANTRY_COMMAND" ;;
    *) line="$TENANTRY_COMMAND --no-browser --ip=$ip --port=$port --NotebookApp.port_retries=0 --ServerApp.port_retries=0 --NotebookApp.base_url=/ --ServerApp.base_url=/ --NotebookApp.allow_remote_access=True --ServerApp.allow_remote_access=True" ;;
  esac
  (trap - TERM INT; eval "exec $line") &
  server=$!
  until asks "$port"; do
    kill -0 "$server" 2>/dev/null || break
    sleep 0.3 & wait $!
  done
  if kill -0 "$server" 2>/dev/null; then
    echo "TENANTRY_READY $node $port $SLURM_JOB_ID"
    tell &
    busy=$!
    break
  fi
  wait "$server"
  code=$?
done
if [ -n "$busy" ]; then
  wait "$server"
  code=$?
  kill "$busy" 2>/dev/null
fi
tidy
exit "$code"
`.replaceAll('\\${', '${')
