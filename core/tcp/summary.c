/* SPDX-License-Identifier: MIT */
/* What is said of a connection as a whole. */
#include <string.h>

#include "arrival.h"
#include "budget.h"
#include "bytes.h"
#include "connection.h"

enum {
    TELLING_NS = 200000, /* round trips shorter than this do not tell where the capture was taken */
    MUCH = 8
};

static bool both(const struct capan_tcp *tcp, unsigned marks) {
    return (tcp->half[0].marks & marks) == marks && (tcp->half[1].marks & marks) == marks;
}

enum capan_tcp_open capan_tcp_opening(const struct capan_tcp *tcp) {
    const unsigned client = tcp->half[CAPAN_C2S].marks, server = tcp->half[CAPAN_S2C].marks;
    if (tcp->crossed) return CAPAN_OPEN_SIMULTANEOUS;
    if (client & CAPAN_HALF_SYN && server & CAPAN_HALF_RST && !(server & (CAPAN_HALF_SYN | CAPAN_HALF_SPOKE)))
        return CAPAN_OPEN_REFUSED;
    if (client & CAPAN_HALF_SYN && !(server & (CAPAN_HALF_SYN | CAPAN_HALF_SPOKE)) && !(client & CAPAN_HALF_SPOKE))
        return CAPAN_OPEN_UNANSWERED;
    if (tcp->fast_open) return CAPAN_OPEN_TFO;
    if (both(tcp, CAPAN_HALF_SYN) && client & CAPAN_HALF_SPOKE) return CAPAN_OPEN_THREE_WAY;
    if (both(tcp, CAPAN_HALF_SYN) && !(server & CAPAN_HALF_SPOKE)) return CAPAN_OPEN_UNFINISHED;
    if ((client | server) & CAPAN_HALF_SYN) return CAPAN_OPEN_HALF_CAPTURED;
    return CAPAN_OPEN_MIDSTREAM;
}

bool capan_tcp_is_from_syn(const struct capan_tcp *tcp) {
    return tcp->half[0].side.isn_known && tcp->half[1].side.isn_known;
}

static enum capan_tcp_close how_it_closed(const struct capan_tcp *tcp) {
    const struct capan_half *client = &tcp->half[CAPAN_C2S], *server = &tcp->half[CAPAN_S2C];
    const bool reset = (client->marks | server->marks) & CAPAN_HALF_RST;
    const bool client_fin = client->marks & CAPAN_HALF_FIN, server_fin = server->marks & CAPAN_HALF_FIN;
    if (reset && (client_fin || server_fin)) return CAPAN_CLOSE_RST_AFTER_FIN;
    if (reset) {
        const bool client_first =
            client->marks & CAPAN_HALF_RST &&
            (!(server->marks & CAPAN_HALF_RST) || capan_incidents(client)->rst_ns <= capan_incidents(server)->rst_ns);
        return client_first ? CAPAN_CLOSE_CLIENT_RST : CAPAN_CLOSE_SERVER_RST;
    }
    if (!client_fin && !server_fin) return CAPAN_CLOSE_OPEN_AT_END;
    if (client_fin != server_fin) return CAPAN_CLOSE_HALF_CLOSE;
    if (tcp->half_closed) return CAPAN_CLOSE_HALF_CLOSE;
    if (tcp->fins_crossed) return CAPAN_CLOSE_SIMULTANEOUS;
    return tcp->server_first ? CAPAN_CLOSE_SERVER_FIRST_FIN : CAPAN_CLOSE_CLIENT_FIRST_FIN;
}

static enum capan_tcp_quality how_complete(const struct capan_tcp *tcp) {
    const struct capan_half *client = &tcp->half[CAPAN_C2S], *server = &tcp->half[CAPAN_S2C];
    if (client->side.segments == 0 || server->side.segments == 0) return CAPAN_QUALITY_ONE_SIDED;
    if (capan_incidents(client)->missing_bytes + capan_incidents(server)->missing_bytes)
        return CAPAN_QUALITY_GAPS_CAPTURE;
    if (tcp->snapped) return CAPAN_QUALITY_SNAPPED;
    if (tcp->path_gaps) return CAPAN_QUALITY_GAPS_PATH;
    if (capan_incidents(client)->late_segments + capan_incidents(server)->late_segments) return CAPAN_QUALITY_REORDERED;
    return CAPAN_QUALITY_COMPLETE;
}

/* Frames as only their sender's own host sees them. */
static enum capan_tcp_vantage_sign unsent(const struct capan_half *half, const struct capan_half *other) {
    const uint8_t sums = CAPAN_SIGN_PARTIAL_SUM | CAPAN_SIGN_WHOLE_SUM;
    if ((half->signs & sums) == CAPAN_SIGN_PARTIAL_SUM && other->signs & CAPAN_SIGN_WHOLE_SUM)
        return CAPAN_VANTAGE_BY_CHECKSUMS;
    const bool unpadded =
        half->signs & CAPAN_SIGN_UNPADDED && other->signs & CAPAN_SIGN_PADDED && !(other->signs & CAPAN_SIGN_UNPADDED);
    return unpadded ? CAPAN_VANTAGE_BY_PADDING : CAPAN_VANTAGE_BY_NONE;
}

/* Who answers in next to no time is next to the capture. */
static enum capan_tcp_vantage by_answers(const struct capan_tcp *tcp) {
    const int64_t to_server = tcp->half[CAPAN_S2C].answer_ns, to_client = tcp->half[CAPAN_C2S].answer_ns;
    if (to_server < 0 || to_client < 0 || to_server + to_client < TELLING_NS) return CAPAN_VANTAGE_UNKNOWN;
    if (to_client < to_server / MUCH) return CAPAN_VANTAGE_CLIENT;
    if (to_server < to_client / MUCH) return CAPAN_VANTAGE_SERVER;
    return CAPAN_VANTAGE_MIDDLE;
}

static void sum_up_vantage(const struct capan_tcp *tcp, struct capan_tcp_summary *summary) {
    const struct capan_half *client = &tcp->half[CAPAN_C2S], *server = &tcp->half[CAPAN_S2C];
    if ((summary->vantage_sign = (uint8_t)unsent(client, server)) != 0) {
        summary->vantage = CAPAN_VANTAGE_CLIENT;
    } else if ((summary->vantage_sign = (uint8_t)unsent(server, client)) != 0) {
        summary->vantage = CAPAN_VANTAGE_SERVER;
    } else {
        summary->vantage = (uint8_t)by_answers(tcp);
        summary->vantage_sign = summary->vantage == CAPAN_VANTAGE_UNKNOWN  ? CAPAN_VANTAGE_BY_NONE
                                : summary->vantage == CAPAN_VANTAGE_MIDDLE ? CAPAN_VANTAGE_BY_BETWEEN
                                                                           : CAPAN_VANTAGE_BY_ANSWERS;
    }
}

static const struct capan_half *main_sender(const struct capan_tcp *tcp) {
    const struct capan_half *client = &tcp->half[CAPAN_C2S], *server = &tcp->half[CAPAN_S2C];
    return client->side.bytes > server->side.bytes ? client : server;
}

/* A window that was shut is its receiver's application's doing: it does not read. */
static bool was_shut(const struct capan_tcp *tcp, const struct capan_half *sender, int64_t held_ns) {
    const struct capan_half *receiver = sender == tcp->half ? sender + 1 : tcp->half;
    return capan_incidents(receiver)->zero_window_ns > held_ns / 2;
}

/* The largest part of the time, by what it stands for, of the side that sent most of the data. What goes in one flight,
 * or in slow start without a loss, is as long as its round trips. What comes behind the last data held nothing back; a
 * path that stands still is full. */
static enum capan_tcp_limit what_limits(const struct capan_tcp *tcp, const struct capan_tcp_time *time) {
    const struct capan_half *sender = main_sender(tcp);
    const struct capan_incidents *incidents = capan_incidents(sender);
    int64_t held_ns[CAPAN_TCP_LIMIT_COUNT] = {0};
    unsigned longest = CAPAN_LIMIT_LATENCY;
    if (sender->side.bytes == 0) return CAPAN_LIMIT_NONE;
    for (unsigned i = 0; i < CAPAN_TIME_PART_COUNT; i++) {
        const bool brief = i == CAPAN_TIME_SLOW_START && !incidents->resent_segments;
        held_ns[brief ? CAPAN_LIMIT_LATENCY : capan_time_limits[i]] += time->part_ns[i];
    }
    held_ns[CAPAN_LIMIT_NONE] = 0;
    held_ns[CAPAN_LIMIT_SENDER_APP] -= time->after_ns;
    held_ns[CAPAN_LIMIT_LATENCY] -= time->stalled_ns;
    held_ns[CAPAN_LIMIT_CONGESTION] += time->stalled_ns;
    for (unsigned i = 0; i < CAPAN_TCP_LIMIT_COUNT; i++)
        if (held_ns[i] > held_ns[longest]) longest = i;
    if (incidents->too_big_ns > held_ns[longest] / 2) return CAPAN_LIMIT_PATH_MTU;
    if (longest != CAPAN_LIMIT_RECEIVER_WINDOW)
        return time->one_flight ? CAPAN_LIMIT_LATENCY : (enum capan_tcp_limit)longest;
    return was_shut(tcp, sender, held_ns[longest]) ? CAPAN_LIMIT_RECEIVER_APP : CAPAN_LIMIT_RECEIVER_WINDOW;
}

/* The sender's own events where they pass right behind it; else a model of the way. */
static uint8_t certainty_of(const struct capan_tcp *tcp, const struct capan_half *sender) {
    const struct capan_half *receiver = sender == tcp->half ? sender + 1 : tcp->half;
    if (receiver->side.segments == 0 || capan_incidents(sender)->missing_bytes) return CAPAN_AMBIGUOUS;
    const bool next_to_it = sender->answer_ns >= 0 && sender->answer_ns < capan_near(receiver) / MUCH;
    return next_to_it ? CAPAN_CERTAIN : CAPAN_LIKELY;
}

void capan_tcp_tell_time(const struct capan_tcp *tcp, int64_t first_ns, int64_t last_ns,
                         struct capan_tcp_summary *summary) {
    for (unsigned i = 0; i < 2; i++) {
        struct capan_tcp_time *time = &summary->side[i].time;
        capan_budget_tell(tcp, (enum capan_direction)i, first_ns, last_ns, time);
        time->certainty = certainty_of(tcp, &tcp->half[i]);
        capan_budget_congestion(&tcp->half[i], &summary->side[i].congestion);
    }
    const unsigned sender = main_sender(tcp) == tcp->half ? CAPAN_C2S : CAPAN_S2C;
    summary->limit = (uint8_t)what_limits(tcp, &summary->side[sender].time);
}

static void sum_up_handshake(const struct capan_tcp *tcp, struct capan_tcp_summary *summary) {
    memcpy(summary->handshake_frames, tcp->handshake_frames, sizeof summary->handshake_frames);
    summary->syn_to_syn_ack_ns = tcp->opening[CAPAN_C2S].answer_ns;
    summary->syn_ack_to_ack_ns = tcp->opening[CAPAN_S2C].answer_ns;
    const bool whole = summary->syn_to_syn_ack_ns >= 0 && summary->syn_ack_to_ack_ns >= 0;
    summary->rtt_ns = whole ? summary->syn_to_syn_ack_ns + summary->syn_ack_to_ack_ns : -1;
}

void capan_tcp_answer(const struct capan_tcp *tcp, enum capan_direction direction,
                      int64_t part_ns[CAPAN_TIME_PART_COUNT]) {
    capan_budget_answer(&tcp->half[direction], part_ns);
}

int64_t capan_tcp_handshake(const struct capan_tcp *tcp, int64_t *opened_ns) {
    const struct capan_opening *syn = &tcp->opening[CAPAN_C2S], *answer = &tcp->opening[CAPAN_S2C];
    *opened_ns = 0;
    if (syn->answer_ns < 0 || answer->answer_ns < 0) return 0;
    *opened_ns = tcp->half[CAPAN_C2S].syn_ns + syn->answer_ns + answer->answer_ns;
    return max_i64(*opened_ns - syn->first_ns, 0);
}

/* The shorter one of two times that may be unknown. */
static int64_t shorter(int64_t a, int64_t b) {
    return a < 0 ? b : b < 0 ? a : min_i64(a, b);
}

static int64_t shortest_sample(const struct capan_side *side) {
    return side->rtt_count ? side->rtt_min_ns : -1;
}

/* Data that one side sent measures the half between the capture and the other one. */
int64_t capan_tcp_round_trip(const struct capan_tcp *tcp, int64_t half_ns[2]) {
    half_ns[CAPAN_S2C] = shorter(tcp->opening[CAPAN_C2S].answer_ns, shortest_sample(&tcp->half[CAPAN_C2S].side));
    half_ns[CAPAN_C2S] = shorter(tcp->opening[CAPAN_S2C].answer_ns, shortest_sample(&tcp->half[CAPAN_S2C].side));
    return half_ns[0] < 0 || half_ns[1] < 0 ? -1 : half_ns[0] + half_ns[1];
}

/* By the clock of who sent the FIN, as far as the capture tells: the peer's data had to reach it first. */
static int64_t idle_before_fin(const struct capan_half *me, const struct capan_half *peer) {
    const int64_t fin_ns = me->side.fin_ns;
    if (!(me->marks & CAPAN_HALF_FIN) || !(me->sent_ns | peer->sent_ns)) return -1;
    if (peer->marks & CAPAN_HALF_FIN && peer->side.fin_ns < fin_ns) return -1;
    if (peer->sent_ns > fin_ns || me->sent_ns > fin_ns) return -1;
    return fin_ns - (me->sent_ns >= peer->sent_ns ? me->sent_ns : peer->sent_ns + capan_near(me));
}

static void sum_up_closing(const struct capan_tcp *tcp, struct capan_tcp_summary *summary) {
    const int64_t client = summary->side[CAPAN_C2S].fin_ns, server = summary->side[CAPAN_S2C].fin_ns;
    summary->half_close_ns = client < 0 || server < 0 ? -1 : client < server ? server - client : client - server;
    for (unsigned i = 0; i < 2; i++) {
        summary->side[i].idle_ns = idle_before_fin(&tcp->half[i], &tcp->half[!i]);
        if (tcp->states.state[i] == CAPAN_TCP_TIME_WAIT) summary->time_wait_holder |= (uint8_t)(1 << i);
    }
}

/* A SYN's is never scaled. */
static uint32_t largest_window(const struct capan_half *half, const struct capan_half *peer) {
    const uint32_t window = half->side.window_max;
    return half->marks & CAPAN_HALF_SPOKE ? capan_window_shown(window, &half->side, &peer->side) : window;
}

static struct capan_tcp_side sum_up_side(const struct capan_half *half, const struct capan_half *peer) {
    const struct capan_side *side = &half->side;
    const struct capan_incidents *incidents = capan_incidents(half);
    return (struct capan_tcp_side){.segments = side->segments,
                                   .data_segments = side->data_segments,
                                   .bytes = side->bytes,
                                   .resent_bytes = incidents->resent_bytes,
                                   .missing_bytes = incidents->missing_bytes,
                                   .resent_segments = incidents->resent_segments,
                                   .late_segments = incidents->late_segments,
                                   .duplicate_packets = incidents->duplicate_packets,
                                   .nagle_stalls = incidents->nagle_stalls,
                                   .nagle_ns = incidents->nagle_ns,
                                   .duplicate_acks = incidents->duplicate_acks,
                                   .zero_windows = incidents->zero_windows,
                                   .probes = incidents->probes,
                                   .isn = side->isn,
                                   .mss_announced = side->mss_announced,
                                   .mss_observed = side->mss_observed,
                                   .window_max = largest_window(half, peer),
                                   .window_scale = side->window_scale,
                                   .isn_known = side->isn_known,
                                   .sack_permitted = side->sack_permitted,
                                   .timestamps = side->timestamps,
                                   .rtt_min_ns = side->rtt_count ? side->rtt_min_ns : -1,
                                   .rtt_sum_ns = side->rtt_sum_ns,
                                   .rtt_max_ns = side->rtt_count ? side->rtt_max_ns : -1,
                                   .rtt_count = side->rtt_count,
                                   .zero_window_ns = incidents->zero_window_ns,
                                   .fin_ns = half->marks & CAPAN_HALF_FIN ? side->fin_ns : -1,
                                   .rst_ns = incidents->rst_frame ? incidents->rst_ns : -1,
                                   .fin_frame = side->fin_frame,
                                   .rst_frame = incidents->rst_frame};
}

struct capan_tcp_sums capan_tcp_sums(const struct capan_tcp *tcp, enum capan_direction direction) {
    const struct capan_half *half = &tcp->half[direction];
    return (struct capan_tcp_sums){half->side.segments, half->left_sums, half->left_frame};
}

void capan_tcp_summarise(const struct capan_tcp *tcp, struct capan_tcp_summary *summary) {
    *summary = (struct capan_tcp_summary){.open = (uint8_t)capan_tcp_opening(tcp),
                                          .close = (uint8_t)how_it_closed(tcp),
                                          .quality = (uint8_t)how_complete(tcp),
                                          .pmtu = tcp->pmtu,
                                          .pmtu_frame = tcp->pmtu_frame};
    sum_up_vantage(tcp, summary);
    sum_up_handshake(tcp, summary);
    for (unsigned i = 0; i < 2; i++) {
        summary->side[i] = sum_up_side(&tcp->half[i], &tcp->half[!i]);
        summary->side[i].state = tcp->states.state[i];
    }
    sum_up_closing(tcp, summary);
}
