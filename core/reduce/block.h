/* SPDX-License-Identifier: MIT */
/* Field blocks of HPACK (RFC 7541) with stand-ins where they stand: what refers to what, and all lengths, stay. */
#ifndef BLOCK_H
#define BLOCK_H

#include "fields.h"

enum { CAPAN_TABLE_ENTRIES = 2048 /* of 65,536 octets, 32 each at least */ };

/* What one direction's dynamic table has: whose values its entries are, and what they come to (RFC 7541 2.3.2, 4.1). */
struct capan_block_table {
    struct {
        uint16_t name; /* enum capan_field, or what block.c keeps */
        uint32_t name_len, size;
    } entries[CAPAN_TABLE_ENTRIES]; /* the newest at (begin + count - 1) modulo that */
    size_t begin, count;
    uint32_t size, most;
    bool lost; /* blocks before were not all there: each is read by what it adds itself */
};

void capan_block_table_init(struct capan_block_table *);
/* A whole block. Behind what cannot be read nothing of it is left, and nothing can be read either. */
void capan_block_anonymise(struct capan_block_table *, struct capan_standins *, uint8_t *block, size_t len,
                           int64_t shift_s);

#endif
