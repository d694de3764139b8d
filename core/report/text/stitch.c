/* SPDX-License-Identifier: MIT */
/* Two captures held against each other: rows, and the note on both. */
#include "capan/stitch.h"

#include <errno.h>
#include <stdlib.h>

#include "cells.h"
#include "clock.h"
#include "document.h"
#include "drawing.h"
#include "human.h"
#include "ladders.h"
#include "text.h"
#include "told.h"

enum { CONNECTIONS_SHOWN = 10 };

struct shown_seam {
    uint64_t urgency;
    struct capan_stitch_connection connection;
};

/* The most telling connections, in order; all are counted. */
struct capan_stitch_note {
    struct capan_out out;
    struct capan_text text;
    struct capan_stitch_clock clock;
    uint64_t rewrites;
    uint64_t contradictions[CAPAN_STITCH_CONTRADICTION_COUNT];
    uint32_t contradicted[CAPAN_STITCH_CONTRADICTION_COUNT]; /* a frame of the first such, by who says it */
    uint8_t contradicted_by[CAPAN_STITCH_CONTRADICTION_COUNT];
    bool draws;
    struct capan_ladders *ladders; /* with draws; NULL: there was no memory */
    size_t shown;
    struct shown_seam seams[CONNECTIONS_SHOWN];
};

static unsigned long long number(uint64_t count) {
    return (unsigned long long)count;
}

/* --- rows --- */

/* Why it was sent again and where the copy before it died, by both; then what each says alone. */
static void put_verdict(struct capan_out *out, const struct capan_stitch_row *row) {
    const bool from_a = row->connection->way[row->direction].from_a > 0;
    const char *needed = row->died == CAPAN_STITCH_DIED_UNKNOWN   ? ""
                         : row->died == CAPAN_STITCH_DIED_NOWHERE ? "needless, "
                                                                  : "needed, ";
    capan_out_format(out, "; %s: %sthe copy before it", capan_tcp_kinds[row->kind].token, needed);
    if (row->lost_frame) capan_out_format(out, ", frame %u of %s,", row->lost_frame, from_a ? "A" : "B");
    capan_out_format(out, " was lost %s", capan_stitch_deaths[row->died].sentence);
    for (int side = 0; side < CAPAN_STITCH_SIDES; side++) {
        const struct capan_stitch_own *own = &row->own[side];
        if (!own->there) continue;
        capan_out_format(out, "; %s alone: %s, %s%s", side == CAPAN_STITCH_A ? "A" : "B",
                         capan_tcp_kinds[own->kind].token, capan_certainties[own->certainty].token,
                         own->needless ? ", needless" : "");
    }
}

static void put_packet(struct capan_text *text, const struct capan_stitch_row *row, int64_t origin_ns) {
    struct capan_out *out = text->out;
    char delay[CAPAN_HUMAN];
    capan_text_heading(text, "     A      B stream         time      delay  fate        len  what is known");
    capan_cell_number(out, row->a_frame, 6);
    capan_cell_number(out, row->b_frame, 7);
    if (row->connection->protocol == CAPAN_STITCH_TCP)
        capan_cell_number(out, row->connection->stream_a, 7);
    else
        capan_cell_right(out, row->connection->protocol == CAPAN_STITCH_UDP ? "udp" : "icmp", 7);
    capan_out_format(out, " %s ", row->direction == CAPAN_C2S ? ">" : "<");
    capan_cell_moment(out, row->time_ns, origin_ns, 11);
    const bool both = row->a_frame && row->b_frame;
    capan_cell_right(out, both ? capan_human_duration(delay, CAPAN_DURATION_THREE_DIGITS, row->delay_ns) : "-", 11);
    out_text(out, "  ");
    capan_cell_left(out, capan_stitch_fates[row->fate].token, 11);
    capan_cell_number(out, row->len, 4);
    out_text(out, "  ");
    out_text(out, capan_certainties[row->certainty].token);
    if (row->why) capan_out_format(out, ": %s", capan_stitch_whys[row->why].sentence);
    if (row->row == CAPAN_STITCH_VERDICT) put_verdict(out, row);
    if (row->row == CAPAN_STITCH_CONTRADICTION)
        capan_out_format(out, "; %s: %s", row->said_by == CAPAN_STITCH_A ? "A" : "B",
                         capan_stitch_contradictions[row->contradiction].sentence);
    out_char(out, '\n');
}

void capan_text_stitch_row(struct capan_text *text, struct capan_row *row) {
    const struct capan_stitch_row *at = row->stitch;
    if (at->row == CAPAN_STITCH_CLOCK)
        capan_told_clock(text->out, at->clock);
    else if (at->row == CAPAN_STITCH_CONNECTION || at->row == CAPAN_STITCH_DATAGRAMS)
        capan_told_connection(text->out, at->connection);
    else
        put_packet(text, at, row->origin_ns);
}

/* --- gathering --- */

struct capan_stitch_note *capan_stitch_note_new(FILE *out, const struct capan_layout *layout) {
    struct capan_stitch_note *note = calloc(1, sizeof *note);
    if (!note) return NULL;
    note->text = (struct capan_text){.out = &note->out, .colour = layout && layout->colour};
    if (capan_out_init(&note->out, out, layout) == CAPAN_OK) return note;
    free(note);
    return NULL;
}

static uint64_t urgency_of(const struct capan_stitch_connection *connection) {
    uint64_t trouble = 0, packets = 0;
    for (int i = 0; i < 2; i++) {
        const struct capan_stitch_way *way = &connection->way[i];
        trouble += way->lost + way->duplicated + way->resent;
        packets += way->packets;
    }
    return trouble * 1000000 + packets;
}

static void keep(struct capan_stitch_note *note, const struct capan_stitch_connection *connection) {
    const uint64_t urgency = urgency_of(connection);
    size_t at = note->shown;
    while (at > 0 && note->seams[at - 1].urgency < urgency) at--;
    if (at == CONNECTIONS_SHOWN) return;
    if (note->shown < CONNECTIONS_SHOWN) note->shown++;
    memmove(&note->seams[at + 1], &note->seams[at], (note->shown - 1 - at) * sizeof note->seams[0]);
    note->seams[at] = (struct shown_seam){urgency, *connection};
}

void capan_stitch_note_draws(struct capan_stitch_note *note) {
    note->draws = true;
    note->ladders = capan_ladders_new();
}

void capan_stitch_note_row(struct capan_stitch_note *note, const struct capan_stitch_row *row) {
    if (note->ladders) capan_ladders_row(note->ladders, row);
    if (row->row == CAPAN_STITCH_CLOCK) note->clock = *row->clock;
    if (row->row == CAPAN_STITCH_CONTRADICTION && !note->contradictions[row->contradiction]++) {
        note->contradicted[row->contradiction] = row->said_by == CAPAN_STITCH_A ? row->a_frame : row->b_frame;
        note->contradicted_by[row->contradiction] = row->said_by;
    }
    if (row->row != CAPAN_STITCH_CONNECTION) return;
    note->rewrites |= row->connection->rewrites;
    if (row->connection->in_a && row->connection->in_b) keep(note, row->connection);
}

/* --- the note --- */

static void put_contradictions(struct capan_stitch_note *note) {
    char words[CAPAN_PARAGRAPH];
    struct sentence sentence = sentence_in(words, sizeof words);
    for (int i = 0; i < CAPAN_STITCH_CONTRADICTION_COUNT; i++) {
        if (!note->contradictions[i]) continue;
        capan_say(&sentence, "a verdict of %s alone is wrong, %llu times (first in frame %u): %s",
                  note->contradicted_by[i] == CAPAN_STITCH_A ? "A" : "B", number(note->contradictions[i]),
                  note->contradicted[i], capan_stitch_contradictions[i].sentence);
        capan_text_paragraph(&note->out, 2, &sentence);
        sentence = sentence_in(words, sizeof words);
    }
}

static void put_nothing(struct capan_out *out, const struct capan_stitch_totals *totals, bool self) {
    const bool in_a = totals->packets[CAPAN_STITCH_A] + totals->datagrams.packets[CAPAN_STITCH_A];
    const bool in_b = totals->packets[CAPAN_STITCH_B] + totals->datagrams.packets[CAPAN_STITCH_B];
    if (!in_a || (!self && !in_b))
        out_text(out, "Nothing to hold against each other: no TCP, UDP or ICMP in one of the captures.\n");
    else if (self)
        out_text(out, "No packet came by twice: this capture was taken at one place.\n");
    else
        out_text(out,
                 "No packet was found in both: they are of other traffic or other times, or all that could tell a\n"
                 "packet is rewritten between.\n");
}

static void put_name(struct capan_stitch_note *note, const char *name) {
    const struct capan_span span = {(const uint8_t *)name, strlen(name)};
    struct capan_out *out = &note->out;
    if (note->draws)
        capan_drawing_html(out, span);
    else
        capan_out_printable(out, span, 0);
}

static void put_names(struct capan_stitch_note *note, const char *a, const char *b) {
    out_text(&note->out, "A: ");
    put_name(note, a);
    out_text(&note->out, b ? "\nB: " : ", at the first place\nB: the same, at the second one");
    if (b) put_name(note, b);
    out_text(&note->out, "\n\n");
}

/* What is told of a connection, and its ladder where one is drawn. */
static void put_seam(struct capan_stitch_note *note, const struct capan_stitch_connection *connection) {
    if (note->draws) out_text(&note->out, "</pre>\n<pre>");
    if (!note->draws) out_char(&note->out, '\n');
    capan_told_connection(&note->out, connection);
    if (!note->draws) return;
    out_text(&note->out, "</pre>\n");
    if (note->ladders) capan_ladders_draw(note->ladders, &note->out, connection);
    out_text(&note->out, "<pre>");
}

static void put_note(struct capan_stitch_note *note, const struct capan_stitch_totals *totals, bool self) {
    struct capan_out *out = &note->out;
    if (!totals->connections && !totals->datagrams.passed) put_nothing(out, totals, self);
    if (totals->connections) capan_told_answer(out, totals);
    capan_told_datagrams(out, totals);
    capan_told_clock(out, &note->clock);
    capan_told_alone(out, totals);
    put_contradictions(note);
    for (size_t i = 0; i < note->shown; i++) put_seam(note, &note->seams[i].connection);
    if (totals->connections > note->shown && note->shown == CONNECTIONS_SHOWN)
        capan_out_format(out, "\nand %llu connections more (--format ndjson has all)\n",
                         number(totals->connections - note->shown));
}

bool capan_stitch_note_close(struct capan_stitch_note *note, const char *a, const char *b,
                             const struct capan_stitch_totals *totals) {
    struct capan_out *out = &note->out;
    if (note->draws) {
        capan_document_head(out, "Two captures of the same traffic", "plain");
        out_text(out, "<h1>Two captures of the same traffic</h1>\n<pre>");
    }
    put_names(note, a, b);
    put_note(note, totals, !b);
    if (note->draws)
        capan_out_format(out, "</pre>\n<p class=\"small\">capan %s</p>\n</body></html>\n", capan_version());
    const bool whole = !note->draws || (note->ladders && capan_ladders_whole(note->ladders));
    const bool written = capan_out_flush(out);
    const int reason = written ? ENOMEM : errno;
    capan_out_free(out);
    capan_ladders_free(note->ladders);
    free(note);
    if (!written || !whole) errno = reason;
    return written && whole;
}
