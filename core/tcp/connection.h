/* SPDX-License-Identifier: MIT */
/* Both directions of a TCP connection and the verdict on each of its segments. */
#ifndef CONNECTION_H
#define CONNECTION_H

#include "capan/icmp.h"
#include "capan/packet.h"
#include "capan/tcp.h"
#include "header.h"
#include "records.h"

struct capan_tcp;

/* NULL without memory. Earlier verdicts are revised in records. */
struct capan_tcp *capan_tcp_new(const struct capan_alloc *alloc, struct capan_records *records);
void capan_tcp_free(struct capan_tcp *);

/* A segment of it is at hand: its memory is brought near. */
void capan_tcp_prefetch(const struct capan_tcp *);

/* True when this SYN has another ISN than its sender's before: a stream of its own, as Wireshark 4.0 counts. */
bool capan_tcp_another_isn(const struct capan_tcp *, const struct capan_tcp_header *, enum capan_direction);

/* True when this SYN begins another connection on the same ports: another ISN, or any after a FIN, or after a reset of
 * what was open (RFC 9293 3.6.1). The same again after a refusal is the same attempt (RFC 6298 5). */
bool capan_tcp_reused(const struct capan_tcp *, const struct capan_tcp_header *, enum capan_direction);

/* A SYN asks for the ports of this connection, which is open: what its receiver sends next may be a challenge ACK
 * (RFC 5961 4.2). */
void capan_tcp_challenged(struct capan_tcp *, enum capan_direction);
/* The connection went on: that SYN was sent in its midst and changed nothing. Its segment, judged as another
 * connection's until now, becomes one of this one's; states: those that it was in. */
void capan_tcp_adopt(struct capan_tcp *, struct capan_segment *, const uint8_t states[2]);
/* The states of both sides, as the newest segment left them. */
void capan_tcp_states_now(const struct capan_tcp *, uint8_t states[2]);

/* True when the packet is one this connection saw a moment ago, octet for octet but for what routers change. */
bool capan_tcp_same_packet(const struct capan_tcp *, const struct capan_packet *, const struct capan_tcp_header *,
                           enum capan_direction);

/* True when the segment's numbers are near what this connection's direction, and its peer's ACKs, were at: it belongs
 * here rather than to another connection on the same ports (on another path). */
bool capan_tcp_fits(const struct capan_tcp *, const struct capan_tcp_header *, enum capan_direction);

/* It acknowledges octets that were sent once, and after that time: by their times, the effect came before its cause. */
bool capan_tcp_acks_later(const struct capan_tcp *, const struct capan_tcp_header *, enum capan_direction,
                          int64_t time_ns);
/* It carries octets that were acknowledged just before and not seen. */
bool capan_tcp_comes_after_ack(const struct capan_tcp *, const struct capan_tcp_header *, enum capan_direction);
/* It carries octets that its sender had not sent so far. */
bool capan_tcp_is_new(const struct capan_tcp *, const struct capan_tcp_header *, enum capan_direction);

/* What is left to do with a segment's payload: offsets count the direction's data octets from 0 (the first after the
 * SYN; midstream: the first seen, so that older octets have none). */
struct capan_tcp_data {
    int64_t offset;           /* of the payload's first octet; may be negative midstream */
    struct capan_span octets; /* captured; empty when the segment must not reach the application (outside the window,
                                 keep-alive, duplicate) */
    uint32_t len;             /* on the wire; octets.len where the capture has all */
    int64_t peer_acked;       /* the other direction's octets [.., peer_acked) that this segment acknowledges; INT64_MIN
                                 without ACK */
    int64_t fin_at[2]; /* where each direction's stream ends, by enum capan_direction, as this segment shows; INT64_MAX:
                          it does not */
    bool rst;          /* the connection is aborted (believable RST) */
};

/* Decides on one segment. *segment was pushed for it; frame, time, stream and direction are set already. reused: it
 * opens a connection on ports that another one had. */
void capan_tcp_segment(struct capan_tcp *, const struct capan_packet *, const struct capan_tcp_header *, bool reused,
                       struct capan_segment *segment, struct capan_tcp_data *data);

/* So much time has passed, also without a segment: questions that time alone answers are closed. */
void capan_tcp_settle(struct capan_tcp *, int64_t now_ns);

/* What an ICMP error quotes of a connection. */
struct capan_tcp_quoted {
    int64_t seq;    /* relative; meaningful with in_flight */
    uint32_t frame; /* that sent these octets last; 0 not captured */
    bool in_flight;
};

/* An ICMP error quoted one of this connection's segments sent in that direction (RFC 792, RFC 4443). mtu 0: not given.
 * too_big: fragmentation needed or packet too big, which is evidence for resends. */
struct capan_tcp_quoted capan_tcp_icmp(struct capan_tcp *, enum capan_direction direction, bool too_big, uint32_t mtu,
                                       uint32_t quoted_seq, uint32_t frame, int64_t time_ns);
/* What the sender of the quoted segment has done since, the capture having gone on to now. */
enum capan_icmp_effect capan_tcp_icmp_effect(const struct capan_tcp *, const struct capan_icmp *, int64_t now_ns);

/* It has closed: memory is given back that only more data would need. */
void capan_tcp_rest(struct capan_tcp *);

/* An exchange on it ended unfinished: where a reset ended it, that cut it off. */
void capan_tcp_cut_off(const struct capan_tcp *);

/* Nothing more will come: open questions are answered with what is known. */
void capan_tcp_finish(struct capan_tcp *);

/* Segments of a direction; those whose checksum was left to the network card, or is wrong without telling why, and the
 * first frame of these (0 none). */
struct capan_tcp_sums {
    uint32_t all, left, left_frame;
};
struct capan_tcp_sums capan_tcp_sums(const struct capan_tcp *, enum capan_direction);

/* How it opened, and whether both ends' initial numbers are known: of the summary, without the rest. */
enum capan_tcp_open capan_tcp_opening(const struct capan_tcp *);
bool capan_tcp_is_from_syn(const struct capan_tcp *);
/* All but what capan_tcp_tell_time() fills in. */
void capan_tcp_summarise(const struct capan_tcp *, struct capan_tcp_summary *);
/* Where the time of [first_ns, last_ns] went, and what limited the connection. */
void capan_tcp_tell_time(const struct capan_tcp *, int64_t first_ns, int64_t last_ns, struct capan_tcp_summary *);

/* How the time of what that side sends went since its newest answer began, in ns by enum capan_time_part: what it sent
 * first after its peer's data. All 0 where there is none. */
void capan_tcp_answer(const struct capan_tcp *, enum capan_direction, int64_t part_ns[CAPAN_TIME_PART_COUNT]);
/* From the first SYN to the end of the handshake, which *opened_ns gets; 0 both where that was not seen. */
int64_t capan_tcp_handshake(const struct capan_tcp *, int64_t *opened_ns);

/* One round trip of the path, in two halves: half_ns[d] is between the capture and who sends direction d. Of each the
 * shortest that the handshake or data and its ACK have measured so far. -1 unless both halves are known. */
int64_t capan_tcp_round_trip(const struct capan_tcp *, int64_t half_ns[2]);

/* The SYN of at least one side was captured: what follows is the beginning of what is said. */
bool capan_tcp_began(const struct capan_tcp *);

/* No segment will change what is said of it but by reuse of its ports: both sides closed, or one of them reset it. Who
 * is said to have sent a reset that somebody else sent may go on. */
bool capan_tcp_closed(const struct capan_tcp *);

#endif
