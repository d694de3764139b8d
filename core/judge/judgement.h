/* SPDX-License-Identifier: MIT */
/* One exchange before the judge: what was asked, what was answered, what the client had. The rules look at this alone.
 */
#ifndef JUDGEMENT_H
#define JUDGEMENT_H

#include "directives.h"
#include "store.h"
#include "transport.h"
#include "variant.h"

/* What rules ask for, one bit each. EFFECTIVE: present, meaningful for the method, readable and not overridden by
 * another precondition (RFC 9110 13.2.2). */
#define CAPAN_FACT(n)           (UINT64_C(1) << (n))
#define CAPAN_IS_CAPTURED       CAPAN_FACT(0) /* the request */
#define CAPAN_IS_GET            CAPAN_FACT(1)
#define CAPAN_IS_READ           CAPAN_FACT(2) /* GET or HEAD */
#define CAPAN_IS_WRITE          CAPAN_FACT(3) /* PUT, PATCH or DELETE */
#define CAPAN_IS_UNSAFE         CAPAN_FACT(4) /* neither safe (RFC 9110 9.2.1) nor CONNECT */
#define CAPAN_IS_EXEMPT         CAPAN_FACT(5) /* CONNECT, OPTIONS, TRACE (RFC 9110 13.2.1) */
#define CAPAN_ASKS_IM           CAPAN_FACT(6) /* present, as the next five */
#define CAPAN_ASKS_IUS          CAPAN_FACT(7)
#define CAPAN_ASKS_INM          CAPAN_FACT(8)
#define CAPAN_ASKS_IMS          CAPAN_FACT(9)
#define CAPAN_ASKS_IR           CAPAN_FACT(10)
#define CAPAN_ASKS_RANGE        CAPAN_FACT(11)
#define CAPAN_BY_IM             CAPAN_FACT(12) /* effective, as the next five */
#define CAPAN_BY_IUS            CAPAN_FACT(13)
#define CAPAN_BY_INM            CAPAN_FACT(14) /* on GET or HEAD */
#define CAPAN_BY_ABSENCE        CAPAN_FACT(15) /* If-None-Match on other methods */
#define CAPAN_BY_IMS            CAPAN_FACT(16)
#define CAPAN_BY_IR             CAPAN_FACT(17)
#define CAPAN_BY_RANGE          CAPAN_FACT(18) /* Range on GET (RFC 9110 14.2) */
#define CAPAN_GUARDED           CAPAN_FACT(19) /* by If-Match, If-Unmodified-Since or If-None-Match on other methods */
#define CAPAN_VALIDATES         CAPAN_FACT(20) /* by If-None-Match or If-Modified-Since */
#define CAPAN_EFFECTIVE         CAPAN_FACT(21) /* any of the three */
#define CAPAN_RELOADS           CAPAN_FACT(22) /* RFC 9111 5.2.1 */
#define CAPAN_IS_AUTHORIZED     CAPAN_FACT(23)
#define CAPAN_HAD               CAPAN_FACT(24) /* the client had something: known */
#define CAPAN_HAD_FRESH         CAPAN_FACT(25) /* it was explicitly fresh and could be used without asking */
#define CAPAN_SEEN_VALIDATOR    CAPAN_FACT(26) /* anybody was given a validator of the resource */
#define CAPAN_GOT_FINAL         CAPAN_FACT(27)
#define CAPAN_GOT_TUNNEL        CAPAN_FACT(28)
#define CAPAN_GOT_2XX           CAPAN_FACT(29)
#define CAPAN_GOT_3XX           CAPAN_FACT(30)
#define CAPAN_GOT_4XX           CAPAN_FACT(31)
#define CAPAN_GOT_5XX           CAPAN_FACT(32)
#define CAPAN_GOT_200           CAPAN_FACT(33)
#define CAPAN_GOT_206           CAPAN_FACT(34)
#define CAPAN_GOT_304           CAPAN_FACT(35)
#define CAPAN_GOT_412           CAPAN_FACT(36)
#define CAPAN_GOT_416           CAPAN_FACT(37)
#define CAPAN_GOT_428           CAPAN_FACT(38)
#define CAPAN_GOT_BODY          CAPAN_FACT(39) /* 2xx to GET with a body seen whole */
#define CAPAN_GOT_AGE           CAPAN_FACT(40)
#define CAPAN_GOT_ETAG          CAPAN_FACT(41)
#define CAPAN_GOT_CC            CAPAN_FACT(42)
#define CAPAN_HIT               CAPAN_FACT(43) /* a cache says that it answered */
#define CAPAN_PROVES_SAME       CAPAN_FACT(44) /* the answer's validator equals what was asked: a 304 was due */
#define CAPAN_PROVES_CHANGE     CAPAN_FACT(45)
#define CAPAN_RANGE_HOLDS       CAPAN_FACT(46) /* If-Range equals the answer's validator (RFC 9110 13.1.5) */
#define CAPAN_BODY_SAME         CAPAN_FACT(47) /* the body that the client had */
#define CAPAN_BODY_OTHER        CAPAN_FACT(48)
#define CAPAN_ASKS_MOOT         CAPAN_FACT(49) /* preconditions on an exempt method */
#define CAPAN_ASKS_UNREADABLE   CAPAN_FACT(50) /* a precondition that must be ignored because it cannot be read */
#define CAPAN_IM_STAR           CAPAN_FACT(51)
#define CAPAN_INM_STAR          CAPAN_FACT(52)
#define CAPAN_IS_CONNECT        CAPAN_FACT(53)
#define CAPAN_IS_HEAD           CAPAN_FACT(54)
#define CAPAN_ASKS_READABLE_IMS CAPAN_FACT(55)

#define CAPAN_ASKS_WHETHER CAPAN_FACT(57) /* GET or HEAD with If-None-Match or If-Modified-Since, readable or not */
#define CAPAN_GOT_NEW      CAPAN_FACT(56) /* a whole body that this server had not sent of the resource before */

#define CAPAN_ASKS_ANY (CAPAN_ASKS_IM | CAPAN_ASKS_IUS | CAPAN_ASKS_INM | CAPAN_ASKS_IMS | CAPAN_ASKS_IR)

/* How a list of tags compares with one tag (RFC 9110 8.8.3.2). */
struct capan_match {
    bool weak, strong; /* some member is equal */
    bool star;
    bool any; /* there is a readable member */
};

/* What the request's validators were when it was sent. */
struct capan_origin {
    uint8_t provenance; /* enum capan_http_provenance */
    uint32_t frame;     /* of the response that issued it */
    int64_t ns;
    bool is_weakened; /* the same but for W/ */
    bool is_odd;      /* a date that was given in a form that must not be sent */
};

struct capan_asked {
    struct capan_kept kept;
    struct capan_directives cc;
    struct capan_etag_summary im, inm;
    struct capan_date_field ims, ius, ir_date;
    struct capan_tag ir_tag, single; /* single: the only member of If-None-Match or If-Match */
    struct capan_match im_current;   /* If-Match against the resource as known at the request's time */
    struct capan_match inm_known;    /* If-None-Match against the copy the client had */
    bool foreign, other_variant;     /* a tag that was issued for another resource, for another variant only */
    bool has_other_variants;         /* the client had copies, none of this variant */
    bool echoes_date;                /* a date in a wrong form is sent as it was given */
    uint64_t garbled; /* 1 << CAPAN_FIELD_...: has a tag that is none, and was not given to the client as it is */
};

struct capan_content_range {
    bool present, valid;
    bool unsatisfied;            /* bytes * / total */
    uint64_t first, last, total; /* total UINT64_MAX: "*" */
};

enum capan_cache_says { CAPAN_CACHE_SILENT, CAPAN_CACHE_HIT, CAPAN_CACHE_MISS };

struct capan_answer {
    struct capan_kept kept;
    struct capan_directives cc;
    struct capan_tag tag;
    struct capan_tag trailing_tag; /* of the trailer section, where the header has none */
    struct capan_date_field modified, date, expires;
    struct capan_content_range range;
    struct capan_span names; /* variant.h */
    uint64_t variant;
    uint64_t content_length;     /* UINT64_MAX unknown */
    uint64_t encoding, language; /* hashes; 0 none */
    int64_t age_s;               /* -1: absent or unreadable */
    int64_t lifetime_s;          /* explicit or heuristic; -1 none */
    int64_t explicit_s;          /* RFC 9111 4.2.1 alone, for a shared cache; -1 none */
    uint32_t vary, fields;       /* enum capan_vary, enum capan_present */
    bool heuristic;
    uint8_t cache;              /* enum capan_cache_says */
    struct capan_match inm, im; /* against tag */
};

struct capan_keys {
    uint64_t client, server, resource, served, copy;
};

/* What heads said, as far as it must be told where one of them was cut. */
struct capan_said {
    bool is_cut;
    bool is_asked;                    /* a request was captured, read or not */
    bool is_answered;                 /* a final response was captured, its status or not */
    bool is_refused;                  /* what was sent is no request */
    struct capan_span method, target; /* of a request that was cut; empty else */
    uint8_t request_version;
    uint8_t response_version; /* of the final response, cut or not */
    uint16_t status;
};

struct capan_judgement {
    struct capan_exchange exchange;
    struct capan_http_parties parties;
    struct capan_http_end end;
    struct capan_keys keys;
    struct capan_hash_key key;
    struct capan_arena arena;
    struct capan_asked asked;
    struct capan_answer answer;
    struct capan_origin origin;
    struct capan_stored *known;  /* what the client had; one reference is ours */
    struct capan_current before; /* the resource at the request's time */
    struct capan_copy *copy;     /* these three as they are when the exchange ends; NULL: not there */
    struct capan_resource *resource;
    struct capan_served *served;
    struct capan_load *load;                    /* of the page that it is a part of; likewise */
    struct capan_representation representation; /* what was sent, when it was sent whole */
    struct capan_said said;
    struct capan_judgement *ended_next; /* capan_ended's */
    void *ended_owner;
    uint64_t facts;
    size_t charge;     /* its owner's */
    uint8_t forgotten; /* 1 << CAPAN_FORGOT_...: what was given up or not read when it was asked */
    bool known_usable; /* not invalidated since (RFC 9111 4.4) */
};

/* Nanoseconds from one time to a later one; 0 when it is not later. Times are the capture's: any two. */
static inline int64_t capan_elapsed_ns(int64_t from_ns, int64_t to_ns) {
    uint64_t elapsed = to_ns > from_ns ? (uint64_t)to_ns - (uint64_t)from_ns : 0;
    return elapsed > INT64_MAX ? INT64_MAX : (int64_t)elapsed;
}

static inline bool capan_judgement_has(const struct capan_judgement *j, uint64_t facts) {
    return (j->facts & facts) == facts;
}
/* A response that was seen before, out of a cache. */
bool capan_is_filled_by(const struct capan_fill *, const struct capan_answer *);

static inline bool capan_judgement_any(const struct capan_judgement *j, uint64_t facts) {
    return (j->facts & facts) != 0;
}

#endif
