/* SPDX-License-Identifier: MIT */
/* The segments of a capture as a bystander notes them down: what each says, and sums over those before it. No verdict,
 * and nothing that is revised later: whoever reads it can count it again by hand. */
#ifndef RECORD_H
#define RECORD_H

#include "alloc.h"
#include "capan/packet.h"
#include "index.h"
#include "ranges.h"

#define RECORD_NONE UINT32_MAX

/* One segment. Numbers are relative to its sender's SYN, or to one below the first number that was seen, and unwrapped.
 * Frames are 0 where there is none. */
struct record {
    int64_t time_ns;
    int64_t seq, end, ack; /* end: SYN and FIN count */
    uint32_t frame, talk;  /* talk: the connection's number here */
    uint32_t len, window;  /* octets; the window is scaled */
    uint32_t ts_val;
    uint64_t digest; /* of the octets it carries, as far as captured; 0 none */
    uint64_t pair;   /* of the ends of its connection, whoever sends */
    struct capan_span payload;
    uint32_t before, after;                /* the records of the same sender next to it, RECORD_NONE: none */
    uint16_t ip_id, id_before, raw_window; /* before: of the packet before it that was no reset */
    uint8_t side, flags, ttl, ttl_before;  /* side: 0 for who was seen first */
    bool has_ack, has_ts, has_ip_id, malformed, bad_sum, sack_cut, dsack, new_sack, changes_window, isn_again, reopens,
        repeats,                   /* its peer's last data had all been acknowledged */
        disordered,                /* its connection's times go back: what had passed before it depends on the order */
        believed;                  /* its ACK is of what can have been sent */
    int64_t sack_left, sack_right; /* of the first block */
    /* What had passed before it. */
    int64_t sent, una;                /* its sender's highest number, and the highest ACK of that */
    int64_t peer_sent, acked;         /* the same of its peer */
    int64_t acked_seen;               /* the highest ACK of what had passed */
    int64_t sacked;                   /* the highest of its sender's numbers in a SACK block */
    int64_t readable, readable_after; /* up to where its sender's octets were all there, before and after it */
    int64_t seen, filled, unseen;     /* of its octets those that had passed; that lay in a hole; of those that it newly
                                       * acknowledges, that had not passed */
    uint32_t una_frame, acked_frame;  /* which raised una, acked */
    uint32_t report;                  /* its peer's newest duplicate ACK, else una_frame */
    uint32_t duplicates;              /* ACKs like it since acked_frame, itself included */
    uint32_t window_before, peer_window;
    uint32_t first_syn, syn_frame, peer_syn, peer_last; /* of the connection; its sender's; its peer's */
    uint32_t closed, peer_closed;                       /* which shut its sender's, its peer's window */
    uint32_t goodbye, late_data;                        /* its sender's RST or FIN; its peer's data behind that */
};

struct side {
    int64_t base;         /* the raw number that 0 stands for */
    int64_t sent, acked;  /* its own highest; the highest that it acknowledged of its peer */
    struct ranges octets; /* seen */
    struct ranges sacked; /* in its peer's SACK blocks */
    int64_t sacked_high, readable, probe_end;
    uint32_t acked_frame, duplicates, duplicate_frame, window, syn_frame, last_frame, closed_frame, fin_frame,
        rst_frame, late_frame, path;
    int64_t acked_seen, odd_fin;
    int64_t edge; /* of what it offered room for */
    uint32_t window_max;
    uint32_t newest; /* record */
    uint16_t ip_id;
    uint8_t scale, ttl;
    bool based, has_acked, has_syn, has_scale, spoke, path_known, repeated, sums; /* sums: its checksums are right */
};

struct talk {
    struct capan_indexed in;
    struct capan_endpoint end[2];
    struct side side[2];
    uint32_t number, first_syn;
    int64_t newest_ns;
    bool over, disordered;
    struct talk *old;  /* it was begun in the midst of that one, and which of both goes on is not known; else NULL */
    struct talk *next; /* of all */
};

struct instant {
    int64_t time_ns;
    uint32_t talk;
};

struct recording {
    const struct capan_alloc *alloc;
    struct record *records;
    size_t count, capacity;
    struct capan_index talks;
    struct talk *all;
    uint32_t talk_count;
    uint64_t held, memory; /* octets of payload; and how many may be */
    bool cut;              /* some were left out */
    uint32_t *icmp;        /* frames with an ICMP message */
    size_t icmp_count, icmp_capacity;
    struct instant *instants; /* of all records, sorted, once they are asked for */
};

/* For one more record. Payloads have half of the memory: without them fewer numbers can be read again, without the rest
 * none. */
static inline bool capan_recording_has_room(const struct recording *recording) {
    const uint64_t records = recording->count * sizeof(struct record),
                   talks = recording->talk_count * sizeof(struct talk);
    return records + talks + recording->icmp_count * sizeof(uint32_t) < recording->memory / 2;
}

#endif
