/* SPDX-License-Identifier: MIT */
/* What is kept of both captures, until they can be compared. */
#ifndef GATHER_H
#define GATHER_H

#include "alloc.h"
#include "capan/diff.h"
#include "index.h"

enum { FIELDS_MAX = 32, QUANTITIES = CAPAN_DIFF_MEASURE_COUNT - CAPAN_DIFF_FIRST_QUANTITY };

/* A name of a host, of a host and target, or of a field. */
struct name {
    struct capan_indexed in; /* the first member */
    uint32_t number;         /* from 1 */
    uint32_t exchanges[CAPAN_DIFF_SIDES];
    size_t len;
    char text[]; /* with its NUL */
};

/* What is compared of an exchange. Quantities are -1 where they are not known. */
struct sample {
    const struct name *host, *target;
    int64_t time_ns; /* of the request */
    uint32_t stream;
    uint64_t violations, advice;
    uint32_t fields; /* a bit for each of diff->fields */
    uint16_t status;
    uint8_t outcome;
    uint8_t part; /* of the capture's time, of capan_diff's PARTS that are as long; set when all are there */
    int64_t quantity[QUANTITIES];
};

/* And of a connection. */
struct conversation {
    int64_t time_ns; /* of its begin */
    uint64_t data_segments, resent;
    uint8_t part;
    bool reset, refused;
};

struct capan_diff {
    struct capan_alloc alloc;
    struct capan_index names;
    uint64_t memory, used, left_out;
    struct sample *samples[CAPAN_DIFF_SIDES];
    size_t sample_count[CAPAN_DIFF_SIDES], sample_capacity[CAPAN_DIFF_SIDES];
    struct conversation *conversations[CAPAN_DIFF_SIDES];
    size_t conversation_count[CAPAN_DIFF_SIDES], conversation_capacity[CAPAN_DIFF_SIDES];
    const struct name *fields[FIELDS_MAX];
    size_t field_count;
    struct capan_diff_row *rows;
    size_t row_count, row_capacity;
};

#endif
