/* SPDX-License-Identifier: MIT */
/* Put before a program by LD_PRELOAD: the allocation of number REFUSE_AT is refused; with REFUSE_ON all that follow,
 * too, if they are of so many octets or more: where memory is short, a little is left. With REFUSE_AT 0 none is, and
 * how many there were is printed at the end. With REFUSE_OF only those count that the code of a file of that name asks
 * for: of a plugin, not of who loaded it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* glibc's own, beside the names that others may take. */
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);

static long refuse_at = -1, count;
static size_t on = SIZE_MAX;
static const char *of;          /* NULL: all count */
static uintptr_t start, extent; /* of that file's code and data; 0 while it is not loaded */

__attribute__((constructor)) static void begin(void) {
    const char *at = getenv("REFUSE_AT"), *octets = getenv("REFUSE_ON");
    refuse_at = at ? atol(at) : 0;
    if (octets) on = (size_t)atol(octets);
    of = getenv("REFUSE_OF");
    count = 0;
}

__attribute__((destructor)) static void end(void) {
    if (refuse_at == 0) fprintf(stderr, "allocations %ld\n", count);
}

static int find(struct dl_phdr_info *info, size_t unused, void *context) {
    (void)unused, (void)context;
    const size_t len = strlen(info->dlpi_name), wanted = strlen(of);
    if (len < wanted || strcmp(info->dlpi_name + len - wanted, of) != 0) return 0;
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        if (part->p_type == PT_LOAD) extent = part->p_vaddr + part->p_memsz;
    }
    start = info->dlpi_addr;
    return 1;
}

static bool counts(uintptr_t caller) {
    static unsigned waits;
    if (!of) return true;
    if (!start && ++waits % 64 == 0) dl_iterate_phdr(find, NULL);
    return caller - start < extent;
}

static bool refused(size_t octets, const void *caller) {
    if (!counts((uintptr_t)caller)) return false;
    count++;
    if (refuse_at <= 0 || count < refuse_at || (count > refuse_at && octets < on)) return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size) {
    return refused(size, __builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t items, size_t size) {
    return refused(items * size, __builtin_return_address(0)) ? NULL : __libc_calloc(items, size);
}

void *realloc(void *block, size_t size) {
    return size && refused(size, __builtin_return_address(0)) ? NULL : __libc_realloc(block, size);
}
