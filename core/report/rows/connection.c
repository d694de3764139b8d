/* SPDX-License-Identifier: MIT */
/* Columns of connections. */
#include "column.h"
#include "community.h"
#include "idle.h"

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
    uint8_t holder = row->connection->tcp.time_wait_holder;
    return holder ? value_word(holders[holder]) : CAPAN_ABSENT;
}

static struct capan_value isn_of(const struct capan_tcp_side *side) {
    return side->isn_known ? value_number(side->isn) : CAPAN_ABSENT;
}

static struct capan_value scale_of(const struct capan_tcp_side *side) {
    return side->window_scale < 0 ? CAPAN_ABSENT : value_number((uint64_t)side->window_scale);
}

static struct capan_value window_of(const struct capan_tcp_side *side) {
    return side->window_max & CAPAN_WINDOW_UNSCALED ? CAPAN_ABSENT : value_number(side->window_max);
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

static struct capan_value icmp_from(struct capan_row *row) {
    const struct capan_endpoint from = {row->connection->icmp.from, 0};
    if (!row->connection->icmp.count) return CAPAN_ABSENT;
    return value_octets(row->text, capan_endpoint_text(&from, false, row->text));
}

static struct capan_value icmp_type(struct capan_row *row) {
    return row->connection->icmp.count ? value_number(row->connection->icmp.type) : CAPAN_ABSENT;
}

static struct capan_value icmp_code(struct capan_row *row) {
    return row->connection->icmp.count ? value_number(row->connection->icmp.code) : CAPAN_ABSENT;
}

static struct capan_value icmp_effect(struct capan_row *row) {
    const struct capan_icmp *icmp = &row->connection->icmp;
    return icmp->count ? value_token(&capan_icmp_effects[icmp->effect]) : CAPAN_ABSENT;
}

static struct capan_value safe_idle(struct capan_row *row) {
    const int64_t safe_ns = capan_safe_idle(&row->connection->tcp);
    return safe_ns < 0 ? CAPAN_ABSENT : value_seconds(safe_ns);
}

static struct capan_value history(struct capan_row *row) {
    const struct capan_statistics *statistics = row->connection->statistics;
    return statistics && *statistics->history ? value_word(statistics->history) : CAPAN_ABSENT;
}

static struct capan_value community_id(struct capan_row *row) {
    capan_community_id(&row->connection->client, &row->connection->server, row->text);
    return value_word(row->text);
}

static struct capan_value tls_host(struct capan_row *row) {
    const struct capan_tls_names *names = row->connection->tls;
    return names ? value_text(names->host) : CAPAN_ABSENT;
}

static struct capan_value tls_offers(struct capan_row *row) {
    const struct capan_tls_names *names = row->connection->tls;
    return names ? value_text(names->alpn) : CAPAN_ABSENT;
}

static struct capan_value evidence_of(struct capan_row *row, const struct capan_tcp_congestion *told) {
    if (!told->losses && !told->rounds) return CAPAN_ABSENT;
    return value_octets(row->text, capan_congestion_explain(told, row->text));
}

#define OF_SIDE(name, number, what)                                                                                    \
    static struct capan_value name##_##what(struct capan_row *row) {                                                   \
        return what##_of(&row->connection->tcp.side[number]);                                                          \
    }
#define OF_BOTH_SIDES(what) OF_SIDE(c2s, 0, what) OF_SIDE(s2c, 1, what)
OF_BOTH_SIDES(isn)
OF_BOTH_SIDES(scale)
OF_BOTH_SIDES(window)
OF_BOTH_SIDES(min_rtt)
OF_BOTH_SIDES(mean_rtt)
OF_BOTH_SIDES(max_rtt)

static struct capan_value c2s_evidence(struct capan_row *row) {
    return evidence_of(row, &row->connection->tcp.side[CAPAN_C2S].congestion);
}
static struct capan_value s2c_evidence(struct capan_row *row) {
    return evidence_of(row, &row->connection->tcp.side[CAPAN_S2C].congestion);
}

#define CAPAN_ROW struct capan_connection

/* Where its time went, as columns; they add up to the connection's duration. */
#define PART(whose, number, part, token, what)                                                                         \
    {whose ".time." token, what, CAPAN_READ(DURATION, NS, tcp.side[number].time.part_ns[CAPAN_TIME_##part]),           \
     CAPAN_WIRESHARK("Of the time " whose ": " token, DURATION, PLAIN, 2, .but_0 = true)},
#define c2s_PART(part, token, limit, sentence) PART("c2s", 0, part, token, sentence)
#define s2c_PART(part, token, limit, sentence) PART("s2c", 1, part, token, sentence)

/* What one side sent, as columns. */
#define SIDE(name, from)                                                                                               \
    {#name ".state", "state at the end", CAPAN_WORD(TOKEN, from.state, capan_tcp_states)},                             \
        {#name ".segments", "segments sent", CAPAN_READ(COUNT, NUMBER, from.segments)},                                \
        {#name ".data_segments", "segments with data", CAPAN_READ(COUNT, NUMBER, from.data_segments)},                 \
        {#name ".bytes", "payload octets, each counted once", CAPAN_READ(COUNT, OCTETS, from.bytes)},                  \
        {#name ".resent_bytes", "payload octets sent again", CAPAN_READ(COUNT, OCTETS, from.resent_bytes)},            \
        {#name ".missing_bytes", "octets acknowledged that the capture never saw",                                     \
         CAPAN_READ(COUNT, OCTETS, from.missing_bytes)},                                                               \
        {#name ".resent_segments", "segments sent again, whatever the cause",                                          \
         CAPAN_READ(COUNT, NUMBER, from.resent_segments)},                                                             \
        {#name ".late_segments", "segments overtaken on the way", CAPAN_READ(COUNT, NUMBER, from.late_segments)},      \
        {#name ".duplicate_packets", "packets seen twice", CAPAN_READ(COUNT, NUMBER, from.duplicate_packets)},         \
        {#name ".nagle_stalls", "segments that waited for the ACK of a small one before them",                         \
         CAPAN_READ(COUNT, NUMBER, from.nagle_stalls)},                                                                \
        {#name ".nagle_time", "how long they waited in all", CAPAN_READ(DURATION, NS, from.nagle_ns)},                 \
        {#name ".duplicate_acks", "duplicate ACKs sent", CAPAN_READ(COUNT, NUMBER, from.duplicate_acks)},              \
        {#name ".zero_windows", "times it closed its window", CAPAN_READ(COUNT, NUMBER, from.zero_windows)},           \
        {#name ".zero_window_time", "how long its window was closed", CAPAN_READ(DURATION, NS, from.zero_window_ns)},  \
        {#name ".probes", "keep-alives and window probes sent", CAPAN_READ(COUNT, NUMBER, from.probes)},               \
        {#name ".isn", "initial sequence number as on the wire", CAPAN_MADE(UNSIGNED, IDENTIFIER, name##_isn)},        \
        {#name ".mss_announced", "its MSS option: what it takes", CAPAN_READ(NONZERO, OCTETS, from.mss_announced)},    \
        {#name ".mss_observed", "its largest payload in one segment", CAPAN_READ(NONZERO, OCTETS, from.mss_observed)}, \
        {#name ".window_scale", "shift it offered; absent: none", CAPAN_MADE(UNSIGNED, NUMBER, name##_scale)},         \
        {#name ".window_max", "largest window it offered, scaled; absent: the scale was not captured",                 \
         CAPAN_MADE(UNSIGNED, OCTETS, name##_window)},                                                                 \
        {#name ".sack_permitted", "it offered SACK", CAPAN_READ(BOOLEAN, NONE, from.sack_permitted)},                  \
        {#name ".timestamps", "it offered timestamps", CAPAN_READ(BOOLEAN, NONE, from.timestamps)},                    \
        {#name ".rtt_samples", "round-trip samples of its data", CAPAN_READ(COUNT, NUMBER, from.rtt_count)},           \
        {#name ".rtt_min", "the shortest", CAPAN_MADE(SECONDS, NS, name##_min_rtt)},                                   \
        {#name ".rtt_mean", "their mean", CAPAN_MADE(SECONDS, NS, name##_mean_rtt)},                                   \
        {#name ".rtt_max", "the longest", CAPAN_MADE(SECONDS, NS, name##_max_rtt)},                                    \
        {#name ".time.busy", "of the time, what passed with data outstanding, or kept back by a shut window",          \
         CAPAN_READ(DURATION, NS, from.time.busy_ns), CAPAN_WIRESHARK("Busy, " #name, DURATION, PLAIN, 2)},            \
        CAPAN_TIME_PARTS(name##_PART){#name ".time.certainty",                                                         \
                                      "certain: taken next to the sender; else by a model of the path",                \
                                      CAPAN_WORD(TOKEN, from.time.certainty, capan_certainties)},                      \
        {#name ".congestion_control", "by what its congestion window shows (RFC 5681, RFC 9438, BBR)",                 \
         CAPAN_WORD(TOKEN, from.congestion.control, capan_congestion_controls),                                        \
         CAPAN_WIRESHARK("Congestion control " #name, STRING, PLAIN, 3, .but_0 = true)},                               \
        {#name ".congestion_control_certainty", "how sure that is",                                                    \
         CAPAN_WORD(TOKEN, from.congestion.certainty, capan_certainties)},                                             \
        {#name ".congestion_control_evidence", "what it rests on", CAPAN_MADE(OCTETS, NONE, name##_evidence)},         \
        {#name ".cwnd", "its congestion window when last known", CAPAN_READ(NONZERO, OCTETS, from.congestion.cwnd)},   \
        {#name ".cwnd_max", "the largest that was known", CAPAN_READ(NONZERO, OCTETS, from.congestion.cwnd_max)},      \
        {#name ".ssthresh", "what its last loss left of it (RFC 5681 3.1)",                                            \
         CAPAN_READ(NONZERO, OCTETS, from.congestion.ssthresh)},                                                       \
        {#name ".pacing_rate", "octets a second that BBR sent in its newest undisturbed round",                        \
         CAPAN_READ(NONZERO, NUMBER, from.congestion.pacing_rate)},                                                    \
        {#name ".srtt", "smoothed round trip at the end (RFC 6298 2)",                                                 \
         CAPAN_READ(DURATION, NS, from.congestion.srtt_ns)},                                                           \
        {#name ".rto", "timeout that goes with it, before any stack's floor (RFC 6298 2)",                             \
         CAPAN_READ(DURATION, NS, from.congestion.rto_ns)},                                                            \
        {#name ".fin_frame", "its first FIN", CAPAN_READ(NONZERO, FRAME, from.fin_frame)},                             \
        {#name ".idle_before_fin", "where it closed first: how long nobody had sent data then",                        \
         CAPAN_READ(DURATION, NS, from.idle_ns)},                                                                      \
        {#name ".rst_frame", "its first RST", CAPAN_READ(NONZERO, FRAME, from.rst_frame)},

/* What is counted of one side on request, as columns. */
#define COUNTED(how, unit, member) CAPAN_READ_BEHIND(how, unit, statistics, struct capan_statistics, member)
#define STATISTICS(name, from)                                                                                         \
    {#name ".throughput", "its payload over the connection's whole duration",                                          \
     COUNTED(NOT_NEGATIVE, RATE, from.throughput)},                                                                    \
        {#name ".data_time", "from its first segment with data to its last", COUNTED(DURATION, NS, from.data_ns)},     \
        {#name ".idle_max", "longest time between two of its packets", COUNTED(DURATION, NS, from.idle_ns)},           \
        {#name ".outstanding_min", "octets in flight just after each of its data segments: the fewest",                \
         COUNTED(NOT_NEGATIVE, OCTETS, from.least)},                                                                   \
        {#name ".outstanding_mean", "their mean", COUNTED(NOT_NEGATIVE, OCTETS, from.mean)},                           \
        {#name ".outstanding_max", "the most", COUNTED(NOT_NEGATIVE, OCTETS, from.most)},                              \
        {#name ".outstanding_weighted", "the mean over the connection's time",                                         \
         COUNTED(NOT_NEGATIVE, OCTETS, from.weighted)},                                                                \
        {#name ".initial_window_bytes", "payload sent before any of it was acknowledged",                              \
         COUNTED(NOT_NEGATIVE, OCTETS, from.first_bytes)},                                                             \
        {#name ".initial_window_segments", "in so many segments", COUNTED(NOT_NEGATIVE, NUMBER, from.first_flight)},   \
        {#name ".rtt_deviation", "standard deviation of its round trips", COUNTED(DURATION, NS, from.rtt_deviation)},  \
        {#name ".full_rtt_samples", "round trips of its largest segments alone",                                       \
         COUNTED(COUNT, NUMBER, from.full_count)},                                                                     \
        {#name ".full_rtt_min", "the shortest", COUNTED(DURATION, NS, from.full_min)},                                 \
        {#name ".full_rtt_mean", "their mean", COUNTED(DURATION, NS, from.full_mean)},                                 \
        {#name ".full_rtt_max", "the longest", COUNTED(DURATION, NS, from.full_max)},                                  \
        {#name ".full_rtt_deviation", "their standard deviation", COUNTED(DURATION, NS, from.full_deviation)},         \
        {#name ".resend_time_min", "from one sending of the same octets to the next: the shortest",                    \
         COUNTED(DURATION, NS, from.again_min)},                                                                       \
        {#name ".resend_time_mean", "their mean", COUNTED(DURATION, NS, from.again_mean)},                             \
        {#name ".resend_time_max", "the longest", COUNTED(DURATION, NS, from.again_max)},                              \
        {#name ".sends_max", "how often one segment was sent at most", COUNTED(COUNT, NUMBER, from.sends_max)},        \
        {#name ".triple_duplicate_acks", "times it sent a third duplicate ACK in a row",                               \
         COUNTED(COUNT, NUMBER, from.triple_duplicate_acks)},                                                          \
        {#name ".pure_acks", "segments that only acknowledge", COUNTED(COUNT, NUMBER, from.pure_acks)},                \
        {#name ".sack_segments", "segments with SACK blocks", COUNTED(COUNT, NUMBER, from.sack_segments)},             \
        {#name ".sack_blocks", "SACK blocks in them", COUNTED(COUNT, NUMBER, from.sack_blocks)},                       \
        {#name ".dsacks", "segments that report octets as received twice", COUNTED(COUNT, NUMBER, from.dsacks)},       \
        {#name ".pushes", "segments with PSH", COUNTED(COUNT, NUMBER, from.pushes)},                                   \
        {#name ".window_min", "smallest window it offered but on its SYN, scaled",                                     \
         COUNTED(NOT_NEGATIVE, OCTETS, from.window_min)},                                                              \
        {#name ".window_mean", "mean of those windows", COUNTED(NOT_NEGATIVE, OCTETS, from.window_mean)},              \
        {#name ".ect0", "packets marked ECT(0)", COUNTED(COUNT, NUMBER, from.ect0)},                                   \
        {#name ".ect1", "packets marked ECT(1)", COUNTED(COUNT, NUMBER, from.ect1)},                                   \
        {#name ".ce", "packets that a router marked for congestion", COUNTED(COUNT, NUMBER, from.ce)},                 \
        {#name ".ece", "segments but SYNs with ECE", COUNTED(COUNT, NUMBER, from.ece)},                                \
        {#name ".cwr", "segments but SYNs with CWR", COUNTED(COUNT, NUMBER, from.cwr)},                                \
        {#name ".dscp", "differentiated services that its packets ask for", COUNTED(TOKENS, NONE, from.dscps),         \
         CAPAN_LIST(capan_dscps)},

static const struct capan_column columns[] = {
    {"stream", "its number, counted from 0 as Wireshark's tcp.stream", CAPAN_READ(COUNT, IDENTIFIER, stream)},
    {"client", "who opened it, address:port", CAPAN_READ(ENDPOINT, NONE, client)},
    {"server", "who accepted it", CAPAN_READ(ENDPOINT, NONE, server)},
    {"first_frame", "its first packet", CAPAN_READ(COUNT, FRAME, first_frame)},
    {"last_frame", "its last packet", CAPAN_READ(COUNT, FRAME, last_frame)},
    {"time", "of its first packet, since 1970-01-01 UTC", CAPAN_READ(MOMENT, NS, first_ns)},
    {"relative_time", "the same since the capture's first packet", CAPAN_MADE(SECONDS, NS, relative_time)},
    {"duration", "from its first packet to its last", CAPAN_MADE(SECONDS, NS, duration)},
    {"exchanges", "HTTP exchanges on it", CAPAN_READ(COUNT, NUMBER, exchanges)},
    {"evicted", "given up for memory while it could still have gone on", CAPAN_READ(BOOLEAN, NONE, evicted)},
    {"history", "what passed, in the letters of Zeek's conn.log, capital ones for the client",
     CAPAN_MADE(WORD, NONE, history)},
    {"completeness", "what of it was captured, as Wireshark's tcp.completeness",
     COUNTED(COUNT, IDENTIFIER, completeness)},
    {"community_id", "its flow's hash that other tools know, too: Community ID, version 1, seed 0",
     CAPAN_MADE(WORD, NONE, community_id)},
    {"tls_host", "the server that its client asks for in TLS (RFC 6066 3)", CAPAN_MADE(OCTETS, NONE, tls_host)},
    {"tls_offers", "the protocols that its client offers to speak in TLS (RFC 7301 3.1)",
     CAPAN_MADE(OCTETS, NONE, tls_offers)},
    {"vantage_sign", "what of its segments tells where on the path it was captured",
     CAPAN_WORD(TOKEN_BUT_0, tcp.vantage_sign, capan_tcp_vantage_signs)},
    {"connection.open", "how the connection opened", CAPAN_WORD(TOKEN, tcp.open, capan_tcp_opens),
     CAPAN_WIRESHARK("Opening", STRING, PLAIN, 1)},
    {"connection.close", "how the connection closed, and who was first", CAPAN_WORD(TOKEN, tcp.close, capan_tcp_closes),
     CAPAN_WIRESHARK("Closing", STRING, PLAIN, 1)},
    {"connection.vantage", "where on the path it was captured", CAPAN_WORD(TOKEN, tcp.vantage, capan_tcp_vantages),
     CAPAN_WIRESHARK("Captured at", STRING, PLAIN, 1)},
    {"connection.limit", "what held the connection's rate back", CAPAN_WORD(TOKEN, tcp.limit, capan_tcp_limits),
     CAPAN_WIRESHARK("Limited by", STRING, PLAIN, 1)},
    {"connection.quality", "whether the capture holds all of the connection",
     CAPAN_WORD(TOKEN, tcp.quality, capan_tcp_qualities), CAPAN_WIRESHARK("Capture quality", STRING, PLAIN, 1)},
    {"connection.time_wait", "who waits in TIME-WAIT: client, server or both (RFC 9293 3.6.1)",
     CAPAN_MADE(WORD, NONE, time_wait), .words = "client server both",
     CAPAN_WIRESHARK("TIME-WAIT at", STRING, PLAIN, 1)},
    {"connection.handshake", "the frames of SYN, SYN-ACK and ACK, as far as they were seen in order",
     CAPAN_MADE(NUMBERS, FRAME, handshake), CAPAN_WIRESHARK("Handshake frame", FRAME, PLAIN, 1)},
    {"connection.syn_to_syn_ack", "the handshake's half between the capture and the server",
     CAPAN_READ(DURATION, NS, tcp.syn_to_syn_ack_ns), CAPAN_WIRESHARK("SYN to SYN-ACK", DURATION, PLAIN, 1)},
    {"connection.syn_ack_to_ack", "the handshake's half between the capture and the client",
     CAPAN_READ(DURATION, NS, tcp.syn_ack_to_ack_ns), CAPAN_WIRESHARK("SYN-ACK to ACK", DURATION, PLAIN, 1)},
    {"connection.rtt", "initial round trip: both halves of the handshake", CAPAN_READ(DURATION, NS, tcp.rtt_ns),
     CAPAN_WIRESHARK("Initial round trip", DURATION, PLAIN, 1)},
    {"connection.half_close", "from the first FIN to the second", CAPAN_READ(DURATION, NS, tcp.half_close_ns),
     CAPAN_WIRESHARK("Half closed for", DURATION, PLAIN, 1)},
    {"connection.safe_idle",
     "so long may it lie idle before a client asks on it: the time after which its server closed it, less a round trip",
     CAPAN_MADE(SECONDS, NS, safe_idle), CAPAN_WIRESHARK("Safe to ask when idle for", DURATION, PLAIN, 1)},
    {"connection.pmtu", "path MTU by evidence in the capture", CAPAN_READ(NONZERO, OCTETS, tcp.pmtu),
     CAPAN_WIRESHARK("Path MTU", UINT32, PLAIN, 1)},
    {"connection.pmtu_frame", "the frame that gives the path MTU", CAPAN_READ(NONZERO, FRAME, tcp.pmtu_frame),
     CAPAN_WIRESHARK("Path MTU told in frame", FRAME, PLAIN, 1)},
    {"connection.ping_passed", "IP length of the client's largest ping that must not be fragmented and was answered",
     CAPAN_READ(NONZERO, OCTETS, ping.passed), CAPAN_WIRESHARK("Largest ping that passed", UINT32, PLAIN, 1)},
    {"connection.ping_refused", "IP length of the client's smallest such ping that was too big for the path",
     CAPAN_READ(NONZERO, OCTETS, ping.refused), CAPAN_WIRESHARK("Smallest ping refused", UINT32, PLAIN, 1)},
    {"connection.ping_elsewhere", "those pings went to another address than the server's",
     CAPAN_READ(BOOLEAN, NONE, ping.elsewhere), CAPAN_WIRESHARK("Ping to another host", BOOLEAN, PLAIN, 1)},
    {"connection.icmp", "what an ICMP error said of one of its segments; of several, the first of the loudest",
     CAPAN_WORD(TOKEN_BUT_0, icmp.error, capan_icmp_errors), CAPAN_WIRESHARK("ICMP error", STRING, PLAIN, 1)},
    {"connection.icmp_type", "that message's type", CAPAN_MADE(UNSIGNED, IDENTIFIER, icmp_type),
     CAPAN_WIRESHARK("ICMP type", UINT8, PLAIN, 1)},
    {"connection.icmp_code", "and code", CAPAN_MADE(UNSIGNED, IDENTIFIER, icmp_code),
     CAPAN_WIRESHARK("ICMP code", UINT8, PLAIN, 1)},
    {"connection.icmp_from", "who sent that message", CAPAN_MADE(OCTETS, NONE, icmp_from),
     CAPAN_WIRESHARK("ICMP error from", STRING, PLAIN, 1)},
    {"connection.icmp_frame", "that message's frame", CAPAN_READ(NONZERO, FRAME, icmp.frame),
     CAPAN_WIRESHARK("ICMP error in frame", FRAME, PLAIN, 1)},
    {"connection.icmp_quotes", "the segment that it quotes, as it was last sent before",
     CAPAN_READ(NONZERO, FRAME, icmp.quoted_frame),
     CAPAN_WIRESHARK("ICMP quotes the segment in frame", FRAME, PLAIN, 1)},
    {"connection.icmp_mtu", "the MTU of the next hop that it gives", CAPAN_READ(NONZERO, OCTETS, icmp.mtu),
     CAPAN_WIRESHARK("ICMP next-hop MTU", UINT32, PLAIN, 1)},
    {"connection.icmp_effect", "what the sender of that segment did then", CAPAN_MADE(TOKEN, NONE, icmp_effect),
     CAPAN_LIST(capan_icmp_effects), CAPAN_WIRESHARK("ICMP error's effect", STRING, PLAIN, 1)},
    {"connection.icmp_count", "ICMP errors about its segments in all", CAPAN_READ(NONZERO, NUMBER, icmp.count),
     CAPAN_WIRESHARK("ICMP errors", UINT32, PLAIN, 1)},
    {"connection.speech", "what is said on it, as far as its octets tell; http alone is read",
     CAPAN_WORD(TOKEN_BUT_0, speech, capan_speeches), CAPAN_WIRESHARK("Says", STRING, PLAIN, 1)},
    {"connection.unread", "octets said that were not read for what they are", CAPAN_READ(NONZERO, OCTETS, unread),
     CAPAN_WIRESHARK("Not read", UINT64, PLAIN, 1)},
    SIDE(c2s, tcp.side[0]) STATISTICS(c2s, side[0]) SIDE(s2c, tcp.side[1]) STATISTICS(s2c, side[1])};

const struct capan_table capan_connection_table = CAPAN_TABLE("connections", columns, 0);
