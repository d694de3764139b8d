/* SPDX-License-Identifier: MIT */
/* What those who read the sentences of a text share: the sentence, what was named before it, and how a claim is told.
 */
#ifndef READER_H
#define READER_H

#include "arena.h"
#include "facts.h"
#include "human.h"
#include "pattern.h"
#include "sentence.h"

enum { SUBJECTS_MAX = CAPAN_CLAIM_FRAMES, PARTS_MAX = 64, SENTENCE_MAX = 400, SLIPS_MAX = 1 << 12 };
enum { VALUES_MAX = 24, COUNTS_MAX = 8, HAPPENINGS_MAX = 256 };

/* All the numbers by which people may call something, the plainest first. */
struct values {
    int64_t at[VALUES_MAX];
    size_t count;
};

/* How many frames are so: for certain, and perhaps; the first that is. */
struct frames_so {
    uint64_t sure, perhaps;
    uint32_t first;
    bool counted;
};

struct reader {
    const struct facts *facts;
    const struct capan_alloc *alloc;
    struct tokens tokens;
    struct capan_arena kept; /* the claims' texts */
    struct capan_claim *claims;
    size_t claim_count, claim_room;
    struct capan_audit_totals totals;
    size_t begin, end;         /* the sentence: tokens [begin, end) */
    uint32_t current;          /* the frame that was named last before it; 0 none */
    uint32_t heading;          /* the frame whose line was read last; 0 none */
    uint32_t promised;         /* the sentence before ends with "Packet 4 is as follows"; 0 it does not */
    size_t promised_at;        /* the token of it */
    uint32_t parts[PARTS_MAX]; /* the segments of the message that was listed last */
    size_t part_count;
    uint32_t completes;      /* the frame in which a list that comes next is to be seen; 0 none */
    size_t completes_at;     /* the token of it */
    unsigned completes_left; /* for so many sentences */
    uint64_t header;         /* what is taken from frames' lengths in sums; 0 nothing was, or not always the same */
    unsigned header_uses;
    size_t header_at;          /* the token of the first such */
    bool headers_differ;       /* more than one such */
    uint32_t lined[PARTS_MAX]; /* frames whose lines stood in the text, with their lengths */
    size_t lined_count;
    unsigned conditions;              /* sentences since If-Modified-Since and If-None-Match were both named; 0 never */
    uint64_t ping_size, ping_passed;  /* of the last ping told of; the largest that came back; 0 none */
    size_t searched;                  /* frames that were looked through for a number that no frame was named for */
    struct values counts[COUNTS_MAX]; /* of all the capture, by row of counts.c; empty: not counted yet */
    struct frames_so happenings[HAPPENINGS_MAX]; /* likewise, of happenings.c */
    bool failed;
};

static inline struct token *reader_token(const struct reader *reader, size_t at) {
    return &reader->tokens.at[at];
}

/* A verdict on its way to a claim. */
struct judged {
    uint8_t verdict;
    bool denies;        /* the claim is that it is not so */
    const char *source; /* NULL: "" */
    char said[96], right[160], why[320];
    uint32_t frames[CAPAN_CLAIM_FRAMES];
    size_t frame_count;
};

/* One more claim, of tokens [from, to), which are taken. said empty: their text. */
void capan_claim(struct reader *, enum capan_claim_what, size_t from, size_t to, const struct judged *);
/* The first token of the clause that token at is in: what stands between signs like commas. */
size_t capan_clause_begin(const struct reader *, size_t at);
/* Whether tokens [from, to), with their clause up to them, deny what they say, or only suppose it: then it is no claim,
 * and capan_claim counts it as not understood. */
bool capan_is_hedged(const struct reader *, size_t from, size_t to);
/* Whether they only suppose it. */
bool capan_is_supposed(const struct reader *, size_t from, size_t to);
/* The common ones. */
void capan_claim_confirmed(struct reader *, enum capan_claim_what, size_t from, size_t to, uint32_t frame);
void capan_claim_absent(struct reader *, enum capan_claim_what, size_t from, size_t to, const char *why);
void capan_judged_frame(struct judged *, uint32_t frame);

/* Which frames a token of the sentence is about. */
enum binding { BOUND_NOT, BOUND_CONTEXT, BOUND_AFTER, BOUND_BEFORE };
struct subjects {
    enum binding binding;
    size_t at;  /* the token of the nearest; not with CONTEXT */
    bool close; /* AFTER, and in parentheses right behind */
    uint32_t frames[SUBJECTS_MAX];
    size_t count;
};
void capan_subjects(const struct reader *, size_t at, struct subjects *);

/* --- the readers of a sentence, in the order in which they are asked; each takes what it understands --- */

/* A table of frames. Returns the token behind it; at when it is none. */
size_t capan_read_table(struct reader *, size_t at);
/* "4 192.0.2.1:5672 -> 192.0.2.2:80 HTTP 417 GET / HTTP/1.1". Returns the token behind the line; at when it is
 * none. */
size_t capan_read_line(struct reader *, size_t at);
bool capan_begins_line(const struct reader *, size_t at);
void capan_read_reassembly(struct reader *);
void capan_read_sums(struct reader *);
void capan_read_controls(struct reader *);
/* "a 304 response ... read from the cache": before statuses are read as the capture's. */
void capan_read_doings(struct reader *);
void capan_read_keys(struct reader *);
void capan_read_messages(struct reader *);
void capan_read_relations(struct reader *);
void capan_read_pings(struct reader *);
void capan_read_phrases(struct reader *);
void capan_read_times(struct reader *);
void capan_read_counts(struct reader *);
void capan_read_events(struct reader *);
void capan_read_happenings(struct reader *);
void capan_read_places(struct reader *);
void capan_read_teachings(struct reader *);
/* Behind the last sentence: what the text does throughout. */
void capan_read_whole(struct reader *);

/* --- shared by them --- */

/* The token behind the physical line of token at. */
size_t capan_line_end(const struct reader *, size_t at);
/* "seq = 4" and the like among tokens [from, to), of that frame for certain; 0: of what the sentence is about. */
void capan_read_keys_of(struct reader *, size_t from, size_t to, uint32_t frame);
/* Methods, targets, versions and statuses, likewise. */
void capan_read_start_lines(struct reader *, size_t from, size_t to, uint32_t frame);
/* "[SYN, ACK]" at token at, of that frame. Returns the token behind; at when there are none. */
size_t capan_read_flags(struct reader *, size_t at, size_t to, uint32_t frame);
/* Flags by their names: 0, no such. */
uint8_t capan_flag_named(const struct token *);
/* "SYN, ACK" */
void capan_flags_text(uint8_t flags, char text[64]);

#endif
