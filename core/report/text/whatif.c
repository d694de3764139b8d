/* SPDX-License-Identifier: MIT */
/* Rows of exchanges in a cache that was not there. */
#include "cells.h"
#include "human.h"
#include "text.h"

static void put_age(struct capan_out *out, const struct capan_whatif_row *row) {
    char text[CAPAN_HUMAN * 2];
    if (!row->stored_in) {
        capan_cell_right(out, "-", 18);
        return;
    }
    snprintf(text, sizeof text, "%lld of %lld s", (long long)(row->age_ns / 1000000000),
             (long long)(row->lifetime_s < 0 ? 0 : row->lifetime_s));
    capan_cell_right(out, text, 18);
}

static void put_target(struct capan_out *out, const struct capan_whatif_row *row) {
    out_text(out, "  ");
    capan_out_printable(out, row->method, 12);
    out_char(out, ' ');
    capan_out_printable(out, row->authority, 40);
    capan_out_printable(out, row->target, 48);
    out_char(out, '\n');
}

void capan_text_whatif_row(struct capan_text *text, struct capan_row *row) {
    const struct capan_whatif_row *whatif = row->whatif;
    struct capan_out *out = text->out;
    capan_text_heading(text, " asked answer  stored               age  served     why                 store");
    capan_cell_number(out, whatif->request_frame, 6);
    capan_cell_number(out, whatif->response_frame, 7);
    capan_cell_number(out, whatif->stored_in, 8);
    put_age(out, whatif);
    out_text(out, "  ");
    capan_cell_left(out, capan_whatif_serveds[whatif->served].token, 11);
    capan_cell_left(out, capan_whatif_whys[whatif->why].token, 20);
    capan_cell_left(out, capan_whatif_stores[whatif->store].token, 17);
    if (whatif->outdated) out_text(out, "outdated");
    put_target(out, whatif);
}

void capan_text_whatif_group_row(struct capan_text *text, struct capan_row *row) {
    const struct capan_whatif_group *group = row->whatif_group;
    struct capan_out *out = text->out;
    char cell[CAPAN_HUMAN];
    capan_text_heading(text, "exchanges   cache validated  server  bypass    spared  trips outdated  of");
    capan_cell_number(out, group->sum.exchanges, 9);
    capan_cell_number(out, group->sum.served[CAPAN_WHATIF_CACHE], 8);
    capan_cell_number(out, group->sum.served[CAPAN_WHATIF_VALIDATED], 10);
    capan_cell_number(out, group->sum.served[CAPAN_WHATIF_SERVER], 8);
    capan_cell_number(out, group->sum.served[CAPAN_WHATIF_BYPASS], 8);
    capan_cell_right(out, capan_human_bytes(cell, group->sum.spared_octets), 10);
    capan_cell_right(out, capan_human_tenths(cell, group->sum.spared_round_trips_x100, false), 7);
    capan_cell_number(out, group->sum.outdated, 9);
    out_text(out, "  ");
    if (group->scope == CAPAN_WHATIF_SCOPE_ALL)
        out_text(out, "all");
    else
        capan_out_printable(out, group->name, out_width(out));
    out_char(out, '\n');
}

void capan_text_whatif_change_row(struct capan_text *text, struct capan_row *row) {
    const struct capan_whatif_change *change = row->whatif_change;
    struct capan_out *out = text->out;
    char cell[CAPAN_HUMAN];
    capan_text_heading(text, "requests    spared  trips outdated  change of the servers' fields");
    capan_cell_number(out, change->requests, 8);
    capan_cell_right(out, capan_human_bytes(cell, change->octets), 10);
    capan_cell_right(out, capan_human_tenths(cell, change->round_trips_x100, false), 7);
    capan_cell_number(out, change->outdated, 9);
    out_text(out, "  ");
    capan_out_printable(out, change->urls, out_width(out));
    capan_out_format(out, ": Cache-Control: max-age=%lld\n", (long long)change->max_age_s);
}
