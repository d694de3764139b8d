/* SPDX-License-Identifier: MIT */
/* The shapes of entity tags as a table: numbers and digests, one behind the other. */
#ifndef SHAPE_H
#define SHAPE_H

#include "capan/etags.h"

/* How a part is written. */
enum capan_shape_digits {
    CAPAN_SHAPE_HEX, /* lower case */
    CAPAN_SHAPE_HEX_UPPER,
    CAPAN_SHAPE_DECIMAL,
    CAPAN_SHAPE_FRACTION, /* decimal, perhaps with a point */
    CAPAN_SHAPE_BASE36,
    CAPAN_SHAPE_BASE64,
    CAPAN_SHAPE_REST /* whatever follows */
};

/* What it says. */
enum capan_shape_role {
    CAPAN_SHAPE_SIZE,
    CAPAN_SHAPE_INODE,
    CAPAN_SHAPE_PARTS,
    CAPAN_SHAPE_OPAQUE,
    CAPAN_SHAPE_MTIME_S,
    CAPAN_SHAPE_MTIME_MS,
    CAPAN_SHAPE_MTIME_US,
    CAPAN_SHAPE_MTIME_US_LOW, /* the low 32 bits of microseconds: what unsigned long held */
    CAPAN_SHAPE_MTIME_NS,
    CAPAN_SHAPE_FILETIME_OCTETS, /* 100 ns since 1601, octets in hexadecimal without zeros, the last one first */
    CAPAN_SHAPE_FILETIME_MIXED,  /* 100 ns since 1601, exclusive or the size */
    CAPAN_SHAPE_TICKS,           /* 100 ns since the year 1 */
    CAPAN_SHAPE_MD5,
    CAPAN_SHAPE_SHA1,
    CAPAN_SHAPE_GIT,
    CAPAN_SHAPE_SHA1_BASE64,
    CAPAN_SHAPE_SHA256,
    CAPAN_SHAPE_SHA256_HALF /* or an MD5 */
};

struct capan_shape_part {
    uint8_t digits, min, max; /* enum capan_shape_digits; how many */
    uint8_t role;             /* enum capan_shape_role */
    char behind;              /* the octet behind it; 0 none */
};

enum { CAPAN_SHAPE_PARTS_MAX = 3 };
enum capan_shape_weak { CAPAN_SHAPE_ANY, CAPAN_SHAPE_WEAK, CAPAN_SHAPE_STRONG };

struct capan_shape {
    uint8_t generator, weak; /* enum capan_etag_generator, capan_shape_weak */
    bool rare;               /* told only where it says more that is true than others */
    const char *prefix;
    struct capan_shape_part parts[CAPAN_SHAPE_PARTS_MAX]; /* max 0: no more */
};

extern const struct capan_shape capan_shapes[];
extern const size_t capan_shape_count;

/* Cuts the tag as the shape says. False: it is of another shape. */
bool capan_shape_fits(const struct capan_shape *, struct capan_span opaque, bool weak,
                      struct capan_span parts[CAPAN_SHAPE_PARTS_MAX]);
/* The number a part is, 0 when it is too large for 64 bits. */
uint64_t capan_shape_number(const struct capan_shape_part *, struct capan_span octets);

#endif
