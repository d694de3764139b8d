/* SPDX-License-Identifier: MIT */
/* The octets of a file, a pipe or standard input as they lie there. */
#ifndef FILE_H
#define FILE_H

#include "capan/base.h"

/* Owned by the caller: open, then close. */
struct capan_file {
    int descriptor;
    int stop[2]; /* descriptors; once one can be read, a file that would have to be waited for ends. -1 none */
    bool waits;  /* it is no regular file */
    bool owned, ended;
    uint64_t consumed, size;   /* octets taken, and how many there are, or 0 */
    enum capan_result stopped; /* why no more octets come: CAPAN_END, CAPAN_TRUNCATED, CAPAN_DAMAGED, CAPAN_IO, ... */
    const char *reason;        /* the same for people */
};

/* path, or "-" for standard input. CAPAN_IO: errno says why. */
enum capan_result capan_file_open(struct capan_file *, const char *path, int stop);
void capan_file_close(struct capan_file *);

/* Some octets to [to, to + room), as many as come at once. 0: there are no more; stopped says why, if it is another
 * reason than the file's end. */
size_t capan_file_take(struct capan_file *, uint8_t *to, size_t room);

/* No more octets come. Always false. */
bool capan_file_stop(struct capan_file *, enum capan_result, const char *reason);

#endif
