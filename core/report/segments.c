/* SPDX-License-Identifier: MIT */
#include "column.h"

static struct capan_value relative_time(struct capan_row *row) {
    return value_seconds(row->segment->time_ns - row->origin_ns);
}

static struct capan_value direction(struct capan_row *row) {
    return value_octets(row->segment->direction == CAPAN_C2S ? "c2s" : "s2c", 3);
}

static struct capan_value acknowledgement(struct capan_row *row) {
    if (!(row->segment->header_flags & CAPAN_TH_ACK)) return CAPAN_ABSENT;
    return (struct capan_value){.type = CAPAN_VALUE_SIGNED, .as.integer = row->segment->ack};
}

static struct capan_value raw_acknowledgement(struct capan_row *row) {
    return row->segment->header_flags & CAPAN_TH_ACK ? value_number(row->segment->raw_ack) : CAPAN_ABSENT;
}

static struct capan_value acks(struct capan_row *row) { return value_numbers(row->acks, row->segment->acks_count); }

static struct capan_value because(struct capan_row *row) {
    size_t count = 0;
    while (count < 3 && row->segment->because[count]) count++;
    return value_numbers(row->segment->because, count);
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

const struct capan_row_kind capan_segment_rows = {columns, sizeof columns / sizeof *columns};
