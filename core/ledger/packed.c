/* SPDX-License-Identifier: MIT */
#include "packed.h"

#include <assert.h>
#include <string.h>

/* Each member is a variable-length number (seven bits an octet, the last without the high bit), left out when it has
 * its usual value. Frame numbers are kept as the distance from the segment's own, raw numbers as that from what the
 * relative one and the connection's base say. */
enum form { PLAIN, SIGNED, FRAME, RAW };

#define MEMBER(name, form, usual)                                                                                      \
    { offsetof(struct capan_segment, name), sizeof((struct capan_segment *)0)->name, form, usual }
static const struct member {
    uint8_t offset, size, form;
    int8_t usual;
} members[] = {
    MEMBER(stream, PLAIN, 0), /* first: it says whose bases are needed for the rest */
    MEMBER(seq, SIGNED, 0),
    MEMBER(ack, SIGNED, 0),
    MEMBER(outstanding, PLAIN, 0),
    MEMBER(cwnd, PLAIN, 0),
    MEMBER(flags, PLAIN, 0),
    MEMBER(operand[0], SIGNED, 0),
    MEMBER(operand[1], SIGNED, 0),
    MEMBER(rtt_ns, SIGNED, -1),
    MEMBER(rto_ns, SIGNED, -1),
    MEMBER(len, PLAIN, 0),
    MEMBER(window, PLAIN, 0),
    MEMBER(acked_in, FRAME, 0),
    MEMBER(because[0], FRAME, 0),
    MEMBER(because[1], FRAME, 0),
    MEMBER(because[2], FRAME, 0),
    MEMBER(acks_count, PLAIN, 0),
    MEMBER(direction, PLAIN, 0),
    MEMBER(kind, PLAIN, 0),
    MEMBER(certainty, PLAIN, CAPAN_CERTAIN),
    MEMBER(cause, PLAIN, 0),
    MEMBER(rule, PLAIN, 0),
    MEMBER(client_state, PLAIN, CAPAN_TCP_ESTABLISHED),
    MEMBER(server_state, PLAIN, CAPAN_TCP_ESTABLISHED),
    MEMBER(header_flags, PLAIN, CAPAN_TH_ACK),
    MEMBER(open_questions, PLAIN, 0),
    MEMBER(raw_seq, RAW, 0), /* last: what they are predicted by is known */
    MEMBER(raw_ack, RAW, 0),
};
enum { MEMBERS = sizeof members / sizeof *members, NUMBER_ROOM = 10 };
static_assert(MEMBERS <= 32, "a bit each");

static uint64_t get(const struct capan_segment *segment, const struct member *member) {
    const uint8_t *at = (const uint8_t *)segment + member->offset;
    uint32_t word;
    uint64_t number;

    switch (member->size) {
    case 1: return *at;
    case 4: memcpy(&word, at, sizeof word); return word;
    default: memcpy(&number, at, sizeof number); return number;
    }
}

static void set(struct capan_segment *segment, const struct member *member, uint64_t number) {
    uint8_t *at = (uint8_t *)segment + member->offset;
    uint32_t word = (uint32_t)number;

    switch (member->size) {
    case 1: *at = (uint8_t)number; break;
    case 4: memcpy(at, &word, sizeof word); break;
    default: memcpy(at, &number, sizeof number);
    }
}

/* Small numbers of either sign to small numbers without. */
static uint64_t fold(uint64_t number) {
    return number << 1 ^ (0 - (number >> 63));
}

static uint64_t unfold(uint64_t number) {
    return number >> 1 ^ (0 - (number & 1));
}

static uint8_t *put_number(uint8_t *at, uint64_t number) {
    for (; number > 0x7f; number >>= 7) *at++ = (uint8_t)(number | 0x80);
    *at++ = (uint8_t)number;
    return at;
}

static const uint8_t *get_number(const uint8_t *at, uint64_t *number) {
    unsigned shift = 0;

    for (*number = 0; *at & 0x80; shift += 7) *number |= (uint64_t)(*at++ & 0x7f) << shift;
    *number |= (uint64_t)*at++ << shift;
    return at;
}

/* --- raw numbers --- */

static bool has_ack(const struct capan_segment *segment) {
    return segment->header_flags & CAPAN_TH_ACK;
}

/* Once known it stays; one next to 0 does almost as well as 0. */
static void learn(uint32_t *base, uint32_t raw, int64_t relative) {
    if (!*base) *base = raw - (uint32_t)relative;
    if (!*base) *base = 1;
}

void capan_bases_learn(struct capan_bases *bases, const struct capan_segment *segment) {
    const unsigned me = segment->direction & 1, peer = !me;
    learn(&bases->at[me], segment->raw_seq, segment->seq);
    if (has_ack(segment)) learn(&bases->at[peer], segment->raw_ack, segment->ack);
}

static uint32_t predict(const struct capan_segment *segment, const struct member *member,
                        const struct capan_bases *bases) {
    const unsigned me = segment->direction & 1;
    if (member->offset == offsetof(struct capan_segment, raw_seq)) return bases->at[me] + (uint32_t)segment->seq;
    return has_ack(segment) ? bases->at[!me] + (uint32_t)segment->ack : 0;
}

/* --- whole segments --- */

size_t capan_packed_room(uint32_t acks_count) {
    return sizeof(uint32_t) + MEMBERS * NUMBER_ROOM + acks_count * (size_t)NUMBER_ROOM;
}

size_t capan_pack(uint8_t *at, const struct capan_segment *segment, const uint32_t *acks,
                  const struct capan_bases *bases) {
    uint8_t *next = at + sizeof(uint32_t);
    uint32_t present = 0, before = segment->frame;

    for (size_t i = 0; i < MEMBERS; i++) {
        const struct member *member = &members[i];
        uint64_t number = get(segment, member);
        if (member->form == RAW) number = (uint32_t)((uint32_t)number - predict(segment, member, bases));
        if (number == (uint64_t)(int64_t)member->usual) continue;
        present |= UINT32_C(1) << i;
        if (member->form == FRAME) number -= segment->frame;
        next = put_number(next, member->form == SIGNED || member->form == FRAME ? fold(number) : number);
    }
    memcpy(at, &present, sizeof present);
    for (uint32_t i = 0; i < segment->acks_count; i++) {
        next = put_number(next, fold((uint64_t)before - acks[i]));
        before = acks[i];
    }
    return (size_t)(next - at);
}

const uint8_t *capan_unpack(struct capan_segment *segment, const uint8_t *at, const struct capan_bases *bases) {
    uint32_t present;

    memcpy(&present, at, sizeof present);
    at += sizeof present;
    for (size_t i = 0; i < MEMBERS; i++) {
        const struct member *member = &members[i];
        uint64_t number = (uint64_t)(int64_t)member->usual;
        if (present & UINT32_C(1) << i) {
            at = get_number(at, &number);
            if (member->form == SIGNED || member->form == FRAME) number = unfold(number);
            if (member->form == FRAME) number += segment->frame;
        }
        if (member->form == RAW) number += predict(segment, member, bases);
        set(segment, member, number);
    }
    return at;
}

uint32_t capan_unpack_stream(const uint8_t *at) {
    uint64_t stream = 0;
    uint32_t present;
    memcpy(&present, at, sizeof present);
    if (present & 1) get_number(at + sizeof present, &stream);
    return (uint32_t)stream;
}

void capan_unpack_acks(uint32_t *acks, const struct capan_segment *segment, const uint8_t *at) {
    uint64_t frame = segment->frame, distance;

    for (uint32_t i = 0; i < segment->acks_count; i++) {
        at = get_number(at, &distance);
        frame -= unfold(distance);
        acks[i] = (uint32_t)frame;
    }
}
