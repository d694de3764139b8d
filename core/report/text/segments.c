/* SPDX-License-Identifier: MIT */
#include "cells.h"
#include "clock.h"
#include "human.h"
#include "text.h"

static void put_states(struct capan_out *out, const struct capan_segment *segment) {
    char states[CAPAN_HUMAN];
    const char *client = capan_tcp_states[segment->client_state].token,
               *server = capan_tcp_states[segment->server_state].token;
    if (segment->client_state == segment->server_state)
        snprintf(states, sizeof states, "%s", client);
    else
        snprintf(states, sizeof states, "%s / %s", client, server);
    capan_cell_left(out, states, 24);
}

/* Padding says something of the place of capture, but not of the segment. */
static const uint64_t flags_untold = (uint64_t)1 << CAPAN_FLAG_PADDING;

static void put_flags(struct capan_out *out, uint64_t flags, bool *first) {
    for (unsigned i = 0; flags; i++, flags >>= 1)
        if (flags & 1) capan_text_part(out, first, capan_tcp_flags[i].token);
}

static bool has_remarks(const struct capan_segment *segment) {
    return segment->certainty != CAPAN_CERTAIN || segment->flags & ~flags_untold ||
           capan_tcp_kinds[segment->kind].severity >= CAPAN_NOTE || segment->acks_count || segment->rtt_ns >= 0;
}

/* What is remarkable is explained; of the rest the numbers are enough. */
static void put_segment_remarks(struct capan_out *out, struct capan_row *row) {
    const struct capan_segment *segment = row->segment;
    bool first = true;
    if (segment->certainty != CAPAN_CERTAIN) capan_text_part(out, &first, capan_certainties[segment->certainty].token);
    put_flags(out, segment->flags & ~flags_untold, &first);
    if (capan_tcp_kinds[segment->kind].severity >= CAPAN_NOTE) {
        capan_segment_explain(segment, row->text);
        out_text(out, first ? "" : ": ");
        out_text(out, row->text);
        return;
    }
    if (segment->acks_count) {
        capan_text_part(out, &first, "acks ");
        capan_text_frames(out, row->acks, segment->acks_count, 4);
    }
    capan_text_duration(out, &first, "rtt ", segment->rtt_ns);
}

/* Streams are counted in the order in which they begin: a new number is a stream that was not named yet. */
static void name_ends_once(struct capan_text *text, const struct capan_connection *connection) {
    if (connection->stream < text->streams) return;
    text->streams = (uint64_t)connection->stream + 1;
    capan_text_ends(text, connection->stream, &connection->client, &connection->server);
    out_char(text->out, '\n');
}

void capan_text_segment_row(struct capan_text *text, struct capan_row *row) {
    const struct capan_segment *segment = row->segment;
    struct capan_out *out = text->out;
    capan_text_heading(text,
                       " frame        time  st        seq       ack   len  window  client / server state     verdict");
    name_ends_once(text, row->within);
    capan_cell_number(out, segment->frame, 6);
    capan_cell_moment(out, segment->time_ns, row->origin_ns, 12);
    capan_cell_number(out, segment->stream, 4);
    out_text(out, segment->direction == CAPAN_C2S ? " >" : " <");
    capan_cell_signed(out, segment->seq, 9);
    if (segment->header_flags & CAPAN_TH_ACK)
        capan_cell_signed(out, segment->ack, 10);
    else
        capan_cell_right(out, "-", 10);
    capan_cell_number(out, segment->len, 6);
    capan_cell_window(out, segment->window, 8);
    out_text(out, "  ");
    put_states(out, segment);
    out_text(out, "  ");
    capan_text_token(text, &capan_tcp_kinds[segment->kind], has_remarks(segment) ? 19 : 0);
    put_segment_remarks(out, row);
    out_char(out, '\n');
}

void capan_text_sighted(struct capan_text *text, const char *side, const char *file,
                        const struct capan_segment *segment) {
    struct capan_out *out = text->out;
    char words[CAPAN_EXPLAIN_TEXT];
    capan_out_format(out, "\n%s, frame %u of ", side, segment->frame);
    capan_out_printable(out, (struct capan_span){(const uint8_t *)file, strlen(file)}, 0);
    out_text(out, ": ");
    capan_text_token(text, &capan_tcp_kinds[segment->kind], 0);
    capan_out_format(out, ", %s\n", capan_certainties[segment->certainty].token);
    capan_segment_explain(segment, words);
    capan_text_prose(out, 2, words);
}
