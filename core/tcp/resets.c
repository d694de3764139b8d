/* SPDX-License-Identifier: MIT */
#include "resets.h"

#include "bytes.h"

#define F(name) CAPAN_FACT(name)

enum {
    TTL_STEPS = 3, /* a change of route takes a few routers more or fewer */
    ID_FAR = 4096, /* no host sends so many packets elsewhere between two of a connection that counts nearly by ones */
    NEAR_NS = 1000000 /* a shorter way to the sender and back tells nothing: captures stamp no better */
};

/* --- who sent it --- */

bool capan_ttl_is_far(uint8_t a, uint8_t b) {
    return a > b ? a - b > TTL_STEPS : b - a > TTL_STEPS;
}

static bool has_foreign_ttl(const struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me;
    return me->ttl && arrival->packet->ttl && !(me->signs & CAPAN_SIGN_MANY_TTLS) &&
           capan_ttl_is_far(me->ttl, arrival->packet->ttl);
}

const struct capan_piece *capan_reset_acks(const struct capan_arrival *arrival) {
    const struct capan_half *peer = arrival->peer;
    if (!(arrival->facts & F(ACK)) || arrival->ack <= peer->una || arrival->ack > peer->board.end) return NULL;
    const uint32_t index = capan_scoreboard_find(&peer->board, arrival->ack - 1);
    if (index == peer->board.count) return NULL;
    const struct capan_piece *piece = capan_piece_at(&peer->board, index);
    return piece->sends == 1 && !(piece->marks & (CAPAN_PIECE_HOLE | CAPAN_PIECE_PRIOR)) ? piece : NULL;
}

/* It acknowledges octets that passed here less than half of the shortest way to its sender and back ago. */
static bool came_too_soon(const struct capan_arrival *arrival) {
    const struct capan_piece *piece = capan_reset_acks(arrival);
    const int64_t near = capan_near(arrival->me);
    return piece && near >= NEAR_NS && arrival->now >= piece->time_ns && arrival->now - piece->time_ns < near / 2;
}

/* A socket that is gone answers with ids that are not its own, or with 0. */
static bool has_foreign_id(const struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me;
    const uint16_t step = (uint16_t)(arrival->packet->ip_id - me->id_max);
    if (!arrival->packet->has_ip_id || !arrival->packet->ip_id || me->id_trust < 2 * CAPAN_ID_TRUSTED) return false;
    if (me->marks & (CAPAN_HALF_FIN | CAPAN_HALF_RST | CAPAN_HALF_DATA_AFTER_CLOSE)) return false;
    return step > ID_FAR && step < UINT16_MAX - ID_FAR;
}

/* What shows that another box sent it, the best proof first. */
static uint64_t evidence(const struct capan_arrival *arrival) {
    if (has_foreign_ttl(arrival)) return F(FORGED);
    if (came_too_soon(arrival)) return F(FORGED) | F(TOO_SOON);
    return has_foreign_id(arrival) ? F(FORGED) | F(NEW_ID) : 0;
}

void capan_reset_look(struct capan_arrival *arrival) {
    struct capan_half *me = arrival->me;
    const struct capan_half *peer = arrival->peer;
    const bool answers = arrival->header->flags & CAPAN_TH_ACK && peer->marks & CAPAN_HALF_SYN &&
                         !(peer->marks & CAPAN_HALF_SYN_ACK) && !(me->marks & (CAPAN_HALF_SYN | CAPAN_HALF_SPOKE)) &&
                         arrival->ack >= 1 && arrival->ack <= peer->board.end;
    capan_arrival_set(arrival, F(ANSWERS_SYN), answers);
    arrival->facts |= evidence(arrival);
    capan_arrival_set(arrival, F(UNASKED),
                      arrival->tcp->states.state[!arrival->segment->direction] == CAPAN_TCP_SYN_SENT);
    if (arrival->facts & F(UNTOLD)) return;
    const bool again = me->marks & CAPAN_HALF_RST && peer->una < peer->board.end;
    capan_arrival_set(arrival, F(GONE), again || me->marks & CAPAN_HALF_DATA_AFTER_CLOSE);
    capan_arrival_set(arrival, F(EXACT), arrival->start == me->board.end || arrival->start == me->una);
    const bool bounded = peer->marks & CAPAN_HALF_WINDOW;
    capan_arrival_set(arrival, F(IN_WINDOW),
                      arrival->start >= me->una && (!bounded || arrival->start < max_i64(peer->edge, me->board.end)));
}

bool capan_arrival_resets(const struct capan_arrival *arrival) {
    if (!(arrival->facts & F(RST)) || arrival->refused) return false;
    if ((arrival->facts & (F(UNASKED) | F(ACK))) == F(UNASKED)) return false;
    return arrival->facts & (F(ANSWERS_SYN) | F(EXACT) | F(UNTOLD));
}

/* --- what it ended --- */

/* Octets of either side are not acknowledged, or the client asked last. */
static bool something_was_under_way(const struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me, *peer = arrival->peer;
    const struct capan_half *client = &arrival->tcp->half[CAPAN_C2S], *server = &arrival->tcp->half[CAPAN_S2C];
    const int64_t mine = me->board.end - !!(me->marks & CAPAN_HALF_FIN);
    const int64_t theirs = peer->board.end - !!(peer->marks & CAPAN_HALF_FIN);
    const int64_t got = arrival->facts & F(ACK) ? max_i64(peer->una, arrival->ack) : peer->una;
    if (!(client->marks & CAPAN_HALF_SPOKE)) return false; /* the handshake was not completed */
    if (me->una < mine || got < theirs) return true;
    return client->sent_ns > server->sent_ns;
}

void capan_reset_cuts_off(const struct capan_tcp *tcp, const struct capan_half *sender) {
    const struct capan_incidents *incidents = capan_incidents(sender);
    if (!incidents->rst_frame || sender->marks & CAPAN_HALF_DISOWNED) return;
    struct capan_segment *reset = capan_records_at(tcp->records, incidents->rst_serial);
    if (reset && reset->kind == CAPAN_KIND_RST_ABORT) capan_flag(reset, CAPAN_FLAG_CUT_OFF);
}

void capan_reset_note(struct capan_arrival *arrival) {
    struct capan_half *me = arrival->me;
    if (arrival->segment->kind == CAPAN_KIND_RST_CHALLENGEABLE) arrival->peer->marks |= CAPAN_HALF_CHALLENGE;
    if (!capan_arrival_resets(arrival) && !(arrival->facts & F(GONE))) return;
    me->marks |= CAPAN_HALF_RST;
    if (arrival->facts & F(FORGED)) me->marks |= CAPAN_HALF_DISOWNED;
    struct capan_incidents *incidents = capan_incidents_begin(me, arrival->tcp->alloc);
    if (!incidents || incidents->rst_frame) return;
    incidents->rst_ns = arrival->now;
    incidents->rst_frame = arrival->segment->frame;
    incidents->rst_serial = arrival->segment->serial;
    if (arrival->segment->kind == CAPAN_KIND_RST_ABORT && something_was_under_way(arrival))
        capan_flag(arrival->segment, CAPAN_FLAG_CUT_OFF);
}

/* --- whether it was believed to be its sender's --- */

/* Judged again: seq, its first number, stays where it is. */
static void disown(struct capan_segment *reset, uint32_t goes_on_in) {
    if (reset->kind != CAPAN_KIND_RST_ABORT) {
        reset->certainty = CAPAN_LIKELY;
        return;
    }
    reset->rule = capan_tcp_rule(F(RST) | F(EXACT) | F(GOES_ON));
    reset->certainty = capan_tcp_rule_at(reset->rule)->certainty;
    reset->because[0] = goes_on_in;
    reset->because[1] = 0;
}

/* Who goes on with the very number that a reset in its name had did not send that reset: after its own it has forgotten
 * the connection (RFC 9293 3.10.7.4). */
void capan_reset_follow(struct capan_arrival *arrival) {
    struct capan_half *me = arrival->me;
    if (!(me->marks & CAPAN_HALF_RST) || arrival->facts & (F(RST) | F(SYN)) || arrival->refused) return;
    const bool goes_on = arrival->segment->kind == CAPAN_KIND_DATA_NEW && arrival->start == arrival->old_end;
    if (!goes_on && !(me->marks & CAPAN_HALF_DISOWNED)) return;
    me->marks &= ~(uint32_t)(CAPAN_HALF_RST | CAPAN_HALF_DISOWNED);
    if (!me->incidents) return;
    struct capan_segment *reset = capan_records_at(arrival->tcp->records, me->incidents->rst_serial);
    me->incidents->rst_frame = 0;
    if (!reset) return;
    capan_flag(reset, CAPAN_FLAG_INJECTED);
    if (reset->certainty == CAPAN_CERTAIN) disown(reset, arrival->segment->frame);
}
