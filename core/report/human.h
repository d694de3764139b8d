/* SPDX-License-Identifier: MIT */
/* Numbers, cells and colours as people like to read them. */
#ifndef HUMAN_H
#define HUMAN_H

#include "out.h"

enum { CAPAN_HUMAN = 32 };

/* "85 us", "31.1 ms", "2.50 s", "12.0 min". Empty when below 0. Each returns text. */
char *capan_human_duration(char text[CAPAN_HUMAN], int64_t ns);
/* "411 B", "34.2 kB", "1.2 GB": powers of 1000. */
char *capan_human_bytes(char text[CAPAN_HUMAN], uint64_t bytes);
/* "1,234,567". */
char *capan_human_count(char text[CAPAN_HUMAN], uint64_t number);
/* "1,234.5" of 123450 hundredths. */
char *capan_human_tenths(char text[CAPAN_HUMAN], uint64_t hundredths);

/* A time in ns since 1970 as "2009-07-14 06:00:00 UTC", or exactly by RFC 3339: "2009-07-14T06:00:00.281050000Z". */
void capan_human_date(struct capan_out *, int64_t time_ns, bool exact);

/* A text in a cell of width columns: the rest is blank. A longer text pushes the others on. */
void capan_cell_left(struct capan_out *, const char *text, size_t width);
void capan_cell_right(struct capan_out *, const char *text, size_t width);
void capan_cell_number(struct capan_out *, uint64_t number, size_t width);
void capan_cell_signed(struct capan_out *, int64_t number, size_t width);
/* Seconds with six digits behind the point. */
void capan_cell_time(struct capan_out *, int64_t ns, size_t width);

/* ANSI colours, nothing when off. A style ends with PLAIN. */
enum capan_style {
    CAPAN_STYLE_PLAIN,
    CAPAN_STYLE_BOLD,
    CAPAN_STYLE_DIM,
    CAPAN_STYLE_NOTE,
    CAPAN_STYLE_WARN,
    CAPAN_STYLE_ERROR
};
void capan_style(struct capan_out *, bool colour, enum capan_style);
enum capan_style capan_style_of(enum capan_severity);

#endif
