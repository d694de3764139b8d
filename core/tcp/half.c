/* SPDX-License-Identifier: MIT */
#include "half.h"

#include "alloc.h"

const struct capan_incidents capan_no_incidents;

struct capan_incidents *capan_incidents_begin(struct capan_half *half, const struct capan_alloc *alloc) {
    if (!half->incidents) half->incidents = capan_new(alloc, sizeof *half->incidents);
    return half->incidents;
}
