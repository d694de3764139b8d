/* SPDX-License-Identifier: MIT */
/* What the verdict on a segment rests on: the facts that its rule asks, the numbers and frames that it names. */
#ifndef CAPAN_RULES_H
#define CAPAN_RULES_H

#include "tcp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* X(name, token, sentence): what numbers, times and the other direction say of a segment. Of where its octets lie: of
 * all of them unless it says some. */
#define CAPAN_TCP_FACTS(X)                                                                                             \
    X(SYN, "syn", "a SYN")                                                                                             \
    X(ACK, "ack", "the ACK flag is set")                                                                               \
    X(FIN, "fin", "a FIN")                                                                                             \
    X(RST, "rst", "a reset")                                                                                           \
    X(DATA, "data", "carries octets")                                                                                  \
    X(BROKEN, "broken", "lengths in the header contradict each other, or it has none of SYN, RST and ACK")             \
    X(TWIN, "twin", "equals a packet that came before, or has its IP id and says nothing new")                         \
    X(REUSED, "reused", "opens a connection on ports that another one had")                                            \
    X(SAME_ISN, "same-isn", "the SYN or SYN-ACK was seen before")                                                      \
    X(GOES_ON, "goes-on", "the connection whose ports it asks for, or that it resets, goes on with its own numbers")   \
    X(ANSWERS_SYN, "answers-syn", "acknowledges the peer's SYN; a reset: and its sender sent none itself")             \
    X(GONE, "gone", "its sender had closed or aborted before the peer sent data")                                      \
    X(EXACT, "exact", "the reset has the number that the peer expects next")                                           \
    X(IN_WINDOW, "in-window", "the reset lies in the window that the peer offered")                                    \
    X(FORGED, "forged", "the reset is not like its sender's packets: by its TTL, its IP id or its time")               \
    X(UNTOLD, "untold", "nothing that was captured tells which number the peer expects")                               \
    X(UNASKED, "unasked", "its receiver waits for the answer to its SYN")                                              \
    X(OPENS, "opens", "the first ACK of the SYN-ACK")                                                                  \
    X(PROBE_SHAPE, "probe-shape", "no octet, or one, where a probe would have it")                                     \
    X(PEER_CLOSED, "peer-closed", "the peer's window is 0")                                                            \
    X(IDLE, "idle", "long silence, or the period of the probes before it")                                             \
    X(NOTHING_OUT, "nothing-out", "all that its sender has sent is acknowledged")                                      \
    X(ACKS_UNSEEN, "acks-unseen", "acknowledges octets that were never seen")                                          \
    X(ACKS_NEVER_SENT, "acks-never-sent", "acknowledges octets that cannot have been sent")                            \
    X(ACKS_OLD, "acks-old", "below the highest ACK of its sender")                                                     \
    X(ADVANCES, "advances", "acknowledges new octets")                                                                 \
    X(DSACK, "dsack", "its first SACK block reports octets that came twice")                                           \
    X(NEW_SACK, "new-sack", "its SACK blocks report octets for the first time")                                        \
    X(SACK_CUT, "sack-cut", "the capture cut its SACK blocks off")                                                     \
    X(AFTER_WINDOW_PROBE, "after-window-probe", "the peer's last segment was a window probe, not long ago")            \
    X(AFTER_KEEPALIVE, "after-keepalive", "the peer's last segment was a keep-alive")                                  \
    X(CHALLENGED, "challenged", "the peer's last segment asks for a challenge ACK")                                    \
    X(WINDOW_ZERO, "window-zero", "offers a window of 0")                                                              \
    X(WINDOW_CHANGED, "window-changed", "offers another window than before")                                           \
    X(PEER_WAITS, "peer-waits", "the peer has data outstanding")                                                       \
    X(SEEN, "seen", "some of its octets were seen before")                                                             \
    X(FILLS, "fills", "some of its octets belong to a hole")                                                           \
    X(PART_NEW, "part-new", "begins with old octets and ends with new ones")                                           \
    X(BELOW, "below", "acknowledged before; without octets: its number is")                                            \
    X(MISSED, "missed", "acknowledged before, and never seen")                                                         \
    X(SWAPPED, "swapped", "recorded behind its ACK, or behind what came after it: the capture swapped them")           \
    X(OLD_ID, "old-id", "the IP id says: sent before what came since")                                                 \
    X(NEW_ID, "new-id", "the IP id says: sent after what overtook it, no copy of it, or, of a reset, by another")      \
    X(OLD_TS, "old-ts", "the timestamp says: sent before what overtook it")                                            \
    X(NEW_TS, "new-ts", "the timestamp says: sent after what overtook it")                                             \
    X(TOO_SOON, "too-soon", "no word of the hole, or of what a reset acknowledges, could have reached the sender yet") \
    X(CUT, "cut", "its sender had begun to cut anew what was in flight, and has heard nothing since")                  \
    X(TOO_BIG, "too-big", "an ICMP message about its size is what came last")                                          \
    X(HEAD, "head", "begins with the first octet in flight")                                                           \
    X(TAIL, "tail", "ends with the last octet sent")                                                                   \
    X(AGAIN, "again", "sent again before, and seen here")                                                              \
    X(TIMER, "timer", "the retransmission timer must have run out")                                                    \
    X(PROBE_TIME, "probe-time", "silent for two round trips, and no tail loss probe is out: time for one")             \
    X(SILENT, "silent", "no word from the peer for as long as the shortest timeout")                                   \
    X(LONG, "long", "much longer than any probe would wait")                                                           \
    X(CLOCKED, "clocked", "something from the peer just came that can have set it off")                                \
    X(EVIDENCE, "evidence", "SACKed octets above it, or duplicate ACKs")                                               \
    X(IN_FAST, "in-fast", "the sender is in recovery")                                                                 \
    X(IN_LOSS, "in-loss", "the sender is in recovery after a timeout")                                                 \
    X(SLOWED, "slowed", "its sender went on as after a timeout: a doubled wait, or a window of one segment")           \
    X(UNSLOWED, "unslowed", "its sender went on as after a probe: the same wait, or a larger window")                  \
    X(SACK_OK, "sack-ok", "neither end refused SACK")                                                                  \
    X(FROM_SYN, "from-syn", "its octets went out with the SYN")                                                        \
    X(SMALLER, "smaller", "ends inside the segment that carried these octets before")

#define CAPAN_X(name, ...) CAPAN_FACT_##name,
enum capan_tcp_fact { CAPAN_TCP_FACTS(CAPAN_X) CAPAN_TCP_FACT_COUNT };
#undef CAPAN_X
CAPAN_API extern const struct capan_token capan_tcp_facts[CAPAN_TCP_FACT_COUNT];

/* What the rule names, in its order: numbers, and the frames that prove them. A frame of 0: it was not captured; a
 * duration below 0: there was none. Returns how many. */
#define CAPAN_QUANTITIES 8
CAPAN_API size_t capan_segment_quantities(const struct capan_segment *segment,
                                          struct capan_quantity list[CAPAN_QUANTITIES]);
/* The one with that name; -1: the rule names none. */
CAPAN_API int64_t capan_segment_quantity(const struct capan_segment *segment, const char *name);
/* The numbers as people say them: "21.8 ms since #8; SACKed up to 14601". Empty when there are none. Returns its
 * length. */
CAPAN_API size_t capan_segment_quantities_text(const struct capan_segment *segment, char text[CAPAN_EXPLAIN_TEXT]);

/* What the rule demands of a segment. The rules before it in the table did not fit. Returns how many. */
#define CAPAN_FACTS 64
CAPAN_API size_t capan_segment_facts(const struct capan_segment *segment, struct capan_fact list[CAPAN_FACTS]);

#ifdef __cplusplus
}
#endif

#endif
