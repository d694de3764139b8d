/* SPDX-License-Identifier: MIT */
/* Rows of findings by place. */
#include "cells.h"
#include "text.h"

void capan_text_place_row(struct capan_text *text, struct capan_row *row) {
    const struct capan_place *place = row->place;
    struct capan_out *out = text->out;
    capan_text_heading(text, "  level finding                    times  fingerprint       baseline  where");
    capan_out_spaces(out, 7 - strlen(capan_severity_name((enum capan_severity)place->severity)));
    out_text(out, capan_severity_name((enum capan_severity)place->severity));
    out_char(out, ' ');
    capan_text_token(text, place->token, 23);
    capan_cell_number(out, place->count, 9);
    out_text(out, "  ");
    capan_cell_left(out, place->fingerprint, 18);
    capan_cell_left(out, place->baseline ? capan_baselines[place->baseline].token : "", 10);
    capan_out_printable(out, place->subject, 100);
    out_char(out, '\n');
}
