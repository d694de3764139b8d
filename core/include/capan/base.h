/* SPDX-License-Identifier: MIT */
/* What every layer shares: results, octet spans, memory, severities, endpoints. */
#ifndef CAPAN_BASE_H
#define CAPAN_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__MINGW32__) /* its own printf knows no %zu: __USE_MINGW_ANSI_STDIO brings one that does */
#define CAPAN_API
#define CAPAN_PRINTF(text, first) __attribute__((format(gnu_printf, text, first)))
#elif defined(__GNUC__)
#define CAPAN_API                 __attribute__((visibility("default")))
#define CAPAN_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define CAPAN_API
#define CAPAN_PRINTF(text, first)
#endif

/* Why a call could not do its work. Odd traffic is never one of these: it is a finding. */
enum capan_result {
    CAPAN_OK,
    CAPAN_NO_MEMORY,   /* the allocator refused */
    CAPAN_END,         /* nothing more to read */
    CAPAN_TRUNCATED,   /* the input stops in the middle of a record */
    CAPAN_DAMAGED,     /* the input is not what it claims to be */
    CAPAN_UNSUPPORTED, /* a file or link type that we do not read */
    CAPAN_IO,          /* the operating system refused; errno says why */
    CAPAN_USAGE        /* the caller's words make no sense (a filter that does not compile) */
};

/* The words for a result, for people. Static. */
CAPAN_API const char *capan_result_text(enum capan_result result);

/* Octets that belong to somebody else. at may be NULL only when len is 0. */
struct capan_span {
    const uint8_t *at;
    size_t len;
};

/* Whether octets are the beginning of something. PERHAPS: more of them would tell. */
enum capan_begins { CAPAN_BEGINS_NOT, CAPAN_BEGINS_PERHAPS, CAPAN_BEGINS };

/* Where memory comes from. resize(context, NULL, 0, n) allocates, (p, old, n) moves, (p, old, 0) frees and gives NULL;
 * NULL for n > 0 means refused, and the old block stays. Old sizes are exact: an allocator can keep a sum. */
struct capan_alloc {
    void *(*resize)(void *context, void *block, size_t old_size, size_t new_size);
    void *context;
};

/* realloc and free of libc. */
CAPAN_API extern const struct capan_alloc capan_libc;

/* How loud a verdict is, in Wireshark's words (proto.h, PI_CHAT to PI_ERROR). */
enum capan_severity { CAPAN_NONE, CAPAN_CHAT, CAPAN_NOTE, CAPAN_WARN, CAPAN_ERROR };
CAPAN_API const char *capan_severity_name(enum capan_severity severity);

/* One row of a list of verdicts: token, and where the list has them severity, source and sentence (else NONE, "" and
 * ""). */
struct capan_token {
    const char *name;  /* the enum's name without its prefix: "DATA_NEW" */
    const char *token; /* the contract's word: "data-new" */
    enum capan_severity severity;
    const char *source;   /* RFC and section */
    const char *sentence; /* one sentence, lower case, without a full stop */
};

/* A set of a list's rows is a mask with a bit for each. The first one of them, which is taken out; NULL when the set is
 * empty. */
CAPAN_API const struct capan_token *capan_take_token(const struct capan_token *list, uint64_t *mask);

/* X(name, token): how sure. PROVISIONAL: later frames may still settle it. */
#define CAPAN_CERTAINTIES(X)                                                                                           \
    X(PROVISIONAL, "provisional")                                                                                      \
    X(CERTAIN, "certain")                                                                                              \
    X(LIKELY, "likely")                                                                                                \
    X(AMBIGUOUS, "ambiguous")
#define CAPAN_X(name, ...) CAPAN_##name,
enum capan_certainty { CAPAN_CERTAINTIES(CAPAN_X) CAPAN_CERTAINTY_COUNT };
#undef CAPAN_X
CAPAN_API extern const struct capan_token capan_certainties[CAPAN_CERTAINTY_COUNT];

/* X(name, token): who is to mend it. */
#define CAPAN_BLAMES(X)                                                                                                \
    X(NOBODY, "nobody")                                                                                                \
    X(SERVER, "server")                                                                                                \
    X(CLIENT, "client")                                                                                                \
    X(CACHE, "cache")                                                                                                  \
    X(SERVER_OR_CACHE, "server-or-cache")                                                                              \
    X(EITHER, "either")                                                                                                \
    X(NETWORK, "network")                                                                                              \
    X(CAPTURE, "capture")                                                                                              \
    X(IN_THE_PATH, "in-the-path")
#define CAPAN_X(name, ...) CAPAN_BLAME_##name,
enum capan_blame { CAPAN_BLAMES(CAPAN_X) CAPAN_BLAME_COUNT };
#undef CAPAN_X
CAPAN_API extern const struct capan_token capan_blames[CAPAN_BLAME_COUNT];

/* X(name, token): what a quantity's value counts; NONE: it is no number. SEQUENCE is relative, as in struct
 * capan_segment; an IDENTIFIER is a field of the packet that names it. */
#define CAPAN_UNITS(X)                                                                                                 \
    X(NONE, "none")                                                                                                    \
    X(NUMBER, "count")                                                                                                 \
    X(OCTETS, "octets")                                                                                                \
    X(RATE, "octets-per-second")                                                                                       \
    X(NS, "ns")                                                                                                        \
    X(SECONDS, "s")                                                                                                    \
    X(ROUND_TRIPS_X100, "hundredths-of-round-trips")                                                                   \
    X(PPM_X100, "hundredths-of-ppm")                                                                                   \
    X(FRAME, "frame")                                                                                                  \
    X(SEQUENCE, "sequence-number")                                                                                     \
    X(IDENTIFIER, "identifier")
#define CAPAN_X(name, ...) CAPAN_UNIT_##name,
enum capan_unit { CAPAN_UNITS(CAPAN_X) CAPAN_UNIT_COUNT };
#undef CAPAN_X
CAPAN_API extern const struct capan_token capan_units[CAPAN_UNIT_COUNT];

/* A number that a verdict rests on, by the name that the rule's sentence has for it: "sacked_to". */
struct capan_quantity {
    const char *name; /* static */
    enum capan_unit unit;
    int64_t value;
};

/* Something that a rule asks of what it judges: "evidence", "SACKed octets above it, or duplicate ACKs". Static. */
struct capan_fact {
    const char *name, *sentence;
    bool holds; /* as the rule demands, or another rule would have been taken */
};

/* Longest explanation with its NUL; longer ones are cut at a character. */
#define CAPAN_EXPLAIN_TEXT 768

/* An IP address in network order. version is 4 (octets 0 to 3 count), 6, or 0 for none. */
struct capan_address {
    uint8_t version;
    uint8_t octets[16];
};

struct capan_endpoint {
    struct capan_address address;
    uint16_t port;
};

/* Longest text of an endpoint with its NUL: "[ffff:...:255.255.255.255]:65535". */
#define CAPAN_ENDPOINT_TEXT 56
/* Writes "192.0.2.1:80" or "[2001:db8::1]:80" (RFC 5952); the address alone without brackets when with_port is false.
 * Returns the length. */
CAPAN_API size_t capan_endpoint_text(const struct capan_endpoint *endpoint, bool with_port,
                                     char text[CAPAN_ENDPOINT_TEXT]);

/* "0.1.0". */
CAPAN_API const char *capan_version(void);

#ifdef __cplusplus
}
#endif

#endif
