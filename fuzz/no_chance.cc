// Loaded before the targets where a run has to be the same each time: the standard library's hash maps have keys by chance,
// and with them the order of what is in them and the branches that are passed. Nothing here is secret that they would keep.
#include <cstddef>
#include <cstring>
#include <sys/types.h>

extern "C" ssize_t getrandom(void *buffer, size_t length, unsigned) {
    std::memset(buffer, 1, length);
    return static_cast<ssize_t>(length);
}
