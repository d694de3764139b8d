/* SPDX-License-Identifier: MIT */
#include "text.h"

#include "cells.h"
#include "clock.h"
#include "human.h"

void capan_text_heading(struct capan_text *text, const char *heading) {
    if (text->began) return;
    text->began = true;
    capan_style(text->out, text->colour, CAPAN_STYLE_DIM);
    const char *time = strstr(heading, "time ");
    if (time) {
        out_octets(text->out, heading, (size_t)(time - heading));
        capan_out_spaces(text->out, capan_clock_extra(text->out));
    }
    out_text(text->out, time ? time : heading);
    capan_style(text->out, text->colour, CAPAN_STYLE_PLAIN);
    out_char(text->out, '\n');
}

void capan_text_token(struct capan_text *text, const struct capan_token *token, size_t width) {
    capan_style(text->out, text->colour, capan_style_of(token->severity));
    capan_cell_left(text->out, token->token, width);
    capan_style(text->out, text->colour, CAPAN_STYLE_PLAIN);
}

void capan_text_ends(struct capan_text *text, uint32_t stream, const struct capan_endpoint *client,
                     const struct capan_endpoint *server) {
    struct capan_out *out = text->out;
    char end[CAPAN_ENDPOINT_TEXT];
    capan_style(out, text->colour, CAPAN_STYLE_BOLD);
    out_text(out, "stream ");
    capan_out_u64(out, stream);
    out_text(out, "  ");
    capan_out_octets(out, end, capan_endpoint_text(client, true, end));
    out_text(out, " > ");
    capan_out_octets(out, end, capan_endpoint_text(server, true, end));
    capan_style(out, text->colour, CAPAN_STYLE_PLAIN);
}

void capan_text_frames(struct capan_out *out, const uint32_t *frames, size_t count, size_t shown) {
    for (size_t i = 0; i < count && i < shown; i++) {
        if (i) out_char(out, ' ');
        capan_out_u64(out, frames[i]);
    }
    if (count > shown) {
        out_text(out, " +");
        capan_out_u64(out, count - shown);
    }
}

void capan_text_part(struct capan_out *out, bool *first, const char *word) {
    out_text(out, *first ? "" : ", ");
    *first = false;
    out_text(out, word);
}

void capan_text_duration(struct capan_out *out, bool *first, const char *word, int64_t ns) {
    char duration[CAPAN_HUMAN];
    if (ns < 0) return;
    capan_text_part(out, first, word);
    out_text(out, capan_human_duration(duration, CAPAN_DURATION_ROUGH, ns));
}

/* Up to the end of the last word that fits in room; at least one word. */
static size_t line_length(const char *text, size_t room) {
    size_t fits = 0;
    for (size_t i = 0;; i++) {
        if (text[i] != ' ' && text[i] != '\0') continue;
        if (i > room && fits) return fits;
        fits = i;
        if (text[i] == '\0' || i > room) return fits;
    }
}

void capan_text_prose(struct capan_out *out, size_t indent, const char *text) {
    while (*text) {
        size_t len = line_length(text, out_width(out) > 2 * indent ? out_width(out) - indent : indent);
        capan_out_spaces(out, indent);
        capan_out_printable(out, (struct capan_span){(const uint8_t *)text, len}, 0);
        out_char(out, '\n');
        text += len;
        while (*text == ' ') text++;
    }
}

void capan_text_paragraph(struct capan_out *out, size_t indent, const struct sentence *paragraph) {
    if (paragraph->len) capan_text_prose(out, indent, paragraph->at);
}
