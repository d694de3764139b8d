/* SPDX-License-Identifier: MIT */
#include "header.h"
#include "http2.h"
#include "messages.h"
#include "reducer.h"
#include "seqnum.h"

#define NS_PER_S INT64_C(1000000000)
#define WEEK_S   INT64_C(604800)
#define SPAN_MAX (INT64_C(64) << 20) /* octets of one direction that are put together */

enum { HALVES_MAX = 4096, ADDRESSES_MAX = 200, PATHS_MAX = 64, CHECKSUM_AT = 16 };

struct address_map {
    struct capan_address from[ADDRESSES_MAX], to[ADDRESSES_MAX];
    unsigned count, last; /* last: host number of the newest */
};

/* One direction of one connection: its packets are those of the reducer that name it. */
struct half {
    struct capan_endpoint from, to;
    uint32_t path;
    uint32_t first_raw, isn; /* the first number that was seen; the SYN's */
    int64_t low, high;       /* of the octets, relative to first_raw */
    bool has_syn, open;      /* open: no later connection has its ports */
    struct capan_stream stream;
    uint8_t *original;
};

struct anonymiser {
    struct capan_reducer *reducer;
    struct capan_standins standins;
    struct address_map addresses;
    uint32_t paths[PATHS_MAX]; /* of VLANs, and tunnels; the first one gets 0 */
    uint32_t path_count;
    struct half *halves;
    size_t half_count, half_capacity;
    uint32_t *half_of; /* of each packet that is left; UINT32_MAX none */
    int64_t shift_s;
    bool ethernet; /* some of it was, or several paths are to be told apart */
};

static bool same_address(const struct capan_address *a, const struct capan_address *b) {
    return a->version == b->version && memcmp(a->octets, b->octets, sizeof a->octets) == 0;
}

static bool same_end(const struct capan_endpoint *a, const struct capan_endpoint *b) {
    return a->port == b->port && same_address(&a->address, &b->address);
}

/* --- addresses: those that documents have (RFC 5737, RFC 3849) --- */

/* An address that the capture has itself is no stand-in. */
static bool is_taken(const struct anonymiser *anonymiser, const struct capan_address *address) {
    const struct capan_reducer *reducer = anonymiser->reducer;
    for (size_t i = 0; i < reducer->count; i++) {
        const struct capan_packet *packet = &reducer->packets[i].packet;
        if (same_address(&packet->src, address) || same_address(&packet->dst, address)) return true;
    }
    return false;
}

/* The next one that is free; where all are taken, the last one. */
static struct capan_address next_address(struct anonymiser *anonymiser, uint8_t version) {
    struct capan_address address = {.version = version};
    memcpy(address.octets, version == 4 ? "\xc6\x33\x64" : "\x20\x01\x0d\xb8", 4);
    do address.octets[version == 4 ? 3 : 15] = (uint8_t)++anonymiser->addresses.last;
    while (anonymiser->addresses.last < ADDRESSES_MAX && is_taken(anonymiser, &address));
    return address;
}

static void map_address(struct anonymiser *anonymiser, struct capan_address *address) {
    struct address_map *map = &anonymiser->addresses;
    unsigned at = 0;
    while (at < map->count && !same_address(&map->from[at], address)) at++;
    if (at == map->count && map->last < ADDRESSES_MAX) {
        map->to[map->count] = next_address(anonymiser, address->version);
        map->from[map->count++] = *address;
    }
    *address = at < map->count ? map->to[at] : map->to[0];
}

/* Which of them it is, so that connections of the same ports on two of them stay two. */
static uint32_t number_of_path(struct anonymiser *anonymiser, uint32_t path) {
    uint32_t at = 0;
    while (at < anonymiser->path_count && anonymiser->paths[at] != path) at++;
    if (at == anonymiser->path_count && at < PATHS_MAX) anonymiser->paths[anonymiser->path_count++] = path;
    return at;
}

static bool needs_frames(struct anonymiser *anonymiser) {
    const struct capan_reducer *reducer = anonymiser->reducer;
    bool ethernet = false;
    for (size_t i = 0; i < reducer->left_count; i++) {
        const struct capan_packet *packet = &reducer->packets[reducer->left[i]].packet;
        ethernet |= packet->ethernet || number_of_path(anonymiser, packet->path);
    }
    return ethernet;
}

/* --- directions --- */

static struct capan_endpoint end_of(const struct capan_packet *packet, bool source) {
    return (struct capan_endpoint){source ? packet->src : packet->dst, read_be16(packet->octets.at + (source ? 0 : 2))};
}

static struct half *find_half(struct anonymiser *anonymiser, const struct capan_endpoint *from,
                              const struct capan_endpoint *to, uint32_t path) {
    for (size_t i = anonymiser->half_count; i > 0; i--) {
        struct half *half = &anonymiser->halves[i - 1];
        if (half->open && half->path == path && same_end(&half->from, from) && same_end(&half->to, to)) return half;
    }
    return NULL;
}

static struct half *add_half(struct anonymiser *anonymiser, const struct capan_endpoint *from,
                             const struct capan_endpoint *to, const struct capan_packet *packet, uint32_t raw) {
    if (anonymiser->half_count >= HALVES_MAX) return NULL;
    if (capan_reserve(&anonymiser->reducer->alloc, (void **)&anonymiser->halves, &anonymiser->half_capacity,
                      anonymiser->half_count + 1, sizeof *anonymiser->halves) != CAPAN_OK)
        return NULL;
    struct half *half = &anonymiser->halves[anonymiser->half_count++];
    *half = (struct half){.from = *from,
                          .to = *to,
                          .path = packet->path,
                          .first_raw = raw,
                          .low = INT64_MAX,
                          .high = INT64_MIN,
                          .open = true};
    return half;
}

/* A SYN with another number begins another connection. */
static struct half *half_of(struct anonymiser *anonymiser, const struct capan_packet *packet,
                            const struct capan_tcp_header *header) {
    const struct capan_endpoint from = end_of(packet, true), to = end_of(packet, false);
    struct half *half = find_half(anonymiser, &from, &to, packet->path);
    const bool syn = header->flags & CAPAN_TH_SYN;
    if (half && syn && !(header->flags & CAPAN_TH_ACK) &&
        (half->has_syn ? half->isn != header->seq : half->high > half->low)) {
        struct half *back = find_half(anonymiser, &to, &from, packet->path);
        half->open = false;
        if (back) back->open = false;
        half = NULL;
    }
    if (!half) half = add_half(anonymiser, &from, &to, packet, header->seq);
    if (half && syn) {
        half->has_syn = true;
        half->isn = header->seq;
    }
    return half;
}

static int64_t start_of(const struct half *half, const struct capan_tcp_header *header) {
    return capan_seq_distance(half->first_raw, header->seq) + !!(header->flags & CAPAN_TH_SYN);
}

static bool find_halves(struct anonymiser *anonymiser) {
    const struct capan_reducer *reducer = anonymiser->reducer;
    for (size_t i = 0; i < reducer->left_count; i++) {
        const struct kept *kept = &reducer->packets[reducer->left[i]];
        struct capan_tcp_header header;
        anonymiser->half_of[i] = UINT32_MAX;
        if (kept->icmp || !capan_tcp_header_parse(&header, &kept->packet)) continue;
        struct half *half = half_of(anonymiser, &kept->packet, &header);
        if (!half) return false;
        anonymiser->half_of[i] = (uint32_t)(half - anonymiser->halves);
        if (!header.payload.len) continue;
        half->low = min_i64(half->low, start_of(half, &header));
        half->high = max_i64(half->high, start_of(half, &header) + (int64_t)header.payload.len);
    }
    return true;
}

/* --- octets --- */

static bool open_streams(struct anonymiser *anonymiser) {
    const struct capan_alloc *alloc = &anonymiser->reducer->alloc;
    for (size_t i = 0; i < anonymiser->half_count; i++) {
        struct half *half = &anonymiser->halves[i];
        if (half->high <= half->low) continue;
        if (half->high - half->low > SPAN_MAX) return false;
        half->stream.len = (size_t)(half->high - half->low);
        half->stream.octets = capan_new(alloc, half->stream.len);
        half->stream.there = capan_new(alloc, half->stream.len);
        half->original = capan_new(alloc, half->stream.len);
        if (!half->stream.octets || !half->stream.there || !half->original) return false;
    }
    return true;
}

/* Calls what is to be done with each packet's payload, and where that lies in its stream. */
static void each_payload(struct anonymiser *anonymiser,
                         void (*take)(struct half *, uint8_t *payload, size_t at, size_t len)) {
    const struct capan_reducer *reducer = anonymiser->reducer;
    for (size_t i = 0; i < reducer->left_count; i++) {
        const struct kept *kept = &reducer->packets[reducer->left[i]];
        struct capan_tcp_header header;
        if (anonymiser->half_of[i] == UINT32_MAX || !capan_tcp_header_parse(&header, &kept->packet)) continue;
        if (!header.payload.len) continue;
        struct half *half = &anonymiser->halves[anonymiser->half_of[i]];
        uint8_t *payload = kept_octets(kept) + (header.payload.at - kept->packet.octets.at);
        take(half, payload, (size_t)(start_of(half, &header) - half->low), header.payload.len);
    }
}

/* What came first counts. */
static void gather(struct half *half, uint8_t *payload, size_t at, size_t len) {
    for (size_t i = 0; i < len; i++) {
        if (half->stream.there[at + i]) continue;
        half->stream.octets[at + i] = half->original[at + i] = payload[i];
        half->stream.there[at + i] = 1;
    }
}

/* Where other octets came again, others do. */
static void give_back(struct half *half, uint8_t *payload, size_t at, size_t len) {
    for (size_t i = 0; i < len; i++) {
        const bool same = payload[i] == half->original[at + i];
        payload[i] = same ? half->stream.octets[at + i] : (uint8_t)(half->stream.octets[at + i] ^ 0x20 ^ 1);
    }
}

/* On the same path, or on another one where each direction has its own. */
static struct half *other_half(struct anonymiser *anonymiser, size_t number) {
    const struct half *half = &anonymiser->halves[number];
    struct half *elsewhere = NULL;
    for (size_t i = number + 1; i < anonymiser->half_count; i++) {
        struct half *other = &anonymiser->halves[i];
        if (!same_end(&half->from, &other->to) || !same_end(&half->to, &other->from)) continue;
        if (other->path == half->path) return other;
        if (!elsewhere) elsewhere = other;
    }
    return elsewhere;
}

static bool anonymise_requests(struct anonymiser *anonymiser, struct half *half, struct capan_requests *requests) {
    return half && half->stream.len &&
           capan_anonymise_requests(&anonymiser->standins, &half->stream, anonymiser->shift_s, requests);
}

/* What is no response is nothing that is known. */
static void anonymise_rest(struct anonymiser *anonymiser, struct half *half, const struct capan_requests *requests) {
    if (!half || !half->stream.len) return;
    if (!capan_anonymise_responses(&anonymiser->standins, &half->stream, anonymiser->shift_s, requests))
        capan_anonymise_octets(&anonymiser->standins, &half->stream, 0, half->stream.len);
}

/* Where some of it is HTTP/2, whose strings are coded, all stand-ins fit into it. */
static bool has_http2(const struct anonymiser *anonymiser) {
    for (size_t i = 0; i < anonymiser->half_count; i++)
        if (capan_has_http2(&anonymiser->halves[i].stream)) return true;
    return false;
}

/* Which of both is the client its octets tell; responses may stand alone. */
static void anonymise_streams(struct anonymiser *anonymiser, bool *done) {
    struct capan_requests requests;
    for (size_t i = 0; i < anonymiser->half_count; i++) {
        struct half *half = &anonymiser->halves[i], *other = other_half(anonymiser, i);
        if (done[i]) continue;
        done[i] = true;
        if (other) done[other - anonymiser->halves] = true;
        requests.count = 0;
        if (anonymise_requests(anonymiser, half, &requests)) {
            anonymise_rest(anonymiser, other, &requests);
        } else if (anonymise_requests(anonymiser, other, &requests)) {
            anonymise_rest(anonymiser, half, &requests);
        } else {
            anonymise_rest(anonymiser, half, &requests);
            anonymise_rest(anonymiser, other, &requests);
        }
    }
}

/* --- packets --- */

static uint16_t sum_of(const struct capan_packet *packet, bool whole) {
    uint64_t sum = 6 + packet->wire_len;
    for (int i = 0; i < (packet->src.version == 4 ? 4 : 16); i += 2)
        sum += (uint64_t)read_be16(packet->src.octets + i) + read_be16(packet->dst.octets + i);
    for (size_t i = 0; whole && i < packet->octets.len; i++) sum += (uint64_t)packet->octets.at[i] << (i % 2 ? 0 : 8);
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

/* As right, as wrong, and as unfinished as it was. */
static void mend_checksum(struct kept *kept, uint8_t was) {
    uint8_t *octets = kept_octets(kept);
    if (kept->packet.octets.len < CHECKSUM_AT + 2) return;
    octets[CHECKSUM_AT] = octets[CHECKSUM_AT + 1] = 0;
    uint16_t sum =
        was == CAPAN_CHECKSUM_PARTIAL ? sum_of(&kept->packet, false) : (uint16_t)~sum_of(&kept->packet, true);
    if (was == CAPAN_CHECKSUM_BAD || was == CAPAN_CHECKSUM_DOUBTED) sum ^= 0x5555;
    octets[CHECKSUM_AT] = (uint8_t)(sum >> 8);
    octets[CHECKSUM_AT + 1] = (uint8_t)sum;
}

/* An ICMP message quotes a packet (RFC 792, RFC 4443): its addresses; what lies behind the first octets of TCP, and
 * what an echo carries, goes. */
static void anonymise_icmp(struct anonymiser *anonymiser, struct kept *kept) {
    enum { HEADER = 8, TCP_QUOTED = 8 };
    uint8_t *octets = kept_octets(kept);
    const size_t len = kept->packet.octets.len;
    const bool four = kept->packet.src.version == 4;
    const size_t at = HEADER + (four ? 12 : 8), width = four ? 4 : 16, keep = HEADER + (four ? 20 : 40) + TCP_QUOTED;
    const bool quotes = len >= at + 2 * width && octets[HEADER] >> 4 == (four ? 4 : 6);
    for (int i = 0; quotes && i < 2; i++) {
        struct capan_address address = {.version = four ? 4 : 6};
        memcpy(address.octets, octets + at + (size_t)i * width, width);
        map_address(anonymiser, &address);
        memcpy(octets + at + (size_t)i * width, address.octets, width);
    }
    for (size_t i = quotes ? keep : HEADER; i < len; i++) octets[i] = 0;
}

/* As it will be read from a file that has it in a frame of its own, or in none. */
static void anonymise_packet(struct anonymiser *anonymiser, struct kept *kept) {
    struct capan_packet *packet = &kept->packet;
    map_address(anonymiser, &packet->src);
    map_address(anonymiser, &packet->dst);
    packet->time_ns += anonymiser->shift_s * NS_PER_S;
    packet->path = number_of_path(anonymiser, packet->path);
    packet->ip_header_len = packet->src.version == 4 ? 20 : 40;
    packet->ethernet = anonymiser->ethernet;
    packet->link_header_len = !packet->ethernet ? 0 : packet->path ? 18 : 14;
    packet->frame_len = packet->link_header_len + packet->ip_header_len + packet->wire_len;
    packet->padding = 0;
    packet->interface = NULL;
    if (!kept->icmp)
        mend_checksum(kept, packet->checksum);
    else
        anonymise_icmp(anonymiser, kept);
}

/* Before any is replaced. */
static void choose_addresses(struct anonymiser *anonymiser) {
    const struct capan_reducer *reducer = anonymiser->reducer;
    for (size_t i = 0; i < reducer->left_count; i++) {
        const struct capan_packet *packet = &reducer->packets[reducer->left[i]].packet;
        struct capan_address src = packet->src, dst = packet->dst;
        map_address(anonymiser, &src);
        map_address(anonymiser, &dst);
    }
}

static void close_all(struct anonymiser *anonymiser) {
    const struct capan_alloc *alloc = &anonymiser->reducer->alloc;
    for (size_t i = 0; i < anonymiser->half_count; i++) {
        const struct half *half = &anonymiser->halves[i];
        capan_delete(alloc, half->stream.octets, half->stream.len);
        capan_delete(alloc, half->stream.there, half->stream.len);
        capan_delete(alloc, half->original, half->stream.len);
    }
    capan_delete(alloc, anonymiser->halves, anonymiser->half_capacity * sizeof *anonymiser->halves);
    capan_delete(alloc, anonymiser->half_of, anonymiser->reducer->left_count * sizeof *anonymiser->half_of);
    capan_standins_free(&anonymiser->standins);
}

static bool anonymise_all(struct anonymiser *anonymiser) {
    struct capan_reducer *reducer = anonymiser->reducer;
    anonymiser->half_of = capan_new(&reducer->alloc, reducer->left_count * sizeof *anonymiser->half_of);
    if (!anonymiser->half_of || !find_halves(anonymiser) || !open_streams(anonymiser)) return false;
    bool *done = capan_new(&reducer->alloc, anonymiser->half_count + 1);
    if (!done) return false;
    each_payload(anonymiser, gather);
    anonymiser->standins.even = has_http2(anonymiser);
    anonymise_streams(anonymiser, done);
    each_payload(anonymiser, give_back);
    capan_delete(&reducer->alloc, done, anonymiser->half_count + 1);
    anonymiser->ethernet = needs_frames(anonymiser);
    choose_addresses(anonymiser);
    for (size_t i = 0; i < reducer->left_count; i++) anonymise_packet(anonymiser, &reducer->packets[reducer->left[i]]);
    return capan_reducer_gives(reducer, reducer->left, reducer->left_count);
}

bool capan_reducer_anonymise(struct capan_reducer *reducer, uint64_t seed) {
    enum { WEEKS_LEAST = 60, WEEKS = 400 };
    struct anonymiser anonymiser = {.reducer = reducer};
    anonymiser.shift_s = -(WEEKS_LEAST + (int64_t)(seed % WEEKS)) * WEEK_S;
    capan_standins_init(&anonymiser.standins, seed, &reducer->alloc);
    const bool fine = anonymise_all(&anonymiser);
    close_all(&anonymiser);
    return fine;
}
