/* SPDX-License-Identifier: MIT */
/* Which of several connections on the same ports a segment belongs to. */
#include "arrival.h"
#include "bytes.h"
#include "connection.h"
#include "seqnum.h"

#define F(name) CAPAN_FACT(name)

enum { FITS_WITHIN = 1 << 16 };

bool capan_tcp_another_isn(const struct capan_tcp *tcp, const struct capan_tcp_header *header,
                           enum capan_direction direction) {
    const struct capan_half *me = &tcp->half[direction];
    return header->flags & CAPAN_TH_SYN && me->marks & CAPAN_HALF_BASED && me->base != header->seq;
}

bool capan_tcp_reused(const struct capan_tcp *tcp, const struct capan_tcp_header *header,
                      enum capan_direction direction) {
    const struct capan_half *me = &tcp->half[direction], *peer = &tcp->half[!direction];
    if (!(header->flags & CAPAN_TH_SYN) || header->flags & CAPAN_TH_RST) return false;
    const bool known = me->side.isn_known || me->marks & CAPAN_HALF_SPOKE;
    if (known && capan_tcp_another_isn(tcp, header, direction)) return true;
    if (header->flags & CAPAN_TH_ACK) return false;
    const uint32_t over = CAPAN_HALF_FIN | CAPAN_HALF_RST;
    const bool trying = me->marks & CAPAN_HALF_SYN && !(me->marks & (CAPAN_HALF_SPOKE | over));
    return !trying && (me->marks | peer->marks) & over;
}

void capan_tcp_challenged(struct capan_tcp *tcp, enum capan_direction direction) {
    tcp->half[!direction].marks |= CAPAN_HALF_CHALLENGE;
}

bool capan_tcp_same_packet(const struct capan_tcp *tcp, const struct capan_packet *packet,
                           const struct capan_tcp_header *header, enum capan_direction direction) {
    const struct capan_seen seen = capan_seen_of(packet, header, capan_digest(header->payload, header->payload_len));
    return capan_copied(&tcp->half[direction], &tcp->half[!direction], packet, header, &seen);
}

static bool is_near(const struct capan_half *half, uint32_t raw, int64_t reach) {
    const int64_t distance = capan_seq_distance((uint32_t)half->board.end + half->base, raw);
    return half->marks & CAPAN_HALF_BASED && distance <= reach && distance >= -reach;
}

bool capan_tcp_fits(const struct capan_tcp *tcp, const struct capan_tcp_header *header,
                    enum capan_direction direction) {
    const struct capan_half *me = &tcp->half[direction], *peer = &tcp->half[!direction];
    const int64_t reach = FITS_WITHIN + (int64_t)max_u64(me->side.window_max, peer->side.window_max);
    if (header->flags & CAPAN_TH_SYN)
        return me->side.isn_known ? me->base == header->seq : !(me->marks & CAPAN_HALF_BASED);
    if (me->marks & CAPAN_HALF_BASED && !is_near(me, header->seq, reach)) return false;
    return !(header->flags & CAPAN_TH_ACK) || !(peer->marks & CAPAN_HALF_BASED) || is_near(peer, header->ack, reach);
}

bool capan_tcp_acks_later(const struct capan_tcp *tcp, const struct capan_tcp_header *header,
                          enum capan_direction direction, int64_t time_ns) {
    const struct capan_half *peer = &tcp->half[!direction];
    if (!(header->flags & CAPAN_TH_ACK) || !(peer->marks & CAPAN_HALF_BASED)) return false;
    const int64_t ack = capan_seq_unwrap(header->ack, peer->base, peer->una);
    if (ack <= peer->una || ack > peer->board.end) return false;
    const uint32_t index = capan_scoreboard_find(&peer->board, ack - 1);
    if (index == peer->board.count) return false;
    const struct capan_piece *piece = capan_piece_at(&peer->board, index);
    return !(piece->marks & (CAPAN_PIECE_HOLE | CAPAN_PIECE_PRIOR)) && piece->sends == 1 && piece->time_ns > time_ns;
}

bool capan_tcp_comes_after_ack(const struct capan_tcp *tcp, const struct capan_tcp_header *header,
                               enum capan_direction direction) {
    const struct capan_half *me = &tcp->half[direction];
    return header->payload_len && me->marks & CAPAN_HALF_BASED && capan_incidents(me)->unseens.open &&
           capan_seq_unwrap(header->seq, me->base, me->board.end) < me->una;
}

bool capan_tcp_is_new(const struct capan_tcp *tcp, const struct capan_tcp_header *header,
                      enum capan_direction direction) {
    const struct capan_half *me = &tcp->half[direction];
    const bool takes = header->payload_len || header->flags & (CAPAN_TH_SYN | CAPAN_TH_FIN);
    if (!takes || !(me->marks & CAPAN_HALF_BASED)) return takes;
    return capan_seq_unwrap(header->seq, me->base, me->board.end) >= me->board.end;
}

void capan_tcp_states_now(const struct capan_tcp *tcp, uint8_t states[2]) {
    for (unsigned i = 0; i < 2; i++) states[i] = tcp->states.state[i];
}

void capan_tcp_adopt(struct capan_tcp *tcp, struct capan_segment *segment, const uint8_t states[2]) {
    struct capan_half *me = &tcp->half[segment->direction];
    const struct capan_half *peer = &tcp->half[!segment->direction];
    /* Copies have the verdict of a copy. */
    if (segment->kind != CAPAN_KIND_DUPLICATE_PACKET) capan_tcp_rejudge(segment, F(SYN) | F(REUSED) | F(GOES_ON));
    segment->seq = capan_seq_unwrap(segment->raw_seq, me->base, me->board.end);
    if (segment->header_flags & CAPAN_TH_ACK) segment->ack = capan_seq_unwrap(segment->raw_ack, peer->base, peer->una);
    segment->client_state = states[CAPAN_C2S];
    segment->server_state = states[CAPAN_S2C];
    segment->window = capan_window_shown(me->window, &me->side, &peer->side);
    segment->outstanding = (uint32_t)(me->board.end - max_i64(me->una, 0)) - me->board.sacked;
    me->side.segments++;
}
