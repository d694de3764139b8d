/* SPDX-License-Identifier: MIT */
#include "half.h"

#include "alloc.h"

const struct capan_trouble capan_no_trouble;

struct capan_trouble *capan_trouble_begin(struct capan_half *half, const struct capan_alloc *alloc) {
    if (!half->trouble) half->trouble = capan_new(alloc, sizeof *half->trouble);
    return half->trouble;
}
