/* SPDX-License-Identifier: MIT */
/* Columns of proofs that were checked. */
#include "column.h"

static struct capan_value holds(struct capan_row *row) {
    return (struct capan_value){.type = CAPAN_VALUE_TRUTH, .as.truth = row->proved->holds};
}

static struct capan_value wrong(struct capan_row *row) {
    return value_text(row->proved->wrong);
}

static struct capan_value why(struct capan_row *row) {
    return value_text(row->proved->why);
}

static struct capan_value unread_names(struct capan_row *row) {
    return value_text(row->proved->unread_names);
}

#define CAPAN_ROW struct capan_proved
static const struct capan_column columns[] = {
    {"row", "of the file of proofs, from 1", CAPAN_READ(COUNT, NUMBER, number)},
    {"frame", "the proof's", CAPAN_READ(NONZERO, FRAME, frame)},
    {"stream", "the proof's", CAPAN_READ(COUNT, IDENTIFIER, stream)},
    {"of", "segment or exchange: what the verdict is about", CAPAN_READ(SPAN, NONE, of)},
    {"verdict", "the proof's", CAPAN_READ(SPAN, NONE, verdict)},
    {"rule", "that gave it", CAPAN_READ(SPAN, NONE, rule)},
    {"holds", "whether the capture's frames say the same", CAPAN_MADE(TRUTH, NONE, holds)},
    {"wrong", "the first part that does not hold", CAPAN_MADE(OCTETS, NONE, wrong)},
    {"why", "what the proof has there, and what it would have to be", CAPAN_MADE(OCTETS, NONE, why)},
    {"read", "facts and numbers that were read again from frames", CAPAN_READ(COUNT, NUMBER, read)},
    {"unread", "facts and numbers that were taken as they stand", CAPAN_READ(COUNT, NUMBER, unread)},
    {"unread_names", "those", CAPAN_MADE(OCTETS, NONE, unread_names)},
};

const struct capan_table capan_proved_table = CAPAN_TABLE("proved", columns, 0);
