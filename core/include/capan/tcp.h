/* SPDX-License-Identifier: MIT */
/* What capan says of TCP: a verdict per segment and a summary per connection. The lists are the one source of enums,
 * words, value strings, expert items and the reference page. */
#ifndef CAPAN_TCP_H
#define CAPAN_TCP_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What of a kind or flag the rest of the analysis goes by. */
enum capan_tcp_trait {
    CAPAN_TRAIT_NONE = 0,
    CAPAN_TRAIT_AGAIN = 1,    /* data or a FIN, not for the first time; the first copy may not have come here */
    CAPAN_TRAIT_HOLDS_UP = 2, /* data that others behind it wait for */
    CAPAN_TRAIT_TWICE = 4,    /* all its octets crossed the wire twice */
    CAPAN_TRAIT_MESSAGE = 8,  /* may bring octets of a message for the first time */
    CAPAN_TRAIT_PROBE = 16,   /* to be answered, whatever it carries */
    CAPAN_TRAIT_DUPLICATE_ACK = 32,
    CAPAN_TRAIT_NEEDLESS = 64, /* a flag: what was sent again had come already */
    /* What goes together. */
    CAPAN_TRAIT_REPACKED = CAPAN_TRAIT_AGAIN | CAPAN_TRAIT_HOLDS_UP,
    CAPAN_TRAIT_RESENT = CAPAN_TRAIT_REPACKED | CAPAN_TRAIT_TWICE,
    CAPAN_TRAIT_FILLING = CAPAN_TRAIT_RESENT | CAPAN_TRAIT_MESSAGE
};

/* X(name, token, severity, blame, traits, source, sentence): why a segment was sent, exactly one per segment, first
 * that fits. */
#define CAPAN_TCP_KINDS(X)                                                                                             \
    X(MALFORMED, "malformed", ERROR, NOBODY, NONE, "RFC 9293 3.1",                                                     \
      "a length in the header is impossible, or its flags are")                                                        \
    X(DUPLICATE_PACKET, "duplicate-packet", NOTE, CAPTURE, TWICE, "RFC 791 3.2",                                       \
      "the same packet again: duplicated by the network or captured twice")                                            \
    X(RST_REFUSE, "rst-refuse", WARN, SERVER, NONE, "RFC 9293 3.10.7.1",                                               \
      "a reset that answers the SYN: nobody listens")                                                                  \
    X(RST_ABORT, "rst-abort", NOTE, NOBODY, NONE, "RFC 9293 3.10.7.4",                                                 \
      "a reset with exactly the number the peer expects")                                                              \
    X(RST_CHALLENGEABLE, "rst-challengeable", NOTE, NOBODY, NONE, "RFC 5961 3.2",                                      \
      "a reset inside the window but not exact: the peer answers with a challenge ACK")                                \
    X(RST_OUTSIDE, "rst-outside", NOTE, NOBODY, NONE, "RFC 5961 3.2", "a reset outside the window: blind or stale")    \
    X(RST_LATE, "rst-late", NOTE, NOBODY, NONE, "RFC 9293 3.10.7.1",                                                   \
      "a reset that answers data for an endpoint already gone")                                                        \
    X(SYN, "syn", CHAT, NOBODY, MESSAGE, "RFC 9293 3.5", "the first SYN of a connection")                              \
    X(SYN_RETRANSMIT, "syn-retransmit", NOTE, NETWORK, NONE, "RFC 6298 5",                                             \
      "the same SYN again: no answer came in time")                                                                    \
    X(SYN_REUSE, "syn-reuse", CHAT, NOBODY, NONE, "RFC 9293 3.6.1", "a new connection on ports that were used before") \
    X(SYN_ACK, "syn-ack", CHAT, NOBODY, NONE, "RFC 9293 3.5", "the answer to a SYN")                                   \
    X(SYN_ACK_RETRANSMIT, "syn-ack-retransmit", NOTE, NETWORK, NONE, "RFC 6298 5", "the same SYN-ACK again")           \
    X(HANDSHAKE_ACK, "handshake-ack", NONE, NOBODY, NONE, "RFC 9293 3.5", "the ACK that completes the handshake")      \
    X(FIN, "fin", CHAT, NOBODY, MESSAGE, "RFC 9293 3.6", "the sender has no more data")                                \
    X(FIN_RETRANSMIT, "fin-retransmit", NOTE, NOBODY, AGAIN, "RFC 6298 5", "the same FIN again")                       \
    X(WINDOW_PROBE, "window-probe", NOTE, NOBODY, PROBE, "RFC 9293 3.8.6.1",                                           \
      "asks whether a closed window has opened")                                                                       \
    X(KEEPALIVE, "keepalive", CHAT, NOBODY, PROBE, "RFC 9293 3.8.4", "asks whether an idle peer is still there")       \
    X(DATA_NEW, "data-new", NONE, NOBODY, MESSAGE, "RFC 9293 3.8", "data sent for the first time")                     \
    X(DATA_LATE, "data-late", NOTE, NETWORK, MESSAGE, "RFC 9293 3.10.7.4",                                             \
      "data that fills a hole and was sent before what overtook it: reordering")                                       \
    X(DATA_RECOVERED, "data-recovered", NOTE, NETWORK, FILLING, "RFC 9293 3.8.1",                                      \
      "data that fills a hole: sent again after the first copy was lost before this point")                            \
    X(RETRANSMIT_FAST, "retransmit-fast", NOTE, NETWORK, RESENT, "RFC 5681 3.2",                                       \
      "sent again on duplicate ACKs or SACK evidence")                                                                 \
    X(RETRANSMIT_SACK, "retransmit-sack", NOTE, NETWORK, RESENT, "RFC 6675 4",                                         \
      "a further hole of the same recovery sent again")                                                                \
    X(RETRANSMIT_TLP, "retransmit-tlp", NOTE, NETWORK, RESENT, "RFC 8985 7",                                           \
      "the tail sent again as a probe before the timeout")                                                             \
    X(RETRANSMIT_RTO, "retransmit-rto", WARN, NETWORK, RESENT, "RFC 6298 5.4",                                         \
      "sent again because the retransmission timer expired")                                                           \
    X(RETRANSMIT_PMTU, "retransmit-pmtu", NOTE, NETWORK, RESENT, "RFC 1191 6.5",                                       \
      "sent again in smaller pieces: the path's MTU fell")                                                             \
    X(RETRANSMIT_UNCLEAR, "retransmit-unclear", NOTE, NOBODY, RESENT, "RFC 9293 3.8.1",                                \
      "sent before; nothing that usually triggers it fits")                                                            \
    X(OVERLAP_NEW, "overlap-new", NOTE, NOBODY, REPACKED, "RFC 9293 3.8.1",                                            \
      "old data and new data in one segment: repacketised")                                                            \
    X(ACK_UNSEEN, "ack-unseen", NOTE, CAPTURE, NONE, "RFC 9293 3.4", "acknowledges octets this capture never saw")     \
    X(ACK_IMPOSSIBLE, "ack-impossible", WARN, NOBODY, NONE, "RFC 9293 3.10.7.4",                                       \
      "acknowledges octets that were never sent")                                                                      \
    X(ACK_OLD, "ack-old", CHAT, NOBODY, NONE, "RFC 9293 3.10.7.4", "below the highest ACK seen: overtaken on the way") \
    X(ACK_DSACK, "ack-dsack", NOTE, NOBODY, DUPLICATE_ACK, "RFC 2883 4",                                               \
      "the receiver says it got these octets twice")                                                                   \
    X(ACK_WINDOW_PROBE_REPLY, "ack-window-probe-reply", CHAT, NOBODY, NONE, "RFC 9293 3.8.6.1",                        \
      "answers a window probe")                                                                                        \
    X(ACK_KEEPALIVE_REPLY, "ack-keepalive-reply", CHAT, NOBODY, NONE, "RFC 9293 3.8.4", "answers a keep-alive")        \
    X(ACK_CHALLENGE, "ack-challenge", NOTE, NOBODY, NONE, "RFC 5961 4.2",                                              \
      "answers a SYN or a segment outside the window")                                                                 \
    X(ACK_ZERO_WINDOW, "ack-zero-window", WARN, EITHER, NONE, "RFC 9293 3.8.6", "the receiver's window is now closed") \
    X(ACK_WINDOW_UPDATE, "ack-window-update", CHAT, NOBODY, NONE, "RFC 9293 3.8.6",                                    \
      "the same ACK with another window")                                                                              \
    X(ACK_DUPLICATE, "ack-duplicate", NOTE, NOBODY, DUPLICATE_ACK, "RFC 5681 2",                                       \
      "the same ACK again while data is outstanding")                                                                  \
    X(ACK_ADVANCE, "ack-advance", NONE, NOBODY, NONE, "RFC 9293 3.10.7.4", "acknowledges new data")                    \
    X(ACK_REPEAT, "ack-repeat", NONE, NOBODY, NONE, "RFC 9293 3.10.7.4",                                               \
      "repeats what was said; nothing is outstanding")

/* X(name, token, severity, blame, traits, source, sentence): 0 to n per segment; bit 1 << CAPAN_FLAG_name. */
#define CAPAN_TCP_FLAGS(X)                                                                                             \
    X(PUSH, "push", NONE, NOBODY, NONE, "RFC 9293 3.9.1", "PSH: the sender had nothing more buffered")                 \
    X(URGENT, "urgent", NOTE, NOBODY, NONE, "RFC 6093 2", "URG is set")                                                \
    X(ECN_SETUP, "ecn-setup", CHAT, NOBODY, NONE, "RFC 3168 6.1.1",                                                    \
      "a SYN that offers ECN, or a SYN-ACK that takes it")                                                             \
    X(ECE, "ece", NOTE, NOBODY, NONE, "RFC 3168 6.1", "the receiver echoes a congestion mark")                         \
    X(CWR, "cwr", CHAT, NOBODY, NONE, "RFC 3168 6.1", "the sender reduced its congestion window")                      \
    X(CE, "ce", NOTE, NOBODY, NONE, "RFC 3168 5", "a router marked congestion on this packet")                         \
    X(TFO_COOKIE, "tfo-cookie", CHAT, NOBODY, NONE, "RFC 7413 4.1", "carries or asks for a Fast Open cookie")          \
    X(TFO_DATA, "tfo-data", CHAT, NOBODY, NONE, "RFC 7413 4.2", "carries data on the SYN")                             \
    X(ZERO_RTT, "zero-rtt", CHAT, NOBODY, NONE, "RFC 7413 3",                                                          \
      "data that its peer could use before the handshake ended")                                                       \
    X(SMALL, "small", NONE, NOBODY, NONE, "RFC 9293 3.7.4", "less than a full segment, with more to follow")           \
    X(NAGLE_HELD, "nagle-held", NOTE, NOBODY, NONE, "RFC 9293 3.7.4",                                                  \
      "waited for the ACK of a small segment before it")                                                               \
    X(DELAYED_ACK, "delayed-ack", NONE, NOBODY, NONE, "RFC 5681 4.2", "the receiver waited before it acknowledged")    \
    X(STRETCH_ACK, "stretch-ack", NONE, NOBODY, NONE, "RFC 5681 4.2", "acknowledges more than two full segments")      \
    X(WINDOW_FULL, "window-full", NOTE, NOBODY, NONE, "RFC 9293 3.8.6",                                                \
      "reaches the right edge of the receiver's window")                                                               \
    X(ZERO_WINDOW, "zero-window", WARN, EITHER, NONE, "RFC 9293 3.8.6",                                                \
      "closes its sender's window beside what it carries")                                                             \
    X(WINDOW_LIMITED, "window-limited", NONE, NOBODY, NONE, "RFC 9293 3.8.6",                                          \
      "the receiver's window holds the sender back")                                                                   \
    X(CWND_LIMITED, "cwnd-limited", NONE, NOBODY, NONE, "RFC 5681 3.1", "congestion control holds the sender back")    \
    X(APP_LIMITED, "app-limited", NONE, NOBODY, NONE, "RFC 7661 1", "the sender had no more to send")                  \
    X(IDLE_RESTART, "idle-restart", NONE, NOBODY, NONE, "RFC 5681 4.1",                                                \
      "the first data after an idle time longer than the timeout")                                                     \
    X(FIRST_FLIGHT, "first-flight", NONE, NOBODY, NONE, "RFC 6928 2", "part of the sender's first flight")             \
    X(LAST_OF_MESSAGE, "last-of-message", NONE, NOBODY, NONE, "RFC 9112 6", "completes an HTTP message")               \
    X(HEADER_ONLY, "header-only", NONE, NOBODY, NONE, "RFC 9112 2.1",                                                  \
      "carries an HTTP header section and nothing of its body")                                                        \
    X(GAP_BEFORE, "gap-before", NOTE, CAPTURE, NONE, "RFC 9293 3.4", "octets before this segment have not been seen")  \
    X(GAP_CAPTURE_LOSS, "gap-capture-loss", NOTE, CAPTURE, NONE, "RFC 9293 3.4",                                       \
      "the hole was acknowledged: the capture missed it")                                                              \
    X(GAP_PATH_LOSS, "gap-path-loss", WARN, NETWORK, NONE, "RFC 9293 3.4",                                             \
      "the hole was sent again: the path lost it")                                                                     \
    X(SPURIOUS_ACKED, "spurious-acked", NOTE, NOBODY, NEEDLESS, "RFC 9293 3.8.1",                                      \
      "sent again though already acknowledged")                                                                        \
    X(SPURIOUS_DSACK, "spurious-dsack", NOTE, NOBODY, NEEDLESS, "RFC 2883 4",                                          \
      "sent again needlessly: the receiver reported it twice")                                                         \
    X(SPURIOUS_EIFEL, "spurious-eifel", NOTE, NOBODY, NEEDLESS, "RFC 3522 3.2",                                        \
      "sent again needlessly: the ACK was for the original")                                                           \
    X(AMBIGUOUS_RTT, "ambiguous-rtt", NONE, NOBODY, NONE, "RFC 6298 3",                                                \
      "no RTT sample: acknowledges data sent more than once")                                                          \
    X(PARTIAL_ACK, "partial-ack", NONE, NOBODY, NONE, "RFC 6582 3.2",                                                  \
      "new data acknowledged, but not all that recovery waits for")                                                    \
    X(SACK_RENEGING, "sack-reneging", WARN, EITHER, NONE, "RFC 2018 8",                                                \
      "the receiver dropped octets that it had SACKed")                                                                \
    X(OVERLAP_CONFLICT, "overlap-conflict", ERROR, NOBODY, NONE, "RFC 9293 3.10.7.4", "sent again with other content") \
    X(BEYOND_WINDOW, "beyond-window", WARN, NOBODY, NONE, "RFC 9293 3.10.7.4",                                         \
      "exceeds the window the receiver offered")                                                                       \
    X(OFFLOAD_MERGED, "offload-merged", NONE, NOBODY, NONE, "RFC 9293 3.7.1",                                          \
      "larger than a wire segment: captured above offload")                                                            \
    X(MSS_EXCEEDED, "mss-exceeded", NOTE, NOBODY, NONE, "RFC 9293 3.7.1",                                              \
      "payload larger than the peer's MSS on the wire")                                                                \
    X(PADDING, "padding", NONE, NOBODY, NONE, "RFC 894", "the frame carries octets behind the datagram")               \
    X(BAD_CHECKSUM, "bad-checksum", WARN, NETWORK, NONE, "RFC 9293 3.1",                                               \
      "damaged: its checksum is wrong, so its receiver drops it")                                                      \
    X(PAWS, "paws", WARN, EITHER, NONE, "RFC 7323 5.3",                                                                \
      "its timestamp is older than the last one taken, so its receiver drops it")                                      \
    X(INJECTED, "injected", WARN, IN_THE_PATH, NONE, "RFC 5961 3",                                                     \
      "likely made by somebody between: its TTL or IP id is another, it came too soon, or its sender goes on")         \
    X(CUT_OFF, "cut-off", WARN, NOBODY, NONE, "RFC 9293 3.10.5",                                                       \
      "a reset while something was under way: octets not acknowledged, or a question not answered")                    \
    X(PEER_SILENT, "peer-silent", WARN, NOBODY, NONE, "RFC 9293 3.8.3",                                                \
      "asked in vain for the third time in a row: its peer has fallen silent, or the path to it")                      \
    X(CHECKSUM_OFFLOAD, "checksum-offload", NONE, NOBODY, NONE, "RFC 9293 3.1",                                        \
      "the checksum was left to the network card, which fills it in behind the capture")                               \
    X(PORT_NAME_MISLEADING, "port-name-misleading", NONE, NOBODY, NONE, "RFC 6335 6",                                  \
      "an ephemeral port with a service's name")                                                                       \
    X(MIDSTREAM, "midstream", NONE, NOBODY, NONE, "RFC 9293 3.5",                                                      \
      "the capture joined after the handshake, or gave it up")                                                         \
    X(SIMULTANEOUS_OPEN, "simultaneous-open", CHAT, NOBODY, NONE, "RFC 9293 3.5", "both ends sent a SYN")              \
    X(FIN_DATA, "fin-data", NONE, NOBODY, NONE, "RFC 9293 3.6", "the FIN carries data")

/* X(name, token, sentence, phrase): what made the sender send again; the phrase is a sentence's about a segment. */
#define CAPAN_TCP_CAUSES(X)                                                                                            \
    X(NONE, "none", "nothing was sent again", "what triggered it cannot be told")                                      \
    X(FAST, "fast", "duplicate ACKs or SACK evidence", "fast retransmit on duplicate ACKs")                            \
    X(SACK, "sack", "a further hole of the same recovery", "a further hole of a recovery")                             \
    X(TLP, "tlp", "tail loss probe", "a probe for the tail's loss")                                                    \
    X(RTO, "rto", "the retransmission timer", "the retransmission timer")                                              \
    X(PMTU, "pmtu", "the path's MTU fell", "the path's MTU fell")                                                      \
    X(ANSWER, "answer", "it goes along with an answer", "it goes along with the answer to what just came")

/* RFC 9293 3.3.2. UNKNOWN: the capture joined midway. */
#define CAPAN_TCP_STATES(X)                                                                                            \
    X(UNKNOWN, "unknown")                                                                                              \
    X(CLOSED, "CLOSED")                                                                                                \
    X(LISTEN, "LISTEN")                                                                                                \
    X(SYN_SENT, "SYN-SENT")                                                                                            \
    X(SYN_RECEIVED, "SYN-RECEIVED")                                                                                    \
    X(ESTABLISHED, "ESTABLISHED")                                                                                      \
    X(FIN_WAIT_1, "FIN-WAIT-1")                                                                                        \
    X(FIN_WAIT_2, "FIN-WAIT-2")                                                                                        \
    X(CLOSE_WAIT, "CLOSE-WAIT")                                                                                        \
    X(CLOSING, "CLOSING")                                                                                              \
    X(LAST_ACK, "LAST-ACK")                                                                                            \
    X(TIME_WAIT, "TIME-WAIT")

#define CAPAN_TCP_OPENS(X)                                                                                             \
    X(THREE_WAY, "three-way")                                                                                          \
    X(SIMULTANEOUS, "simultaneous")                                                                                    \
    X(TFO, "tfo")                                                                                                      \
    X(REFUSED, "refused")                                                                                              \
    X(UNANSWERED, "unanswered")                                                                                        \
    X(UNFINISHED, "unfinished")                                                                                        \
    X(HALF_CAPTURED, "half-captured")                                                                                  \
    X(MIDSTREAM, "midstream")
#define CAPAN_TCP_CLOSES(X)                                                                                            \
    X(OPEN_AT_END, "open-at-end")                                                                                      \
    X(CLIENT_FIRST_FIN, "client-first-fin")                                                                            \
    X(SERVER_FIRST_FIN, "server-first-fin")                                                                            \
    X(SIMULTANEOUS, "simultaneous")                                                                                    \
    X(HALF_CLOSE, "half-close")                                                                                        \
    X(CLIENT_RST, "client-rst")                                                                                        \
    X(SERVER_RST, "server-rst")                                                                                        \
    X(RST_AFTER_FIN, "rst-after-fin")
#define CAPAN_TCP_VANTAGES(X)                                                                                          \
    X(UNKNOWN, "unknown")                                                                                              \
    X(CLIENT, "client")                                                                                                \
    X(SERVER, "server")                                                                                                \
    X(MIDDLE, "middle")
/* X(name, token, sentence): what shows where the capture was taken; of the end next to it. */
#define CAPAN_TCP_VANTAGE_SIGNS(X)                                                                                     \
    X(NONE, "none", "nothing")                                                                                         \
    X(CHECKSUMS, "checksums", "its checksums are not filled in yet, those of the other end are")                       \
    X(PADDING, "padding", "its frames are not padded to Ethernet's 60 octets yet, those of the other end are")         \
    X(ANSWERS, "answers", "it answers in next to no time, the other end takes longer")                                 \
    X(BETWEEN, "between", "both ends take their time to answer")
#define CAPAN_TCP_LIMITS(X)                                                                                            \
    X(NONE, "none")                                                                                                    \
    X(RECEIVER_WINDOW, "receiver-window")                                                                              \
    X(CONGESTION, "congestion")                                                                                        \
    X(SENDER_APP, "sender-app")                                                                                        \
    X(RECEIVER_APP, "receiver-app")                                                                                    \
    X(PATH_MTU, "path-mtu")                                                                                            \
    X(LATENCY, "latency")
/* X(name, token, sentence) */
#define CAPAN_CONGESTION_CONTROLS(X)                                                                                   \
    X(UNKNOWN, "unknown", "too little shows of its congestion window, or two would look alike")                        \
    X(RENO, "reno", "it halves its window after a loss, and adds a segment in a round trip (RFC 5681 3.1)")            \
    X(CUBIC, "cubic", "it keeps 0.7 of its window after a loss, and grows by a cubic curve (RFC 9438 4.1)")            \
    X(BBR, "bbr", "it goes by the rate that comes through, not by losses (draft-ietf-ccwg-bbr)")
/* X(name, token, limit, sentence): what the time of one direction went into, and the limit that it stands for. */
#define CAPAN_TIME_PARTS(X)                                                                                            \
    X(HANDSHAKE, "handshake", LATENCY, "until its SYN was acknowledged")                                               \
    X(RWND_LIMITED, "rwnd_limited", RECEIVER_WINDOW, "it had more, and the receiver's window had no room for it")      \
    X(CWND_LIMITED, "cwnd_limited", CONGESTION, "it had more, and congestion control held it back")                    \
    X(SLOW_START, "slow_start", CONGESTION, "it had more, and its congestion window was still growing fast")           \
    X(RECOVERY, "recovery", CONGESTION, "it made good what was lost")                                                  \
    X(RTO_WAIT, "rto_wait", CONGESTION, "it waited for a timer before it sent again")                                  \
    X(NAGLE, "nagle", SENDER_APP, "a small segment waited for the ACK of the one before")                              \
    X(PATH, "path", LATENCY, "all was sent, and the ACK on its way")                                                   \
    X(APP_LIMITED, "app_limited", SENDER_APP, "it had nothing to send")                                                \
    X(IDLE, "idle", SENDER_APP, "it had nothing to send for longer than its timer, and nothing was asked of it")       \
    X(CLOSING, "closing", NONE, "it was done: its FIN was sent, or the connection reset")
#define CAPAN_TCP_QUALITIES(X)                                                                                         \
    X(COMPLETE, "complete")                                                                                            \
    X(GAPS_CAPTURE, "gaps-capture")                                                                                    \
    X(GAPS_PATH, "gaps-path")                                                                                          \
    X(ONE_SIDED, "one-sided")                                                                                          \
    X(SNAPPED, "snapped")                                                                                              \
    X(REORDERED, "reordered")

#define CAPAN_X(name, ...) CAPAN_KIND_##name,
enum capan_tcp_kind { CAPAN_TCP_KINDS(CAPAN_X) CAPAN_TCP_KIND_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_FLAG_##name,
enum capan_tcp_flag { CAPAN_TCP_FLAGS(CAPAN_X) CAPAN_TCP_FLAG_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_CAUSE_##name,
enum capan_tcp_cause { CAPAN_TCP_CAUSES(CAPAN_X) CAPAN_TCP_CAUSE_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_TCP_##name,
enum capan_tcp_state { CAPAN_TCP_STATES(CAPAN_X) CAPAN_TCP_STATE_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_OPEN_##name,
enum capan_tcp_open { CAPAN_TCP_OPENS(CAPAN_X) CAPAN_TCP_OPEN_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_CLOSE_##name,
enum capan_tcp_close { CAPAN_TCP_CLOSES(CAPAN_X) CAPAN_TCP_CLOSE_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_VANTAGE_##name,
enum capan_tcp_vantage { CAPAN_TCP_VANTAGES(CAPAN_X) CAPAN_TCP_VANTAGE_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_VANTAGE_BY_##name,
enum capan_tcp_vantage_sign { CAPAN_TCP_VANTAGE_SIGNS(CAPAN_X) CAPAN_TCP_VANTAGE_SIGN_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_LIMIT_##name,
enum capan_tcp_limit { CAPAN_TCP_LIMITS(CAPAN_X) CAPAN_TCP_LIMIT_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_CONTROL_##name,
enum capan_congestion_control { CAPAN_CONGESTION_CONTROLS(CAPAN_X) CAPAN_CONTROL_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_TIME_##name,
enum capan_time_part { CAPAN_TIME_PARTS(CAPAN_X) CAPAN_TIME_PART_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_QUALITY_##name,
enum capan_tcp_quality { CAPAN_TCP_QUALITIES(CAPAN_X) CAPAN_TCP_QUALITY_COUNT };
#undef CAPAN_X

/* Every list by number. */
CAPAN_API extern const struct capan_token capan_tcp_kinds[CAPAN_TCP_KIND_COUNT];
CAPAN_API extern const struct capan_token capan_tcp_flags[CAPAN_TCP_FLAG_COUNT];
CAPAN_API extern const uint8_t capan_tcp_kind_blames[CAPAN_TCP_KIND_COUNT]; /* enum capan_blame */
CAPAN_API extern const uint8_t capan_tcp_flag_blames[CAPAN_TCP_FLAG_COUNT];
CAPAN_API extern const uint8_t capan_tcp_kind_traits[CAPAN_TCP_KIND_COUNT]; /* enum capan_tcp_trait */
CAPAN_API extern const uint64_t capan_tcp_needless_flags; /* 1 << CAPAN_FLAG_... of each that is NEEDLESS */
CAPAN_API extern const struct capan_token capan_tcp_causes[CAPAN_TCP_CAUSE_COUNT];
CAPAN_API extern const struct capan_token capan_tcp_states[CAPAN_TCP_STATE_COUNT];
CAPAN_API extern const struct capan_token capan_tcp_opens[CAPAN_TCP_OPEN_COUNT];
CAPAN_API extern const struct capan_token capan_tcp_closes[CAPAN_TCP_CLOSE_COUNT];
CAPAN_API extern const struct capan_token capan_tcp_vantages[CAPAN_TCP_VANTAGE_COUNT];
CAPAN_API extern const struct capan_token capan_tcp_vantage_signs[CAPAN_TCP_VANTAGE_SIGN_COUNT];
CAPAN_API extern const struct capan_token capan_tcp_limits[CAPAN_TCP_LIMIT_COUNT];
CAPAN_API extern const struct capan_token capan_tcp_qualities[CAPAN_TCP_QUALITY_COUNT];
CAPAN_API extern const struct capan_token capan_congestion_controls[CAPAN_CONTROL_COUNT];
CAPAN_API extern const struct capan_token capan_time_parts[CAPAN_TIME_PART_COUNT];
CAPAN_API extern const uint8_t capan_time_limits[CAPAN_TIME_PART_COUNT]; /* enum capan_tcp_limit of each */

/* Who sends: the client opened the connection, the server accepted it (SYN, else HTTP, else the lower port). */
enum capan_direction { CAPAN_C2S, CAPAN_S2C };

/* The eight flag octets of the header as on the wire (RFC 9293 3.1). */
enum {
    CAPAN_TH_FIN = 1,
    CAPAN_TH_SYN = 2,
    CAPAN_TH_RST = 4,
    CAPAN_TH_PSH = 8,
    CAPAN_TH_ACK = 16,
    CAPAN_TH_URG = 32,
    CAPAN_TH_ECE = 64,
    CAPAN_TH_CWR = 128
};

/* The scale of that window was not captured: it counts units of 1 to 16384 octets (RFC 7323 2.2, 2.3). */
#define CAPAN_WINDOW_UNSCALED (UINT32_C(1) << 31)

/* The verdict on one segment. Numbers are relative to the direction's ISN (midstream: one below the first number seen)
 * and unwrapped to 64 bits: 0 is the SYN itself. Frame numbers are 0 and durations negative where there is none. */
struct capan_segment {
    uint64_t serial;      /* its number among all segments of the capture, from 0 */
    int64_t time_ns;      /* since 1970 */
    int64_t seq, ack;     /* ack is 0 without ACK; below 0 is older than the first number seen */
    uint32_t outstanding; /* octets its sender has in flight after it, SACKed octets not counted */
    uint32_t cwnd;        /* its sender's congestion window, octets; 0 cannot be told */
    uint64_t flags;       /* 1 << CAPAN_FLAG_... */
    int64_t operand[2];   /* numbers that the rule names; capan_segment_quantities() has them by name */
    int64_t rtt_ns;       /* the sample this ACK gives (RFC 6298 3, Karn respected) */
    int64_t rto_ns;       /* the time a timeout retransmission waited */
    uint32_t frame, stream;
    uint32_t raw_seq, raw_ack;
    uint32_t len;                       /* payload octets on the wire */
    uint32_t window;                    /* octets, scaled; with CAPAN_WINDOW_UNSCALED: as in the header */
    uint32_t acked_in;                  /* the frame that first acknowledged all of its data */
    uint32_t because[3];                /* frames that prove the verdict: two that the rule names, and the one that
                                         * shows that it was needless */
    uint32_t acks_count;                /* data frames that this ACK newly covers */
    uint8_t direction;                  /* enum capan_direction */
    uint8_t kind;                       /* enum capan_tcp_kind */
    uint8_t certainty;                  /* enum capan_certainty; never PROVISIONAL once settled */
    uint8_t cause;                      /* enum capan_tcp_cause */
    uint8_t rule;                       /* row of the rule table that gave the kind; capan_segment_rule() */
    uint8_t client_state, server_state; /* enum capan_tcp_state, after this segment */
    uint8_t header_flags;               /* CAPAN_TH_... */
    uint8_t open_questions;             /* how many things may still be revised; 0 is settled */
};

static inline bool capan_segment_is(const struct capan_segment *segment, enum capan_tcp_trait trait) {
    return capan_tcp_kind_traits[segment->kind] & trait;
}

/* The row of the rule table that gave the kind: its name, source and sentence. */
CAPAN_API const struct capan_token *capan_segment_rule(const struct capan_segment *segment);

/* One sentence with numbers and frames, as the article's author would write it. Returns its length. */
CAPAN_API size_t capan_segment_explain(const struct capan_segment *segment, char text[CAPAN_EXPLAIN_TEXT]);

/* Where the time of one direction went, in ns. The parts are disjoint; their sum is the connection's duration. */
struct capan_tcp_time {
    int64_t part_ns[CAPAN_TIME_PART_COUNT];
    int64_t busy_ns;    /* of them: data was outstanding, or waited for a shut window */
    int64_t after_ns;   /* of app_limited and idle: behind its last data */
    int64_t stalled_ns; /* of path: beyond its timer; the path stood still */
    uint8_t certainty;  /* enum capan_certainty: taken next to the sender, or by a model of the path */
    bool one_flight;    /* all its data was sent before any was acknowledged */
};

/* What shows of a sender's congestion control. */
struct capan_tcp_congestion {
    uint16_t losses;                   /* recoveries that began */
    uint16_t halved, reduced, kept;    /* of them, those that left about half, 0.7, and next to all of its window */
    uint16_t rounds;                   /* without a loss, and held by the congestion window alone */
    uint16_t stayed, grew, rose, sank; /* of them: what was outstanding at most was the same as in the round before, a
                                        * segment more, more than that, and less */
    uint8_t control, certainty;        /* enum capan_congestion_control, enum capan_certainty */
    uint32_t ssthresh;                 /* octets, after its last loss; 0 none */
    uint32_t cwnd, cwnd_max;           /* octets: when last known, and the largest; 0 never known */
    uint64_t pacing_rate;              /* octets a second, of BBR; 0 not known */
    int64_t srtt_ns, rto_ns;           /* smoothed round trip and timeout (RFC 6298 2) at the end; -1 no sample */
};
/* The counts in a sentence. Returns its length. */
CAPAN_API size_t capan_congestion_explain(const struct capan_tcp_congestion *, char text[CAPAN_EXPLAIN_TEXT]);

/* What one side of a connection sent, and what was learnt of it. Durations in ns, negative where unknown. */
struct capan_tcp_side {
    uint64_t segments, data_segments;
    uint64_t bytes;           /* payload octets, each counted once */
    uint64_t resent_bytes;    /* payload octets sent again */
    uint64_t missing_bytes;   /* octets acknowledged that the capture never saw */
    uint32_t resent_segments; /* retransmissions of any cause, data-recovered and overlap-new included */
    uint32_t late_segments;   /* data-late */
    uint32_t duplicate_packets;
    uint32_t nagle_stalls;   /* segments that waited for the ACK of a small one before them */
    int64_t nagle_ns;        /* how long in all */
    uint32_t duplicate_acks; /* ack-duplicate and ack-dsack */
    uint32_t zero_windows;   /* times its window became zero */
    uint32_t probes;         /* keep-alives and window probes */
    uint32_t isn;            /* raw; meaningful with isn_known */
    uint32_t mss_announced;  /* its MSS option; 0 none */
    uint32_t mss_observed;   /* its largest payload in one segment */
    uint32_t window_max;     /* largest window it offered, octets; may have CAPAN_WINDOW_UNSCALED */
    int8_t window_scale;     /* shift it offered; -1 not offered, -2 unknown */
    bool isn_known, sack_permitted, timestamps;
    int64_t rtt_min_ns, rtt_sum_ns, rtt_max_ns; /* samples of data it sent */
    uint32_t rtt_count;
    int64_t zero_window_ns; /* time its window was closed */
    int64_t fin_ns, rst_ns; /* time of its first FIN, RST */
    int64_t idle_ns;        /* where its FIN came first: how long nobody had sent data when it was sent */
    uint32_t fin_frame, rst_frame;
    struct capan_tcp_time time;
    struct capan_tcp_congestion congestion;
    uint8_t state; /* enum capan_tcp_state at the end */
};

/* The five summaries and the numbers behind them. */
struct capan_tcp_summary {
    uint8_t open, close, vantage, vantage_sign, limit, quality; /* enum capan_tcp_open ... capan_tcp_quality */
    uint8_t time_wait_holder;                                   /* 0 none, 1 client, 2 server, 3 both */
    uint32_t handshake_frames[3];                               /* SYN, SYN-ACK, ACK; 0 not seen */
    int64_t syn_to_syn_ack_ns, syn_ack_to_ack_ns;               /* the handshake's halves */
    int64_t half_close_ns;                                      /* from the first FIN to the second */
    int64_t rtt_ns;                                             /* initial round trip: both halves */
    uint32_t pmtu;                                              /* path MTU by evidence of the capture; 0 none */
    uint32_t pmtu_frame;                                        /* that evidence */
    struct capan_tcp_side side[2]; /* by enum capan_direction: what the client, the server sent */
};

#ifdef __cplusplus
}
#endif

#endif
