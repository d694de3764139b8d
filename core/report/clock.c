/* SPDX-License-Identifier: MIT */
#include "clock.h"

#include "cells.h"
#include "human.h"

#define CAPAN_X(name, token, sentence) {#name, token, CAPAN_NONE, "", sentence},
const struct capan_token capan_clocks[CAPAN_CLOCK_COUNT] = {CAPAN_CLOCKS(CAPAN_X)};
#undef CAPAN_X

#define S INT64_C(1000000000)

enum { QUARTER_OF_AN_HOUR = 900 /* zones change at such times alone */ };

static int32_t ahead_of_utc(struct capan_out *out, int64_t at_ns) {
    const int64_t at_s = at_ns / S, quarter = at_s / QUARTER_OF_AN_HOUR + 1;
    if (out->layout.clock != CAPAN_CLOCK_LOCAL || !out->layout.ahead_s) return 0;
    if (out->zone_quarter != quarter) out->zone_ahead_s = out->layout.ahead_s(at_s);
    out->zone_quarter = quarter;
    return out->zone_ahead_s;
}

/* "2026-11-30T22:15:02.123456+01:00" (RFC 3339 5.6); digits behind the point. */
static size_t make_date(char text[2 * CAPAN_HUMAN], struct capan_out *out, int64_t at_ns, size_t digits) {
    enum { ALL_DIGITS = 9 };
    const int32_t ahead_s = ahead_of_utc(out, at_ns), minutes = (ahead_s < 0 ? -ahead_s : ahead_s) / 60;
    capan_human_date(text, at_ns + ahead_s * S, true);
    const size_t len = strlen(text) - sizeof "Z" + 1 - (ALL_DIGITS - digits);
    if (out->layout.clock == CAPAN_CLOCK_UTC)
        snprintf(text + len, CAPAN_HUMAN, "Z");
    else
        snprintf(text + len, CAPAN_HUMAN, "%c%02d:%02d", ahead_s < 0 ? '-' : '+', minutes / 60, minutes % 60);
    return strlen(text);
}

static int64_t since_last(struct capan_out *out, int64_t at_ns) {
    const int64_t since_ns = out->told_any ? at_ns - out->told_ns : 0;
    out->told_any = true;
    out->told_ns = at_ns;
    return since_ns;
}

size_t capan_clock_extra(const struct capan_out *out) {
    static const uint8_t extra[CAPAN_CLOCK_COUNT] = {[CAPAN_CLOCK_UTC] = sizeof "2026-11-30T22:15:02Z" - sizeof "000",
                                                     [CAPAN_CLOCK_LOCAL] =
                                                         sizeof "2026-11-30T22:15:02+01:00" - sizeof "000",
                                                     [CAPAN_CLOCK_EPOCH] = sizeof "1700000000" - sizeof "000"};
    return extra[out->layout.clock];
}

void capan_cell_moment(struct capan_out *out, int64_t at_ns, int64_t origin_ns, size_t width) {
    char date[2 * CAPAN_HUMAN];
    const size_t wide = width ? width + capan_clock_extra(out) : 0;
    switch (out->layout.clock) {
    case CAPAN_CLOCK_UTC:
    case CAPAN_CLOCK_LOCAL:
        make_date(date, out, at_ns, 6);
        capan_cell_right(out, date, wide);
        break;
    case CAPAN_CLOCK_EPOCH: capan_cell_time(out, at_ns, wide); break;
    case CAPAN_CLOCK_DELTA: capan_cell_time(out, since_last(out, at_ns), wide); break;
    default: capan_cell_time(out, at_ns - origin_ns, wide); break;
    }
}

void capan_clock_put(struct capan_out *out, int64_t at_ns, int64_t origin_ns) {
    char date[2 * CAPAN_HUMAN];
    switch (out->layout.clock) {
    case CAPAN_CLOCK_UTC:
    case CAPAN_CLOCK_LOCAL: out_octets(out, date, make_date(date, out, at_ns, 9)); break;
    case CAPAN_CLOCK_RELATIVE: capan_out_seconds(out, at_ns - origin_ns, 9); break;
    case CAPAN_CLOCK_DELTA: capan_out_seconds(out, since_last(out, at_ns), 9); break;
    default: capan_out_seconds(out, at_ns, 9); break;
    }
}
