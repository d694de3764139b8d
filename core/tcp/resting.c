/* SPDX-License-Identifier: MIT */
#include "resting.h"

#include <stddef.h>
#include <string.h>

#include "alloc.h"
#include "arrival.h"
#include "budget.h"
#include "lifetime.h"
#include "statistics.h"
#include "wordpack.h"

enum {
    TCP_WORDS = sizeof(struct capan_tcp) / CAPAN_WORD,
    BUDGET_WORDS = sizeof(struct capan_budget) / CAPAN_WORD,
    /* Of one connection with both budgets, all of them whole. */
    PACKED_MAX = CAPAN_WORDS_ROOM(TCP_WORDS) + 2 * CAPAN_WORDS_ROOM(BUDGET_WORDS)
};
_Static_assert(sizeof(struct capan_tcp) % CAPAN_WORD == 0 && sizeof(struct capan_budget) % CAPAN_WORD == 0,
               "whole words");

struct capan_tcp_resting {
    int64_t last_ns;
    uint32_t size; /* with this head */
    bool has_budget[2];
    bool is_syn; /* octets hold a struct capan_tcp_syn up to its len octets; else words */
    bool counted;
    uint8_t octets[];
};

struct capan_tcp_seat {
    struct capan_tcp tcp;
    struct capan_budget budget[2];
    struct capan_tcp again; /* one whose SYN was judged again */
    const struct capan_alloc *alloc;
    struct capan_records *records;
};

/* --- connections --- */

static bool is_quiet(const struct capan_tcp *tcp) {
    for (unsigned i = 0; i < 2; i++) {
        const struct capan_half *half = &tcp->half[i];
        if (half->incidents || half->board.count || (half->budget && half->budget->heard.count)) return false;
    }
    return !tcp->counts;
}

/* What is the same for all connections, or lies elsewhere, is put in its place again by who unpacks. */
static size_t pack_all(const struct capan_tcp *tcp, uint8_t octets[PACKED_MAX]) {
    const uint64_t last = (uint64_t)tcp->last_ns;
    struct capan_tcp bare = *tcp;
    bare.alloc = NULL;
    bare.records = NULL;
    bare.half[0].budget = bare.half[1].budget = NULL;
    uint8_t *end = capan_words_pack(octets, &bare, TCP_WORDS, last);
    for (unsigned i = 0; i < 2; i++)
        if (tcp->half[i].budget) end = capan_words_pack(end, tcp->half[i].budget, BUDGET_WORDS, last);
    return (size_t)(end - octets);
}

static void unpack_all(const struct capan_tcp_resting *resting, struct capan_tcp *tcp, struct capan_budget *budget[2]) {
    const uint64_t last = (uint64_t)resting->last_ns;
    const uint8_t *from = capan_words_unpack(resting->octets, tcp, TCP_WORDS, last);
    for (unsigned i = 0; i < 2; i++) {
        if (!resting->has_budget[i]) continue;
        from = capan_words_unpack(from, budget[i], BUDGET_WORDS, last);
        tcp->half[i].budget = budget[i];
    }
}

struct capan_tcp_resting *capan_tcp_lay_down(struct capan_tcp *tcp) {
    uint8_t octets[PACKED_MAX];
    if (!is_quiet(tcp)) return NULL;
    capan_tcp_rest(tcp);
    const size_t len = pack_all(tcp, octets), size = sizeof(struct capan_tcp_resting) + len;
    struct capan_tcp_resting *resting = tcp->alloc->resize(tcp->alloc->context, NULL, 0, size);
    if (!resting) return NULL;
    *resting = (struct capan_tcp_resting){.last_ns = tcp->last_ns, .size = (uint32_t)size};
    for (unsigned i = 0; i < 2; i++) resting->has_budget[i] = tcp->half[i].budget;
    memcpy(resting->octets, octets, len);
    capan_tcp_free(tcp);
    return resting;
}

/* --- a SYN alone --- */

/* Its checksum tells nothing of its host: that would have to be told when the connection is. */
bool capan_tcp_syn_take(struct capan_tcp_syn *syn, const struct capan_packet *packet,
                        const struct capan_tcp_header *header, const struct capan_segment *segment, bool reused) {
    const uint8_t control = CAPAN_TH_SYN | CAPAN_TH_ACK | CAPAN_TH_RST | CAPAN_TH_FIN;
    if ((header->flags & control) != CAPAN_TH_SYN || header->payload_len || header->malformed) return false;
    if (packet->octets.len > CAPAN_SYN_OCTETS || packet->checksum > CAPAN_CHECKSUM_GOOD) return false;
    syn->serial = segment->serial;
    syn->stream = segment->stream;
    syn->direction = segment->direction;
    syn->len = (uint8_t)packet->octets.len;
    syn->reused = reused;
    syn->packet = *packet;
    memcpy(syn->octets, packet->octets.at, packet->octets.len);
    return true;
}

struct capan_tcp_resting *capan_tcp_lay_down_syn(struct capan_tcp *tcp, const struct capan_tcp_syn *syn) {
    const size_t len = offsetof(struct capan_tcp_syn, octets) + syn->len;
    struct capan_tcp_resting *resting =
        tcp->alloc->resize(tcp->alloc->context, NULL, 0, sizeof(struct capan_tcp_resting) + len);
    if (!resting) return NULL;
    *resting = (struct capan_tcp_resting){
        .size = (uint32_t)(sizeof *resting + len), .is_syn = true, .counted = tcp->counts != NULL};
    memcpy(resting->octets, syn, len);
    capan_tcp_free(tcp);
    return resting;
}

static struct capan_tcp_syn syn_of(const struct capan_tcp_resting *resting) {
    struct capan_tcp_syn syn;
    memcpy(&syn, resting->octets, resting->size - sizeof *resting);
    return syn;
}

/* Into a new connection. What is said of the SYN has been said before. */
static void judge_again(const struct capan_tcp_resting *resting, struct capan_tcp *tcp) {
    struct capan_tcp_syn syn = syn_of(resting);
    struct capan_segment segment = {.serial = syn.serial,
                                    .frame = syn.packet.frame,
                                    .time_ns = syn.packet.time_ns,
                                    .stream = syn.stream,
                                    .direction = syn.direction,
                                    .rtt_ns = -1,
                                    .rto_ns = -1};
    struct capan_tcp_header header;
    struct capan_tcp_data data;
    syn.packet.octets = (struct capan_span){syn.octets, syn.len};
    if (resting->counted) capan_tcp_count(tcp);
    if (capan_tcp_header_parse(&header, &syn.packet))
        capan_tcp_segment(tcp, &syn.packet, &header, syn.reused, &segment, &data);
}

void capan_tcp_resting_finish(const struct capan_tcp_resting *resting, const struct capan_records *records) {
    if (!resting->is_syn) return;
    uint64_t serial;
    memcpy(&serial, resting->octets + offsetof(struct capan_tcp_syn, serial), sizeof serial);
    struct capan_segment *segment = capan_records_at(records, serial);
    if (segment && segment->open_questions) segment->open_questions--;
}

struct capan_tcp_sums capan_tcp_resting_sums(const struct capan_tcp_resting *resting, enum capan_direction direction) {
    const uint8_t its = resting->octets[offsetof(struct capan_tcp_syn, direction)];
    return (struct capan_tcp_sums){.all = resting->is_syn && its == direction};
}

/* --- waking --- */

static struct capan_tcp *wake_packed(struct capan_tcp_resting *resting, const struct capan_alloc *alloc,
                                     struct capan_records *records) {
    struct capan_tcp *tcp = capan_tcp_new(alloc, records);
    struct capan_budget *budget[2] = {NULL, NULL};
    bool refused = !tcp;
    for (unsigned i = 0; i < 2; i++) {
        if (!resting->has_budget[i]) continue;
        budget[i] = capan_new(alloc, sizeof *budget[i]);
        refused |= !budget[i];
    }
    if (refused) {
        for (unsigned i = 0; i < 2; i++) capan_delete(alloc, budget[i], sizeof *budget[i]);
        capan_tcp_free(tcp);
        return NULL;
    }
    unpack_all(resting, tcp, budget);
    tcp->alloc = alloc;
    tcp->records = records;
    return tcp;
}

struct capan_tcp *capan_tcp_wake(struct capan_tcp_resting *resting, const struct capan_alloc *alloc,
                                 struct capan_records *records) {
    struct capan_tcp *tcp = resting->is_syn ? capan_tcp_new(alloc, records) : wake_packed(resting, alloc, records);
    if (!tcp) return NULL;
    if (resting->is_syn) judge_again(resting, tcp);
    capan_tcp_resting_free(resting, alloc);
    return tcp;
}

size_t capan_tcp_resting_size(const struct capan_tcp_resting *resting) {
    return resting->size;
}

void capan_tcp_resting_free(struct capan_tcp_resting *resting, const struct capan_alloc *alloc) {
    if (resting) capan_delete(alloc, resting, resting->size);
}

/* --- looks --- */

struct capan_tcp_seat *capan_tcp_seat_new(const struct capan_alloc *alloc, struct capan_records *records) {
    struct capan_tcp_seat *seat = capan_new(alloc, sizeof *seat);
    if (!seat) return NULL;
    seat->alloc = alloc;
    seat->records = records;
    capan_tcp_open(&seat->again, alloc, records);
    return seat;
}

void capan_tcp_seat_free(struct capan_tcp_seat *seat) {
    if (!seat) return;
    capan_tcp_close(&seat->again);
    capan_delete(seat->alloc, seat, sizeof *seat);
}

const struct capan_tcp *capan_tcp_look(const struct capan_tcp_resting *resting, struct capan_tcp_seat *seat) {
    if (resting->is_syn) {
        capan_tcp_close(&seat->again);
        capan_tcp_open(&seat->again, seat->alloc, seat->records);
        judge_again(resting, &seat->again);
        return &seat->again;
    }
    unpack_all(resting, &seat->tcp, (struct capan_budget *[]){&seat->budget[0], &seat->budget[1]});
    return &seat->tcp;
}
