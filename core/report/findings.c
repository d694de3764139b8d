/* SPDX-License-Identifier: MIT */
#include "column.h"

static struct capan_value severity(struct capan_row *row) {
    return value_text(capan_severity_name((enum capan_severity)row->finding->severity));
}

/* The field in which the token is met. */
static struct capan_value field(struct capan_row *row) {
    static const char *const names[] = {"tcp.kind", "tcp.flags", "http.outcome", "http.violation", "http.advice"};
    return value_text(names[row->finding->of]);
}

static struct capan_value token(struct capan_row *row) { return value_text(row->finding->token->token); }
static struct capan_value source(struct capan_row *row) { return value_text(row->finding->token->source); }
static struct capan_value explain(struct capan_row *row) { return value_text(row->finding->token->sentence); }

static struct capan_value frames(struct capan_row *row) {
    return value_numbers(row->finding->frames, row->finding->frame_count);
}

#define CAPAN_ROW struct capan_finding
static const struct capan_column columns[] = {
    CAPAN_MADE("severity", severity),
    CAPAN_MADE("field", field),
    CAPAN_MADE("token", token),
    CAPAN_READ("count", COUNT, count),
    CAPAN_READ("bytes", NONZERO, bytes),
    CAPAN_READ("streams", COUNT, streams),
    CAPAN_WORD("blame", TOKEN_BUT_0, blame, capan_blames),
    CAPAN_MADE("frames", frames),
    CAPAN_MADE("source", source),
    CAPAN_MADE("explain", explain),
};

const struct capan_row_kind capan_finding_rows = {columns, sizeof columns / sizeof *columns};
