/* SPDX-License-Identifier: MIT */
/* Entity tags read like fingerprints: who made one, what it says of the file, whether that is true; how many nodes
 * answer behind one name. RFC 9110 8.8.3 leaves what is between the quotes to the server. */
#ifndef CAPAN_ETAGS_H
#define CAPAN_ETAGS_H

#include "exchange.h"

#ifdef __cplusplus
extern "C" {
#endif

/* X(name, token, source, sentence): what makes tags of that shape. source: the code that does. */
#define CAPAN_ETAG_GENERATORS(X)                                                                                       \
    X(UNKNOWN, "unknown", "", "of no shape that is known here")                                                        \
    X(NGINX, "nginx", "ngx_http_set_etag", "mtime-size, hexadecimal seconds; also OpenResty, Tengine, H2O")            \
    X(APACHE_SIZE_MTIME, "apache-size-mtime", "FileETag MTime Size",                                                   \
      "size-mtime, hexadecimal microseconds; also "                                                                    \
      "Apache 1.3 and Sun's server, with seconds")                                                                     \
    X(APACHE_INODE, "apache-inode-size-mtime", "FileETag All", "inode-size-mtime, hexadecimal")                        \
    X(APACHE_INODE_MTIME, "apache-inode-mtime", "FileETag INode MTime", "inode-mtime, hexadecimal")                    \
    X(APACHE_MTIME, "apache-mtime", "FileETag MTime", "mtime alone, hexadecimal microseconds")                         \
    X(LIGHTTPD, "lighttpd", "http_etag_create", "a hash of inode, size and mtime as decimal number")                   \
    X(IIS, "iis", "FILETIME:ChangeNumber", "mtime, octet by octet from the last one, and a count of changes")          \
    X(ASPNET, "aspnet", "StaticFileContext", "mtime and size mixed into one number, hexadecimal")                      \
    X(AZURE, "azure-blob", "0x8D...", "time of the last change in 100 ns since the year 1")                            \
    X(CADDY, "caddy", "calculateEtag", "mtime and size in base 36")                                                    \
    X(SEND, "send", "Express static, serve", "weak: size-mtime, hexadecimal milliseconds")                             \
    X(EXPRESS, "express", "res.send", "length of the content and its SHA-1 in base 64")                                \
    X(AIOHTTP, "aiohttp", "FileResponse", "mtime-size, hexadecimal nanoseconds")                                       \
    X(TOMCAT, "tomcat", "DefaultServlet", "weak: size-mtime, decimal milliseconds")                                    \
    X(WERKZEUG, "werkzeug", "Flask send_file", "mtime-size-checksum of the name, decimal")                             \
    X(S3_MULTIPART, "s3-multipart", "CompleteMultipartUpload", "MD5 of the parts' MD5, and how many parts there are")  \
    X(RACK, "rack", "Rack::ETag, Rails", "weak: half of the content's SHA-256; its MD5 in old ones")                   \
    X(MD5, "md5", "S3 and many others", "32 hexadecimal digits: an MD5, of the content most often")                    \
    X(SHA1, "sha1", "Tornado and others", "40 hexadecimal digits: a SHA-1")                                            \
    X(GIT_BLOB, "git-blob", "Git object id", "the content's name in Git: SHA-1 of \"blob\", its length and itself")    \
    X(SHA256, "sha256", "", "64 hexadecimal digits: a SHA-256")                                                        \
    X(AKAMAI, "akamai", "NetStorage", "MD5 and mtime in seconds")                                                      \
    X(EDGECAST, "edgecast", "ECS", "a decimal number, and the codings behind a plus sign")

/* X(name, token, sentence): what a tag is to those that came before it for the same target URI. */
#define CAPAN_ETAG_RELATIONS(X)                                                                                        \
    X(FIRST, "first", "none came before it")                                                                           \
    X(VARIANT, "variant", "the same but for the coding's mark or W/, or the tag of another content coding")            \
    X(OTHER_NODE, "other-node", "another node's: the inode says so, or the tag before it came back")                   \
    X(REBUILT, "rebuilt", "the same content with a new tag, which stayed: written anew")                               \
    X(CHANGED, "changed", "another content")                                                                           \
    X(REPLACED, "replaced", "a new tag, which stayed; the contents were not captured whole")

/* X(name, token): what is said in a tag against what is said elsewhere. */
#define CAPAN_ETAG_CHECKS(X)                                                                                           \
    X(UNKNOWN, "unknown")                                                                                              \
    X(EQUAL, "equal")                                                                                                  \
    X(DIFFERS, "differs")

#define CAPAN_X(name, ...) CAPAN_GENERATOR_##name,
enum capan_etag_generator { CAPAN_ETAG_GENERATORS(CAPAN_X) CAPAN_ETAG_GENERATOR_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_RELATION_##name,
enum capan_etag_relation { CAPAN_ETAG_RELATIONS(CAPAN_X) CAPAN_ETAG_RELATION_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_CHECK_##name,
enum capan_etag_check { CAPAN_ETAG_CHECKS(CAPAN_X) CAPAN_ETAG_CHECK_COUNT };
#undef CAPAN_X
CAPAN_API extern const struct capan_token capan_etag_generators[CAPAN_ETAG_GENERATOR_COUNT];
CAPAN_API extern const struct capan_token capan_etag_relations[CAPAN_ETAG_RELATION_COUNT];
CAPAN_API extern const struct capan_token capan_etag_checks[CAPAN_ETAG_CHECK_COUNT];

/* Digests of a whole content as it was sent, by somebody who can compute them. */
struct capan_etag_digests {
    uint8_t md5[16], sha1[20], sha256[32];
    uint8_t git[20]; /* SHA-1 of "blob ", length, NUL, content */
};

/* What is known of a response beside its tag. */
struct capan_etag_context {
    bool modified_known;
    int64_t modified_s; /* Last-Modified */
    bool length_known;
    uint64_t length;                          /* of the representation without content coding */
    const struct capan_etag_digests *digests; /* of its content without content coding; NULL unknown */
};

#define CAPAN_NO_MTIME INT64_MIN

/* What a tag says. Spans lie in the tag. */
struct capan_etag_reading {
    uint8_t generator; /* enum capan_etag_generator */
    uint8_t certainty; /* enum capan_certainty: CERTAIN, its time or digest is true; LIKELY, by its shape; AMBIGUOUS,
                        * other shapes fit as well, or what it says is not true */
    uint8_t mtime_check, size_check, digest_check; /* enum capan_etag_check */
    bool weak;
    struct capan_span opaque, coding; /* between the quotes; what marks a content coding at its end */
    int64_t mtime_ns;                 /* since 1970; CAPAN_NO_MTIME none */
    bool size_known, inode_known;
    uint64_t size, inode;
    uint32_t parts; /* 0 none */
};
CAPAN_API void capan_etag_recognise(struct capan_etag_reading *, struct capan_span tag,
                                    const struct capan_etag_context *);

/* A tag of one target URI. */
struct capan_etag_row {
    struct capan_span authority, target, tag;
    struct capan_endpoint server;     /* who gave it first */
    uint32_t first_frame, last_frame; /* of responses with it */
    uint64_t count;                   /* of these */
    struct capan_etag_reading reading;
    uint8_t relation;    /* enum capan_etag_relation */
    uint32_t nodes;      /* that the tags of this target URI prove; at least 1 */
    uint32_t host_nodes; /* the most that any target URI of the authority proves */
};

struct capan_etags;

/* memory: budget in octets, 0 is 256 MiB. NULL without memory. alloc must outlive the object; NULL is libc's. */
CAPAN_API struct capan_etags *capan_etags_new(uint64_t memory, uint64_t seed, const struct capan_alloc *alloc);
CAPAN_API void capan_etags_free(struct capan_etags *);
/* digests: of the response's content as sent, NULL unknown. CAPAN_NO_MEMORY: it was left out, for memory or budget. */
CAPAN_API enum capan_result capan_etags_exchange(struct capan_etags *, const struct capan_exchange *,
                                                 const struct capan_etag_digests *digests);
/* All exchanges are given. The next row, by target URIs in order of appearance and tags within; false: no more. Start
 * with *at = 0. Spans are the object's. */
CAPAN_API bool capan_etags_next(struct capan_etags *, uint64_t *at, struct capan_etag_row *row);
CAPAN_API uint64_t capan_etags_left_out(const struct capan_etags *);

#ifdef __cplusplus
}
#endif

#endif
