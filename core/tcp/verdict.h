/* SPDX-License-Identifier: MIT */
/* Why a segment was sent: what is known of it as a set of facts, and the table of rules that they are held against. */
#ifndef VERDICT_H
#define VERDICT_H

#include "capan/tcp.h"

/* X(name, token, sentence): what numbers, times and the other direction say of a segment. Of where its octets lie: of
 * all of them unless it says some. */
#define CAPAN_TCP_FACTS(X)                                                                                             \
    X(SYN, "syn", "a SYN")                                                                                             \
    X(ACK, "ack", "the ACK flag is set")                                                                               \
    X(FIN, "fin", "a FIN")                                                                                             \
    X(RST, "rst", "a reset")                                                                                           \
    X(DATA, "data", "carries octets")                                                                                  \
    X(BROKEN, "broken", "lengths in the header contradict each other, or it has none of SYN, RST and ACK")             \
    X(TWIN, "twin", "equals a packet that came before")                                                                \
    X(REUSED, "reused", "opens a connection on ports that another one had")                                            \
    X(SAME_ISN, "same-isn", "the SYN or SYN-ACK was seen before")                                                      \
    X(ANSWERS_SYN, "answers-syn", "acknowledges the peer's SYN, and its sender sent none itself")                      \
    X(GONE, "gone", "its sender had closed or aborted before the peer sent data")                                      \
    X(EXACT, "exact", "the reset has the number that the peer expects next")                                           \
    X(IN_WINDOW, "in-window", "the reset lies in the window that the peer offered")                                    \
    X(FORGED, "forged", "the reset's TTL is not that of its sender's packets")                                         \
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
    X(AFTER_WINDOW_PROBE, "after-window-probe", "the peer's last segment was a window probe")                          \
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
    X(SWAPPED, "swapped", "acknowledged before, but by so little that the capture swapped them")                       \
    X(RESENT, "resent", "sent again, and seen here, a moment ago")                                                     \
    X(SAME_ID, "same-id", "a packet with this IP id was seen a moment ago, and this says nothing new")                 \
    X(FIN_BEFORE, "fin-before", "its sender's FIN was seen before")                                                    \
    X(OLD_ID, "old-id", "the IP id says: sent before what overtook it")                                                \
    X(NEW_ID, "new-id", "the IP id says: sent after what overtook it")                                                 \
    X(OLD_TS, "old-ts", "the timestamp says: sent before what overtook it")                                            \
    X(NEW_TS, "new-ts", "the timestamp says: sent after what overtook it")                                             \
    X(TOO_SOON, "too-soon", "no word of the hole could have reached the sender yet")                                   \
    X(TOO_BIG, "too-big", "an ICMP message about its size is what came last")                                          \
    X(HEAD, "head", "begins with the first octet in flight")                                                           \
    X(TAIL, "tail", "ends with the last octet sent")                                                                   \
    X(AGAIN, "again", "sent again before")                                                                             \
    X(TIMER, "timer", "the retransmission timer must have run out")                                                    \
    X(PROBE_TIME, "probe-time", "silent for two round trips: time for a tail loss probe")                              \
    X(SILENT, "silent", "no word from the peer for as long as the shortest timeout")                                   \
    X(LONG, "long", "much longer than any probe would wait")                                                           \
    X(CLOCKED, "clocked", "something from the peer just came that can have set it off")                                \
    X(EVIDENCE, "evidence", "SACKed octets above it, or duplicate ACKs")                                               \
    X(IN_FAST, "in-fast", "the sender is in recovery")                                                                 \
    X(IN_LOSS, "in-loss", "the sender is in recovery after a timeout")                                                 \
    X(PROBED, "probed", "a tail loss probe is out already")                                                            \
    X(SACK_OK, "sack-ok", "neither end refused SACK")                                                                  \
    X(FROM_SYN, "from-syn", "its octets went out with the SYN")                                                        \
    X(SMALLER, "smaller", "ends inside the segment that carried these octets before")

#define CAPAN_X(name, ...) CAPAN_NUMBER_##name,
enum { CAPAN_TCP_FACTS(CAPAN_X) CAPAN_FACT_COUNT };
#undef CAPAN_X
#define CAPAN_FACT(name) (UINT64_C(1) << CAPAN_NUMBER_##name)

/* The row that the facts select: its number, for capan_segment.rule. */
uint8_t capan_tcp_rule(uint64_t facts);
/* The row that says what made the sender send again, whatever the kind. */
uint8_t capan_tcp_resend_rule(uint64_t facts);

/* The numbers and frames that rules name (operands.h). */
/* X(name, token, unit, phrase): token is the name that sentences and proofs have for it. phrase: how a proof says it to
 * people, with its unit; "" where another phrase has it or the proof has a line for it. */
#define CAPAN_TCP_QUANTITIES(X)                                                                                        \
    X(SINCE, since, NS, "{since} since {earlier}")                                                                     \
    X(EARLIER, earlier, FRAME, "")                                                                                     \
    X(REPORT, report, FRAME, "")                                                                                       \
    X(RTO, rto, NS, "")                                                                                                \
    X(TIMEOUTS, timeouts, NUMBER, "timeout no. {timeouts} in a row")                                                   \
    X(QUIET, quiet, NS, "{quiet} without a word from the peer")                                                        \
    X(ROUND_TRIP, round_trip, NS, "a round trip of {round_trip}")                                                      \
    X(SACKED_TO, sacked_to, SEQUENCE, "SACKed up to {sacked_to}")                                                      \
    X(IP_ID, ip_id, IDENTIFIER, "IP id {ip_id}")                                                                       \
    X(SYN_IN, syn_in, FRAME, "")                                                                                       \
    X(FIRST_SYN, first_syn, FRAME, "")                                                                                 \
    X(SINCE_SYN, since_syn, NS, "{since_syn} since the peer's SYN")                                                    \
    X(CLOSED_IN, closed_in, FRAME, "")                                                                                 \
    X(CLOSED_FOR, closed_for, NS, "{closed_for} since {closed_in} closed the window")                                  \
    X(SILENCE, silence, NS, "{silence} of silence")                                                                    \
    X(PROBE, probe, FRAME, "")                                                                                         \
    X(SEQ, seq, SEQUENCE, "its number is {seq}")                                                                       \
    X(EXPECTED, expected, SEQUENCE, "{expected} is expected")                                                          \
    X(LATE_DATA, late_data, FRAME, "")                                                                                 \
    X(GOODBYE, goodbye, FRAME, "")                                                                                     \
    X(HIGHEST_ACK, highest_ack, FRAME, "")                                                                             \
    X(DUPLICATES, duplicates, NUMBER, "duplicate ACK no. {duplicates}")                                                \
    X(BELOW, below, OCTETS, "{below} below the ACK of {highest_ack}")                                                  \
    X(NEVER_SENT, never_sent, OCTETS, "{never_sent} beyond all that was sent")                                         \
    X(UNSEEN, unseen, OCTETS, "{unseen} never seen here")                                                              \
    X(BEHIND, behind, FRAME, "")                                                                                       \
    X(TWICE_FROM, twice_from, SEQUENCE, "twice came what begins at {twice_from}")                                      \
    X(TWICE_TO, twice_to, SEQUENCE, "and ends before {twice_to}")                                                      \
    X(WINDOW_BEFORE, window_before, OCTETS, "a window of {window_before} before")                                      \
    X(WINDOW, window, OCTETS, "{window} now")                                                                          \
    X(PROVOKED_BY, provoked_by, FRAME, "")

#define CAPAN_X(name, ...) CAPAN_QUANTITY_##name,
enum capan_tcp_quantity { CAPAN_QUANTITY_NONE, CAPAN_TCP_QUANTITIES(CAPAN_X) CAPAN_QUANTITY_COUNT };
#undef CAPAN_X

/* A row. cause of CAPAN_CAUSE_BY_RESEND: the resend rule's. quantities: enum capan_tcp_quantity, ending with NONE.
 * text: the explanation; {name} is one of the row's quantities, or the cause in words; what stands in [] is said when
 * the number in it is more than 1. */
enum { CAPAN_CAUSE_BY_RESEND = CAPAN_TCP_CAUSE_COUNT, CAPAN_RULE_QUANTITIES = 6 };
struct capan_tcp_rule {
    uint64_t needs, lacks;
    uint8_t kind, cause, certainty;
    uint8_t quantities[CAPAN_RULE_QUANTITIES];
    struct capan_token token;
    const char *text;
};
const struct capan_tcp_rule *capan_tcp_rule_at(uint8_t number);
uint8_t capan_tcp_rule_count(void);

#endif
