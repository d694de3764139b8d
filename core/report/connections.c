/* SPDX-License-Identifier: MIT */
#include "column.h"

static struct capan_value relative_time(struct capan_row *row) {
    return value_seconds(row->connection->first_ns - row->origin_ns);
}

static struct capan_value duration(struct capan_row *row) {
    return value_seconds(row->connection->last_ns - row->connection->first_ns);
}

static struct capan_value handshake(struct capan_row *row) {
    const uint32_t *frames = row->connection->tcp.handshake_frames;
    size_t count = 0;
    while (count < 3 && frames[count]) count++;
    return value_numbers(frames, count);
}

static struct capan_value time_wait(struct capan_row *row) {
    static const char *const holders[] = {"", "client", "server", "both"};
    return value_text(holders[row->connection->tcp.time_wait_holder]);
}

static struct capan_value isn_of(const struct capan_tcp_side *side) {
    return side->isn_known ? value_number(side->isn) : CAPAN_ABSENT;
}

static struct capan_value scale_of(const struct capan_tcp_side *side) {
    return side->window_scale < 0 ? CAPAN_ABSENT : value_number((uint64_t)side->window_scale);
}

static struct capan_value mean_rtt_of(const struct capan_tcp_side *side) {
    return side->rtt_count ? value_seconds(side->rtt_sum_ns / side->rtt_count) : CAPAN_ABSENT;
}

static struct capan_value min_rtt_of(const struct capan_tcp_side *side) {
    return side->rtt_count ? value_seconds(side->rtt_min_ns) : CAPAN_ABSENT;
}

static struct capan_value max_rtt_of(const struct capan_tcp_side *side) {
    return side->rtt_count ? value_seconds(side->rtt_max_ns) : CAPAN_ABSENT;
}

#define OF_SIDE(name, number, what) \
    static struct capan_value name##_##what(struct capan_row *row) { return what##_of(&row->connection->tcp.side[number]); }
#define OF_BOTH_SIDES(what) OF_SIDE(c2s, 0, what) OF_SIDE(s2c, 1, what)
OF_BOTH_SIDES(isn)
OF_BOTH_SIDES(scale)
OF_BOTH_SIDES(min_rtt)
OF_BOTH_SIDES(mean_rtt)
OF_BOTH_SIDES(max_rtt)

#define CAPAN_ROW struct capan_connection
#define SIDE(name, number)                                                                                             \
    CAPAN_WORD(#name ".state", TOKEN, tcp.side[number].state, capan_tcp_states),                                       \
    CAPAN_READ(#name ".segments", COUNT, tcp.side[number].segments),                                                   \
    CAPAN_READ(#name ".data_segments", COUNT, tcp.side[number].data_segments),                                         \
    CAPAN_READ(#name ".bytes", COUNT, tcp.side[number].bytes),                                                         \
    CAPAN_READ(#name ".resent_bytes", COUNT, tcp.side[number].resent_bytes),                                           \
    CAPAN_READ(#name ".missing_bytes", COUNT, tcp.side[number].missing_bytes),                                         \
    CAPAN_READ(#name ".resent_segments", COUNT, tcp.side[number].resent_segments),                                     \
    CAPAN_READ(#name ".late_segments", COUNT, tcp.side[number].late_segments),                                         \
    CAPAN_READ(#name ".duplicate_packets", COUNT, tcp.side[number].duplicate_packets),                                 \
    CAPAN_READ(#name ".duplicate_acks", COUNT, tcp.side[number].duplicate_acks),                                       \
    CAPAN_READ(#name ".zero_windows", COUNT, tcp.side[number].zero_windows),                                           \
    CAPAN_READ(#name ".zero_window_time", DURATION, tcp.side[number].zero_window_ns),                                  \
    CAPAN_READ(#name ".probes", COUNT, tcp.side[number].probes),                                                       \
    CAPAN_MADE(#name ".isn", name##_isn),                                                                              \
    CAPAN_READ(#name ".mss_announced", NONZERO, tcp.side[number].mss_announced),                                       \
    CAPAN_READ(#name ".mss_observed", NONZERO, tcp.side[number].mss_observed),                                         \
    CAPAN_MADE(#name ".window_scale", name##_scale),                                                                   \
    CAPAN_READ(#name ".window_max", COUNT, tcp.side[number].window_max),                                               \
    CAPAN_READ(#name ".sack_permitted", BOOLEAN, tcp.side[number].sack_permitted),                                     \
    CAPAN_READ(#name ".timestamps", BOOLEAN, tcp.side[number].timestamps),                                             \
    CAPAN_READ(#name ".rtt_samples", COUNT, tcp.side[number].rtt_count),                                               \
    CAPAN_MADE(#name ".rtt_min", name##_min_rtt),                                                                      \
    CAPAN_MADE(#name ".rtt_mean", name##_mean_rtt),                                                                    \
    CAPAN_MADE(#name ".rtt_max", name##_max_rtt),                                                                      \
    CAPAN_READ(#name ".fin_frame", NONZERO, tcp.side[number].fin_frame),                                               \
    CAPAN_READ(#name ".rst_frame", NONZERO, tcp.side[number].rst_frame),

static const struct capan_column columns[] = {
    CAPAN_READ("stream", COUNT, stream),
    CAPAN_READ("client", ENDPOINT, client),
    CAPAN_READ("server", ENDPOINT, server),
    CAPAN_READ("first_frame", COUNT, first_frame),
    CAPAN_READ("last_frame", COUNT, last_frame),
    CAPAN_READ("time", TIME, first_ns),
    CAPAN_MADE("relative_time", relative_time),
    CAPAN_MADE("duration", duration),
    CAPAN_READ("exchanges", COUNT, exchanges),
    CAPAN_READ("evicted", BOOLEAN, evicted),
    CAPAN_WORD("connection.open", TOKEN, tcp.open, capan_tcp_opens),
    CAPAN_WORD("connection.close", TOKEN, tcp.close, capan_tcp_closes),
    CAPAN_WORD("connection.vantage", TOKEN, tcp.vantage, capan_tcp_vantages),
    CAPAN_WORD("connection.limit", TOKEN, tcp.limit, capan_tcp_limits),
    CAPAN_WORD("connection.quality", TOKEN, tcp.quality, capan_tcp_qualities),
    CAPAN_MADE("connection.time_wait", time_wait),
    CAPAN_MADE("connection.handshake", handshake),
    CAPAN_READ("connection.syn_to_syn_ack", DURATION, tcp.syn_to_syn_ack_ns),
    CAPAN_READ("connection.syn_ack_to_ack", DURATION, tcp.syn_ack_to_ack_ns),
    CAPAN_READ("connection.rtt", DURATION, tcp.rtt_ns),
    CAPAN_READ("connection.half_close", DURATION, tcp.half_close_ns),
    CAPAN_READ("connection.pmtu", NONZERO, tcp.pmtu),
    CAPAN_READ("connection.pmtu_frame", NONZERO, tcp.pmtu_frame),
    SIDE(c2s, 0)
    SIDE(s2c, 1)
};

const struct capan_row_kind capan_connection_rows = {columns, sizeof columns / sizeof *columns};
