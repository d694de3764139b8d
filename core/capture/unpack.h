/* SPDX-License-Identifier: MIT */
/* Compressed captures: gzip (RFC 1952) and zstd (RFC 8878), known by their magic numbers. */
#ifndef UNPACK_H
#define UNPACK_H

#include "file.h"

struct capan_unpacker;

/* Octets of a magic number; of a file that has fewer it is not asked. */
enum { CAPAN_UNPACK_MAGIC = 4 };

/* For a file that begins with these octets: they become the unpacker's first input. *unpacker is NULL where they are
 * not compressed, or not in a way that is known. CAPAN_NO_MEMORY. */
enum capan_result capan_unpacker_new(struct capan_unpacker **unpacker, struct capan_span begin,
                                     const struct capan_alloc *);
/* unpacker may be NULL. */
void capan_unpacker_free(struct capan_unpacker *, const struct capan_alloc *);

/* Some octets of the file's content to [to, to + room); with unpacker NULL as they are. 0 at the end, or when something
 * is wrong: the file is stopped then, and says why. */
size_t capan_unpacker_take(struct capan_unpacker *, struct capan_file *, uint8_t *to, size_t room);

#endif
