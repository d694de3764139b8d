/* SPDX-License-Identifier: MIT */
/* Rows of contents that were written to files. */
#include "cells.h"
#include "human.h"
#include "text.h"

void capan_text_object_row(struct capan_text *text, struct capan_row *row) {
    const struct capan_object *object = row->object;
    struct capan_out *out = text->out;
    char cell[CAPAN_HUMAN];
    capan_text_heading(text, " first   last   status      sent   written  state     outcome             file");
    capan_cell_number(out, object_extent(object)->first_frame, 6);
    capan_cell_number(out, object_extent(object)->last_frame, 7);
    if (object->request || !object->exchange->status)
        capan_cell_right(out, object->request ? "request" : "-", 9);
    else
        capan_cell_number(out, object->exchange->status, 9);
    capan_cell_right(out, capan_human_bytes(cell, object->coded_len), 10);
    capan_cell_right(out, capan_human_bytes(cell, object->len), 10);
    out_text(out, "  ");
    capan_cell_left(out, capan_object_states[object->state].token, 10);
    capan_text_token(text, &capan_http_outcomes[object->exchange->outcome], 20);
    out_text(out, object->name);
    out_char(out, '\n');
}
