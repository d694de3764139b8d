/* SPDX-License-Identifier: MIT */
/* Any octets as a sequence of segments between two or three endpoints, through the whole engine. Built for libFuzzer
 * with CAPAN_FUZZ; else with a main that replays files. */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "bytes.h"
#include "capan/analysis.h"
#include "require.h"

enum { HEADER = 20, OPTIONS_MAX = 40, PAYLOAD_MAX = 9000, SEGMENTS_MAX = 4096, MICROSECOND = 1000 };

/* The input, and the conversation as far as it has come. */
struct talk {
    struct capan_span input;
    struct capan_packet packet;
    uint8_t octets[HEADER + OPTIONS_MAX + PAYLOAD_MAX];
    uint32_t next[2]; /* the sequence number each side sends next */
    uint16_t window[2];
    uint64_t fed, reported;
    uint32_t last_frame;
};

static uint32_t take(struct talk *talk, unsigned octets) {
    uint32_t value = 0;
    while (octets-- > 0) {
        value = value << 8 | (talk->input.len ? talk->input.at[0] : 0);
        talk->input = span_cut(talk->input, 1, SIZE_MAX);
    }
    return value;
}

static void hear_segment(void *context, const struct capan_segment *segment, const uint32_t *acks,
                         const struct capan_connection *connection) {
    struct talk *talk = context;
    char text[CAPAN_EXPLAIN_TEXT];
    require(segment->frame >= talk->last_frame, "segments are reported in order");
    require(segment->kind < CAPAN_TCP_KIND_COUNT && segment->cause < CAPAN_TCP_CAUSE_COUNT,
            "kind and cause are of their lists");
    require(segment->certainty != CAPAN_PROVISIONAL && segment->certainty < CAPAN_CERTAINTY_COUNT,
            "a reported verdict is settled");
    require(segment->client_state < CAPAN_TCP_STATE_COUNT && segment->server_state < CAPAN_TCP_STATE_COUNT,
            "states are of their list");
    require(segment->flags >> CAPAN_TCP_FLAG_COUNT == 0, "flags are of their list");
    require(capan_segment_rule(segment) != NULL, "a verdict has its rule");
    require(capan_segment_explain(segment, text) == strlen(text), "an explanation knows its length");
    for (uint32_t i = 0; i < segment->acks_count; i++)
        require(acks[i] <= segment->frame, "a frame acknowledges earlier ones");
    require(connection->stream == segment->stream, "a segment comes with its connection");
    talk->last_frame = segment->frame;
    talk->reported++;
}

static void hear_connection(void *context, const struct capan_connection *connection) {
    (void)context;
    require(connection->tcp.open <= CAPAN_OPEN_MIDSTREAM && connection->tcp.close <= CAPAN_CLOSE_RST_AFTER_FIN,
            "summaries are of their lists");
    require(connection->first_frame <= connection->last_frame, "a connection ends after it began");
}

/* A number next to near, or anywhere. */
static uint32_t choose_number(struct talk *talk, unsigned mode, uint32_t near) {
    switch (mode) {
    case 0: return near;
    case 1: return near - take(talk, 2);
    case 2: return near + take(talk, 2);
    default: return take(talk, 4);
    }
}

static void write_be(uint8_t *at, uint32_t value, unsigned octets) {
    while (octets-- > 0) *at++ = (uint8_t)(value >> (8 * octets));
}

static size_t write_options(struct talk *talk, bool wanted) {
    if (!wanted) return 0;
    const size_t len = take(talk, 1) % 11 * 4;
    for (size_t i = 0; i < len; i++) talk->octets[HEADER + i] = (uint8_t)take(talk, 1);
    return len;
}

/* Payload of up to 127 octets or any length; some with the input's own octets as long as they last, else a pattern. */
static uint32_t write_payload(struct talk *talk, uint8_t *at) {
    const uint32_t code = take(talk, 1),
                   len = code < 128 ? code : ((code & 127) << 8 | take(talk, 1)) % (PAYLOAD_MAX + 1);
    const struct capan_span own = span_cut(talk->input, 0, len % 8 == 7 ? len : 0);
    memset(at, 'x', len);
    if (own.len > 0) memcpy(at, own.at, own.len);
    talk->input = span_cut(talk->input, own.len, SIZE_MAX);
    return len;
}

/* What IP and the capture say of it: rarely anything of interest. */
static void choose_surroundings(struct talk *talk, unsigned side, bool wanted) {
    struct capan_packet *packet = &talk->packet;
    const uint32_t code = wanted ? take(talk, 3) : 0;
    packet->src = (struct capan_address){4, {10, 0, 0, (uint8_t)side}};
    packet->dst = (struct capan_address){4, {10, 0, 0, (uint8_t)!side}};
    packet->path = code >> 23;
    packet->ip_id = (uint16_t)(code & 0xff ? code : packet->frame);
    packet->has_ip_id = !(code & 0x100);
    packet->ecn = code >> 9 & 3;
    packet->ttl = code & 0x800 ? 1 : 64;
    packet->checksum = code >> 12 & 3;
    packet->padding = code & 0x4000 ? 6 : 0;
    if (code & 0x8000 && packet->octets.len > 0) packet->octets.len -= (code >> 16 & 0x3f) % (packet->octets.len + 1);
}

static void next_packet(struct talk *talk) {
    static const uint8_t flag_sets[] = {CAPAN_TH_ACK,
                                        CAPAN_TH_ACK | CAPAN_TH_PSH,
                                        CAPAN_TH_SYN,
                                        CAPAN_TH_SYN | CAPAN_TH_ACK,
                                        CAPAN_TH_FIN | CAPAN_TH_ACK,
                                        CAPAN_TH_RST,
                                        CAPAN_TH_RST | CAPAN_TH_ACK};
    const uint32_t code = take(talk, 2), step = take(talk, 1);
    const unsigned side = code & 1, set = code >> 1 & 7;
    const uint8_t flags = set < 7 ? flag_sets[set] : (uint8_t)take(talk, 1);
    if (code & 0x1000) talk->window[side] = (uint16_t)take(talk, 2);
    write_be(talk->octets, side ? 80 : 40000 + (code >> 14 & 1), 2);
    write_be(talk->octets + 2, side ? 40000 + (code >> 14 & 1) : 80, 2);
    const uint32_t seq = choose_number(talk, code >> 4 & 3, talk->next[side]);
    write_be(talk->octets + 4, seq, 4);
    write_be(talk->octets + 8, choose_number(talk, code >> 6 & 3, talk->next[!side]), 4);
    const size_t header_len = HEADER + write_options(talk, code & 0x100);
    talk->octets[12] = code & 0x200 ? (uint8_t)take(talk, 1) : (uint8_t)(header_len / 4 << 4);
    talk->octets[13] = flags;
    write_be(talk->octets + 14, talk->window[side], 2);
    write_be(talk->octets + 16, 0, 4);
    const uint32_t len = code & 0x400 ? write_payload(talk, talk->octets + header_len) : 0;
    talk->next[side] = seq + len + !!(flags & CAPAN_TH_SYN) + !!(flags & CAPAN_TH_FIN);
    talk->packet.frame++;
    talk->packet.time_ns += ((int64_t)(step & 15) << (step >> 4)) * 10 * MICROSECOND;
    talk->packet.octets = (struct capan_span){talk->octets, header_len + len};
    talk->packet.wire_len = (uint32_t)(header_len + len);
    choose_surroundings(talk, side, code & 0x800);
}

/* An ICMP message is the segment's octets behind a type and a code. */
static void feed(struct talk *talk, struct capan_analysis *analysis) {
    next_packet(talk);
    if (take(talk, 1) % 16 == 15) {
        talk->octets[0] = 3, talk->octets[1] = 4;
        capan_analysis_icmp(analysis, &talk->packet);
    } else if (capan_analysis_segment(analysis, &talk->packet, CAPAN_STREAM_AUTO, NULL) == CAPAN_OK) {
        talk->fed++;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct talk *talk = calloc(1, sizeof *talk);
    struct capan_counter counter;
    capan_counter_init(&counter, &capan_libc);
    if (!talk) return 0;
    talk->input = (struct capan_span){data, size};
    const uint32_t code = take(talk, 1);
    const struct capan_config config = {
        .statistics = true, .memory = code & 1 ? 1 << 16 : 0, .window_segments = code & 2 ? 16 : 256, .seed = 1};
    const struct capan_sink sink = {hear_segment, NULL, hear_connection, talk};
    talk->next[0] = code & 4 ? UINT32_MAX - 200 : 1000;
    struct capan_analysis *analysis = capan_analysis_new(&config, &sink, &counter.alloc);
    for (int i = 0; analysis && talk->input.len > 0 && i < SEGMENTS_MAX; i++) feed(talk, analysis);
    if (analysis) capan_analysis_finish(analysis);
    require(!analysis || talk->reported <= talk->fed, "a segment is reported once");
    capan_analysis_free(analysis);
    require(counter.held == 0, "everything is given back");
    free(talk);
    return 0;
}
