/* SPDX-License-Identifier: MIT */
/* Why a segment was sent: what is known of it as a set of facts, and the table of rules that they are held against. */
#ifndef VERDICT_H
#define VERDICT_H

#include "capan/rules.h"

#define CAPAN_FACT(name) (UINT64_C(1) << CAPAN_FACT_##name)

/* The row that the facts select: its number, for capan_segment.rule. */
uint8_t capan_tcp_rule(uint64_t facts);
/* The row that says what made the sender send again, whatever the kind. */
uint8_t capan_tcp_resend_rule(uint64_t facts);

/* A verdict by other facts than were known when it was sent: its numbers, frames and times go. */
void capan_tcp_rejudge(struct capan_segment *, uint64_t facts);

/* The numbers and frames that rules name (operands.h). */
/* X(name, token, unit, phrase): token is the name that sentences and proofs have for it. phrase: how a proof says it to
 * people, with its unit; "" where another phrase has it or the proof has a line for it. */
#define CAPAN_TCP_QUANTITIES(X)                                                                                        \
    X(SINCE, since, NS, "{since} since {earlier}")                                                                     \
    X(SINCE_ACK, since_ack, NS, "{since_ack} since {acked_by} acknowledged it")                                        \
    X(ACKED_BY, acked_by, FRAME, "")                                                                                   \
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
    X(PROVOKED_BY, provoked_by, FRAME, "")                                                                             \
    X(SINCE_ACKED, since_acked, NS, "{since_acked} since {newest_acked}")                                              \
    X(NEWEST_ACKED, newest_acked, FRAME, "")                                                                           \
    X(SENDER_ID, sender_id, IDENTIFIER, "{sender_id} in its sender's last packet")                                     \
    X(TTL, ttl, IDENTIFIER, "TTL {ttl}")                                                                               \
    X(SENDER_TTL, sender_ttl, IDENTIFIER, "{sender_ttl} in its sender's packets")                                      \
    X(GOES_ON_IN, goes_on_in, FRAME, "")

#define CAPAN_X(name, ...) CAPAN_QUANTITY_##name,
enum capan_tcp_quantity { CAPAN_QUANTITY_NONE, CAPAN_TCP_QUANTITIES(CAPAN_X) CAPAN_QUANTITY_COUNT };
#undef CAPAN_X

/* A row. cause of CAPAN_CAUSE_BY_RESEND: the resend rule's. quantities: enum capan_tcp_quantity, ending with NONE.
 * text: the explanation; {name} is one of the row's quantities, {cause} in words, {in_a_row}: which of several
 * timeouts, {then}: how long after what, as far as known, {above}: up to where later octets were SACKed, if they were,
 * or {octets}: what its windows count. */
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
