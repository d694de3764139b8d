/* SPDX-License-Identifier: MIT */
#include "members.h"

#define WITHIN(member_type, member, limit)                                                                             \
    {                                                                                                                  \
        .offset = offsetof(struct capan_extract, member), .size = sizeof((struct capan_extract *)0)->member,           \
        .type = MEMBER_##member_type, .below = (limit)                                                                 \
    }
#define NUMBER(member)   WITHIN(UNSIGNED, member, 0)
#define INTEGER(member)  WITHIN(SIGNED, member, 0)
#define BOOLEAN(member)  WITHIN(BOOLEAN, member, 0)
#define SPAN(member)     WITHIN(SPAN, member, 0)
#define TEXT(member)     WITHIN(TEXT, member, 0)
#define OCTETS(member)   WITHIN(OCTETS, member, 0)
#define ENDPOINT(member) WITHIN(ENDPOINT, member, 0)
#define ADDRESS(member)  WITHIN(ADDRESS, member, 0)
/* A row of a list of count, and a set of such rows. */
#define ONE_OF(member, count)  WITHIN(UNSIGNED, member, count)
#define SOME_OF(member, count) WITHIN(UNSIGNED, member, (count) < 64 ? UINT64_C(1) << ((count)&63) : 0)

static const struct member segment[] = {
    NUMBER(segment.frame),
    NUMBER(segment.stream),
    ONE_OF(segment.kind, CAPAN_TCP_KIND_COUNT),
    SOME_OF(segment.flags, CAPAN_TCP_FLAG_COUNT),
    NUMBER(segment.len),
};

#define EXTENT(extent)                                                                                                 \
    NUMBER(extent.first_frame), NUMBER(extent.last_frame), INTEGER(extent.first_ns), INTEGER(extent.last_ns)

static const struct member exchange[] = {
    NUMBER(exchange.stream),
    ENDPOINT(exchange.server),
    SPAN(exchange.method),
    SPAN(exchange.target),
    SPAN(exchange.authority),
    BOOLEAN(exchange.secure),
    NUMBER(exchange.status),
    EXTENT(exchange.request),
    EXTENT(exchange.response),
    NUMBER(exchange.response.body_len),
    NUMBER(exchange.response.body_missing),
    BOOLEAN(exchange.response.complete),
    ONE_OF(exchange.cond, CAPAN_HTTP_COND_COUNT),
    ONE_OF(exchange.outcome, CAPAN_HTTP_OUTCOME_COUNT),
    SOME_OF(exchange.violations, CAPAN_HTTP_VIOLATION_COUNT),
    SOME_OF(exchange.advice, CAPAN_HTTP_ADVICE_COUNT),
    SOME_OF(exchange.request_framing, CAPAN_HTTP_FRAMING_COUNT),
    SOME_OF(exchange.response_framing, CAPAN_HTTP_FRAMING_COUNT),
    NUMBER(exchange.saved),
    NUMBER(exchange.wasted),
    INTEGER(exchange.round_trips_x100),
    NUMBER(exchange.handshakes.tcp),
    NUMBER(exchange.handshakes.tunnel),
    NUMBER(exchange.handshakes.tls),
    NUMBER(exchange.crossed_fin),
    NUMBER(exchange.body_digest),
    SPAN(fields[0].value),
    SPAN(fields[1].value),
    SPAN(fields[2].value),
    SPAN(fields[3].value),
    SPAN(fields[4].value),
    BOOLEAN(has_digests),
    OCTETS(digests),
};

#define SIDE(side)                                                                                                     \
    NUMBER(side.bytes), NUMBER(side.resent_segments), NUMBER(side.resent_bytes), NUMBER(side.missing_bytes),           \
        NUMBER(side.late_segments), NUMBER(side.duplicate_packets), NUMBER(side.nagle_stalls), INTEGER(side.nagle_ns), \
        NUMBER(side.zero_windows), INTEGER(side.zero_window_ns), NUMBER(side.rst_frame), NUMBER(side.mss_announced),   \
        NUMBER(side.mss_observed), INTEGER(side.idle_ns)

static const struct member connection[] = {
    NUMBER(connection.stream),
    ENDPOINT(connection.client),
    ENDPOINT(connection.server),
    NUMBER(connection.first_frame),
    NUMBER(connection.last_frame),
    INTEGER(connection.first_ns),
    INTEGER(connection.last_ns),
    ONE_OF(connection.speech, CAPAN_SPEECH_COUNT),
    NUMBER(connection.unread),
    BOOLEAN(has_tls),
    TEXT(tls.host),
    TEXT(tls.alpn),
    ONE_OF(connection.tcp.open, CAPAN_TCP_OPEN_COUNT),
    ONE_OF(connection.tcp.close, CAPAN_TCP_CLOSE_COUNT),
    ONE_OF(connection.tcp.vantage, CAPAN_TCP_VANTAGE_COUNT),
    ONE_OF(connection.tcp.limit, CAPAN_TCP_LIMIT_COUNT),
    ONE_OF(connection.tcp.quality, CAPAN_TCP_QUALITY_COUNT),
    INTEGER(connection.tcp.rtt_ns),
    SIDE(connection.tcp.side[0]),
    SIDE(connection.tcp.side[1]),
    NUMBER(connection.icmp.count),
    NUMBER(connection.icmp.frame),
    NUMBER(connection.icmp.quoted_frame),
    NUMBER(connection.icmp.mtu),
    ADDRESS(connection.icmp.from),
    INTEGER(connection.icmp.quoted_seq),
    BOOLEAN(connection.icmp.in_flight),
    ONE_OF(connection.icmp.quoted_direction, 2),
    NUMBER(connection.icmp.type),
    NUMBER(connection.icmp.code),
    ONE_OF(connection.icmp.error, CAPAN_ICMP_ERROR_COUNT),
    ONE_OF(connection.icmp.effect, CAPAN_ICMP_EFFECT_COUNT),
};

static const struct member host[] = {
    NUMBER(finding.count),     NUMBER(finding.streams),
    NUMBER(finding.frames[0]), NUMBER(finding.frames[1]),
    NUMBER(finding.frames[2]), NUMBER(finding.frames[3]),
    NUMBER(finding.frames[4]), ONE_OF(finding.frame_count, CAPAN_FINDING_FRAMES + 1),
    ADDRESS(finding.host),     TEXT(interface),
};
static_assert(CAPAN_FINDING_FRAMES == 5, "each is a member");

static const struct member page[] = {
    NUMBER(page.number),
    INTEGER(page.first_ns),
    INTEGER(page.last_ns),
    SPAN(page.title),
};

#define CAPAN_X(name, ...)                                                                                             \
    NUMBER(totals.unread[CAPAN_SPEECH_##name].connections), NUMBER(totals.unread[CAPAN_SPEECH_##name].octets),
static const struct member totals[] = {
    CAPAN_SPEECHES(CAPAN_X) /* each of them */
    NUMBER(totals.segments),
    NUMBER(totals.connections),
    NUMBER(totals.exchanges),
    NUMBER(totals.saved),
    NUMBER(totals.wasted),
    NUMBER(totals.round_trips_x100),
    NUMBER(totals.handshakes),
    NUMBER(totals.evicted_connections),
    NUMBER(totals.evicted_responses),
    NUMBER(totals.evicted_segments),
    NUMBER(totals.evicted_exchanges),
    NUMBER(totals.first_frame),
    NUMBER(totals.last_frame),
    INTEGER(totals.first_ns),
    INTEGER(totals.last_ns),
    TEXT(file),
    TEXT(link),
    TEXT(link_unread),
    NUMBER(source.frames),
    NUMBER(source.octets),
    NUMBER(source.snapped),
    NUMBER(source.fragments_lost),
    NUMBER(source.undecoded),
    NUMBER(source.dropped),
    NUMBER(source.passed),
    NUMBER(source.unlinked),
    NUMBER(source.udp),
    NUMBER(source.quic),
    BOOLEAN(source.secrets),
    INTEGER(origin_ns),
};
#undef CAPAN_X

#define MEMBERS(list)                                                                                                  \
    { list, sizeof(list) / sizeof *(list) }
const struct members capan_extract_members[CAPAN_EXTRACT_COUNT] = {
    [CAPAN_EXTRACT_SEGMENT] = MEMBERS(segment),
    [CAPAN_EXTRACT_EXCHANGE] = MEMBERS(exchange),
    [CAPAN_EXTRACT_CONNECTION] = MEMBERS(connection),
    [CAPAN_EXTRACT_HOST] = MEMBERS(host),
    [CAPAN_EXTRACT_PAGE] = MEMBERS(page),
    [CAPAN_EXTRACT_TOTALS] = MEMBERS(totals),
};

const char *const capan_extract_fields[CAPAN_EXTRACT_FIELDS] = {"etag", "last-modified", "content-length",
                                                                "content-range", "content-encoding"};
