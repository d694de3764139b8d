/* SPDX-License-Identifier: MIT */
#include "handshakes.h"

/* A flight of the server's TLS handshake begins with a record of it, or of ChangeCipherSpec; what else is encrypted,
 * such as tickets, is nothing that a client waits for. */
static bool begins_handshake_record(struct capan_span octets) {
    enum { CHANGE_CIPHER_SPEC = 20, HANDSHAKE = 22, MAJOR_VERSION = 3 };
    return octets.len > 1 && (octets.at[0] == CHANGE_CIPHER_SPEC || octets.at[0] == HANDSHAKE) &&
           octets.at[1] == MAJOR_VERSION;
}

void capan_handshakes_data(struct capan_handshakes_owing *handshakes, enum capan_direction direction,
                           struct capan_span octets) {
    if (!octets.len) return;
    const bool from_client = direction == CAPAN_C2S;
    const bool answers = !from_client && handshakes->client_spoke;
    if (answers && begins_handshake_record(octets) && handshakes->owing.tls < UINT8_MAX) handshakes->owing.tls++;
    handshakes->client_spoke = from_client;
}

void capan_handshakes_exchange(struct capan_handshakes_owing *handshakes, const struct capan_exchange *exchange) {
    if (exchange->outcome == CAPAN_OUTCOME_TUNNEL && exchange->status != 101) handshakes->owing.tunnel = 1;
}

/* With a round trip before any data: TCP Fast Open has none. */
static bool was_seen_to_open(const struct capan_tcp *tcp) {
    const enum capan_tcp_open open = capan_tcp_opening(tcp);
    return open == CAPAN_OPEN_THREE_WAY || open == CAPAN_OPEN_SIMULTANEOUS;
}

struct capan_handshakes capan_handshakes_pay(struct capan_handshakes_owing *handshakes, const struct capan_tcp *tcp) {
    struct capan_handshakes paid = handshakes->owing;
    paid.tcp = tcp && !handshakes->paid && was_seen_to_open(tcp);
    handshakes->paid = true;
    handshakes->owing = (struct capan_handshakes){0};
    return paid;
}
