/* SPDX-License-Identifier: MIT */
/* Rows of a text's claims: each sentence quoted once, and what the capture says of it. */
#include "bytes.h"
#include "cells.h"
#include "text.h"

enum { QUOTED_MAX = 320, SAID_WIDTH = 26 };

/* On one line, as far as it is short. */
static void quote(struct capan_text *text, const struct capan_claim *claim) {
    char words[CAPAN_PARAGRAPH];
    struct sentence paragraph = sentence_in(words, sizeof words);
    capan_say(&paragraph, "line %u: ", claim->line);
    const size_t len = min_size(claim->sentence.len, QUOTED_MAX);
    for (size_t i = 0; i < len; i++) {
        const bool blank = claim->sentence.at[i] <= ' ';
        if (!blank) sentence_octets(&paragraph, claim->sentence.at + i, 1);
        if (blank && words[paragraph.len - 1] != ' ') sentence_text(&paragraph, " ");
    }
    if (len < claim->sentence.len) sentence_text(&paragraph, " ...");
    if (text->began) out_char(text->out, '\n');
    text->began = true;
    capan_text_paragraph(text->out, 0, &paragraph);
}

static enum capan_style style_of(uint8_t verdict) {
    return verdict == CAPAN_CLAIM_REFUTED  ? CAPAN_STYLE_ERROR
           : verdict == CAPAN_CLAIM_ABSENT ? CAPAN_STYLE_NOTE
           : verdict == CAPAN_CLAIM_UNREAD ? CAPAN_STYLE_DIM
                                           : CAPAN_STYLE_PLAIN;
}

static void say_rest(struct sentence *rest, const struct capan_claim *claim) {
    capan_say_octets(rest, claim->why, 400);
    if (*claim->source) capan_say(rest, "%s(%s)", rest->len ? " " : "", claim->source);
    if (claim->slip) capan_say(rest, "%sslip %u", rest->len ? "; " : "", claim->slip);
}

void capan_text_claim_row(struct capan_text *text, struct capan_row *row) {
    const struct capan_claim *claim = row->claim;
    struct capan_out *out = text->out;
    char words[CAPAN_PARAGRAPH];
    struct sentence rest = sentence_in(words, sizeof words);
    const uint64_t sentence = (uint64_t)(uintptr_t)claim->sentence.at;
    if (text->streams != sentence) quote(text, claim);
    text->streams = sentence;
    out_text(out, "    ");
    capan_style(out, text->colour, style_of(claim->verdict));
    capan_cell_left(out, capan_claim_verdicts[claim->verdict].token, 16);
    capan_style(out, text->colour, CAPAN_STYLE_PLAIN);
    capan_cell_left(out, capan_claim_whats[claim->what].token, 15);
    const struct capan_span said = claim->what == CAPAN_CLAIM_SENTENCE ? span_of("") : claim->said;
    capan_out_spaces(out, SAID_WIDTH - min_size(capan_out_printable(out, said, SAID_WIDTH - 2), SAID_WIDTH));
    for (unsigned i = 0; i < claim->frame_count; i++) capan_out_format(out, "%s#%u", i ? " " : "", claim->frames[i]);
    out_char(out, '\n');
    say_rest(&rest, claim);
    if (rest.len) capan_text_paragraph(out, 20, &rest);
}
