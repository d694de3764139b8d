/* SPDX-License-Identifier: MIT */
#include "cells.h"

#include "capan/tcp.h"
#include "human.h"

void capan_cell_left(struct capan_out *out, const char *text, size_t width) {
    size_t len = strlen(text);
    capan_out_octets(out, text, len);
    if (len < width) capan_out_spaces(out, width - len);
}

/* What fills its column is kept apart from the one before all the same. */
static void indent(struct capan_out *out, size_t len, size_t width) {
    if (width) capan_out_spaces(out, len < width ? width - len : 1);
}

void capan_cell_right(struct capan_out *out, const char *text, size_t width) {
    size_t len = strlen(text);
    indent(out, len, width);
    capan_out_octets(out, text, len);
}

void capan_cell_number(struct capan_out *out, uint64_t number, size_t width) {
    indent(out, capan_count_digits(number), width);
    capan_out_u64(out, number);
}

void capan_cell_window(struct capan_out *out, uint32_t window, size_t width) {
    const uint32_t number = window & ~CAPAN_WINDOW_UNSCALED;
    if (number == window) {
        capan_cell_number(out, number, width);
        return;
    }
    capan_cell_number(out, number, width > sizeof "x?" - 1 ? width - (sizeof "x?" - 1) : 1);
    out_text(out, "x?");
}

static uint64_t magnitude(int64_t number) {
    return number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
}

void capan_cell_signed(struct capan_out *out, int64_t number, size_t width) {
    indent(out, (number < 0) + capan_count_digits(magnitude(number)), width);
    capan_out_i64(out, number);
}

void capan_cell_time(struct capan_out *out, int64_t ns, size_t width) {
    indent(out, (ns < 0) + capan_count_digits(magnitude(ns) / 1000000000) + sizeof ".000000" - 1, width);
    capan_out_seconds(out, ns, 6);
}

void capan_style(struct capan_out *out, bool colour, enum capan_style style) {
    static const char *const sequences[] = {"\033[0m", "\033[1m", "\033[2m", "\033[36m", "\033[33m", "\033[1;31m"};
    if (colour) out_text(out, sequences[style]);
}

enum capan_style capan_style_of(enum capan_severity severity) {
    switch (severity) {
    case CAPAN_ERROR: return CAPAN_STYLE_ERROR;
    case CAPAN_WARN: return CAPAN_STYLE_WARN;
    case CAPAN_NOTE: return CAPAN_STYLE_NOTE;
    default: return CAPAN_STYLE_PLAIN;
    }
}

void capan_cell_counted(struct capan_out *out, uint64_t count, const char *one, const char *many) {
    char number[CAPAN_HUMAN];
    capan_out_format(out, "%s %s", capan_human_count(number, count), count == 1 ? one : many);
}
