/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fields and expert items capan registers: one list, and one item per loud token of the core's lists. */
#ifndef FIELDS_H
#define FIELDS_H

#include "compat.h"

#include <epan/expert.h>
#include <epan/proto.h>

#include "capan/analysis.h"

/* X(name, label, filter name, type, display, strings, description) */
#define CAPAN_FIELDS(X)                                                                                                \
    X(EXPLAIN, "Explanation", "capan.explain", FT_STRING, BASE_NONE, NULL,                                             \
      "The verdict in one sentence, with its numbers and frames")                                                      \
    X(SOURCE, "Source", "capan.source", FT_STRING, BASE_NONE, NULL, "RFC and section of the rule that decided")        \
    X(BECAUSE, "Because of frame", "capan.because", FT_FRAMENUM, BASE_NONE, NULL,                                      \
      "A frame that proves the verdict, the telling one first")                                                        \
    X(TCP_KIND, "Kind", "capan.tcp.kind", FT_UINT8, BASE_DEC, VALS(kind_values), "Why this segment was sent")          \
    X(TCP_CAUSE, "Cause", "capan.tcp.cause", FT_UINT8, BASE_DEC, VALS(cause_values),                                   \
      "What made the sender send again")                                                                               \
    X(TCP_FLAGS, "Flag", "capan.tcp.flags", FT_STRING, BASE_NONE, NULL,                                                \
      "What else is to be said of this segment; repeated")                                                             \
    X(TCP_CERTAINTY, "Certainty", "capan.tcp.certainty", FT_UINT8, BASE_DEC, VALS(certainty_values),                   \
      "How sure the verdict is; provisional: later frames may still settle it")                                        \
    X(TCP_CLIENT_STATE, "Client", "capan.tcp.client.state", FT_UINT8, BASE_DEC, VALS(state_values),                    \
      "The client's state after this segment (RFC 9293 3.3.2)")                                                        \
    X(TCP_SERVER_STATE, "Server", "capan.tcp.server.state", FT_UINT8, BASE_DEC, VALS(state_values),                    \
      "The server's state after this segment (RFC 9293 3.3.2)")                                                        \
    X(TCP_ACKS, "Acknowledges the data of frame", "capan.tcp.acks", FT_FRAMENUM, BASE_NONE,                            \
      FRAMENUM_TYPE(FT_FRAMENUM_ACK), "A data frame that this ACK newly covers; repeated")                             \
    X(TCP_ACKED_IN, "Acknowledged in frame", "capan.tcp.acked_in", FT_FRAMENUM, BASE_NONE, NULL,                       \
      "The frame that first acknowledged all of this segment's data")                                                  \
    X(TCP_RTT, "Round trip", "capan.tcp.rtt", FT_RELATIVE_TIME, BASE_NONE, NULL,                                       \
      "The sample this ACK gives (RFC 6298 3, Karn's rule respected)")                                                 \
    X(TCP_RTO, "Timeout waited", "capan.tcp.rto", FT_RELATIVE_TIME, BASE_NONE, NULL,                                   \
      "How long the sender's timer ran before this retransmission (RFC 6298)")                                         \
    X(TCP_OUTSTANDING, "In flight", "capan.tcp.outstanding", FT_UINT64, BASE_DEC | BASE_UNIT_STRING,                   \
      &units_octet_octets, "Octets its sender has in flight after it, SACKed octets not counted")                      \
    X(HTTP_COND, "Condition", "capan.http.cond", FT_UINT8, BASE_DEC, VALS(cond_values),                                \
      "The class of the request by its preconditions (RFC 9110 13.1)")                                                 \
    X(HTTP_OUTCOME, "Outcome", "capan.http.outcome", FT_UINT8, BASE_DEC, VALS(outcome_values),                         \
      "What the exchange came to")                                                                                     \
    X(HTTP_REASON, "Reason", "capan.http.reason", FT_UINT8, BASE_DEC, VALS(reason_values), "Why that outcome")         \
    X(HTTP_CERTAINTY, "Certainty", "capan.http.certainty", FT_UINT8, BASE_DEC, VALS(certainty_values),                 \
      "How sure the verdict is")                                                                                       \
    X(HTTP_VIOLATION, "Violation", "capan.http.violation", FT_UINT8, BASE_DEC, VALS(violation_values),                 \
      "What somebody did against the RFC; repeated")                                                                   \
    X(HTTP_ADVICE, "Advice", "capan.http.advice", FT_UINT8, BASE_DEC, VALS(advice_values),                             \
      "What could be better; repeated")                                                                                \
    X(HTTP_FRAMING, "Framing", "capan.http.framing", FT_UINT8, BASE_DEC, VALS(framing_values),                         \
      "What is odd about how the messages are framed, and how another reader might read them; repeated")               \
    X(HTTP_REQUEST_IN, "Request in frame", "capan.http.request_in", FT_FRAMENUM, BASE_NONE,                            \
      FRAMENUM_TYPE(FT_FRAMENUM_REQUEST), "The last frame of the request that this response answers")                  \
    X(HTTP_RESPONSE_IN, "Response in frame", "capan.http.response_in", FT_FRAMENUM, BASE_NONE,                         \
      FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE), "The last frame of the response to this request")                           \
    X(HTTP_VALIDATOR_IN, "Validator issued in frame", "capan.http.validator_in", FT_FRAMENUM, BASE_NONE, NULL,         \
      "The response that issued the validator this request sent")                                                      \
    X(HTTP_KNOWN_IN, "Known to the client since frame", "capan.http.known_in", FT_FRAMENUM, BASE_NONE, NULL,           \
      "The newest response of this resource that the client already had")                                              \
    X(HTTP_PROVENANCE, "Validator", "capan.http.provenance", FT_UINT8, BASE_DEC, VALS(provenance_values),              \
      "Where the validator that was sent comes from")                                                                  \
    X(HTTP_COMPARE, "Comparison", "capan.http.compare", FT_UINT8, BASE_DEC, VALS(compare_values),                      \
      "How the validators compare (RFC 9110 8.8.3.2)")                                                                 \
    X(HTTP_SERVED_BY, "Served by", "capan.http.served_by", FT_UINT8, BASE_DEC, VALS(served_by_values),                 \
      "Who answered: the origin or a shared cache")                                                                    \
    X(HTTP_SAVED, "Saved", "capan.http.saved", FT_UINT64, BASE_DEC | BASE_UNIT_STRING, &units_octet_octets,            \
      "Octets of content that the 304 spared")                                                                         \
    X(HTTP_WASTED, "Wasted", "capan.http.wasted", FT_UINT64, BASE_DEC | BASE_UNIT_STRING, &units_octet_octets,         \
      "Octets of content sent although the client had them")                                                           \
    X(HTTP_LIFETIME, "Freshness lifetime", "capan.http.lifetime", FT_INT64, BASE_DEC | BASE_UNIT_STRING,               \
      &units_second_seconds, "Of the copy the client had, at the request's time (RFC 9111 4.2.1)")                     \
    X(HTTP_LIFETIME_HEURISTIC, "Lifetime guessed", "capan.http.lifetime_heuristic", FT_BOOLEAN, BASE_NONE, NULL,       \
      "By the 10 % rule (RFC 9111 4.2.2), as the response states none")                                                \
    X(HTTP_AGE, "Age", "capan.http.age", FT_INT64, BASE_DEC | BASE_UNIT_STRING, &units_second_seconds,                 \
      "Of the copy the client had, at the request's time (RFC 9111 4.2.3)")                                            \
    X(HTTP_SERVER_TIME, "Server time", "capan.http.server_time", FT_RELATIVE_TIME, BASE_NONE, NULL,                    \
      "From the request's last octet to the response's first")                                                         \
    X(HTTP_UNCHANGED, "Unchanged for", "capan.http.unchanged", FT_INT64, BASE_DEC | BASE_UNIT_STRING,                  \
      &units_second_seconds, "It was seen to stay the same for so long: the max-age that lengthen-lifetime proposes")  \
    X(HTTP_ROUND_TRIP, "Round trip", "capan.http.round_trip", FT_RELATIVE_TIME, BASE_NONE, NULL,                       \
      "Of its connection: the shortest measured so far, on both sides of the capture")                                 \
    X(HTTP_ROUND_TRIPS, "Round trips", "capan.http.round_trips", FT_DOUBLE, BASE_NONE, NULL,                           \
      "What the client waited, in round trips: from the request's first octet to the response's last")                 \
    X(HTTP_HANDSHAKE_TCP, "Paid for TCP", "capan.http.handshake_tcp", FT_UINT8, BASE_DEC, NULL,                        \
      "Round trips of TCP's handshake that it waited for before it could be sent")                                     \
    X(HTTP_HANDSHAKE_TUNNEL, "Paid for CONNECT", "capan.http.handshake_tunnel", FT_UINT8, BASE_DEC, NULL,              \
      "The CONNECT that it waited for before it could be sent")                                                        \
    X(HTTP_HANDSHAKE_TLS, "Paid for TLS", "capan.http.handshake_tls", FT_UINT8, BASE_DEC, NULL,                        \
      "Round trips of the TLS handshake that it waited for before it could be sent")                                   \
    X(CONNECTION_OPEN, "Opening", "capan.connection.open", FT_UINT8, BASE_DEC, VALS(open_values),                      \
      "How the connection opened")                                                                                     \
    X(CONNECTION_CLOSE, "Closing", "capan.connection.close", FT_UINT8, BASE_DEC, VALS(close_values),                   \
      "How the connection closed, and who was first")                                                                  \
    X(CONNECTION_VANTAGE, "Captured at", "capan.connection.vantage", FT_UINT8, BASE_DEC, VALS(vantage_values),         \
      "Where on the path the capture was taken")                                                                       \
    X(CONNECTION_LIMIT, "Limited by", "capan.connection.limit", FT_UINT8, BASE_DEC, VALS(limit_values),                \
      "What held the connection's rate back")                                                                          \
    X(CONNECTION_QUALITY, "Capture quality", "capan.connection.quality", FT_UINT8, BASE_DEC, VALS(quality_values),     \
      "Whether the capture holds all of the connection")                                                               \
    X(CONNECTION_TIME_WAIT, "TIME-WAIT at", "capan.connection.time_wait", FT_STRING, BASE_NONE, NULL,                  \
      "Who waits out the old segments: client, server or both (RFC 9293 3.6.1)")                                       \
    X(CONNECTION_HANDSHAKE, "Handshake frame", "capan.connection.handshake", FT_FRAMENUM, BASE_NONE, NULL,             \
      "SYN, SYN-ACK and ACK; repeated")                                                                                \
    X(CONNECTION_SYN_TO_SYN_ACK, "SYN to SYN-ACK", "capan.connection.syn_to_syn_ack", FT_RELATIVE_TIME, BASE_NONE,     \
      NULL, "The handshake's half between the capture and the server")                                                 \
    X(CONNECTION_SYN_ACK_TO_ACK, "SYN-ACK to ACK", "capan.connection.syn_ack_to_ack", FT_RELATIVE_TIME, BASE_NONE,     \
      NULL, "The handshake's half between the capture and the client")                                                 \
    X(CONNECTION_RTT, "Initial round trip", "capan.connection.rtt", FT_RELATIVE_TIME, BASE_NONE, NULL,                 \
      "Both halves of the handshake")                                                                                  \
    X(CONNECTION_HALF_CLOSE, "Half closed for", "capan.connection.half_close", FT_RELATIVE_TIME, BASE_NONE, NULL,      \
      "From the first FIN to the second")                                                                              \
    X(CONNECTION_PMTU, "Path MTU", "capan.connection.pmtu", FT_UINT32, BASE_DEC, NULL, "By the capture's evidence")    \
    X(CONNECTION_PMTU_FRAME, "Path MTU told in frame", "capan.connection.pmtu_frame", FT_FRAMENUM, BASE_NONE, NULL,    \
      "The frame that gives the path MTU")                                                                             \
    X(CONNECTION_PING_PASSED, "Largest ping that passed", "capan.connection.ping_passed", FT_UINT32, BASE_DEC, NULL,   \
      "IP length of the largest echo request between these hosts that must not be fragmented and was answered")        \
    X(CONNECTION_PING_REFUSED, "Smallest ping refused", "capan.connection.ping_refused", FT_UINT32, BASE_DEC, NULL,    \
      "IP length of the smallest such echo request that was too big for the path")                                     \
    X(CONNECTION_PING_ELSEWHERE, "Ping to another host", "capan.connection.ping_elsewhere", FT_BOOLEAN, BASE_NONE,     \
      NULL, "Those echo requests went from the client to another host than the server")

#define CAPAN_X(name, ...) HF_##name,
enum capan_hf { CAPAN_FIELDS(CAPAN_X) CAPAN_HF_COUNT };
#undef CAPAN_X
extern int capan_hf[CAPAN_HF_COUNT];

enum capan_ett { ETT_CAPAN, ETT_TCP, ETT_HTTP, ETT_CONNECTION, ETT_PROOF, CAPAN_ETT_COUNT };
extern gint capan_ett[CAPAN_ETT_COUNT];

/* An expert item for each token that has a severity. */
extern expert_field capan_ei_kind[CAPAN_TCP_KIND_COUNT];
extern expert_field capan_ei_flag[CAPAN_TCP_FLAG_COUNT];
extern expert_field capan_ei_outcome[CAPAN_HTTP_OUTCOME_COUNT];
extern expert_field capan_ei_violation[CAPAN_HTTP_VIOLATION_COUNT];
extern expert_field capan_ei_advice[CAPAN_HTTP_ADVICE_COUNT];
extern expert_field capan_ei_framing[CAPAN_HTTP_FRAMING_COUNT];

void capan_fields_register(int protocol);

#endif
