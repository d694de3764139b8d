/* SPDX-License-Identifier: MIT */
/* How verdicts look to people: colours, the width of lines, how moments are told. */
#ifndef CAPAN_LAYOUT_H
#define CAPAN_LAYOUT_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* X(name, token, sentence): how a moment is told in text; in CSV the column of times since 1970 is. JSON, and what ends
 * in relative_time, are not concerned. */
#define CAPAN_CLOCKS(X)                                                                                                \
    X(UNSAID, "", "relative in text, epoch in CSV")                                                                    \
    X(RELATIVE, "relative", "seconds since the first packet")                                                          \
    X(UTC, "utc", "date and time in UTC (RFC 3339)")                                                                   \
    X(LOCAL, "local", "date and time in the local zone, with its distance from UTC (RFC 3339)")                        \
    X(EPOCH, "epoch", "seconds since 1970-01-01 UTC")                                                                  \
    X(DELTA, "delta", "seconds since the moment told before")
#define CAPAN_X(name, ...) CAPAN_CLOCK_##name,
enum capan_clock { CAPAN_CLOCKS(CAPAN_X) CAPAN_CLOCK_COUNT };
#undef CAPAN_X
CAPAN_API extern const struct capan_token capan_clocks[CAPAN_CLOCK_COUNT];

/* All zero: no colours, 100 columns. */
struct capan_layout {
    bool colour;                              /* ANSI sequences in text */
    uint16_t width;                           /* columns that lines of sentences are broken at; 0: 100 */
    uint8_t clock;                            /* enum capan_clock */
    int32_t (*ahead_s)(int64_t since_1970_s); /* of UTC, in the local zone; NULL: it is UTC */
};

#ifdef __cplusplus
}
#endif

#endif
