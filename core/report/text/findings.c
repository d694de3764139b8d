/* SPDX-License-Identifier: MIT */
#include "bytes.h"
#include "cells.h"
#include "human.h"
#include "text.h"

void capan_say_host(struct sentence *sentence, const struct capan_finding *finding) {
    const struct capan_endpoint host = {finding->host, 0};
    char text[CAPAN_ENDPOINT_TEXT];
    if (!host.address.version) return;
    capan_endpoint_text(&host, false, text);
    capan_say(sentence, "%s", text);
    if (*finding->interface) capan_say(sentence, " on interface ");
    capan_say_octets(sentence, span_of(finding->interface), SIZE_MAX);
    capan_say(sentence, ": ");
}

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
    capan_say_host(&paragraph, finding);
    capan_say(&paragraph, "%s", finding->token->sentence);
    if (*finding->token->source) capan_say(&paragraph, " (%s)", finding->token->source);
    capan_text_paragraph(out, 8, &paragraph);
}

void capan_text_finding_row(struct capan_text *text, struct capan_row *row) {
    capan_text_heading(text, CAPAN_FINDING_HEADING);
    capan_text_finding(text, row->finding, false);
}
