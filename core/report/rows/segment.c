/* SPDX-License-Identifier: MIT */
/* Columns of segments. */
#include "column.h"

static struct capan_value window(struct capan_row *row) {
    const uint32_t window = row->segment->window;
    return window & CAPAN_WINDOW_UNSCALED ? CAPAN_ABSENT : value_number(window);
}

static struct capan_value window_unscaled(struct capan_row *row) {
    const uint32_t window = row->segment->window;
    return window & CAPAN_WINDOW_UNSCALED ? value_number(window & ~CAPAN_WINDOW_UNSCALED) : CAPAN_ABSENT;
}

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
    {"frame", "number of the packet in the capture, from 1", CAPAN_READ(COUNT, FRAME, frame)},
    {"time", "since 1970-01-01 UTC", CAPAN_READ(MOMENT, NS, time_ns)},
    {"relative_time", "since the first packet", CAPAN_MADE(SECONDS, NS, relative_time)},
    {"stream", "the TCP connection, counted from 0 as Wireshark's tcp.stream", CAPAN_READ(COUNT, IDENTIFIER, stream)},
    {"direction", "c2s (client to server) or s2c", CAPAN_MADE(WORD, NONE, direction), .words = "c2s s2c"},
    {"seq", "sequence number, relative to the sender's SYN, unwrapped", CAPAN_READ(SIGNED, SEQUENCE, seq)},
    {"ack", "acknowledgement number, relative to the peer's SYN, unwrapped",
     CAPAN_MADE(SIGNED, SEQUENCE, acknowledgement)},
    {"len", "payload octets on the wire", CAPAN_READ(COUNT, OCTETS, len)},
    {"raw_seq", "sequence number as on the wire", CAPAN_READ(COUNT, IDENTIFIER, raw_seq)},
    {"raw_ack", "acknowledgement number as on the wire", CAPAN_MADE(UNSIGNED, IDENTIFIER, raw_acknowledgement)},
    {"window", "octets that the sender is ready to take, scaled; absent: its scale was not captured",
     CAPAN_MADE(UNSIGNED, OCTETS, window)},
    {"window_unscaled", "then the number in the header", CAPAN_MADE(UNSIGNED, NUMBER, window_unscaled)},
    {"outstanding", "octets its sender has in flight after it, SACKed ones not counted",
     CAPAN_READ(COUNT, OCTETS, outstanding),
     CAPAN_WIRESHARK("In flight", UINT64, UNIT, 6, .name = "tcp.outstanding", .but_0 = true)},
    {"tcp.cwnd", "its sender's congestion window (RFC 5681), where that held it back: octets",
     CAPAN_READ(NONZERO, OCTETS, cwnd), CAPAN_WIRESHARK("Congestion window", UINT32, UNIT, 6)},
    {"tcp.kind", "why this segment was sent", CAPAN_WORD(TOKEN, kind, capan_tcp_kinds),
     CAPAN_WIRESHARK("Kind", STRING, PLAIN, 1)},
    {"tcp.flags", "what else is true of this segment", CAPAN_WORD(TOKENS, flags, capan_tcp_flags),
     CAPAN_WIRESHARK("Flag", STRING, PLAIN, 3)},
    {"tcp.cause", "what made the sender send it again", CAPAN_WORD(TOKEN_BUT_0, cause, capan_tcp_causes),
     CAPAN_WIRESHARK("Cause", STRING, PLAIN, 2)},
    {"tcp.client.state", "the client's state after this segment (RFC 9293 3.3.2)",
     CAPAN_WORD(TOKEN, client_state, capan_tcp_states), CAPAN_WIRESHARK("Client", STRING, PLAIN, 5)},
    {"tcp.server.state", "the server's state after this segment (RFC 9293 3.3.2)",
     CAPAN_WORD(TOKEN, server_state, capan_tcp_states), CAPAN_WIRESHARK("Server", STRING, PLAIN, 5)},
    {"tcp.acks", "the data frames that it newly acknowledges", CAPAN_MADE(NUMBERS, FRAME, acks),
     CAPAN_WIRESHARK("Acknowledges the data of frame", FRAME, ACK, 5)},
    {"tcp.acked_in", "the frame that first acknowledged all of this segment's data",
     CAPAN_READ(NONZERO, FRAME, acked_in), CAPAN_WIRESHARK("Acknowledged in frame", FRAME, PLAIN, 5)},
    {"tcp.rtt", "the round-trip sample that this ACK gives (RFC 6298 3, Karn's rule respected)",
     CAPAN_READ(DURATION, NS, rtt_ns), CAPAN_WIRESHARK("Round trip", DURATION, PLAIN, 5)},
    {"tcp.rto", "how long the sender's timer ran before this retransmission (RFC 6298)",
     CAPAN_READ(DURATION, NS, rto_ns), CAPAN_WIRESHARK("Timeout waited", DURATION, PLAIN, 5)},
    {"tcp.certainty", "how sure the verdict is; provisional: later frames may still settle it",
     CAPAN_WORD(TOKEN, certainty, capan_certainties), CAPAN_WIRESHARK("Certainty", STRING, PLAIN, 4)},
    {"because", "the frames that prove the verdict, the telling one first", CAPAN_MADE(NUMBERS, FRAME, because),
     CAPAN_WIRESHARK("Because of frame", FRAME, PLAIN, 2, .proof = true)},
    {"source", "RFC and section of the rule that gave the verdict", CAPAN_MADE(OCTETS, NONE, rule_source),
     CAPAN_WIRESHARK("Source", STRING, PLAIN, 2, .proof = true)},
    {"explain", "the verdict in one sentence, with its numbers and frames", CAPAN_MADE(OCTETS, NONE, explain),
     CAPAN_WIRESHARK("Explanation", STRING, PLAIN, 1, .proof = true)},
};

const struct capan_table capan_segment_table = CAPAN_TABLE("segments", columns, 0);
