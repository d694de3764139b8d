/* SPDX-License-Identifier: MIT */
/* Columns of two captures held against each other: of all kinds of rows, those that a row has not are absent. */
#include "column.h"

#define IS(name) (row->stitch->row == CAPAN_STITCH_##name)

static bool is_about_packet(const struct capan_row *row) {
    return IS(PACKET) || IS(VERDICT) || IS(CONTRADICTION);
}

static bool is_about_ends(const struct capan_row *row) {
    return IS(CONNECTION) || IS(DATAGRAMS);
}

static struct capan_value value_ppm(double ppm) {
    return (struct capan_value){.type = CAPAN_VALUE_HUNDREDTHS,
                                .as.integer = (int64_t)(ppm < 0 ? ppm * 100 - .5 : ppm * 100 + .5)};
}
static struct capan_value value_true(bool truth) {
    return truth ? (struct capan_value){.type = CAPAN_VALUE_BOOLEAN, .as.truth = true} : CAPAN_ABSENT;
}
static struct capan_value value_nonzero(uint64_t number) {
    return number ? value_number(number) : CAPAN_ABSENT;
}
static struct capan_value value_duration(int64_t ns) {
    return ns < 0 ? CAPAN_ABSENT : value_seconds(ns);
}
static struct capan_value value_end(struct capan_row *row, const struct capan_endpoint *end) {
    return value_octets(row->text, capan_endpoint_text(end, true, row->text));
}

/* --- the clock --- */

static const struct capan_stitch_clock *clock_of(const struct capan_row *row) {
    return IS(CLOCK) && row->stitch->clock->known ? row->stitch->clock : NULL;
}

#define CLOCK_VALUE(name, has, value)                                                                                  \
    static struct capan_value name(struct capan_row *row) {                                                            \
        const struct capan_stitch_clock *clock = clock_of(row);                                                        \
        return clock && (has) ? (value) : CAPAN_ABSENT;                                                                \
    }
CLOCK_VALUE(offset, true, value_seconds(clock->offset_ns))
CLOCK_VALUE(offset_low, clock->has_low, value_seconds(clock->low_ns))
CLOCK_VALUE(offset_high, clock->has_high, value_seconds(clock->high_ns))
CLOCK_VALUE(offset_at, true, value_seconds(clock->start_ns))
CLOCK_VALUE(drift, !clock->uneven, value_ppm(clock->drift_ppm))
CLOCK_VALUE(drift_low, clock->has_drift && !clock->uneven, value_ppm(clock->drift_low))
CLOCK_VALUE(drift_high, clock->has_drift && !clock->uneven, value_ppm(clock->drift_high))
CLOCK_VALUE(uneven, true, value_true(clock->uneven))
CLOCK_VALUE(clock_packets, true, value_number(clock->packets))

/* --- packets and verdicts --- */

#define PACKET_VALUE(name, has, value)                                                                                 \
    static struct capan_value name(struct capan_row *row) {                                                            \
        const struct capan_stitch_row *packet = row->stitch;                                                           \
        return is_about_packet(row) && (has) ? (value) : CAPAN_ABSENT;                                                 \
    }
PACKET_VALUE(direction, true, value_word(packet->direction == CAPAN_C2S ? "c2s" : "s2c"))
PACKET_VALUE(fate, true, value_token(&capan_stitch_fates[packet->fate]))
PACKET_VALUE(why, packet->why, value_token(&capan_stitch_whys[packet->why]))
PACKET_VALUE(certainty, true, value_token(&capan_certainties[packet->certainty]))
PACKET_VALUE(packet_time, true, value_moment(packet->time_ns))
PACKET_VALUE(delay, packet->a_frame && packet->b_frame, value_seconds(packet->delay_ns))
PACKET_VALUE(len, true, value_number(packet->len))
PACKET_VALUE(part, true, value_true(packet->part))
PACKET_VALUE(died, IS(VERDICT), value_token(&capan_stitch_deaths[packet->died]))
PACKET_VALUE(kind, IS(VERDICT), value_token(&capan_tcp_kinds[packet->kind]))
PACKET_VALUE(cause, IS(VERDICT) && packet->cause, value_token(&capan_tcp_causes[packet->cause]))
PACKET_VALUE(lost_frame, IS(VERDICT) && packet->lost_frame, value_number(packet->lost_frame))
PACKET_VALUE(contradiction, IS(CONTRADICTION), value_token(&capan_stitch_contradictions[packet->contradiction]))
PACKET_VALUE(said_by, IS(CONTRADICTION), value_word(packet->said_by == CAPAN_STITCH_A ? "a" : "b"))

/* What one capture alone says. */
#define OWN_VALUE(name, side, value)                                                                                   \
    static struct capan_value name(struct capan_row *row) {                                                            \
        const struct capan_stitch_own *own = &row->stitch->own[CAPAN_STITCH_##side];                                   \
        return is_about_packet(row) && own->there ? (value) : CAPAN_ABSENT;                                            \
    }
OWN_VALUE(kind_a, A, value_token(&capan_tcp_kinds[own->kind]))
OWN_VALUE(kind_b, B, value_token(&capan_tcp_kinds[own->kind]))
OWN_VALUE(certainty_a, A, value_token(&capan_certainties[own->certainty]))
OWN_VALUE(certainty_b, B, value_token(&capan_certainties[own->certainty]))
OWN_VALUE(needless_a, A, value_true(own->needless))
OWN_VALUE(needless_b, B, value_true(own->needless))

static struct capan_value needed(struct capan_row *row) {
    const bool known = IS(VERDICT) && row->stitch->died != CAPAN_STITCH_DIED_UNKNOWN;
    if (!known) return CAPAN_ABSENT;
    return (struct capan_value){.type = CAPAN_VALUE_TRUTH, .as.truth = row->stitch->died != CAPAN_STITCH_DIED_NOWHERE};
}

/* --- connections --- */

static const struct capan_stitch_connection *connection_of(const struct capan_row *row) {
    return row->stitch->connection;
}

static bool is_tcp(const struct capan_stitch_connection *connection) {
    return connection->protocol == CAPAN_STITCH_TCP;
}

static struct capan_value protocol(struct capan_row *row) {
    const struct capan_stitch_connection *connection = connection_of(row);
    if (!connection) return CAPAN_ABSENT;
    return value_word(is_tcp(connection) ? "tcp" : connection->protocol == CAPAN_STITCH_UDP ? "udp" : "icmp");
}

static struct capan_value stream(struct capan_row *row) {
    const struct capan_stitch_connection *connection = connection_of(row);
    return connection && connection->in_a && is_tcp(connection) ? value_number(connection->stream_a) : CAPAN_ABSENT;
}

static struct capan_value stream_b(struct capan_row *row) {
    const struct capan_stitch_connection *connection = connection_of(row);
    return connection && connection->in_b && is_tcp(connection) ? value_number(connection->stream_b) : CAPAN_ABSENT;
}

#define CONNECTION_VALUE(name, has, value)                                                                             \
    static struct capan_value name(struct capan_row *row) {                                                            \
        const struct capan_stitch_connection *connection = connection_of(row);                                         \
        return is_about_ends(row) && (has) ? (value) : CAPAN_ABSENT;                                                   \
    }
CONNECTION_VALUE(in, true, value_word(!connection->in_a ? "b" : !connection->in_b ? "a" : "both"))
CONNECTION_VALUE(client_a, connection->in_a, value_end(row, &connection->client_a))
CONNECTION_VALUE(server_a, connection->in_a, value_end(row, &connection->server_a))
CONNECTION_VALUE(client_b, connection->in_b, value_end(row, &connection->client_b))
CONNECTION_VALUE(server_b, connection->in_b, value_end(row, &connection->server_b))
CONNECTION_VALUE(rewrites, true, value_tokens(capan_stitch_rewrites, connection->rewrites))
CONNECTION_VALUE(limit, connection->has_summaries, value_token(&capan_tcp_limits[connection->limit]))
CONNECTION_VALUE(limit_a, connection->has_summaries, value_token(&capan_tcp_limits[connection->limit_a]))
CONNECTION_VALUE(limit_b, connection->has_summaries, value_token(&capan_tcp_limits[connection->limit_b]))
CONNECTION_VALUE(vantage_a, connection->has_summaries, value_token(&capan_tcp_vantages[connection->vantage_a]))
CONNECTION_VALUE(vantage_b, connection->has_summaries, value_token(&capan_tcp_vantages[connection->vantage_b]))
CONNECTION_VALUE(contradicts, true, value_true(connection->contradicts))

static const struct capan_stitch_way *way_of(const struct capan_row *row, enum capan_direction direction) {
    const struct capan_stitch_connection *connection = connection_of(row);
    return is_about_ends(row) && connection->in_a && connection->in_b ? &connection->way[direction] : NULL;
}

#define WAY_VALUE(prefix, direction, name, has, value)                                                                 \
    static struct capan_value prefix##_##name(struct capan_row *row) {                                                 \
        const struct capan_stitch_way *way = way_of(row, direction);                                                   \
        return way && (has) ? (value) : CAPAN_ABSENT;                                                                  \
    }
/* X(name, key, sentence, type, unit, whether there is one, value): of each direction. */
#define WAY_COLUMNS(X)                                                                                                 \
    X(from, "from", "the capture that its packets came by first", WORD, NONE, way->from_a,                             \
      value_word(way->from_a > 0 ? "a" : "b"))                                                                         \
    X(packets, "packets", "that came by one of the captures", UNSIGNED, NUMBER, true, value_number(way->packets))      \
    X(passed, "passed", "found in both", UNSIGNED, NUMBER, true, value_number(way->passed))                            \
    X(lost, "lost", "lost between", UNSIGNED, NUMBER, true, value_number(way->lost))                                   \
    X(data_lost, "data_lost", "of these, those with data, SYN or FIN", UNSIGNED, NUMBER, true,                         \
      value_number(way->data_lost))                                                                                    \
    X(duplicated, "duplicated", "copies that the network made between", UNSIGNED, NUMBER, true,                        \
      value_number(way->duplicated))                                                                                   \
    X(late, "late", "that arrived behind packets sent later", UNSIGNED, NUMBER, true, value_number(way->late))         \
    X(missed_a, "missed_a", "that A's capture missed while it ran", UNSIGNED, NUMBER, true,                            \
      value_number(way->missed_a))                                                                                     \
    X(missed_b, "missed_b", "that B's capture missed while it ran", UNSIGNED, NUMBER, true,                            \
      value_number(way->missed_b))                                                                                     \
    X(resent, "resent", "sent again", UNSIGNED, NUMBER, true, value_number(way->resent))                               \
    X(died_before, "died.before", "of these, those whose copy before was lost before the first capture", UNSIGNED,     \
      NUMBER, true, value_number(way->died[CAPAN_STITCH_DIED_BEFORE]))                                                 \
    X(died_between, "died.between", "between the captures", UNSIGNED, NUMBER, true,                                    \
      value_number(way->died[CAPAN_STITCH_DIED_BETWEEN]))                                                              \
    X(died_behind, "died.behind", "behind the second one", UNSIGNED, NUMBER, true,                                     \
      value_number(way->died[CAPAN_STITCH_DIED_BEHIND]))                                                               \
    X(died_nowhere, "died.nowhere", "nowhere: sent again in vain", UNSIGNED, NUMBER, true,                             \
      value_number(way->died[CAPAN_STITCH_DIED_NOWHERE]))                                                              \
    X(delay_min, "delay.min", "one-way delay, by the likeliest clock: the least", SECONDS, NS, true,                   \
      value_duration(way->delay_min_ns))                                                                               \
    X(delay_median, "delay.median", "the median, within a tenth", SECONDS, NS, true,                                   \
      value_duration(way->delay_median_ns))                                                                            \
    X(delay_p99, "delay.p99", "99 of 100 are below", SECONDS, NS, true, value_duration(way->delay_p99_ns))             \
    X(delay_max, "delay.max", "the most", SECONDS, NS, true, value_duration(way->delay_max_ns))                        \
    X(ttl_steps, "ttl_steps", "routers between, by the TTL", UNSIGNED, NUMBER, way->ttl_steps >= 0,                    \
      value_number((uint64_t)way->ttl_steps))                                                                          \
    X(mss_a, "mss_a", "the MSS that its SYN offers at A", UNSIGNED, OCTETS, true, value_nonzero(way->mss_a))           \
    X(mss_b, "mss_b", "and at B", UNSIGNED, OCTETS, true, value_nonzero(way->mss_b))                                   \
    X(shift, "sequence_shift", "added to its sequence numbers from A to B, modulo 2^32", UNSIGNED, IDENTIFIER, true,   \
      value_nonzero(way->sequence_shift))                                                                              \
    X(ce_marks, "ce_marks", "congestion marks set between (RFC 3168)", UNSIGNED, NUMBER, true,                         \
      value_nonzero(way->ce_marks))
#define CLIENTS(name, key, sentence, type, unit, has, value) WAY_VALUE(c2s, CAPAN_C2S, name, has, value)
#define SERVERS(name, key, sentence, type, unit, has, value) WAY_VALUE(s2c, CAPAN_S2C, name, has, value)
WAY_COLUMNS(CLIENTS)
WAY_COLUMNS(SERVERS)
#define CLIENT_COLUMN(name, key, sentence, type, unit, has, value)                                                     \
    {"c2s." key, sentence, CAPAN_MADE(type, unit, c2s_##name)},
#define SERVER_COLUMN(name, key, sentence, type, unit, has, value)                                                     \
    {"s2c." key, sentence, CAPAN_MADE(type, unit, s2c_##name)},

/* Packets are many, and nothing but the first columns is about them. */
enum { PACKET_COLUMNS = 16 };

#define CAPAN_ROW struct capan_stitch_row
static const struct capan_column columns[] = {
    {"row", "what it is about", CAPAN_WORD(TOKEN, row, capan_stitch_rows)},
    {"hop", "between which captures, in the order given, from 1; absent where there are two",
     CAPAN_READ(NONZERO, NUMBER, hop)},
    {"a_frame", "the frame in the first capture", CAPAN_READ(NONZERO, FRAME, a_frame)},
    {"b_frame", "the frame in the second one", CAPAN_READ(NONZERO, FRAME, b_frame)},
    {"damaged_frame", "the frame in the other capture as which a lost packet came, damaged",
     CAPAN_READ(NONZERO, FRAME, damaged_frame)},
    {"fate", "what became of the packet", CAPAN_MADE(TOKEN, NONE, fate), CAPAN_LIST(capan_stitch_fates)},
    {"why", "how that is known, or what stands in the way", CAPAN_MADE(TOKEN, NONE, why),
     CAPAN_LIST(capan_stitch_whys)},
    {"certainty", "how sure it is", CAPAN_MADE(TOKEN, NONE, certainty), CAPAN_LIST(capan_certainties)},
    {"protocol", "tcp, udp (QUIC among it) or icmp", CAPAN_MADE(WORD, NONE, protocol), .words = "tcp udp icmp"},
    {"stream", "the TCP connection in the first capture", CAPAN_MADE(UNSIGNED, IDENTIFIER, stream)},
    {"stream_b", "and in the second one", CAPAN_MADE(UNSIGNED, IDENTIFIER, stream_b)},
    {"direction", "who sent it: c2s the client, s2c the server", CAPAN_MADE(WORD, NONE, direction), .words = "c2s s2c"},
    {"time", "since 1970-01-01 UTC, by the first capture's clock", CAPAN_MADE(MOMENT, NS, packet_time)},
    {"delay", "from one capture to the other, by the likeliest clock", CAPAN_MADE(SECONDS, NS, delay)},
    {"len", "octets of data", CAPAN_MADE(UNSIGNED, OCTETS, len)},
    {"part", "it is a part of a packet that is whole in the other capture", CAPAN_MADE(BOOLEAN, NONE, part)},
    [PACKET_COLUMNS] = {"kind", "why it was sent again, by the capture nearer to its sender",
                        CAPAN_MADE(TOKEN, NONE, kind), CAPAN_LIST(capan_tcp_kinds)},
    {"cause", "what made the sender do so", CAPAN_MADE(TOKEN, NONE, cause), CAPAN_LIST(capan_tcp_causes)},
    {"died", "where the copy before it got lost", CAPAN_MADE(TOKEN, NONE, died), CAPAN_LIST(capan_stitch_deaths)},
    {"lost_frame", "that copy's frame, in the capture nearer to its sender, where it was lost between",
     CAPAN_MADE(UNSIGNED, FRAME, lost_frame)},
    {"needed", "it had to be sent again, by both captures together", CAPAN_MADE(TRUTH, NONE, needed)},
    {"kind_a", "what the first capture alone says of it; absent: nothing out of the ordinary",
     CAPAN_MADE(TOKEN, NONE, kind_a), CAPAN_LIST(capan_tcp_kinds)},
    {"certainty_a", "and how sure that is", CAPAN_MADE(TOKEN, NONE, certainty_a), CAPAN_LIST(capan_certainties)},
    {"needless_a", "the first capture alone says that it was sent again in vain",
     CAPAN_MADE(BOOLEAN, NONE, needless_a)},
    {"kind_b", "what the second capture alone says of it; absent: nothing out of the ordinary",
     CAPAN_MADE(TOKEN, NONE, kind_b), CAPAN_LIST(capan_tcp_kinds)},
    {"certainty_b", "and how sure that is", CAPAN_MADE(TOKEN, NONE, certainty_b), CAPAN_LIST(capan_certainties)},
    {"needless_b", "the second capture alone says that it was sent again in vain",
     CAPAN_MADE(BOOLEAN, NONE, needless_b)},
    {"contradiction", "what one capture says against what both show", CAPAN_MADE(TOKEN, NONE, contradiction),
     CAPAN_LIST(capan_stitch_contradictions)},
    {"said_by", "that capture: a or b", CAPAN_MADE(WORD, NONE, said_by), .words = "a b"},
    {"offset", "the second capture's clock less the first one's, when both have begun: the likeliest",
     CAPAN_MADE(SECONDS, NS, offset)},
    {"offset_low", "it was never less", CAPAN_MADE(SECONDS, NS, offset_low)},
    {"offset_high", "nor more", CAPAN_MADE(SECONDS, NS, offset_high)},
    {"offset_at", "the time by the first capture's clock for which the offset is", CAPAN_MADE(SECONDS, NS, offset_at)},
    {"drift_ppm", "what the second clock gains on the first, in parts per million: the likeliest",
     CAPAN_MADE(HUNDREDTHS, PPM_X100, drift)},
    {"drift_low", "the least that is possible", CAPAN_MADE(HUNDREDTHS, PPM_X100, drift_low)},
    {"drift_high", "the most", CAPAN_MADE(HUNDREDTHS, PPM_X100, drift_high)},
    {"uneven", "no steady drift explains all: a clock was set, or is not steady", CAPAN_MADE(BOOLEAN, NONE, uneven)},
    {"packets", "that the clock rests on", CAPAN_MADE(UNSIGNED, NUMBER, clock_packets)},
    {"in", "the captures that have the connection: a, b or both", CAPAN_MADE(WORD, NONE, in), .words = "a b both"},
    {"client", "who opened it, as the first capture has it, address:port", CAPAN_MADE(OCTETS, NONE, client_a)},
    {"server", "the other end", CAPAN_MADE(OCTETS, NONE, server_a)},
    {"client_b", "who opened it, as the second capture has it", CAPAN_MADE(OCTETS, NONE, client_b)},
    {"server_b", "the other end", CAPAN_MADE(OCTETS, NONE, server_b)},
    {"rewrites", "what is changed between", CAPAN_MADE(TOKENS, NONE, rewrites), CAPAN_LIST(capan_stitch_rewrites)},
    WAY_COLUMNS(CLIENT_COLUMN)
        WAY_COLUMNS(SERVER_COLUMN){"limit", "what held back who sent most, by the capture nearer to it",
                                   CAPAN_MADE(TOKEN, NONE, limit), CAPAN_LIST(capan_tcp_limits)},
    {"limit_a", "what the first capture says of that", CAPAN_MADE(TOKEN, NONE, limit_a), CAPAN_LIST(capan_tcp_limits)},
    {"limit_b", "and the second one", CAPAN_MADE(TOKEN, NONE, limit_b), CAPAN_LIST(capan_tcp_limits)},
    {"vantage_a", "where the first capture was taken", CAPAN_MADE(TOKEN, NONE, vantage_a),
     CAPAN_LIST(capan_tcp_vantages)},
    {"vantage_b", "and the second one", CAPAN_MADE(TOKEN, NONE, vantage_b), CAPAN_LIST(capan_tcp_vantages)},
    {"contradicts", "where the captures place themselves does not fit together",
     CAPAN_MADE(BOOLEAN, NONE, contradicts)},
};

static size_t width(const struct capan_row *row) {
    return IS(PACKET) ? PACKET_COLUMNS : sizeof columns / sizeof *columns;
}

const struct capan_table capan_stitch_table = {"stitch", columns, sizeof columns / sizeof *columns,
                                               sizeof columns / sizeof *columns, width};
