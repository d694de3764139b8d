/* SPDX-License-Identifier: MIT */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool capan_file_stop(struct capan_file *file, enum capan_result result, const char *reason) {
    file->ended = true;
    file->stopped = result;
    file->reason = reason;
    return false;
}

/* False when it is not worth while to wait for the file any more. */
static bool wait_for(const struct capan_file *file) {
    struct pollfd any[] = {{.fd = file->descriptor, .events = POLLIN},
                           {.fd = file->stop[0], .events = POLLIN},
                           {.fd = file->stop[1], .events = POLLIN}};
    int ready;
    do ready = poll(any, 3, -1);
    while (ready < 0 && errno == EINTR);
    return !any[1].revents && !any[2].revents;
}

/* As many octets as the system gives at once, so that a pipe's packets are seen as they come. */
size_t capan_file_take(struct capan_file *file, uint8_t *to, size_t room) {
    ssize_t got;
    if (file->ended || (file->waits && !wait_for(file))) return 0;
    do got = read(file->descriptor, to, room);
    while (got < 0 && errno == EINTR);
    if (got < 0) capan_file_stop(file, CAPAN_IO, strerror(errno));
    if (got <= 0) return 0;
    file->consumed += (uint64_t)got;
    return (size_t)got;
}

enum capan_result capan_file_open(struct capan_file *file, const char *path, int stop) {
    *file = (struct capan_file){.stop = {stop, -1}, .owned = strcmp(path, "-") != 0};
    file->descriptor = file->owned ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
    struct stat about;
    if (file->descriptor < 0 || fstat(file->descriptor, &about) != 0) return CAPAN_IO;
    if (S_ISDIR(about.st_mode)) {
        errno = EISDIR;
        return CAPAN_IO;
    }
    file->waits = !S_ISREG(about.st_mode);
    file->size = !file->waits && about.st_size > 0 ? (uint64_t)about.st_size : 0;
    return CAPAN_OK;
}

void capan_file_close(struct capan_file *file) {
    if (file->owned && file->descriptor >= 0) close(file->descriptor);
    *file = (struct capan_file){.descriptor = -1};
}
