/* SPDX-License-Identifier: MIT */
/* What is said of a connection as a whole. */
#include <string.h>

#include "bytes.h"
#include "turn.h"

static bool both(const struct capan_tcp *tcp, unsigned marks) {
    return (tcp->half[0].marks & marks) == marks && (tcp->half[1].marks & marks) == marks;
}

static enum capan_tcp_open how_it_opened(const struct capan_tcp *tcp) {
    const unsigned client = tcp->half[CAPAN_C2S].marks, server = tcp->half[CAPAN_S2C].marks;
    if (tcp->crossed) return CAPAN_OPEN_SIMULTANEOUS;
    if (client & CAPAN_HALF_SYN && server & CAPAN_HALF_RST && !(server & (CAPAN_HALF_SYN | CAPAN_HALF_SPOKE))) return CAPAN_OPEN_REFUSED;
    if (client & CAPAN_HALF_SYN && !(server & (CAPAN_HALF_SYN | CAPAN_HALF_SPOKE))) return CAPAN_OPEN_UNANSWERED;
    if (tcp->fast_open) return CAPAN_OPEN_TFO;
    if (both(tcp, CAPAN_HALF_SYN) && client & CAPAN_HALF_SPOKE) return CAPAN_OPEN_THREE_WAY;
    if ((client | server) & CAPAN_HALF_SYN) return CAPAN_OPEN_HALF_CAPTURED;
    return CAPAN_OPEN_MIDSTREAM;
}

static enum capan_tcp_close how_it_closed(const struct capan_tcp *tcp) {
    const struct capan_half *client = &tcp->half[CAPAN_C2S], *server = &tcp->half[CAPAN_S2C];
    const bool reset = (client->marks | server->marks) & CAPAN_HALF_RST;
    const bool client_fin = client->marks & CAPAN_HALF_FIN, server_fin = server->marks & CAPAN_HALF_FIN;
    if (reset && (client_fin || server_fin)) return CAPAN_CLOSE_RST_AFTER_FIN;
    if (reset) {
        const bool client_first = client->marks & CAPAN_HALF_RST && (!(server->marks & CAPAN_HALF_RST) || client->side.rst_ns <= server->side.rst_ns);
        return client_first ? CAPAN_CLOSE_CLIENT_RST : CAPAN_CLOSE_SERVER_RST;
    }
    if (!client_fin && !server_fin) return CAPAN_CLOSE_OPEN_AT_END;
    if (client_fin != server_fin) return CAPAN_CLOSE_HALF_CLOSE;
    if (tcp->fins_crossed) return CAPAN_CLOSE_SIMULTANEOUS;
    return client->side.fin_ns <= server->side.fin_ns ? CAPAN_CLOSE_CLIENT_FIRST_FIN : CAPAN_CLOSE_SERVER_FIRST_FIN;
}

static enum capan_tcp_quality how_complete(const struct capan_tcp *tcp) {
    const struct capan_half *client = &tcp->half[CAPAN_C2S], *server = &tcp->half[CAPAN_S2C];
    if (client->side.missing_bytes + server->side.missing_bytes) return CAPAN_QUALITY_GAPS_CAPTURE;
    if (client->side.segments == 0 || server->side.segments == 0) return CAPAN_QUALITY_ONE_SIDED;
    if (tcp->snapped) return CAPAN_QUALITY_SNAPPED;
    if (tcp->path_gaps) return CAPAN_QUALITY_GAPS_PATH;
    if (client->side.late_segments + server->side.late_segments) return CAPAN_QUALITY_REORDERED;
    return CAPAN_QUALITY_COMPLETE;
}

static int64_t between(int64_t from, int64_t to) { return from < 0 || to < 0 ? -1 : to - from; }

static void sum_up_handshake(const struct capan_tcp *tcp, struct capan_tcp_summary *summary) {
    memcpy(summary->handshake_frames, tcp->handshake_frames, sizeof summary->handshake_frames);
    summary->syn_to_syn_ack_ns = between(tcp->handshake_ns[0], tcp->handshake_ns[1]);
    summary->syn_ack_to_ack_ns = between(tcp->handshake_ns[1], tcp->handshake_ns[2]);
    const bool whole = summary->syn_to_syn_ack_ns >= 0 && summary->syn_ack_to_ack_ns >= 0;
    summary->rtt_ns = whole ? summary->syn_to_syn_ack_ns + summary->syn_ack_to_ack_ns : -1;
}

static void sum_up_closing(const struct capan_tcp *tcp, struct capan_tcp_summary *summary) {
    const int64_t client = tcp->half[CAPAN_C2S].side.fin_ns, server = tcp->half[CAPAN_S2C].side.fin_ns;
    summary->half_close_ns = client < 0 || server < 0 ? -1 : client < server ? server - client : client - server;
    for (unsigned i = 0; i < 2; i++) {
        if (tcp->states.state[i] == CAPAN_TCP_TIME_WAIT) summary->time_wait_holder |= (uint8_t)(1 << i);
    }
}

void capan_tcp_summarise(const struct capan_tcp *tcp, struct capan_tcp_summary *summary) {
    *summary = (struct capan_tcp_summary){.open = (uint8_t)how_it_opened(tcp), .close = (uint8_t)how_it_closed(tcp),
                                          .quality = (uint8_t)how_complete(tcp), .pmtu = tcp->pmtu, .pmtu_frame = tcp->pmtu_frame};
    sum_up_handshake(tcp, summary);
    sum_up_closing(tcp, summary);
    for (unsigned i = 0; i < 2; i++) {
        summary->side[i] = tcp->half[i].side;
        summary->side[i].state = tcp->states.state[i];
    }
}
