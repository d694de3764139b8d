/* SPDX-License-Identifier: MIT */
/* Put before a program by LD_PRELOAD: the allocation of number REFUSE_AT is refused; with REFUSE_ON all that follow,
 * too, if they are of so many octets or more: where memory is short, a little is left. With REFUSE_AT 0 none is, and
 * how many there were is printed at the end. */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* glibc's own, beside the names that others may take. */
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);

static long refuse_at = -1, count;
static size_t on = SIZE_MAX;

__attribute__((constructor)) static void begin(void) {
    const char *at = getenv("REFUSE_AT"), *size = getenv("REFUSE_ON");
    refuse_at = at ? atol(at) : 0;
    if (size) on = (size_t)atol(size);
    count = 0;
}

__attribute__((destructor)) static void end(void) {
    if (refuse_at == 0) fprintf(stderr, "allocations %ld\n", count);
}

static bool refused(size_t size) {
    count++;
    if (refuse_at <= 0 || count < refuse_at || (count > refuse_at && size < on)) return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size) {
    return refused(size) ? NULL : __libc_malloc(size);
}

void *calloc(size_t items, size_t size) {
    return refused(items * size) ? NULL : __libc_calloc(items, size);
}

void *realloc(void *block, size_t size) {
    return size && refused(size) ? NULL : __libc_realloc(block, size);
}
