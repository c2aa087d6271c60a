// Loaded before the targets in runs that must be the same each time: it replaces the random keys of the standard library's
// hash maps, on which the order of their items and the executed branches depend. The targets protect no secret with them.
#include <cstddef>
#include <cstring>
#include <sys/types.h>

extern "C" ssize_t getrandom(void *buffer, size_t length, unsigned) {
    std::memset(buffer, 1, length);
    return static_cast<ssize_t>(length);
}
