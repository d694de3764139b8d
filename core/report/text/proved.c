/* SPDX-License-Identifier: MIT */
/* Rows of proofs that do not hold: those that do are counted, not told. */
#include "cells.h"
#include "text.h"

void capan_text_proved_row(struct capan_text *text, struct capan_row *row) {
    const struct capan_proved *proved = row->proved;
    struct capan_out *out = text->out;
    if (proved->holds) return;
    capan_text_heading(text, "   row  frame  verdict               rule                  does not hold");
    capan_cell_number(out, proved->number, 6);
    capan_cell_number(out, proved->frame, 7);
    out_text(out, "  ");
    capan_out_spaces(out, 22 - capan_out_printable(out, proved->verdict, 22));
    capan_out_spaces(out, 22 - capan_out_printable(out, proved->rule, 22));
    out_text(out, proved->wrong);
    out_text(out, ": ");
    out_text(out, proved->why);
    out_char(out, '\n');
}
