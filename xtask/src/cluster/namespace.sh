# Becomes the first process of a cluster's namespaces, once they are furnished. Nothing that it does is seen outside.
#   sh -c THIS namespace FOLDER CGROUP SERVICES NODE ADDRESS [NODE ADDRESS...]
set -eu
folder=$1 cgroup=$2 services=$3
shift 3

# What the machine has there stays readable where a program may want it (somebody's home can be below /var/lib), and what
# is written goes with the namespace.
mkdir -p "$folder/var-lib/upper" "$folder/var-lib/work"
mount -t overlay -o "lowerdir=/var/lib,upperdir=$folder/var-lib/upper,workdir=$folder/var-lib/work" overlay /var/lib
mount -t tmpfs tmpfs /var/log
mount -t tmpfs tmpfs /run
# A short path: those of sockets may have a hundred characters.
mkdir /run/cluster
mount --bind "$folder" /run/cluster

# Containers' cgroups come to be below one, which is taken for the root in here: containerd has no setting for that.
confine() {
    mkdir "$1/$cgroup"
    # In version 1, these are empty at first, and nothing can run then.
    for file in cpuset.mems cpuset.cpus; do
        [ ! -e "$1/$file" ] || cat "$1/$file" >"$1/$cgroup/$file"
    done
    # Not on top of the machine's: runc looks at the first mount of a place only.
    mkdir -p /run/cgroup
    mount --bind "$1/$cgroup" /run/cgroup
    umount "$1"
    mount --move /run/cgroup "$1"
}
if [ -e /sys/fs/cgroup/cgroup.procs ]; then
    confine /sys/fs/cgroup
else
    for controller in /sys/fs/cgroup/*; do
        [ -L "$controller" ] || [ ! -e "$controller/cgroup.procs" ] || confine "$controller"
    done
fi

ip link set lo up
first=$1
while [ $# -gt 0 ]; do
    ip link add "$1" type bridge
    ip address add "$2" dev "$1"
    ip link set "$1" up
    shift 2
done
# Without a route, Services' addresses are unreachable before iptables sees them.
ip route add "$services" dev "$first"
echo 1 >/proc/sys/net/ipv4/ip_forward

# Orphans come to this process: where their end is ignored, the kernel leaves no zombies. Not before the last command.
trap '' CHLD
echo ready
exec sleep infinity
