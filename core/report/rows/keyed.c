/* SPDX-License-Identifier: MIT */
#include "keyed.h"

static void put_hex(struct capan_out *out, uint64_t number, unsigned digits) {
    while (digits--) out_char(out, "0123456789abcdef"[number >> (4 * digits) & 15]);
}

/* Negative times come before others. */
void capan_keyed_begin(struct capan_out *out, const struct capan_told *told) {
    out_text(out, "{\"at\":\"");
    put_hex(out, (uint64_t)told->time_ns ^ UINT64_C(1) << 63, 16);
    put_hex(out, told->by, 1);
    put_hex(out, told->number, 8);
    out_text(out, "\",\"row\":");
}
