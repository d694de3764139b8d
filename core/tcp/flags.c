/* SPDX-License-Identifier: MIT */
#include "flags.h"

void capan_turn_flags(struct capan_turn *turn) {
    if (turn->header->flags & CAPAN_TH_PSH) capan_flag(turn->segment, CAPAN_FLAG_PUSH);
}
