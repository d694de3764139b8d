/* SPDX-License-Identifier: MIT */
/* What a frame has of each quantity: all the values by which people call it, the plainest first. */
#ifndef QUANTITY_H
#define QUANTITY_H

#include "reader.h"

void capan_quantity_of(const struct facts *, const struct fact_frame *, enum capan_claim_what, struct values *);
bool capan_values_have(const struct values *, int64_t value);

/* Holds the number at token number against the frames that its place in the sentence is about; strict: against frame
 * alone, or no frame beside them will do. words: tokens [from, to) are the claim's. */
struct asked {
    enum capan_claim_what what;
    size_t from, to, number;
    uint32_t frame; /* 0: what the sentence is about */
    bool weak;      /* what does not fit is not refuted, but left */
};
void capan_judge_number(struct reader *, const struct asked *);

#endif
