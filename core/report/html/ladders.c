/* SPDX-License-Identifier: MIT */
#include "ladders.h"

#include <stdlib.h>

#include "alloc.h"
#include "cells.h"
#include "human.h"

enum {
    KEPT_MAX = 1 << 17, /* packets of all connections */
    SHOWN_MAX = 240,    /* of one connection */
    FIRST_SHOWN = 24,   /* whatever becomes of them */
    AROUND = 3,         /* packets before and behind one in trouble */
    PITCH = 30,         /* between two arrows */
    TOP = 30,
    A_LINE = 140,
    B_LINE = 420,
    MIDDLE = (A_LINE + B_LINE) / 2,
    WIDTH = 560,
    SLOPE = 8
};

struct rung {
    int64_t time_ns, delay_ns; /* by A's clock */
    uint32_t stream[CAPAN_STITCH_SIDES], frame[CAPAN_STITCH_SIDES];
    uint32_t damaged_frame, len;
    uint8_t fate, direction;
    bool again, part;
};

struct capan_ladders {
    struct rung *rungs;
    size_t count, capacity;
    uint64_t left; /* packets behind the limit */
    bool failed;
};

/* --- keeping --- */

struct capan_ladders *capan_ladders_new(void) {
    return calloc(1, sizeof(struct capan_ladders));
}

void capan_ladders_free(struct capan_ladders *ladders) {
    if (!ladders) return;
    free(ladders->rungs);
    free(ladders);
}

bool capan_ladders_whole(const struct capan_ladders *ladders) {
    return !ladders->failed;
}

static bool has_room(struct capan_ladders *ladders) {
    if (ladders->count == KEPT_MAX || ladders->failed) return false;
    ladders->failed = capan_reserve(&capan_libc, (void **)&ladders->rungs, &ladders->capacity, ladders->count + 1,
                                    sizeof *ladders->rungs) != CAPAN_OK;
    return !ladders->failed;
}

/* A verdict comes behind its packet's row. */
static void note_again(struct capan_ladders *ladders, const struct capan_stitch_row *row) {
    struct rung *last = ladders->count ? &ladders->rungs[ladders->count - 1] : NULL;
    if (last && last->frame[CAPAN_STITCH_A] == row->a_frame && last->frame[CAPAN_STITCH_B] == row->b_frame)
        last->again = true;
}

void capan_ladders_row(struct capan_ladders *ladders, const struct capan_stitch_row *row) {
    if (row->row == CAPAN_STITCH_VERDICT) note_again(ladders, row);
    if (row->row != CAPAN_STITCH_PACKET || row->connection->protocol != CAPAN_STITCH_TCP) return;
    if (!has_room(ladders)) {
        ladders->left++;
        return;
    }
    ladders->rungs[ladders->count++] = (struct rung){.time_ns = row->time_ns,
                                                     .delay_ns = row->delay_ns,
                                                     .stream = {row->connection->stream_a, row->connection->stream_b},
                                                     .frame = {row->a_frame, row->b_frame},
                                                     .damaged_frame = row->damaged_frame,
                                                     .len = row->len,
                                                     .fate = row->fate,
                                                     .direction = row->direction,
                                                     .part = row->part};
}

/* --- drawing --- */

/* The rungs of one connection, and how far down the next one is drawn. */
struct drawing {
    struct capan_out *out;
    const struct capan_stitch_connection *connection;
    const struct rung **rungs;
    size_t count;
    int y;
};

static bool goes_to_b(const struct drawing *drawing, const struct rung *rung) {
    const int8_t from_a = drawing->connection->way[rung->direction].from_a;
    return from_a ? from_a > 0 : rung->direction == CAPAN_C2S;
}

static bool is_trouble(const struct rung *rung) {
    return rung->again || rung->fate != CAPAN_STITCH_PASSED;
}

static bool is_shown(const struct drawing *drawing, size_t at) {
    const size_t from = at > AROUND ? at - AROUND : 0;
    if (at < FIRST_SHOWN) return true;
    for (size_t i = from; i <= at + AROUND && i < drawing->count; i++)
        if (is_trouble(drawing->rungs[i])) return true;
    return false;
}

static void put_arrow(struct drawing *drawing, const char *class, int from, int to, bool head) {
    const int y = drawing->y + SLOPE, back = to > from ? -7 : 7;
    capan_out_format(drawing->out, "<path class=\"%s\" d=\"M%d %dL%d %d\"/>", class, from, drawing->y, to, y);
    if (head) capan_out_format(drawing->out, "<path class=\"%s tip3\" d=\"M%d %dl%d -4v8z\"/>", class, to, y, back);
}

static void put_cross(struct drawing *drawing, const char *class) {
    capan_out_format(drawing->out, "<path class=\"%s mark\" d=\"M%d %dl10 10m0 -10l-10 10\"/>", class, MIDDLE - 5,
                     drawing->y + SLOPE - 5);
}

static const char *class_of(const struct rung *rung) {
    switch ((enum capan_stitch_fate)rung->fate) {
    case CAPAN_STITCH_LOST: return "lost";
    case CAPAN_STITCH_MISSED: return "missed";
    case CAPAN_STITCH_DUPLICATED:
    case CAPAN_STITCH_DUPLICATED_BACK:
    case CAPAN_STITCH_COPIED: return "copy";
    default: return rung->again ? "again" : "passed";
    }
}

/* Lost ones end in the middle, copies begin there; those that a capture missed went all the way. */
static void put_way(struct drawing *drawing, const struct rung *rung) {
    const bool to_b = goes_to_b(drawing, rung);
    const int from = to_b ? A_LINE : B_LINE, to = to_b ? B_LINE : A_LINE;
    const char *class = class_of(rung);
    if (rung->fate == CAPAN_STITCH_LOST) {
        put_arrow(drawing, class, from, rung->damaged_frame ? to : MIDDLE, false);
        put_cross(drawing, class);
    } else if (rung->fate == CAPAN_STITCH_COPIED) {
        capan_out_format(drawing->out, "<circle class=\"copy\" cx=\"%d\" cy=\"%d\" r=\"4\"/>",
                         rung->frame[CAPAN_STITCH_A] ? A_LINE : B_LINE, drawing->y + SLOPE / 2);
    } else {
        put_arrow(drawing, class, class[0] == 'c' ? MIDDLE : from, to, true);
    }
}

static void put_label(struct drawing *drawing, const struct rung *rung) {
    struct capan_out *out = drawing->out;
    char delay[CAPAN_HUMAN];
    capan_out_format(out, "<text class=\"mid %s\" x=\"%d\" y=\"%d\">", class_of(rung), MIDDLE, drawing->y - 3);
    if (rung->len)
        capan_out_format(out, "%u octets", rung->len);
    else
        out_text(out, "no data");
    if (rung->part) out_text(out, ", a part");
    if (rung->again) out_text(out, ", sent again");
    if (rung->fate == CAPAN_STITCH_MISSED)
        capan_out_format(out, ", missed by %s", rung->frame[CAPAN_STITCH_A] ? "B" : "A");
    else if (rung->fate != CAPAN_STITCH_PASSED)
        capan_out_format(out, ", %s", capan_stitch_fates[rung->fate].token);
    else
        capan_out_format(out, ", %s", capan_human_duration(delay, CAPAN_DURATION_THREE_DIGITS, rung->delay_ns));
    if (rung->damaged_frame) capan_out_format(out, ": damaged in #%u", rung->damaged_frame);
    out_text(out, "</text>");
}

static void put_time(struct drawing *drawing, int64_t ns, uint32_t frame, bool at_a, bool ends) {
    capan_out_format(drawing->out, "<text class=\"%s\" x=\"%d\" y=\"%d\">#%u &#160;", at_a ? "end" : "start",
                     at_a ? A_LINE - 10 : B_LINE + 10, drawing->y + (ends ? SLOPE : 0) + 4, frame);
    capan_cell_time(drawing->out, ns, 0);
    out_text(drawing->out, "</text>");
}

static void put_rung(struct drawing *drawing, const struct rung *rung) {
    const int64_t at_ns = rung->time_ns - drawing->rungs[0]->time_ns;
    const bool to_b = goes_to_b(drawing, rung), both = rung->frame[CAPAN_STITCH_A] && rung->frame[CAPAN_STITCH_B];
    const int64_t later_ns = both ? (to_b ? rung->delay_ns : -rung->delay_ns) : 0;
    out_text(drawing->out, "<g>");
    put_way(drawing, rung);
    put_label(drawing, rung);
    if (rung->frame[CAPAN_STITCH_A]) put_time(drawing, at_ns, rung->frame[CAPAN_STITCH_A], true, !to_b);
    if (rung->frame[CAPAN_STITCH_B]) put_time(drawing, at_ns + later_ns, rung->frame[CAPAN_STITCH_B], false, to_b);
    out_text(drawing->out, "</g>\n");
    drawing->y += PITCH;
}

static void put_left_out(struct drawing *drawing, size_t count, const char *what) {
    if (!count) return;
    capan_out_format(drawing->out, "<text class=\"mid left\" x=\"%d\" y=\"%d\">%zu packet%s %s</text>\n", MIDDLE,
                     drawing->y + 4, count, count == 1 ? "" : "s", what);
    drawing->y += PITCH;
}

/* How high it will be is known when it has been gone through once. */
static int go_through(struct drawing *drawing, bool draws) {
    size_t shown = 0, left = 0, at = 0;
    drawing->y = TOP + PITCH;
    for (; at < drawing->count && shown < SHOWN_MAX; at++) {
        if (!is_shown(drawing, at)) {
            left++;
            continue;
        }
        if (draws) {
            put_left_out(drawing, left, "that passed");
            put_rung(drawing, drawing->rungs[at]);
        } else {
            drawing->y += PITCH + (left ? PITCH : 0);
        }
        left = 0;
        shown++;
    }
    if (draws) put_left_out(drawing, left + drawing->count - at, at < drawing->count ? "more" : "more, that passed");
    return drawing->y + (draws ? 0 : PITCH);
}

static void put_drawing(struct drawing *drawing) {
    struct capan_out *out = drawing->out;
    const int bottom = go_through(drawing, false);
    capan_out_format(out, "<div class=\"wide\"><svg class=\"rungs\" viewBox=\"0 0 %d %d\" role=\"img\">", WIDTH,
                     bottom + 4);
    out_text(out, "<title>The packets of one connection between both captures</title>\n");
    capan_out_format(out, "<text class=\"mid\" x=\"%d\" y=\"16\">A</text><text class=\"mid\" x=\"%d\" y=\"16\">",
                     A_LINE, MIDDLE);
    capan_out_format(out, "the path</text><text class=\"mid\" x=\"%d\" y=\"16\">B</text>\n", B_LINE);
    capan_out_format(out, "<path class=\"line\" d=\"M%d %dV%dM%d %dV%d\"/>\n", A_LINE, TOP, bottom, B_LINE, TOP,
                     bottom);
    go_through(drawing, true);
    out_text(out, "</svg></div>\n");
}

void capan_ladders_draw(struct capan_ladders *ladders, struct capan_out *out,
                        const struct capan_stitch_connection *connection) {
    struct drawing drawing = {.out = out, .connection = connection};
    drawing.rungs = malloc((ladders->count + 1) * sizeof *drawing.rungs);
    if (!drawing.rungs) {
        ladders->failed = true;
        return;
    }
    for (size_t i = 0; i < ladders->count; i++)
        if (ladders->rungs[i].stream[CAPAN_STITCH_A] == connection->stream_a &&
            ladders->rungs[i].stream[CAPAN_STITCH_B] == connection->stream_b)
            drawing.rungs[drawing.count++] = &ladders->rungs[i];
    if (drawing.count) put_drawing(&drawing);
    if (ladders->left)
        capan_out_format(out, "<p class=\"small\">%llu later packets of the captures are not drawn</p>\n",
                         (unsigned long long)ladders->left);
    free(drawing.rungs);
}
