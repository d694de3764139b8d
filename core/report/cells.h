/* SPDX-License-Identifier: MIT */
/* Columns of aligned cells, and colours. */
#ifndef CELLS_H
#define CELLS_H

#include "out.h"

/* A text in a cell of width columns: the rest is blank. A longer text pushes the others on. */
void capan_cell_left(struct capan_out *, const char *text, size_t width);
void capan_cell_right(struct capan_out *, const char *text, size_t width);
void capan_cell_number(struct capan_out *, uint64_t number, size_t width);
/* A window; "63x?": of unknown scale (CAPAN_WINDOW_UNSCALED). */
void capan_cell_window(struct capan_out *, uint32_t window, size_t width);
void capan_cell_signed(struct capan_out *, int64_t number, size_t width);
/* Seconds with six digits behind the point. */
void capan_cell_time(struct capan_out *, int64_t ns, size_t width);

/* "1 packet", "1,200 packets". */
void capan_cell_counted(struct capan_out *, uint64_t count, const char *one, const char *many);

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
