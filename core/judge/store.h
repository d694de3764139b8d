/* SPDX-License-Identifier: MIT */
/* What the judge remembers, under one budget: nodes found by a keyed hash, the least recently used given up first. No
 * node points to another, so that any may go at any time. */
#ifndef STORE_H
#define STORE_H

#include "capan/exchange.h"
#include "index.h"
#include "validator.h"

enum capan_node_kind {
    CAPAN_NODE_RESOURCE, /* what a URI names, whichever server answers (RFC 9110 4.2, RFC 9111 2) */
    CAPAN_NODE_SERVED,   /* a resource as one server endpoint serves it */
    CAPAN_NODE_COPY,     /* a resource as one client knows it */
    CAPAN_NODE_TAG,      /* an entity tag as one client was given it */
    CAPAN_NODE_PAGE,     /* a URL that brought, or may bring, other requests of one client */
    CAPAN_NODE_LOAD,     /* one load of a page by one client */
    CAPAN_NODE_KINDS
};

struct capan_node {
    struct capan_indexed in;
    uint8_t kind;
};

#define CAPAN_NO_DATE INT64_MIN

/* Fields that a 304 or 206 must repeat when the 200 had them, and Last-Modified. */
#define CAPAN_X(name, ...) CAPAN_HAS_##name = 1 << CAPAN_REPEATED_##name,
enum capan_present { CAPAN_HTTP_REPEATED(CAPAN_X) CAPAN_HAS_LAST_MODIFIED = 1 << CAPAN_HTTP_REPEATED_COUNT };
#undef CAPAN_X
#define CAPAN_HAS_REPEATED ((uint32_t)CAPAN_HAS_LAST_MODIFIED - 1)

/* One response with content as the client that got it could store it (RFC 9111 3): a validator alone, as of a HEAD or a
 * 412, is only issued. Not changed once it is stored: an exchange in flight keeps what it found at its request's time.
 */
struct capan_stored {
    uint32_t refs;
    uint32_t size;
    struct capan_stored *next; /* an older one of another variant; the copy's alone to look at */
    struct capan_span names;   /* what Vary names (variant.h); its octets follow the struct */
    uint64_t variant;          /* the values that the request had for them */
    struct capan_tag tag;
    struct capan_tag trailing_tag; /* of its trailer section, where its header has none */
    struct capan_date_field modified;
    uint64_t digest, body_len, content_length; /* body_len: of the coded body; content_length: UINT64_MAX unknown */
    uint64_t encoding;                         /* hash of Content-Encoding; 0 none */
    int64_t date_s;                            /* Date; CAPAN_NO_DATE without a readable one */
    uint32_t fields;                           /* which fields it had: enum capan_present */
    uint32_t directives;                       /* enum capan_directive */
    int64_t lifetime_s, age_s;                 /* lifetime -1 none; age when it arrived (RFC 9111 4.2.3) */
    int64_t ns;                                /* when it arrived: its last octet */
    int64_t server_ns;                         /* what a 200 took to come; -1 unknown */
    uint64_t first, end;                       /* the octets of the content that the client holds: [first, end) */
    uint32_t frame;                            /* its last frame */
    bool digest_known, body_known;
    bool whole;     /* that is all of it; else a part, which no 304 makes whole (RFC 9111 3.3) */
    bool heuristic; /* the lifetime is by RFC 9111 4.2.2 */
    bool written;   /* the client's own PUT: digest and body_len are of what it sent (RFC 9110 9.3.4) */
};

/* What the client can ask with. */
static inline const struct capan_tag *capan_stored_tag(const struct capan_stored *stored) {
    return stored->tag.whole ? &stored->tag : &stored->trailing_tag;
}

/* A validator that a client was given for a resource. */
struct capan_issued {
    uint64_t value, base; /* of a tag; of a date its seconds, or the hash of what could not be read */
    uint64_t variant;
    int64_t ns;
    uint32_t frame;
    uint8_t what; /* enum capan_issued_what */
    bool weak;
    bool odd; /* a date in another form than must be sent */
};
enum capan_issued_what { CAPAN_ISSUED_TAG, CAPAN_ISSUED_MODIFIED, CAPAN_ISSUED_MODIFIED_RAW };

#define CAPAN_VARIANTS_MAX 16
#define CAPAN_ISSUED_MAX   64

struct capan_copy {
    struct capan_node node;
    struct capan_stored *variants; /* newest first */
    struct capan_issued *issued;   /* oldest first, a ring once it is full */
    size_t issued_count, issued_capacity, issued_next;
    uint64_t part;          /* the strong tag under which parts were fetched last; 0 none */
    uint32_t not_modified;  /* 304 in a row */
    int64_t unchanged_ns;   /* since when its representation was seen to be the same; 0 never seen */
    int64_t invalidated_ns; /* by the client's own unsafe request (RFC 9111 4.4) */
};

/* A resource as the newest response showed it, to whomever. */
struct capan_current {
    uint64_t server; /* whose word it is: other nodes may not know of it */
    struct capan_tag tag;
    struct capan_date_field modified;
    uint32_t frame;
    int64_t ns;
    enum { CAPAN_EXISTENCE_UNKNOWN, CAPAN_EXISTS, CAPAN_EXISTS_NOT } existence;
    bool validator_seen;          /* ever */
    uint64_t writer, writer_base; /* the client that wrote last, and the tag that it had read before; 0 none */
    uint64_t write_server;        /* by which server */
    uint32_t write_frame;
    int64_t write_ns;
};

/* One response out of a shared cache, to be known again when it is served again. */
struct capan_fill {
    uint64_t tag, encoding, client;
    uint64_t variant; /* by what Vary names but Accept-Encoding, which caches may normalize (RFC 9111 4.1) */
    int64_t date_s, modified_s;
    int64_t age_s, ns;
    uint32_t frame;
    bool weak, authorized;
    bool negotiated; /* the request had Accept-Encoding */
};

/* One representation that was sent whole. */
struct capan_representation {
    uint64_t tag, base, digest, encoding, language;
    uint64_t server;
    uint32_t vary;
    bool weak;
};
#define CAPAN_REPRESENTATIONS_MAX 8

struct capan_resource {
    struct capan_node node;
    struct capan_current current;
    struct capan_representation *at; /* oldest first, a ring once it is full */
    size_t count, capacity, next;
};

struct capan_served {
    struct capan_node node;
    struct capan_fill fill;
};

struct capan_tag_origin {
    struct capan_node node;
    uint64_t resource;
};

struct capan_page_url {
    struct capan_node node;
    uint64_t load;          /* the newest one that it belongs to */
    bool document, favicon; /* the page itself; what a browser asks for on its own account */
};

/* The longest chains of exchanges of which each began after the one before had ended: by their ends, and the later the
 * longer. */
#define CAPAN_CHAINS_MAX 8
struct capan_chains {
    struct capan_chain {
        int64_t end_ns;
        int64_t round_trips_x100;
        uint32_t confirming; /* round trips in it that brought a 304 and nothing else */
    } at[CAPAN_CHAINS_MAX];
    size_t count;
};

struct capan_load {
    struct capan_node node;
    uint64_t number;
    uint32_t requests, not_modified;
    bool told; /* that it only confirms */
    bool has_document, redirected;
    int64_t first_ns, last_ns; /* of its requests: when they were sent */
    int64_t ended_ns;          /* of its responses: when the latest was whole */
    struct capan_chains chains;
};

/* Which nodes were given up, by four bits of each one's hash: one that was is always known again, one that was not may
 * seem to have been. */
struct capan_given_up {
    uint64_t *bits; /* NULL none yet */
    size_t words;   /* a power of two */
    bool all;       /* there was no memory for them: any may have been */
};

struct capan_store {
    struct capan_counter counter;
    struct capan_hash_key key; /* of all hashes that the judge makes */
    uint64_t budget, evicted;
    uint64_t loads; /* so far */
    struct capan_given_up given_up;
    struct capan_index index;
};

/* Must stay where it is. */
void capan_store_init(struct capan_store *, const struct capan_alloc *, uint64_t budget, uint64_t seed);
void capan_store_free(struct capan_store *);
/* That key is going to be looked for: first its place in the table is brought near, then, when that has arrived, the
 * node. Whether there is one is for find to tell. */
void capan_store_bring_bucket(const struct capan_store *, enum capan_node_kind, uint64_t key);
void capan_store_bring_node(const struct capan_store *, enum capan_node_kind, uint64_t key);
/* The node, now the most recently used; NULL when there is none. */
void *capan_store_find(struct capan_store *, enum capan_node_kind, uint64_t key);
/* The same, made zeroed when there is none; NULL without memory. */
void *capan_store_make(struct capan_store *, enum capan_node_kind, uint64_t key);
/* Whether there was one that was given up; by chance, true where there was none. */
bool capan_store_forgot(const struct capan_store *, enum capan_node_kind, uint64_t key);
/* Gives up nodes until the budget is kept. Pointers to nodes end here. */
void capan_store_trim(struct capan_store *);

/* A response of which the caller holds one reference; from is copied, its names too. NULL without memory. */
struct capan_stored *capan_stored_new(struct capan_store *, const struct capan_stored *from);
void capan_stored_drop(struct capan_store *, struct capan_stored *);
static inline struct capan_stored *capan_stored_hold(struct capan_stored *stored) {
    if (stored) stored->refs++;
    return stored;
}
/* Puts it first in the copy, in place of the one of the same variant. The reference passes to the copy. */
void capan_copy_put(struct capan_store *, struct capan_copy *, struct capan_stored *);
/* Remembers a validator; the newest frame counts when it was given before. */
void capan_copy_issue(struct capan_store *, struct capan_copy *, const struct capan_issued *);
bool capan_resource_has(const struct capan_resource *, const struct capan_representation *);
void capan_resource_add(struct capan_store *, struct capan_resource *, const struct capan_representation *);

#endif
