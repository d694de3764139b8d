/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What capan registers: a field for each of the core's columns that Wireshark has (capan/rows.h), and an expert item
 * for each loud token of the core's lists. */
#ifndef FIELDS_H
#define FIELDS_H

#include "compat.h"

#include <epan/expert.h>
#include <epan/proto.h>

#include "capan/analysis.h"
#include "capan/rows.h"

/* A column that stands in a subtree. */
struct capan_item {
    const struct capan_column *column;
    const int *hf;
};
struct capan_items {
    struct capan_item *at;
    size_t count;
};
/* The columns of a row's own subtree or, proof, of its part of the frame's proofs, in the order in which they stand. */
const struct capan_items *capan_items_of(enum capan_rows rows, bool proof);

enum capan_ett { ETT_CAPAN, ETT_TCP, ETT_HTTP, ETT_CONNECTION, ETT_PROOF, CAPAN_ETT_COUNT };
extern gint capan_ett[CAPAN_ETT_COUNT];

/* The expert item of a cause that is louder than NONE. */
expert_field *capan_expert_of(const struct capan_cause *cause);

void capan_fields_register(int protocol);

#endif
