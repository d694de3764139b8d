/* SPDX-License-Identifier: MIT */
/* Community ID: a hash of a flow's ends by which logs of different tools are joined (Corelight's specification,
 * version 1). */
#ifndef COMMUNITY_H
#define COMMUNITY_H

#include "capan/base.h"

#define CAPAN_COMMUNITY_ID 32 /* octets with its NUL: "1:" and 28 characters */
/* Of TCP, with seed 0; the same for both directions. */
void capan_community_id(const struct capan_endpoint *, const struct capan_endpoint *, char text[CAPAN_COMMUNITY_ID]);

#endif
