/* SPDX-License-Identifier: MIT */
/* A capture cut into parts that can be analysed apart from each other: all packets of a client, or of a connection, are
 * in one of them, in their order. */
#ifndef CAPAN_SPLIT_H
#define CAPAN_SPLIT_H

#include <stdio.h>

#include "capture.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Whose packets stay together. CLIENT: of the connections that an address opened; what the judge knows of a client is
 * whole then. CONNECTION: of two endpoints; parts are of more equal size where one client has much of the traffic. */
enum capan_split_by { CAPAN_SPLIT_BY_CLIENT, CAPAN_SPLIT_BY_CONNECTION };

enum { CAPAN_SPLIT_PARTS_MAX = 1000 };

struct capan_split_config {
    enum capan_split_by by;
    uint32_t parts;     /* 1 to CAPAN_SPLIT_PARTS_MAX */
    uint64_t key;       /* secret; with the same key a client is in the part of the same number in every split */
    uint64_t id;        /* of this split, by chance of no other */
    FILE *const *files; /* one for each part, empty, that can be sought in; the caller's, and stay so */
};

struct capan_split;

/* NULL without memory. */
CAPAN_API struct capan_split *capan_split_new(const struct capan_split_config *, const struct capan_alloc *);
CAPAN_API void capan_split_free(struct capan_split *);

/* What the capture is to be read with, and nothing else: the context is the object. */
CAPAN_API struct capan_capture_sink capan_split_sink(struct capan_split *);
/* The capture ends: what waits is written, and each part gets to know that it is whole. CAPAN_IO: errno says why. So
 * with CAPAN_NO_MEMORY packets are missing, and no part is called whole. */
CAPAN_API enum capan_result capan_split_finish(struct capan_split *);
/* False: a file, or memory, was refused, and going on is in vain. */
CAPAN_API bool capan_split_is_fine(const struct capan_split *);

/* Packets of a part, from 0. */
CAPAN_API uint64_t capan_split_packets(const struct capan_split *, uint32_t part);
/* Connections whose client was forgotten for others that came later: what they still had to say may be in another
 * part. */
CAPAN_API uint64_t capan_split_forgotten(const struct capan_split *);

#ifdef __cplusplus
}
#endif

#endif
