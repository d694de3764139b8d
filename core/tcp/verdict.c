/* SPDX-License-Identifier: MIT */
#include "verdict.h"

#include <assert.h>

#define F(name) CAPAN_FACT(name)

#define CAPAN_X(name, ...) name = CAPAN_QUANTITY_##name,
enum { NONE = CAPAN_QUANTITY_NONE, CAPAN_TCP_QUANTITIES(CAPAN_X) };
#undef CAPAN_X

/* X(name, needs, lacks, kind, cause, certainty, source, sentence, (quantities), text), the first row that fits gives
 * the kind. */
#define ANY_RULES(X)                                                                                                   \
    X(NO_TCP_FLAGS, F(BROKEN), F(SYN) | F(ACK) | F(RST), MALFORMED, NONE, CERTAIN, "RFC 9293 3.10.7.4",                \
      "none of SYN, RST and ACK is set", (NONE), "has neither SYN nor RST nor ACK: no receiver takes it")              \
    X(BROKEN_HEADER, F(BROKEN), 0, MALFORMED, NONE, CERTAIN, "RFC 9293 3.1",                                           \
      "lengths in the header contradict each other", (NONE), "a length in the header is impossible")                   \
    X(SAME_PACKET, F(TWIN), F(OLD_ID), DUPLICATE_PACKET, NONE, CERTAIN, "RFC 791 3.2",                                 \
      "octets and IP id equal those of a packet just before", (SINCE, EARLIER),                                        \
      "the same packet as {earlier}, {since} later: duplicated by the network or captured twice")                      \
    X(SAME_ID_AGAIN, F(TWIN) | F(OLD_ID), 0, DUPLICATE_PACKET, NONE, LIKELY, "RFC 6864 4.1",                           \
      "its IP id was seen already, and ids count packets here", (IP_ID),                                               \
      "a packet with IP id {ip_id} was seen just before: duplicated by the network or captured twice")
#define RST_RULES(X)                                                                                                   \
    X(RST_DISOWNED, F(RST) | F(EXACT) | F(GOES_ON), 0, RST_ABORT, NONE, LIKELY, "RFC 9293 3.10.7.4",                   \
      "its number is the one expected next, and its sender goes on with it", (SEQ, GOES_ON_IN),                        \
      "aborts the connection for its receiver; made by somebody between: its sender goes on with {seq} in "            \
      "{goes_on_in}")                                                                                                  \
    X(RST_TO_SYN, F(RST) | F(ANSWERS_SYN), 0, RST_REFUSE, NONE, CERTAIN, "RFC 9293 3.10.7.1",                          \
      "acknowledges a SYN that was not answered otherwise", (SYN_IN), "refuses the SYN of {syn_in}")                   \
    X(RST_WITHOUT_ACK, F(RST) | F(UNASKED), F(ACK), RST_OUTSIDE, NONE, LIKELY, "RFC 9293 3.10.7.3",                    \
      "no ACK in it, and its receiver takes only a reset that acknowledges its SYN", (SYN_IN),                         \
      "does not acknowledge the SYN of {syn_in}: its sender does not believe it")                                      \
    X(RST_GONE, F(RST) | F(GONE), F(FORGED), RST_LATE, NONE, CERTAIN, "RFC 9293 3.10.7.1",                             \
      "its sender had closed before the peer's data came", (LATE_DATA, GOODBYE),                                       \
      "answers {late_data}, which came after its sender had gone ({goodbye})")                                         \
    X(RST_UNTOLD, F(RST) | F(UNTOLD), 0, RST_ABORT, NONE, AMBIGUOUS, "RFC 9293 3.10.7.4",                              \
      "no segment before it tells which number its peer expects", (SEQ),                                               \
      "aborts the connection, if its number is the one expected: nothing before it tells")                             \
    X(RST_TOO_SOON, F(RST) | F(EXACT) | F(FORGED) | F(TOO_SOON), 0, RST_ABORT, NONE, LIKELY, "RFC 5961 3",             \
      "its number is the one expected next, and it acknowledges what its sender cannot have had",                      \
      (SINCE_ACKED, NEWEST_ACKED, ROUND_TRIP),                                                                         \
      "aborts the connection for its receiver; made by somebody between: it acknowledges {newest_acked} after "        \
      "{since_acked}, and the way to its sender and back takes {round_trip}")                                          \
    X(RST_FOREIGN_ID, F(RST) | F(EXACT) | F(FORGED) | F(NEW_ID), 0, RST_ABORT, NONE, LIKELY, "RFC 5961 3",             \
      "its number is the one expected next, its IP id far from those that its sender counts", (IP_ID, SENDER_ID),      \
      "aborts the connection for its receiver; made by somebody between: its IP id is {ip_id}, and its sender, "       \
      "which counts them, was at {sender_id}")                                                                         \
    X(RST_FORGED, F(RST) | F(EXACT) | F(FORGED), 0, RST_ABORT, NONE, LIKELY, "RFC 5961 3",                             \
      "its number is the one expected next, its TTL not that of its sender", (TTL, SENDER_TTL),                        \
      "aborts the connection for its receiver; made by somebody between: its TTL is {ttl}, that of its sender's "      \
      "packets {sender_ttl}")                                                                                          \
    X(RST_EXACT, F(RST) | F(EXACT), 0, RST_ABORT, NONE, CERTAIN, "RFC 9293 3.10.7.4",                                  \
      "its number is the one that the peer expects next", (SEQ, HIGHEST_ACK),                                          \
      "aborts the connection with the number {seq} that the peer expects")                                             \
    X(RST_INSIDE, F(RST) | F(IN_WINDOW), 0, RST_CHALLENGEABLE, NONE, CERTAIN, "RFC 5961 3.2",                          \
      "inside the window, but not the number expected next", (SEQ, EXPECTED, HIGHEST_ACK),                             \
      "number {seq} is inside the window, but {expected} is expected")                                                 \
    X(RST_STRAY, F(RST), 0, RST_OUTSIDE, NONE, CERTAIN, "RFC 5961 3.2", "outside the window",                          \
      (SEQ, EXPECTED, HIGHEST_ACK),                                                                                    \
      "number {seq} is outside the window, {expected} is expected: no receiver believes it")
#define SYN_RULES(X)                                                                                                   \
    X(SYN_IN_MIDST, F(SYN) | F(GOES_ON), 0, SYN_REUSE, NONE, CERTAIN, "RFC 9293 3.10.7.4",                             \
      "the connection that had these ports goes on", (NONE),                                                           \
      "asks for the ports of a connection that is open and goes on: no receiver takes it")                             \
    X(SYN_AFTER_ANOTHER, F(SYN) | F(REUSED), F(ACK), SYN_REUSE, NONE, CERTAIN, "RFC 9293 3.6.1",                       \
      "another connection had these ports before", (NONE), "opens a new connection on ports that another one had")     \
    X(SYN_AGAIN, F(SYN) | F(SAME_ISN), F(ACK), SYN_RETRANSMIT, RTO, CERTAIN, "RFC 6298 5",                             \
      "the same initial sequence number again", (SINCE, RTO, EARLIER),                                                 \
      "the SYN of {earlier} again, {since} later: its sender goes on trying")                                          \
    X(SYN_ACK_TO_SYN_AGAIN, F(SYN) | F(ACK) | F(SAME_ISN) | F(CLOCKED), 0, SYN_ACK_RETRANSMIT, ANSWER, CERTAIN,        \
      "RFC 9293 3.10.7.4", "the peer's SYN came again just before", (SINCE, EARLIER, SYN_IN),                          \
      "the SYN-ACK of {earlier} again, {since} later: answers the SYN that came again in {syn_in}")                    \
    X(SYN_ACK_AGAIN, F(SYN) | F(ACK) | F(SAME_ISN), 0, SYN_ACK_RETRANSMIT, RTO, CERTAIN, "RFC 6298 5",                 \
      "the same initial sequence number again", (SINCE, RTO, EARLIER),                                                 \
      "the SYN-ACK of {earlier} again, {since} later")                                                                 \
    X(SYN_ACK_ALONE, F(SYN) | F(ACK), F(ANSWERS_SYN), SYN_ACK, NONE, CERTAIN, "RFC 9293 3.5",                          \
      "a SYN that acknowledges what has not passed here yet", (NONE), "answers a SYN that was not recorded before it") \
    X(SYN_ACK_FIRST, F(SYN) | F(ACK) | F(ANSWERS_SYN), 0, SYN_ACK, NONE, CERTAIN, "RFC 9293 3.5",                      \
      "a SYN that acknowledges", (SINCE_SYN, FIRST_SYN), "answers the SYN of {first_syn} after {since_syn}")           \
    X(SYN_FIRST, F(SYN), 0, SYN, NONE, CERTAIN, "RFC 9293 3.5", "a SYN without ACK", (FIRST_SYN),                      \
      "asks to open a connection")
#define PROBE_RULES(X)                                                                                                 \
    X(HANDSHAKE_UNSEEN, F(OPENS) | F(ACKS_UNSEEN), F(DATA) | F(FIN), HANDSHAKE_ACK, NONE, LIKELY, "RFC 9293 3.10.7.3", \
      "its sender's SYN was answered by nothing that passed here", (NONE),                                             \
      "acknowledges a SYN-ACK that the capture does not have: the connection is open")                                 \
    X(HANDSHAKE_DONE, F(OPENS), F(DATA) | F(FIN), HANDSHAKE_ACK, NONE, CERTAIN, "RFC 9293 3.5",                        \
      "the first ACK of the SYN-ACK", (SINCE_SYN, SYN_IN),                                                             \
      "acknowledges the SYN-ACK of {syn_in} after {since_syn}: the connection is open")                                \
    X(PROBE_OF_WINDOW, F(PROBE_SHAPE) | F(PEER_CLOSED), F(FIN), WINDOW_PROBE, NONE, CERTAIN, "RFC 9293 3.8.6.1",       \
      "one octet or none at the closed window's edge", (CLOSED_FOR, CLOSED_IN),                                        \
      "asks whether the window that {closed_in} closed has opened, {closed_for} later")                                \
    X(PROBE_OF_LIFE, F(PROBE_SHAPE) | F(NOTHING_OUT) | F(IDLE), F(FIN), KEEPALIVE, NONE, CERTAIN, "RFC 9293 3.8.4",    \
      "an octet that is acknowledged already, after silence", (SILENCE),                                               \
      "asks after {silence} of silence whether the peer is still there")
#define DATA_RULES(X)                                                                                                  \
    X(FIN_DROPPED, F(FIN) | F(ACKS_NEVER_SENT), 0, FIN, NONE, CERTAIN, "RFC 9293 3.10.7.4",                            \
      "a FIN that acknowledges octets which were never sent: its receiver drops it", (NEVER_SENT),                     \
      "acknowledges {never_sent} more than were ever sent: its receiver drops it, and the FIN with it")                \
    X(DATA_DROPPED, F(DATA) | F(ACKS_NEVER_SENT), 0, DATA_NEW, NONE, CERTAIN, "RFC 9293 3.10.7.4",                     \
      "acknowledges octets that were never sent: its receiver drops it", (NEVER_SENT),                                 \
      "acknowledges {never_sent} more than were ever sent: its receiver drops it, and its octets with it")             \
    X(FIN_AGAIN, F(FIN) | F(SEEN), F(PART_NEW) | F(MISSED), FIN_RETRANSMIT, BY_RESEND, CERTAIN, "RFC 6298 5",          \
      "this FIN was sent before", (SINCE, RTO, EARLIER, REPORT), "the FIN of {earlier} again, {since} later: {cause}") \
    X(FIN_OVER_OLD, F(FIN) | F(SEEN) | F(PART_NEW), 0, OVERLAP_NEW, BY_RESEND, CERTAIN, "RFC 9293 3.8.1",              \
      "old data with a FIN that is new", (SINCE, RTO, EARLIER, REPORT),                                                \
      "data of {earlier} again ({cause}), now with the FIN")                                                           \
    X(FIN_FIRST, F(FIN), 0, FIN, NONE, CERTAIN, "RFC 9293 3.6", "a FIN for the first time", (NONE),                    \
      "has no more data to send")                                                                                      \
    X(SWAPPED_WITH_ACK, F(SWAPPED) | F(BELOW), F(FIN), DATA_NEW, NONE, CERTAIN, "RFC 9293 3.8",                        \
      "recorded just behind the ACK for it", (NONE), "recorded just behind its own ACK")                               \
    X(RECORDED_LATE, F(SWAPPED), F(FIN) | F(FILLS), DATA_NEW, NONE, CERTAIN, "RFC 9293 3.8",                           \
      "recorded behind what its own time lies before", (NONE), "recorded behind what came after it")                   \
    X(CAPTURED_LATE, F(MISSED), 0, DATA_LATE, NONE, LIKELY, "RFC 9293 3.10.7.4",                                       \
      "acknowledged before, but not seen before", (SINCE_ACK, ACKED_BY),                                               \
      "acknowledged in {acked_by} before it passed here: captured late")                                               \
    X(LATE_BELOW, F(BELOW) | F(AGAIN) | F(OLD_ID), 0, DATA_LATE, NONE, CERTAIN, "RFC 6864 4.1",                        \
      "the original, overtaken by its own retransmission", (SINCE_ACK, IP_ID, ACKED_BY),                               \
      "the original of octets that were sent again: it had only been late")                                            \
    X(LATE_BELOW_TS, F(BELOW) | F(AGAIN) | F(OLD_TS), F(NEW_ID), DATA_LATE, NONE, CERTAIN, "RFC 7323 5.2",             \
      "the original, overtaken by its own retransmission", (SINCE_ACK, ACKED_BY),                                      \
      "the original of octets that were sent again: it had only been late")                                            \
    X(LATE_BY_ID, F(FILLS) | F(OLD_ID), F(SEEN), DATA_LATE, NONE, CERTAIN, "RFC 6864 4.1",                             \
      "its IP id lies before that of what overtook it", (SINCE, IP_ID, EARLIER, REPORT),                               \
      "sent before {earlier}, which overtook it by {since} (IP id {ip_id})")                                           \
    X(LATE_BY_TS, F(FILLS) | F(OLD_TS), F(SEEN) | F(NEW_ID), DATA_LATE, NONE, CERTAIN, "RFC 7323 5.2",                 \
      "its timestamp is older than that of what overtook it", (SINCE, EARLIER, REPORT),                                \
      "sent before {earlier}, which overtook it by {since} (timestamps)")                                              \
    X(LATE_ORIGINAL, F(SEEN) | F(AGAIN) | F(OLD_ID), F(FILLS) | F(PART_NEW), DATA_LATE, NONE, CERTAIN, "RFC 6864 4.1", \
      "the original, overtaken by its own retransmission", (SINCE, IP_ID, EARLIER, REPORT),                            \
      "the original of {earlier}, which overtook it: needlessly sent again")                                           \
    X(LATE_ORIGINAL_TS, F(SEEN) | F(AGAIN) | F(OLD_TS), F(FILLS) | F(PART_NEW) | F(NEW_ID), DATA_LATE, NONE, LIKELY,   \
      "RFC 7323 5.2", "the original, overtaken by its own retransmission", (SINCE, EARLIER, REPORT),                   \
      "the original of {earlier}, which overtook it: needlessly sent again")                                           \
    X(RECOVERED_MORE, F(FILLS) | F(SEEN), F(PART_NEW), DATA_RECOVERED, BY_RESEND, CERTAIN, "RFC 9293 3.8.1",           \
      "fills a hole, and repeats octets seen before", (SINCE, RTO, EARLIER, REPORT),                                   \
      "fills the hole before {earlier}, with octets seen before: {cause}")                                             \
    X(RECOVERED_BY_ID, F(FILLS) | F(NEW_ID), F(PART_NEW), DATA_RECOVERED, BY_RESEND, CERTAIN, "RFC 6864 4.1",          \
      "its IP id lies behind that of what overtook it", (SINCE, RTO, IP_ID, EARLIER, REPORT),                          \
      "fills the hole before {earlier}, {since} later: lost on the way here, {cause}")                                 \
    X(RECOVERED_BY_TS, F(FILLS) | F(NEW_TS), F(PART_NEW), DATA_RECOVERED, BY_RESEND, CERTAIN, "RFC 7323 5.2",          \
      "its timestamp is newer than that of what overtook it", (SINCE, RTO, EARLIER, REPORT),                           \
      "fills the hole before {earlier}, {since} later: lost on the way here, {cause}")                                 \
    X(LATE_BY_TIME, F(FILLS) | F(TOO_SOON), F(PART_NEW) | F(SEEN), DATA_LATE, NONE, LIKELY, "RFC 9293 3.10.7.4",       \
      "sooner than word of the hole can have reached the sender", (SINCE, ROUND_TRIP, EARLIER, REPORT),                \
      "overtaken by {earlier}, {since} before: sooner than a round trip of {round_trip}")                              \
    X(RECOVERED, F(FILLS), F(PART_NEW), DATA_RECOVERED, BY_RESEND, LIKELY, "RFC 9293 3.8.1",                           \
      "fills a hole late enough to have been sent again", (SINCE, RTO, EARLIER, REPORT),                               \
      "fills the hole before {earlier}, {since} later: lost on the way here, {cause}")                                 \
    X(REPACKED, F(PART_NEW), 0, OVERLAP_NEW, BY_RESEND, CERTAIN, "RFC 9293 3.8.1",                                     \
      "starts in old octets, ends in new ones", (SINCE, RTO, EARLIER, REPORT),                                         \
      "octets of {earlier} again ({cause}), with new ones behind them")                                                \
    X(NEW_DATA, F(DATA), F(SEEN), DATA_NEW, NONE, CERTAIN, "RFC 9293 3.8", "begins where the sender's data ended",     \
      (NONE), "")
#define NOT_LONE (F(AGAIN) | F(EVIDENCE) | F(IN_FAST) | F(IN_LOSS))
#define RESEND_RULES(X)                                                                                                \
    X(RESEND_TOO_BIG, F(TOO_BIG), 0, RETRANSMIT_PMTU, PMTU, CERTAIN, "RFC 1191 6.5",                                   \
      "an ICMP message said that it was too big", (SINCE, EARLIER, REPORT),                                            \
      "sent again{then}, in smaller pieces as {report} demands")                                                       \
    X(RESEND_CUT, F(CUT), 0, RETRANSMIT_PMTU, PMTU, LIKELY, "RFC 1191 6.5", "its sender cuts anew what was in flight", \
      (SINCE, EARLIER, REPORT), "sent again{then}: smaller pieces of what was in flight, one behind the other")        \
    X(RESEND_FIN_ALONG, F(FIN) | F(ADVANCES) | F(CLOCKED), F(TIMER), RETRANSMIT_UNCLEAR, ANSWER, LIKELY,               \
      "RFC 9293 3.10.7.4", "a FIN not acknowledged yet goes with the ACK of what the peer sent",                       \
      (SINCE, EARLIER, REPORT), "sent again{then}, with the ACK of what had just come")                                \
    X(RESEND_SYN_DATA, F(HEAD) | F(FROM_SYN) | F(CLOCKED), F(TIMER), RETRANSMIT_UNCLEAR, ANSWER, LIKELY,               \
      "RFC 7413 4.2.2", "the SYN-ACK took the SYN without its data", (SINCE, EARLIER, REPORT),                         \
      "sent again{then}: the SYN-ACK took the SYN without its data")                                                   \
    X(RESEND_BLACK_HOLE, F(HEAD) | F(AGAIN) | F(TIMER) | F(SMALLER), F(CLOCKED), RETRANSMIT_PMTU, PMTU, LIKELY,        \
      "RFC 4821 7.6", "lost again and again, and now sent in smaller pieces", (SINCE, EARLIER, REPORT),                \
      "sent again{then}: the larger segment was lost each time, this one is smaller")                                  \
    X(RESEND_TIMER_AGAIN, F(HEAD) | F(AGAIN), F(CLOCKED), RETRANSMIT_RTO, RTO, CERTAIN, "RFC 6298 5.5",                \
      "sent again before, and the timer ran out once more", (SINCE, RTO, TIMEOUTS, EARLIER, REPORT),                   \
      "sent again{then}, the timeout of {rto} having run out{in_a_row}")                                               \
    X(RESEND_LONE_TIMER, F(HEAD) | F(TAIL) | F(PROBE_TIME) | F(SILENT) | F(SLOWED), NOT_LONE | F(LONG),                \
      RETRANSMIT_RTO, RTO, AMBIGUOUS, "RFC 6298 5.5",                                                                  \
      "alone in flight, and its sender went on as after a timeout: a doubled wait, or a window of one segment",        \
      (SINCE, RTO, EARLIER, REPORT),                                                                                   \
      "sent again{then}, alone in flight: by a timeout of {rto}, for its sender seems to have backed off")             \
    X(RESEND_LONE_PROBE, F(HEAD) | F(TAIL) | F(PROBE_TIME) | F(SILENT) | F(UNSLOWED), NOT_LONE | F(LONG),              \
      RETRANSMIT_TLP, TLP, LIKELY, "RFC 8985 7.3",                                                                     \
      "alone in flight, and its sender did not back off as it does after a timeout", (SINCE, QUIET, EARLIER, REPORT),  \
      "sent again{then}, alone in flight: a probe after {quiet} of silence, since its sender did not back off")        \
    X(RESEND_LONE_TAIL, F(HEAD) | F(TAIL) | F(PROBE_TIME) | F(SILENT) | F(SACK_OK), NOT_LONE | F(LONG),                \
      RETRANSMIT_TLP, TLP, AMBIGUOUS, "RFC 8985 7.2",                                                                  \
      "alone in flight, first repeat in silence: probe and timer of such a sender fall together",                      \
      (SINCE, QUIET, EARLIER, REPORT),                                                                                 \
      "sent again{then}: alone in flight and unanswered for {quiet}, by a probe or by the timer")                      \
    X(RESEND_LONE_LATE, F(HEAD) | F(TAIL) | F(TIMER) | F(LONG) | F(SACK_OK), NOT_LONE | F(CLOCKED), RETRANSMIT_RTO,    \
      RTO, AMBIGUOUS, "RFC 6298 5.4", "alone in flight, and later than a probe by the round trips seen here",          \
      (SINCE, RTO, EARLIER, REPORT), "sent again{then}: alone in flight, by a timeout of {rto} or by a probe as late") \
    X(RESEND_TIMER, F(HEAD) | F(TIMER), F(CLOCKED), RETRANSMIT_RTO, RTO, CERTAIN, "RFC 6298 5.4",                      \
      "the first octet in flight, and the timer has run out", (SINCE, RTO, TIMEOUTS, EARLIER, REPORT),                 \
      "sent again{then}, the timeout of {rto} having run out{in_a_row}")                                               \
    X(RESEND_TIMER_IN_RECOVERY, F(HEAD) | F(TIMER) | F(AGAIN), 0, RETRANSMIT_RTO, RTO, LIKELY, "RFC 6298 5.4",         \
      "its retransmission was lost too, and the timer has run out", (SINCE, RTO, TIMEOUTS, EARLIER, REPORT),           \
      "sent again{then}, itself a retransmission: the timeout of {rto} has run out")                                   \
    X(RESEND_TIMER_IN_SILENCE, F(HEAD) | F(IN_FAST) | F(SILENT), F(CLOCKED), RETRANSMIT_RTO, RTO, LIKELY,              \
      "RFC 6298 5.4", "recovery is driven by ACKs, and none came for as long as a timeout takes",                      \
      (SINCE, RTO, TIMEOUTS, EARLIER, REPORT),                                                                         \
      "sent again{then}: no ACK drove the recovery on, and the timeout of {rto} has run out")                          \
    X(RESEND_IN_DOUBT, F(IN_LOSS) | F(IN_FAST), 0, RETRANSMIT_UNCLEAR, RTO, AMBIGUOUS, "RFC 6298 5.4",                 \
      "a further hole after a silence: of a flight that timed out, or of a new one", (SINCE, RTO, EARLIER, REPORT),    \
      "sent again{then}: a hole that showed after a silence, perhaps of the flight that timed out")                    \
    X(RESEND_AFTER_TIMEOUT, F(IN_LOSS) | F(SACK_OK), 0, RETRANSMIT_SACK, RTO, CERTAIN, "RFC 6675 5.1",                 \
      "a further hole of the flight that timed out", (SINCE, RTO, SACKED_TO, EARLIER, REPORT),                         \
      "sent again{then}: a further hole of the flight that timed out")                                                 \
    X(RESEND_AFTER_TIMEOUT_NO_SACK, F(IN_LOSS), 0, RETRANSMIT_RTO, RTO, CERTAIN, "RFC 6298 5.4",                       \
      "slow start sends the flight that timed out again", (SINCE, RTO, TIMEOUTS, EARLIER, REPORT),                     \
      "sent again{then}: ACKs clock out the flight that timed out")                                                    \
    X(RESEND_NEXT_HOLE, F(IN_FAST) | F(SACK_OK), 0, RETRANSMIT_SACK, SACK, CERTAIN, "RFC 6675 4",                      \
      "a further hole of the recovery that goes on", (SINCE, SACKED_TO, EARLIER, REPORT),                              \
      "sent again{then}: a further hole of this recovery{above}")                                                      \
    X(RESEND_PARTIAL_ACK, F(IN_FAST), 0, RETRANSMIT_FAST, FAST, CERTAIN, "RFC 6582 3.2",                               \
      "a partial ACK shows the next hole", (SINCE, EARLIER, REPORT),                                                   \
      "sent again{then}: the partial ACK {report} shows that this was lost too")                                       \
    X(RESEND_LONG_MISSED, F(FILLS) | F(HEAD) | F(TIMER) | F(EVIDENCE), 0, RETRANSMIT_FAST, FAST, AMBIGUOUS,            \
      "RFC 6298 5.4", "its hole showed a timeout ago: an earlier retransmission may have been lost on the way here",   \
      (SINCE, EARLIER, REPORT), "sent again{then}: the receiver reported its hole, and the timer may have run out")    \
    X(RESEND_FAST, F(EVIDENCE) | F(CLOCKED), 0, RETRANSMIT_FAST, FAST, CERTAIN, "RFC 5681 3.2",                        \
      "the receiver reported later data, again and again", (SINCE, EARLIER, REPORT),                                   \
      "sent again{then}: duplicate ACKs up to {report} report data above it")                                          \
    X(RESEND_PROBE, F(TAIL) | F(PROBE_TIME), F(AGAIN) | F(EVIDENCE) | F(LONG), RETRANSMIT_TLP, TLP, CERTAIN,           \
      "RFC 8985 7", "the last segment of the flight, after two silent round trips", (SINCE, QUIET, EARLIER, REPORT),   \
      "sent again{then}: the tail, as a probe after {quiet} of silence")                                               \
    X(RESEND_LATE_FAST, F(EVIDENCE), F(LONG), RETRANSMIT_FAST, FAST, LIKELY, "RFC 8985 6",                             \
      "later data was reported, less often than three times or a while ago", (SINCE, EARLIER, REPORT),                 \
      "sent again{then}: {report} reports data above it")                                                              \
    X(RESEND_SILENCE, F(HEAD) | F(PROBE_TIME), F(CLOCKED) | F(LONG), RETRANSMIT_RTO, RTO, LIKELY, "RFC 6298 5.4",      \
      "the first octet in flight, in silence", (SINCE, RTO, TIMEOUTS, EARLIER, REPORT),                                \
      "sent again{then} in silence: a timer of {rto}, shorter than usual")                                             \
    X(RESEND_SMALLER, F(SMALLER), 0, RETRANSMIT_PMTU, PMTU, LIKELY, "RFC 4821 7.6",                                    \
      "the same start in a smaller segment", (SINCE, EARLIER, REPORT), "sent again{then}, in a smaller segment")       \
    X(RESEND_UNCLEAR, F(SEEN), 0, RETRANSMIT_UNCLEAR, NONE, AMBIGUOUS, "RFC 9293 3.8.1", "no trigger fits",            \
      (SINCE, EARLIER, REPORT), "sent again{then}; what triggered it cannot be told")
#define ACK_RULES(X)                                                                                                   \
    X(ACK_BEYOND, F(ACKS_NEVER_SENT), 0, ACK_IMPOSSIBLE, NONE, CERTAIN, "RFC 9293 3.10.7.4",                           \
      "acknowledges more than its sender's window let the peer send", (NEVER_SENT),                                    \
      "acknowledges {never_sent} more than were ever sent")                                                            \
    X(ACK_OF_UNSEEN, F(ACKS_UNSEEN), 0, ACK_UNSEEN, NONE, CERTAIN, "RFC 9293 3.4",                                     \
      "acknowledges octets that never passed here", (UNSEEN, BEHIND),                                                  \
      "acknowledges {unseen} that the capture does not have")                                                          \
    X(ACK_STALE, F(BELOW), 0, ACK_OLD, NONE, CERTAIN, "RFC 9293 3.10.7.4",                                             \
      "its number lies below what its receiver had acknowledged", (SEQ),                                               \
      "its number {seq} lies below what its receiver had: overtaken, and not looked at")                               \
    X(ACK_OVERTAKEN, F(ACKS_OLD), 0, ACK_OLD, NONE, CERTAIN, "RFC 9293 3.10.7.4", "below an ACK seen before",          \
      (BELOW, HIGHEST_ACK), "{below} below the ACK of {highest_ack}, which overtook it")                               \
    X(ACK_TO_WINDOW_PROBE, F(AFTER_WINDOW_PROBE), F(ADVANCES), ACK_WINDOW_PROBE_REPLY, NONE, CERTAIN,                  \
      "RFC 9293 3.8.6.1", "the peer just probed the window", (PROBE), "answers the window probe {probe}")              \
    X(ACK_TO_KEEPALIVE, F(AFTER_KEEPALIVE), F(ADVANCES), ACK_KEEPALIVE_REPLY, NONE, CERTAIN, "RFC 9293 3.8.4",         \
      "the peer just asked for a sign of life", (PROBE), "answers the keep-alive {probe}")                             \
    X(ACK_STILL_CLOSED, F(WINDOW_ZERO) | F(ADVANCES), F(WINDOW_CHANGED), ACK_ADVANCE, NONE, CERTAIN,                   \
      "RFC 9293 3.10.7.4", "acknowledges new data; the window was 0 before", (NONE), "")                               \
    X(ACK_CLOSED, F(WINDOW_ZERO), 0, ACK_ZERO_WINDOW, NONE, CERTAIN, "RFC 9293 3.8.6", "offers a window of 0", (NONE), \
      "its window is closed: the peer may send nothing")                                                               \
    X(ACK_TWICE, F(DSACK), 0, ACK_DSACK, NONE, CERTAIN, "RFC 2883 4",                                                  \
      "its first SACK block lies below the ACK or inside the second", (TWICE_FROM, TWICE_TO),                          \
      "says that octets from {twice_from} to {twice_to} came twice")                                                   \
    X(ACK_OF_CHALLENGE, F(CHALLENGED), F(ADVANCES), ACK_CHALLENGE, NONE, LIKELY, "RFC 5961 4.2",                       \
      "the peer's last segment could be forged", (PROVOKED_BY), "tells the sender of {provoked_by} what it expects")   \
    X(ACK_SACKS, F(NEW_SACK), F(ADVANCES), ACK_DUPLICATE, NONE, CERTAIN, "RFC 6675 2",                                 \
      "the same ACK with new SACK information", (EXPECTED, DUPLICATES, HIGHEST_ACK),                                   \
      "still expects {expected} and reports data above it: duplicate ACK no. {duplicates}")                            \
    X(ACK_SACKS_CUT, F(SACK_CUT) | F(PEER_WAITS), F(ADVANCES), ACK_DUPLICATE, NONE, LIKELY, "RFC 6675 2",              \
      "the same ACK with SACK blocks, which the capture cut off", (EXPECTED, DUPLICATES, HIGHEST_ACK),                 \
      "still expects {expected} and reports data: duplicate ACK no. {duplicates}")                                     \
    X(ACK_WINDOW, F(WINDOW_CHANGED), F(ADVANCES), ACK_WINDOW_UPDATE, NONE, CERTAIN, "RFC 9293 3.8.6",                  \
      "the same ACK with another window", (WINDOW_BEFORE, WINDOW),                                                     \
      "changes its window from {window_before} to {window} {octets}")                                                  \
    X(ACK_SAME, F(PEER_WAITS), F(ADVANCES), ACK_DUPLICATE, NONE, CERTAIN, "RFC 5681 2",                                \
      "the same ACK and window while data is outstanding", (EXPECTED, DUPLICATES, HIGHEST_ACK),                        \
      "still expects {expected}: duplicate ACK no. {duplicates}")                                                      \
    X(ACK_OF_NEW, F(ADVANCES), 0, ACK_ADVANCE, NONE, CERTAIN, "RFC 9293 3.10.7.4", "acknowledges new data", (NONE),    \
      "")                                                                                                              \
    X(ACK_NOTHING, F(ACK), 0, ACK_REPEAT, NONE, CERTAIN, "RFC 9293 3.10.7.4", "nothing new and nothing outstanding",   \
      (NONE), "")                                                                                                      \
    X(NOTHING, 0, 0, ACK_REPEAT, NONE, AMBIGUOUS, "RFC 9293 3.1", "no flag and no data", (NONE),                       \
      "neither flag nor data")

/* clang-format off */
#define NUMBER(name, ...) RULE_##name,
enum {
    ANY_RULES(NUMBER)
    RST_FROM, RST_BEFORE = RST_FROM - 1,
    RST_RULES(NUMBER)
    SYN_FROM, SYN_BEFORE = SYN_FROM - 1,
    SYN_RULES(NUMBER)
    PROBE_FROM, PROBE_BEFORE = PROBE_FROM - 1,
    PROBE_RULES(NUMBER)
    DATA_FROM, DATA_BEFORE = DATA_FROM - 1,
    DATA_RULES(NUMBER)
    RESEND_FROM, RESEND_BEFORE = RESEND_FROM - 1,
    RESEND_RULES(NUMBER)
    ACK_FROM, ACK_BEFORE = ACK_FROM - 1,
    ACK_RULES(NUMBER)
    RULES
};
/* clang-format on */

#define LIST(...)                                                                                                      \
    { __VA_ARGS__ }
#define ROW(name, needs, lacks, kind, cause, certainty, source, sentence, quantities, text)                            \
    {needs,                                                                                                            \
     lacks,                                                                                                            \
     CAPAN_KIND_##kind,                                                                                                \
     CAPAN_CAUSE_##cause,                                                                                              \
     CAPAN_##certainty,                                                                                                \
     LIST quantities,                                                                                                  \
     {#name, "", CAPAN_NONE, source, sentence},                                                                        \
     text},
static const struct capan_tcp_rule rules[] = {ANY_RULES(ROW) RST_RULES(ROW) SYN_RULES(ROW) PROBE_RULES(ROW)
                                                  DATA_RULES(ROW) RESEND_RULES(ROW) ACK_RULES(ROW)};

static uint8_t first_that_fits(uint64_t facts, unsigned from) {
    while ((rules[from].needs & ~facts) || (rules[from].lacks & facts)) from++;
    return (uint8_t)from;
}

/* Where the rows for such a segment begin; what comes before cannot fit it. */
static unsigned begin(uint64_t facts) {
    if (facts & (F(BROKEN) | F(TWIN))) return 0;
    if (facts & F(RST)) return RST_FROM;
    if (facts & F(SYN)) return SYN_FROM;
    if (facts & (F(OPENS) | F(PROBE_SHAPE))) return PROBE_FROM;
    return facts & (F(DATA) | F(FIN)) ? DATA_FROM : ACK_FROM;
}

uint8_t capan_tcp_rule(uint64_t facts) {
    const uint64_t usual = F(ACK) | F(ADVANCES) | F(PEER_WAITS) | F(WINDOW_CHANGED) | F(SACK_OK) | F(NOTHING_OUT);
    const uint64_t plain = facts & ~usual;
    if (plain == F(DATA)) return RULE_NEW_DATA;
    if (plain == 0 && facts & F(ADVANCES)) return RULE_ACK_OF_NEW;
    return first_that_fits(facts, begin(facts));
}

uint8_t capan_tcp_resend_rule(uint64_t facts) {
    return first_that_fits(facts | F(SEEN), RESEND_FROM);
}

void capan_tcp_rejudge(struct capan_segment *segment, uint64_t facts) {
    segment->rule = capan_tcp_rule(facts);
    segment->kind = rules[segment->rule].kind;
    segment->certainty = rules[segment->rule].certainty;
    segment->cause = rules[segment->rule].cause;
    segment->operand[0] = segment->operand[1] = segment->rto_ns = segment->rtt_ns = -1;
    segment->acked_in = segment->because[0] = segment->because[1] = segment->because[2] = 0;
    segment->flags &= ~capan_tcp_needless_flags;
}

const struct capan_tcp_rule *capan_tcp_rule_at(uint8_t number) {
    assert(number < RULES);
    return &rules[number];
}

uint8_t capan_tcp_rule_count(void) {
    return RULES;
}

size_t capan_segment_facts(const struct capan_segment *segment, struct capan_fact list[CAPAN_FACTS]) {
    const struct capan_tcp_rule *rule = capan_tcp_rule_at(segment->rule);
    size_t count = 0;
    for (unsigned i = 0; i < CAPAN_TCP_FACT_COUNT; i++) {
        if (!((rule->needs | rule->lacks) >> i & 1)) continue;
        list[count++] =
            (struct capan_fact){capan_tcp_facts[i].token, capan_tcp_facts[i].sentence, rule->needs >> i & 1};
    }
    return count;
}
