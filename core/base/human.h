/* SPDX-License-Identifier: MIT */
/* Durations, sizes, counts and dates as people like to read them, for every sentence and table. Each function writes
 * into text and returns it. */
#ifndef HUMAN_H
#define HUMAN_H

#include "capan/base.h"

enum { CAPAN_HUMAN = 48 };

/* ROUGH: "85 us", "31.1 ms", "2.50 s", "12.0 min"; empty below 0. Tables and stories.
 * THREE_DIGITS: "87.3 us", "412 ms", "1.04 s"; what is below 0 counts as 0. Sentences about segments.
 * TO_THE_US: "31.104 ms", whatever its length. Sentences about exchanges.
 * TO_THE_MS: "2.500 s", likewise. */
enum capan_duration_style {
    CAPAN_DURATION_ROUGH,
    CAPAN_DURATION_THREE_DIGITS,
    CAPAN_DURATION_TO_THE_US,
    CAPAN_DURATION_TO_THE_MS,
    CAPAN_DURATION_STYLES
};
char *capan_human_duration(char text[CAPAN_HUMAN], enum capan_duration_style, int64_t ns);
/* "411 B", "34.2 kB", "1.2 GB": powers of 1000. */
char *capan_human_bytes(char text[CAPAN_HUMAN], uint64_t bytes);
/* "1,234,567". */
char *capan_human_count(char text[CAPAN_HUMAN], uint64_t number);
/* "1,234.5" of 123450 hundredths, or without the comma. */
char *capan_human_tenths(char text[CAPAN_HUMAN], uint64_t hundredths, bool comma);
/* A time in ns since 1970 as "2009-07-14 06:00:00 UTC", or exactly by RFC 3339: "2009-07-14T06:00:00.281050000Z". */
char *capan_human_date(char text[CAPAN_HUMAN], int64_t time_ns, bool exact);

#endif
