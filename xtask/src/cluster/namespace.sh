# Prepares a cluster's namespaces and becomes their first process. Nothing outside them changes.
#   sh -c THIS namespace FOLDER CGROUP SERVICES NODE ADDRESS [NODE ADDRESS...]
set -eu
folder=$1 cgroup=$2 services=$3
shift 3

# The machine's files stay readable where a program may need them (a home folder can be below /var/lib). Written files
# disappear with the namespace.
mkdir -p "$folder/var-lib/upper" "$folder/var-lib/work"
mount -t overlay -o "lowerdir=/var/lib,upperdir=$folder/var-lib/upper,workdir=$folder/var-lib/work" overlay /var/lib
mount -t tmpfs tmpfs /var/log
mount -t tmpfs tmpfs /run
# A short path, because a socket's path may have a hundred characters at most.
mkdir /run/cluster
mount --bind "$folder" /run/cluster

# Containers' cgroups go below one that is the root in here: containerd has no setting for that.
confine() {
    mkdir "$1/$cgroup"
    # In version 1 these are empty at first, and nothing could run.
    for file in cpuset.mems cpuset.cpus; do
        [ ! -e "$1/$file" ] || cat "$1/$file" >"$1/$cgroup/$file"
    done
    # Not on top of the machine's mount: runc looks at the first mount of a path only.
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

# This process adopts orphans. If it ignores their end, the kernel leaves no zombies. Only before the last command.
trap '' CHLD
echo ready
exec sleep infinity
