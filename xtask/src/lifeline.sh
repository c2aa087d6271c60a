# Becomes the program, after leaving behind a watcher that ends it once standard input ends.
#   sh -c THIS lifeline GRACE PROGRAM [ARGUMENT...]
# The watcher is in the program's process group, so that the number `$$` is not given to another process while it lives.
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
