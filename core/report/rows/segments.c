/* SPDX-License-Identifier: MIT */
#include "cells.h"
#include "human.h"
#include "text.h"

static struct capan_value relative_time(struct capan_row *row) {
    return value_seconds(row->segment->time_ns - row->origin_ns);
}

static struct capan_value direction(struct capan_row *row) {
    return value_word(row->segment->direction == CAPAN_C2S ? "c2s" : "s2c");
}

static struct capan_value acknowledgement(struct capan_row *row) {
    if (!(row->segment->header_flags & CAPAN_TH_ACK)) return CAPAN_ABSENT;
    return (struct capan_value){.type = CAPAN_VALUE_SIGNED, .as.integer = row->segment->ack};
}

static struct capan_value raw_acknowledgement(struct capan_row *row) {
    return row->segment->header_flags & CAPAN_TH_ACK ? value_number(row->segment->raw_ack) : CAPAN_ABSENT;
}

static struct capan_value acks(struct capan_row *row) {
    return value_numbers(row->acks, row->segment->acks_count);
}

static struct capan_value because(struct capan_row *row) {
    const uint32_t *frames = row->segment->because;
    size_t count = 0;
    for (size_t i = 0; i < sizeof row->segment->because / sizeof *frames; i++)
        if (frames[i]) row->numbers[count++] = frames[i];
    return value_numbers(row->numbers, count);
}

static struct capan_value rule_source(struct capan_row *row) {
    return value_text(capan_segment_rule(row->segment)->source);
}

static struct capan_value explain(struct capan_row *row) {
    return value_octets(row->text, capan_segment_explain(row->segment, row->text));
}

#define CAPAN_ROW struct capan_segment
static const struct capan_column columns[] = {
    CAPAN_READ("frame", COUNT, frame),
    CAPAN_READ("time", TIME, time_ns),
    CAPAN_MADE("relative_time", relative_time),
    CAPAN_READ("stream", COUNT, stream),
    CAPAN_MADE("direction", direction),
    CAPAN_READ("seq", SIGNED, seq),
    CAPAN_MADE("ack", acknowledgement),
    CAPAN_READ("len", COUNT, len),
    CAPAN_READ("raw_seq", COUNT, raw_seq),
    CAPAN_MADE("raw_ack", raw_acknowledgement),
    CAPAN_READ("window", COUNT, window),
    CAPAN_READ("outstanding", COUNT, outstanding),
    CAPAN_WORD("tcp.kind", TOKEN, kind, capan_tcp_kinds),
    CAPAN_WORD("tcp.flags", TOKENS, flags, capan_tcp_flags),
    CAPAN_WORD("tcp.cause", TOKEN_BUT_0, cause, capan_tcp_causes),
    CAPAN_WORD("tcp.client.state", TOKEN, client_state, capan_tcp_states),
    CAPAN_WORD("tcp.server.state", TOKEN, server_state, capan_tcp_states),
    CAPAN_MADE("tcp.acks", acks),
    CAPAN_READ("tcp.acked_in", NONZERO, acked_in),
    CAPAN_READ("tcp.rtt", DURATION, rtt_ns),
    CAPAN_READ("tcp.rto", DURATION, rto_ns),
    CAPAN_WORD("tcp.certainty", TOKEN, certainty, capan_certainties),
    CAPAN_MADE("because", because),
    CAPAN_MADE("source", rule_source),
    CAPAN_MADE("explain", explain),
};

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

static void put_text(struct capan_text *text, struct capan_row *row) {
    const struct capan_segment *segment = row->segment;
    struct capan_out *out = text->out;
    capan_text_heading(text,
                       " frame        time  st        seq       ack   len  window  client / server state     verdict");
    name_ends_once(text, row->connection);
    capan_cell_number(out, segment->frame, 6);
    capan_cell_time(out, segment->time_ns - row->origin_ns, 12);
    capan_cell_number(out, segment->stream, 4);
    out_text(out, segment->direction == CAPAN_C2S ? " >" : " <");
    capan_cell_signed(out, segment->seq, 9);
    if (segment->header_flags & CAPAN_TH_ACK)
        capan_cell_signed(out, segment->ack, 10);
    else
        capan_cell_right(out, "-", 10);
    capan_cell_number(out, segment->len, 6);
    capan_cell_number(out, segment->window, 8);
    out_text(out, "  ");
    put_states(out, segment);
    out_text(out, "  ");
    capan_text_token(text, &capan_tcp_kinds[segment->kind], has_remarks(segment) ? 19 : 0);
    put_segment_remarks(out, row);
    out_char(out, '\n');
}

const struct capan_row_kind capan_segment_rows = {columns, sizeof columns / sizeof *columns, put_text};
