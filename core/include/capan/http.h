/* SPDX-License-Identifier: MIT */
/* HTTP on the wire: field lines, where a message lies, how it was framed, and how the fields of HTTP/2 and HTTP/3 are
 * decompressed. */
#ifndef CAPAN_HTTP_H
#define CAPAN_HTTP_H

#include <assert.h>

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* X(name, token, severity, source, sentence): what is odd about how a message is framed: how it was read here, and how
 * another reader might. Where two readers differ, a request can be smuggled past one of them (RFC 9112 11.2). */
#define CAPAN_HTTP_FRAMINGS(X)                                                                                         \
    X(TE_AND_LENGTH, "te-and-length", WARN, "RFC 9112 6.3 (3)",                                                        \
      "Transfer-Encoding and Content-Length together: read as Transfer-Encoding says; who believes the length sees "   \
      "other messages")                                                                                                \
    X(TE_NOT_CHUNKED, "te-not-chunked", WARN, "RFC 9112 6.3 (4)",                                                      \
      "Transfer-Encoding without chunked at its end: a response was read up to the close, a request up to the next "   \
      "request line")                                                                                                  \
    X(TE_REPEATED, "te-repeated", WARN, "RFC 9112 6.1",                                                                \
      "chunked is named more than once or not last: read once as chunked if it is last; others may decode it twice "   \
      "or not at all")                                                                                                 \
    X(TE_IN_HTTP_1_0, "te-in-http-1.0", WARN, "RFC 9112 6.1",                                                          \
      "Transfer-Encoding in an HTTP/1.0 message: read as it says; an HTTP/1.0 reader does not know the field")         \
    X(LENGTHS_DIFFER, "lengths-differ", ERROR, "RFC 9112 6.3 (5)",                                                     \
      "several Content-Length values that differ: read up to the next start line; others take the first or the last "  \
      "one")                                                                                                           \
    X(LENGTH_REPEATED, "length-repeated", NOTE, "RFC 9112 6.3 (5)",                                                    \
      "the same Content-Length several times: read as one; others refuse the message")                                 \
    X(LENGTH_INVALID, "length-invalid", ERROR, "RFC 9112 6.3 (5)",                                                     \
      "a Content-Length that is no number: read up to the next start line; others read the digits they find")          \
    X(LENGTH_FORBIDDEN, "length-forbidden", NOTE, "RFC 9110 8.6, RFC 9112 6.1",                                        \
      "Content-Length or Transfer-Encoding in a 1xx, a 204 or a 2xx to CONNECT: read without a body; others wait for " \
      "one")                                                                                                           \
    X(CHUNK_MALFORMED, "chunk-malformed", ERROR, "RFC 9112 7.1",                                                       \
      "a chunk's size or end cannot be read: the body was followed up to there; others stop or guess")                 \
    X(CHUNK_LENIENT, "chunk-lenient", NOTE, "RFC 9112 7.1, RFC 9112 7.1.1",                                            \
      "blanks or a bare LF in a chunk's line: read as if they were right; others refuse the message")                  \
    X(CHUNK_EXTENSION, "chunk-extension", CHAT, "RFC 9112 7.1.1", "chunk extensions: passed over, as most readers do") \
    X(TRAILER_FORBIDDEN, "trailer-forbidden", WARN, "RFC 9110 6.5.1, RFC 9112 7.1.2",                                  \
      "a field behind the content that belongs before it: kept apart and not used; who merges it into the header "     \
      "reads another message")                                                                                         \
    X(OBS_FOLD, "obs-fold", NOTE, "RFC 9112 5.2",                                                                      \
      "a field value goes on in the next line: read as one line; others take the second for a field of its own or "    \
      "refuse it")                                                                                                     \
    X(BLANK_BEFORE_COLON, "blank-before-colon", WARN, "RFC 9112 5.1",                                                  \
      "white space between a field's name and the colon: read as if it were not there; others ignore the field")       \
    X(FIELD_NAME, "field-name", WARN, "RFC 9110 5.1",                                                                  \
      "a field name that is no token: kept as it stands; others refuse the message")                                   \
    X(NO_FIELD, "no-field", WARN, "RFC 9112 5, RFC 9112 2.2",                                                          \
      "a line in the field section that is no field line: left out; others may end the section there")                 \
    X(BARE_LF, "bare-lf", NOTE, "RFC 9112 2.2", "lines end in LF without CR: taken for line ends; others read on")     \
    X(BARE_CR, "bare-cr", WARN, "RFC 9112 2.2",                                                                        \
      "CR without LF: taken for data; others take it for a line end or a blank")                                       \
    X(CONTROL, "control", WARN, "RFC 9110 5.5",                                                                        \
      "control octets in the head: kept; others stop at them or replace them")                                         \
    X(START_LINE_BLANKS, "start-line-blanks", NOTE, "RFC 9112 3, RFC 9112 4",                                          \
      "other white space in the start line than single SP: read by words; others read another target or refuse it")    \
    X(TARGET_BLANK, "target-blank", WARN, "RFC 9112 3.2",                                                              \
      "white space inside the request target: kept as part of it; others cut the target there")                        \
    X(VERSION, "version", NOTE, "RFC 9112 2.3",                                                                        \
      "a version that is not HTTP/DIGIT.DIGIT: read as HTTP/1.1; others refuse the message")                           \
    X(VERSION_MISSING, "version-missing", NOTE, "RFC 1945 4.1",                                                        \
      "a request line without version: an HTTP/0.9 request, or a mistake")                                             \
    X(EMPTY_LINES, "empty-lines", CHAT, "RFC 9112 2.2", "empty lines before the start line: passed over")              \
    X(STRAY, "stray", WARN, "RFC 9112 6.3, RFC 9112 11.2",                                                             \
      "octets before the message that belong to none: passed over up to this start line")                              \
    X(START_LINE, "start-line", WARN, "RFC 9112 3, RFC 9112 2.2",                                                      \
      "octets that are no request where one belongs: passed over, and the server's refusal told as their answer")      \
    X(HOST_MISSING, "host-missing", WARN, "RFC 9112 3.2",                                                              \
      "an HTTP/1.1 request without Host: who it is for is not known")                                                  \
    X(HOST_REPEATED, "host-repeated", WARN, "RFC 9112 3.2",                                                            \
      "more than one Host: the first was taken; others take the last or refuse the request")                           \
    X(HEAD_TOO_LONG, "head-too-long", WARN, "RFC 9112 2.2", "a head of more than 64 KiB: read as far as that")         \
    X(HEAD_CUT, "head-cut", NOTE, "",                                                                                  \
      "a part of the head was not captured: what its fields ask for is not known, and no verdict was given")           \
    X(MALFORMED, "malformed", WARN, "RFC 9113 8.1.1, RFC 9114 4.1.2",                                                  \
      "HTTP/2 and 3 call it malformed: a field that they forbid, no method or target, or a content not as long as "    \
      "Content-Length says: read as it stands; others reset the stream")                                               \
    X(UNREADABLE, "unreadable", ERROR, "RFC 9113 4.3, RFC 9204 2.2",                                                   \
      "a field section that cannot be decompressed: what it and all later ones of its direction say is not known")

#define CAPAN_X(name, ...) CAPAN_FRAMING_##name,
enum capan_http_framing { CAPAN_HTTP_FRAMINGS(CAPAN_X) CAPAN_HTTP_FRAMING_COUNT };
#undef CAPAN_X
static_assert(CAPAN_HTTP_FRAMING_COUNT <= 32, "one bit each");
CAPAN_API extern const struct capan_token capan_http_framings[CAPAN_HTTP_FRAMING_COUNT];

/* One field line as received: octets without the colon and without the optional white space around the value
 * (RFC 9112 5.1). The judge takes lists of these from whoever parsed the message. */
struct capan_http_field {
    struct capan_span name, value;
};

/* Takes a line of a field section as it is decompressed; the spans are valid during the call. False: no more of them.
 */
typedef bool capan_http_line(void *context, struct capan_span name, struct capan_span value);

/* How the field sections of HTTP/2 are decompressed (HPACK, RFC 7541). That takes a library, which the engine does
 * without: it is given one (capan/hpack.h). */
enum capan_hpack_reading { CAPAN_HPACK_READ, CAPAN_HPACK_TOO_LONG, CAPAN_HPACK_UNREADABLE };
struct capan_hpack {
    /* One direction's decoder, its table empty. NULL without memory. */
    void *(*open)(const struct capan_alloc *);
    void (*close)(void *decoder);
    /* Reads one whole field section and hands out its lines in order. TOO_LONG: from the line on with which they come
     * to more than limit octets (RFC 9113 10.5.1) they were read, so that the table stays the peers', and not handed
     * out. UNREADABLE, or line says so: from then on the table is not the peers' any more, and nothing more can be
     * read. */
    enum capan_hpack_reading (*read)(void *decoder, struct capan_span section, size_t limit, capan_http_line *line,
                                     void *context);
};

/* How the field sections of HTTP/3 are decompressed (QPACK, RFC 9204), likewise by a library (capan/qpack.h). */
enum capan_qpack_reading { CAPAN_QPACK_READ, CAPAN_QPACK_BLOCKED, CAPAN_QPACK_UNREADABLE };
struct capan_qpack {
    /* One direction's decoder. capacity: the octets that its table may have, by the settings of who decompresses
     * (RFC 9204 3.2.3). NULL without memory. */
    void *(*open)(const struct capan_alloc *, uint64_t capacity);
    void (*close)(void *decoder);
    /* Reads octets of the encoder's stream in order, split anywhere (RFC 9204 4.3). False: the table is not the peers'
     * any more, and nothing more can be read. */
    bool (*instruct)(void *decoder, struct capan_span octets);
    /* How many entries have been put into the table so far. */
    uint64_t (*insertions)(const void *decoder);
    /* Reads one whole field section of a stream and hands out its lines in order. BLOCKED: it needs *required
     * insertions, which have not come; no line was handed out. UNREADABLE: it is damaged, comes to more than limit
     * octets (RFC 9114 4.2.2), or line says so; others can still be read. */
    enum capan_qpack_reading (*read)(void *decoder, int64_t stream, struct capan_span section, size_t limit,
                                     capan_http_line *line, void *context, uint64_t *required);
};

/* Where a message lies in the capture. A frame is the one with which the octets could be read in order:
 * the filler of a hole where there was one. 0 unknown. */
struct capan_http_extent {
    uint32_t first_frame, last_frame;
    int64_t first_ns, last_ns; /* since 1970 */
    uint64_t head_len;         /* octets of start line and field section, interim responses not counted */
    uint64_t body_len;         /* octets of the body on the wire that were seen, chunk framing not counted */
    uint64_t body_missing;     /* octets of the body known to exist and not seen */
    uint64_t wire_len;         /* all octets of the message, framing included, seen or not */
    bool complete;             /* its end was seen */
};

#ifdef __cplusplus
}
#endif

#endif
