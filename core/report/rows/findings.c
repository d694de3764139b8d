/* SPDX-License-Identifier: MIT */
#include "cells.h"
#include "human.h"
#include "text.h"

static struct capan_value severity(struct capan_row *row) {
    return value_word(capan_severity_name((enum capan_severity)row->finding->severity));
}

/* The field in which the token is met. */
static struct capan_value field(struct capan_row *row) {
    static const char *const names[] = {"tcp.kind",       "tcp.flags",   "http.outcome",
                                        "http.violation", "http.advice", "http.framing"};
    return value_word(names[row->finding->of]);
}

static struct capan_value token(struct capan_row *row) {
    return value_word(row->finding->token->token);
}
static struct capan_value source(struct capan_row *row) {
    return value_text(row->finding->token->source);
}
static struct capan_value explain(struct capan_row *row) {
    return value_text(row->finding->token->sentence);
}

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

void capan_text_finding(struct capan_text *text, const struct capan_finding *finding, bool brief) {
    struct capan_out *out = text->out;
    char cell[CAPAN_HUMAN];
    capan_style(out, text->colour, capan_style_of((enum capan_severity)finding->severity));
    out_text(out, "  ");
    capan_cell_left(out, capan_severity_name((enum capan_severity)finding->severity), 6);
    capan_cell_left(out, finding->token->token, 24);
    capan_style(out, text->colour, CAPAN_STYLE_PLAIN);
    capan_cell_right(out, capan_human_count(cell, finding->count), 8);
    capan_cell_right(out, finding->bytes ? capan_human_bytes(cell, finding->bytes) : "", 10);
    out_text(out, "  ");
    capan_cell_left(out, finding->blame ? capan_blames[finding->blame].token : "", 15);
    out_text(out, "  ");
    capan_text_frames(out, finding->frames, finding->frame_count, CAPAN_FINDING_FRAMES);
    if (finding->count > finding->frame_count) out_text(out, " ...");
    out_char(out, '\n');
    if (brief) return;
    char words[CAPAN_PARAGRAPH];
    struct sentence paragraph = sentence_in(words, sizeof words);
    capan_say(&paragraph, "%s", finding->token->sentence);
    if (*finding->token->source) capan_say(&paragraph, " (%s)", finding->token->source);
    capan_text_paragraph(out, 8, &paragraph);
}

static void put_text(struct capan_text *text, struct capan_row *row) {
    capan_text_heading(text, CAPAN_FINDING_HEADING);
    capan_text_finding(text, row->finding, false);
}

const struct capan_row_kind capan_finding_rows = {columns, sizeof columns / sizeof *columns, put_text};
