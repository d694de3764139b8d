/* SPDX-License-Identifier: MIT */
#include "segscript.h"

#include <inttypes.h>
#include <string.h>

/* A segment's header as it lies there; the rest of this program leaves headers to the engine. */
struct segment {
    const struct capan_packet *packet;
    uint16_t source, target, window;
    uint32_t seq, ack;
    uint8_t flags, header_len;
    uint32_t len;
};

/* The ends in the order in which they are met, and the numbers that 0 stands for. */
struct script {
    FILE *file;
    struct capan_endpoint client, server;
    uint32_t isn[2];
    bool began, isn_known[2];
    int64_t origin_ns;
};

static uint16_t read16(const uint8_t *at) {
    return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t read32(const uint8_t *at) {
    return (uint32_t)read16(at) << 16 | read16(at + 2);
}

static bool read_segment(struct segment *segment, const struct capan_packet *packet) {
    const uint8_t *at = packet->octets.at;
    if (packet->octets.len < 20) return false;
    *segment = (struct segment){packet,
                                read16(at),
                                read16(at + 2),
                                read16(at + 14),
                                read32(at + 4),
                                read32(at + 8),
                                at[13],
                                (uint8_t)(at[12] >> 4 << 2),
                                0};
    if (segment->header_len < 20 || segment->header_len > packet->octets.len) return false;
    segment->len = packet->wire_len - segment->header_len;
    return true;
}

static bool same_end(const struct capan_endpoint *end, const struct capan_address *address, uint16_t port) {
    return end->port == port && end->address.version == address->version &&
           memcmp(end->address.octets, address->octets, sizeof address->octets) == 0;
}

/* Who sends: 0 the client, 1 the server; -1 neither. */
static int side_of(const struct script *script, const struct segment *segment) {
    const struct capan_packet *packet = segment->packet;
    if (same_end(&script->client, &packet->src, segment->source) &&
        same_end(&script->server, &packet->dst, segment->target))
        return 0;
    return same_end(&script->server, &packet->src, segment->source) &&
                   same_end(&script->client, &packet->dst, segment->target)
               ? 1
               : -1;
}

/* Who is first to send opens it, but for an answer; the lower port serves otherwise. */
static void begin(struct script *script, const struct segment *segment) {
    const struct capan_endpoint from = {segment->packet->src, segment->source},
                                to = {segment->packet->dst, segment->target};
    const bool syn = segment->flags & 2, client = syn ? !(segment->flags & 16) : segment->source >= segment->target;
    script->client = client ? from : to;
    script->server = client ? to : from;
    script->origin_ns = segment->packet->time_ns;
    script->began = true;
}

static void learn(struct script *script, const struct segment *segment, int side) {
    const bool syn = segment->flags & 2;
    if (!script->isn_known[side] || syn) script->isn[side] = segment->seq - !syn;
    script->isn_known[side] = true;
    if (!(segment->flags & 16) || script->isn_known[!side]) return;
    script->isn[!side] = segment->ack - 1;
    script->isn_known[!side] = true;
}

/* --- one line --- */

static void put_flags(FILE *file, uint8_t flags) {
    static const char letters[] = "FSRP.UEW";
    char text[9];
    size_t len = 0;
    for (int i = 0; i < 8; i++)
        if (flags >> i & 1) text[len++] = letters[i];
    text[len] = 0;
    fprintf(file, " %s", len ? text : "");
}

static int32_t relative(const struct script *script, uint32_t raw, int side) {
    return (int32_t)(raw - script->isn[side]);
}

static const char *put_option(const struct script *script, FILE *file, const uint8_t *option, int side,
                              const char *between) {
    switch (option[0]) {
    case 2: fprintf(file, "%smss %u", between, read16(option + 2)); break;
    case 3: fprintf(file, "%swscale %u", between, option[2]); break;
    case 4: fprintf(file, "%ssackOK", between); break;
    case 5:
        fprintf(file, "%ssack", between);
        for (int i = 2; i + 8 <= option[1]; i += 8)
            fprintf(file, " %" PRId32 ":%" PRId32, relative(script, read32(option + i), !side),
                    relative(script, read32(option + i + 4), !side));
        break;
    case 8: fprintf(file, "%sts %" PRIu32 " %" PRIu32, between, read32(option + 2), read32(option + 6)); break;
    default: return between;
    }
    return ",";
}

static void put_options(const struct script *script, FILE *file, const struct segment *segment, int side) {
    static const uint8_t lengths[9] = {0, 0, 4, 3, 2, 0, 0, 0, 10};
    const uint8_t *at = segment->packet->octets.at;
    const char *between = " options <";
    for (size_t i = 20; i + 1 < segment->header_len && at[i];) {
        const uint8_t kind = at[i], len = kind == 1 ? 1 : at[i + 1];
        if (kind != 1 && (len < 2 || len > segment->header_len - i)) break;
        if (kind != 1 && (kind > 8 || !lengths[kind] || lengths[kind] == len))
            between = put_option(script, file, at + i, side, between);
        i += len;
    }
    if (*between == ',') fputc('>', file);
}

static void put_line(const struct script *script, const struct segment *segment, int side) {
    FILE *file = script->file;
    const int64_t ns = segment->packet->time_ns - script->origin_ns;
    const int32_t seq = relative(script, segment->seq, side);
    fprintf(file, "%" PRId64 ".%09" PRId64 "  %s ", ns / 1000000000, ns % 1000000000, side ? "S > C" : "C > S");
    put_flags(file, segment->flags);
    fprintf(file, segment->len ? " seq %" PRId32 ":%" PRId64 : " seq %" PRId32, seq, (int64_t)seq + segment->len);
    if (segment->flags & 16) fprintf(file, " ack %" PRId32, relative(script, segment->ack, !side));
    fprintf(file, " win %u", segment->window);
    put_options(script, file, segment, side);
    if (segment->packet->has_ip_id) fprintf(file, " ipid %u", segment->packet->ip_id);
    if (segment->packet->ttl) fprintf(file, " ttl %u", segment->packet->ttl);
}

/* Its numbers, before any line is written. False: of more than one connection. */
static bool learn_all(struct script *script, const struct capan_reducer *reducer) {
    const struct capan_packet *packet;
    bool icmp;
    for (uint32_t at = 0; (packet = capan_reducer_next(reducer, &at, &icmp));) {
        struct segment segment;
        if (icmp || !read_segment(&segment, packet)) return false;
        if (!script->began) begin(script, &segment);
        const int side = side_of(script, &segment);
        if (side < 0) return false;
        if (!script->isn_known[side] || segment.flags & 2) learn(script, &segment, side);
    }
    return script->began;
}

bool segscript_write(FILE *file, const struct capan_reducer *reducer, const struct capan_reduced *reduced) {
    struct script script = {.file = file};
    const struct capan_packet *packet;
    bool icmp;
    if (!learn_all(&script, reducer)) return false;
    fprintf(file, "# A part of a capture that gives %s.  %s\n# SPDX-License-Identifier: MIT\n", reduced->token->token,
            *reduced->token->source ? reduced->token->source : "RFC 9293");
    fprintf(file, "isn %" PRIu32 " %" PRIu32 "\nports %u %u\n", script.isn[0], script.isn[1], script.client.port,
            script.server.port);
    if (script.client.address.version == 6) fputs("ipv6\n", file);
    for (uint32_t at = 0; (packet = capan_reducer_next(reducer, &at, &icmp));) {
        struct segment segment;
        if (!read_segment(&segment, packet)) return false;
        put_line(&script, &segment, side_of(&script, &segment));
        if (packet->frame == reduced->frame) fprintf(file, "  | %s", reduced->token->token);
        fputc('\n', file);
    }
    return !ferror(file);
}
