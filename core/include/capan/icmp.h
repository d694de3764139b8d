/* SPDX-License-Identifier: MIT */
/* ICMP and ICMPv6 errors that quote a segment of a connection: what they say, and what they did to it. RFC 792,
 * RFC 1122 4.2.3.9, RFC 4443 3, RFC 9293 3.9.2.2. */
#ifndef CAPAN_ICMP_H
#define CAPAN_ICMP_H

#include "tcp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The code of a row that holds for every code of its type which no row before it names. */
enum { CAPAN_ICMP_ANY_CODE = 256 };

/* X(name, token, severity, version, type, code, source, sentence): the first row that fits. WARN: a TCP aborts its
 * connection for it (hard); NOTE: it must not (soft); CHAT: about the size of packets alone. */
#define CAPAN_ICMP_ERRORS(X)                                                                                           \
    X(NONE, "none", NONE, 0, 0, 0, "", "no ICMP error quotes a segment of it")                                         \
    X(NET, "net-unreachable", NOTE, 4, 3, 0, "RFC 792", "no route to the network")                                     \
    X(HOST, "host-unreachable", NOTE, 4, 3, 1, "RFC 792", "no route to the host")                                      \
    X(PROTOCOL, "protocol-unreachable", WARN, 4, 3, 2, "RFC 792", "the host has no TCP")                               \
    X(PORT, "port-unreachable", WARN, 4, 3, 3, "RFC 792", "nobody has that port")                                      \
    X(FRAGMENTATION, "fragmentation-needed", CHAT, 4, 3, 4, "RFC 1191 4",                                              \
      "too big for the next hop, and not to be fragmented")                                                            \
    X(SOURCE_ROUTE, "source-route-failed", NOTE, 4, 3, 5, "RFC 792", "the source route failed")                        \
    X(NET_UNKNOWN, "net-unknown", NOTE, 4, 3, 6, "RFC 1122 3.2.2.1", "the network is unknown")                         \
    X(HOST_UNKNOWN, "host-unknown", NOTE, 4, 3, 7, "RFC 1122 3.2.2.1", "the host is unknown")                          \
    X(ISOLATED, "source-isolated", NOTE, 4, 3, 8, "RFC 1122 3.2.2.1", "the sender's host is isolated")                 \
    X(NET_PROHIBITED, "net-prohibited", NOTE, 4, 3, 9, "RFC 1122 3.2.2.1",                                             \
      "the network is administratively prohibited")                                                                    \
    X(HOST_PROHIBITED, "host-prohibited", NOTE, 4, 3, 10, "RFC 1122 3.2.2.1",                                          \
      "the host is administratively prohibited")                                                                       \
    X(NET_SERVICE, "net-service-unreachable", NOTE, 4, 3, 11, "RFC 1122 3.2.2.1",                                      \
      "no route to the network for this type of service")                                                              \
    X(HOST_SERVICE, "host-service-unreachable", NOTE, 4, 3, 12, "RFC 1122 3.2.2.1",                                    \
      "no route to the host for this type of service")                                                                 \
    X(PROHIBITED, "prohibited", NOTE, 4, 3, 13, "RFC 1812 5.2.7.1",                                                    \
      "communication is administratively prohibited: a filter dropped it")                                             \
    X(PRECEDENCE, "precedence-violation", NOTE, 4, 3, 14, "RFC 1812 5.2.7.1", "its precedence is not permitted")       \
    X(CUTOFF, "precedence-cutoff", NOTE, 4, 3, 15, "RFC 1812 5.2.7.1", "its precedence is too low")                    \
    X(UNREACHABLE, "unreachable", NOTE, 4, 3, CAPAN_ICMP_ANY_CODE, "RFC 792", "the destination cannot be reached")     \
    X(QUENCH, "source-quench", NOTE, 4, 4, CAPAN_ICMP_ANY_CODE, "RFC 6633 3", "send slower, which nobody heeds")       \
    X(HOPS, "ttl-exceeded", NOTE, 4, 11, 0, "RFC 792", "its TTL ran out on the way")                                   \
    X(REASSEMBLY, "reassembly-time-exceeded", NOTE, 4, 11, CAPAN_ICMP_ANY_CODE, "RFC 792",                             \
      "its fragments did not come together in time")                                                                   \
    X(PARAMETER, "parameter-problem", NOTE, 4, 12, CAPAN_ICMP_ANY_CODE, "RFC 792",                                     \
      "something in its IP header is not understood")                                                                  \
    X(V6_ROUTE, "no-route", NOTE, 6, 1, 0, "RFC 4443 3.1", "no route to the destination")                              \
    X(V6_PROHIBITED, "prohibited-v6", NOTE, 6, 1, 1, "RFC 4443 3.1",                                                   \
      "communication is administratively prohibited: a filter dropped it")                                             \
    X(V6_SCOPE, "beyond-scope", NOTE, 6, 1, 2, "RFC 4443 3.1", "beyond the scope of its source address")               \
    X(V6_ADDRESS, "address-unreachable", NOTE, 6, 1, 3, "RFC 4443 3.1", "the address cannot be reached")               \
    X(V6_PORT, "port-unreachable-v6", WARN, 6, 1, 4, "RFC 4443 3.1", "nobody has that port")                           \
    X(V6_POLICY, "source-policy", NOTE, 6, 1, 5, "RFC 4443 3.1", "its source address fails a policy")                  \
    X(V6_REJECT, "reject-route", NOTE, 6, 1, 6, "RFC 4443 3.1", "the route to the destination rejects it")             \
    X(V6_UNREACHABLE, "unreachable-v6", NOTE, 6, 1, CAPAN_ICMP_ANY_CODE, "RFC 4443 3.1",                               \
      "the destination cannot be reached")                                                                             \
    X(V6_BIG, "packet-too-big", CHAT, 6, 2, CAPAN_ICMP_ANY_CODE, "RFC 4443 3.2", "too big for the next hop")           \
    X(V6_HOPS, "hop-limit-exceeded", NOTE, 6, 3, 0, "RFC 4443 3.3", "its hop limit ran out on the way")                \
    X(V6_REASSEMBLY, "reassembly-time-exceeded-v6", NOTE, 6, 3, CAPAN_ICMP_ANY_CODE, "RFC 4443 3.3",                   \
      "its fragments did not come together in time")                                                                   \
    X(V6_PARAMETER, "parameter-problem-v6", NOTE, 6, 4, CAPAN_ICMP_ANY_CODE, "RFC 4443 3.4",                           \
      "something in its IPv6 headers is not understood")

#define CAPAN_X(name, ...) CAPAN_ICMP_ERROR_##name,
enum capan_icmp_error { CAPAN_ICMP_ERRORS(CAPAN_X) CAPAN_ICMP_ERROR_COUNT };
#undef CAPAN_X
CAPAN_API extern const struct capan_token capan_icmp_errors[CAPAN_ICMP_ERROR_COUNT];

/* X(name, token, source, sentence): what the sender of the quoted segment did. */
#define CAPAN_ICMP_EFFECTS(X)                                                                                          \
    X(UNKNOWN, "unknown", "", "nothing that follows tells what it did")                                                \
    X(NOT_IN_FLIGHT, "not-in-flight", "RFC 5927 4.1",                                                                  \
      "those octets were not in flight: a sender that checks it does not believe it")                                  \
    X(SMALLER, "smaller-segments", "RFC 1191 6.5", "sent again in smaller pieces")                                     \
    X(ABORTED, "aborted", "RFC 9293 3.9.2.2", "its sender aborted the connection")                                     \
    X(GAVE_UP, "gave-up", "RFC 9293 3.9.2.2",                                                                          \
      "its sender sent nothing more, though a timeout must have run out: given up")                                    \
    X(WENT_ON, "went-on", "RFC 1122 4.2.3.9", "its sender went on all the same")

#define CAPAN_X(name, ...) CAPAN_ICMP_EFFECT_##name,
enum capan_icmp_effect { CAPAN_ICMP_EFFECTS(CAPAN_X) CAPAN_ICMP_EFFECT_COUNT };
#undef CAPAN_X
CAPAN_API extern const struct capan_token capan_icmp_effects[CAPAN_ICMP_EFFECT_COUNT];

/* The errors about one connection: the first of the loudest, and how many there were. All 0 where there were none. */
struct capan_icmp {
    uint32_t count;
    uint32_t frame;            /* the message's */
    uint32_t quoted_frame;     /* of the segment that it quotes, as sent last before; 0 not captured */
    uint32_t mtu;              /* of the next hop; 0 not given */
    struct capan_address from; /* who sent the message */
    int64_t quoted_seq;        /* relative; meaningful with in_flight */
    int64_t time_ns;
    bool in_flight;           /* the quoted octets were not acknowledged yet */
    uint8_t quoted_direction; /* enum capan_direction of the segment */
    uint8_t type, code;
    uint8_t error;  /* enum capan_icmp_error */
    uint8_t effect; /* enum capan_icmp_effect */
};

#ifdef __cplusplus
}
#endif

#endif
