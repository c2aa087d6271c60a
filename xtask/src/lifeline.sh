# Starts a watcher that ends the program once standard input ends, and becomes the program.
#   sh -c THIS lifeline GRACE PROGRAM [ARGUMENT...]
# The watcher is in the program's process group, so the kernel does not reuse the number `$$` while the watcher lives.
grace=$1
shift
exec 3<&0 </dev/null
(
    trap : HUP INT TERM
    cat <&3
    kill -s TERM $$
    while [ "$grace" -gt 0 ] && kill -s 0 $$; do
        sleep 0.1
        grace=$((grace - 100))
    done
    kill -s KILL $$
) >/dev/null 2>&1 &
exec 3<&-
exec "$@"
