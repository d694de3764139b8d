/* SPDX-License-Identifier: MIT */
#include "icmp.h"

#include "alloc.h"
#include "bytes.h"
#include "quote.h"

enum {
    TCP = 6,
    NUMBERS = 8, /* ports and sequence number */
    WHOLE = 16   /* up to the window */
};

#define MESSAGE(name, token, severity, version, type, code, ...) {version, type, code},
static const struct {
    uint8_t version, type;
    uint16_t code;
} messages[] = {CAPAN_ICMP_ERRORS(MESSAGE)};

/* The first row that fits; NONE: the message is no error about a packet. */
static enum capan_icmp_error error_of(uint8_t version, uint8_t type, uint8_t code) {
    for (unsigned i = 1; i < CAPAN_ICMP_ERROR_COUNT; i++) {
        if (messages[i].version != version || messages[i].type != type) continue;
        if (messages[i].code == code || messages[i].code == CAPAN_ICMP_ANY_CODE) return (enum capan_icmp_error)i;
    }
    return CAPAN_ICMP_ERROR_NONE;
}

static bool is_too_big(uint8_t error) {
    return error == CAPAN_ICMP_ERROR_FRAGMENTATION || error == CAPAN_ICMP_ERROR_V6_BIG;
}

bool capan_icmp_read(struct icmp_quote *quote, const struct capan_packet *packet) {
    const struct capan_span message = packet->octets;
    struct quote ip;
    *quote = (struct icmp_quote){0};
    if (!capan_quote_read(&ip, message)) return false;
    quote->type = message.at[0];
    quote->code = message.at[1];
    quote->error = (uint8_t)error_of(packet->src.version, quote->type, quote->code);
    if (!quote->error || ip.protocol != TCP || ip.octets.len < NUMBERS) return false;
    quote->from = (struct capan_endpoint){ip.from, read_be16(ip.octets.at)};
    quote->to = (struct capan_endpoint){ip.to, read_be16(ip.octets.at + 2)};
    quote->seq = read_be32(ip.octets.at + 4);
    quote->whole = ip.octets.len >= WHOLE;
    if (is_too_big(quote->error))
        quote->mtu = packet->src.version == 4 ? read_be16(message.at + 6) : read_be32(message.at + 4);
    return true;
}

void capan_icmp_note(struct flow *flow, const struct capan_alloc *alloc, const struct icmp_quote *quote,
                     const struct capan_packet *packet) {
    const enum capan_direction direction = flow_direction(flow, &quote->from);
    const struct capan_tcp_quoted quoted = capan_tcp_icmp(flow->tcp, direction, is_too_big(quote->error), quote->mtu,
                                                          quote->seq, packet->frame, packet->time_ns);
    if (!flow->icmp) flow->icmp = capan_new(alloc, sizeof *flow->icmp);
    if (!flow->icmp) return;
    const uint32_t count = ++flow->icmp->count;
    if (count > 1 && capan_icmp_errors[quote->error].severity <= capan_icmp_errors[flow->icmp->error].severity) return;
    *flow->icmp = (struct capan_icmp){.count = count,
                                      .frame = packet->frame,
                                      .quoted_frame = quoted.frame,
                                      .mtu = quote->mtu,
                                      .from = packet->src,
                                      .quoted_seq = quoted.seq,
                                      .time_ns = packet->time_ns,
                                      .in_flight = quoted.in_flight,
                                      .quoted_direction = (uint8_t)direction,
                                      .type = quote->type,
                                      .code = quote->code,
                                      .error = quote->error};
}

struct capan_icmp capan_icmp_tell(const struct flow *flow, int64_t now_ns) {
    struct capan_icmp icmp = {0};
    if (!flow->icmp) return icmp;
    icmp = *flow->icmp;
    icmp.effect = (uint8_t)capan_tcp_icmp_effect(flow->tcp, &icmp, now_ns);
    return icmp;
}
