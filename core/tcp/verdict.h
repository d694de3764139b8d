/* SPDX-License-Identifier: MIT */
/* Why a segment was sent: what is known of it as a set of facts, and the table of rules that they are held against. */
#ifndef VERDICT_H
#define VERDICT_H

#include "capan/tcp.h"

/* What numbers, times and the other direction say of a segment. Of places: of all its octets unless it says some. */
#define CAPAN_TCP_FACTS(X)                                                                                             \
    X(SYN)                                                                                                             \
    X(ACK)                                                                                                             \
    X(FIN) X(RST) X(DATA) X(BROKEN) X(TWIN) X(REUSED) /* opens a connection on ports that another one had */           \
        X(SAME_ISN)                                   /* the SYN or SYN-ACK was seen before */                         \
        X(ANSWERS_SYN) /* acknowledges the peer's SYN, and its sender sent none itself */                              \
        X(GONE)        /* its sender had closed or aborted before the peer sent data */                                \
        X(EXACT)       /* the reset has the number that the peer expects next */                                       \
        X(IN_WINDOW)   /* the reset lies in the window that the peer offered */                                        \
        X(OPENS)       /* first ACK of the SYN-ACK */                                                                  \
        X(PROBE_SHAPE) /* no octet, or one, where a probe would have it */                                             \
        X(PEER_CLOSED) /* the peer's window is 0 */                                                                    \
        X(IDLE)        /* long silence, or the period of the probes before it */                                       \
        X(NOTHING_OUT) /* all that its sender has sent is acknowledged */                                              \
        X(ACKS_UNSEEN) X(ACKS_NEVER_SENT) X(ACKS_OLD) X(ADVANCES) X(DSACK) X(NEW_SACK) X(AFTER_WINDOW_PROBE)           \
            X(AFTER_KEEPALIVE)                         /* the peer's last segment was one */                           \
        X(CHALLENGED)                                  /* the peer's last segment asks for a challenge ACK */          \
        X(WINDOW_ZERO) X(WINDOW_CHANGED) X(PEER_WAITS) /* the peer has data outstanding */                             \
        X(SEEN)                                        /* some octets were seen before */                              \
        X(FILLS)                                       /* some octets belong to a hole */                              \
        X(PART_NEW)                                    /* begins with old octets and ends with new ones */             \
        X(BELOW)                                       /* acknowledged before */                                       \
        X(MISSED)                                      /* acknowledged before, and never seen */                       \
        X(SWAPPED)            /* acknowledged before, but by so little that the capture swapped them */                \
        X(RESENT)             /* sent again, and seen here, a moment ago */                                            \
        X(SAME_ID)            /* a packet with this IP id was seen a moment ago, and this says nothing new */          \
        X(FIN_BEFORE)         /* its sender's FIN was seen before */                                                   \
        X(OLD_ID) X(NEW_ID)   /* the IP id says: sent before what overtook it; sent after */                           \
        X(OLD_TS) X(NEW_TS)   /* the timestamp says so */                                                              \
        X(TOO_SOON)           /* no word of the hole could have reached the sender yet */                              \
        X(TOO_BIG)            /* an ICMP message about its size is what came last */                                   \
        X(HEAD)               /* the first octet in flight */                                                          \
        X(TAIL)               /* the last octet sent */                                                                \
        X(AGAIN)              /* sent again before */                                                                  \
        X(TIMER)              /* the retransmission timer must have run out */                                         \
        X(PROBE_TIME)         /* silent for two round trips: time for a tail loss probe */                             \
        X(SILENT)             /* no word from the peer for as long as the shortest timeout */                          \
        X(LONG)               /* much longer than any probe would wait */                                              \
        X(CLOCKED)            /* something from the peer just came that can have set it off */                         \
        X(EVIDENCE)           /* SACKed octets above it, or duplicate ACKs */                                          \
        X(IN_FAST) X(IN_LOSS) /* the sender is in recovery; after a timeout */                                         \
        X(PROBED)             /* a tail loss probe is out already */                                                   \
        X(SACK_OK)            /* both allowed SACK */                                                                  \
        X(FROM_SYN)           /* its octets went out with the SYN */                                                   \
        X(SMALLER)            /* ends inside the segment that carried these octets before */

#define CAPAN_X(name) CAPAN_NUMBER_##name,
enum { CAPAN_TCP_FACTS(CAPAN_X) CAPAN_FACT_COUNT };
#undef CAPAN_X
#define CAPAN_FACT(name) (UINT64_C(1) << CAPAN_NUMBER_##name)

/* The row that the facts select: its number, for capan_segment.rule. */
uint8_t capan_tcp_rule(uint64_t facts);
/* The row that says what made the sender send again, whatever the kind. */
uint8_t capan_tcp_resend_rule(uint64_t facts);

/* A row. cause of CAPAN_CAUSE_BY_RESEND: the resend rule's. text: the explanation; {f0} to {f2} are the frames of
 * because, {t0}, {t1} operands as durations, {n0}, {n1} as numbers, {cause}, {rto} and {backoff} what the segment
 * holds. */
enum { CAPAN_CAUSE_BY_RESEND = CAPAN_TCP_CAUSE_COUNT };
struct capan_tcp_rule {
    uint64_t needs, lacks;
    uint8_t kind, cause, certainty;
    struct capan_token token;
    const char *text;
};
const struct capan_tcp_rule *capan_tcp_rule_at(uint8_t number);
uint8_t capan_tcp_rule_count(void);

#endif
