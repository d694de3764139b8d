/* SPDX-License-Identifier: MIT */
/* What capan says of HTTP: one verdict per exchange. The lists are the one source of enums, words, value strings,
 * expert items and the reference page. */
#ifndef CAPAN_HTTP_H
#define CAPAN_HTTP_H

#include "base.h"

/* X(name, token, sentence): the class of a request by its preconditions (RFC 9110 13.1), exactly one. */
#define CAPAN_HTTP_CONDS(X)                                                                                            \
    X(NONE, "none", "no precondition")                                                                                 \
    X(VALIDATE_ETAG, "validate-etag", "GET or HEAD with If-None-Match")                                                \
    X(VALIDATE_DATE, "validate-date", "GET or HEAD with If-Modified-Since only")                                       \
    X(VALIDATE_BOTH, "validate-both", "If-None-Match and If-Modified-Since; the date is ignored")                      \
    X(VALIDATE_ANY, "validate-any", "GET or HEAD with If-None-Match: *")                                               \
    X(GUARD_ETAG, "guard-etag", "If-Match with entity tags")                                                           \
    X(GUARD_EXISTS, "guard-exists", "If-Match: *")                                                                     \
    X(GUARD_DATE, "guard-date", "If-Unmodified-Since without If-Match")                                                \
    X(GUARD_ABSENT, "guard-absent", "If-None-Match on a method other than GET or HEAD")                                \
    X(RANGE_GUARD, "range-guard", "Range with If-Range")                                                               \
    X(MIXED, "mixed", "a guard and a validation together")                                                             \
    X(MOOT, "moot", "a precondition on CONNECT, OPTIONS or TRACE")                                                     \
    X(MALFORMED, "malformed", "only preconditions that cannot be read")

/* X(name, token, severity, source, sentence): what the exchange came to; the first row that fits. */
#define CAPAN_HTTP_OUTCOMES(X) \
    X(ORPHAN_RESPONSE, "orphan-response", CHAT, "", "final response without captured request") \
    X(NO_RESPONSE, "no-response", NOTE, "RFC 9112 9", "request without final (>=200) response; reason says reset / gap / capture end / closed") \
    X(TUNNEL, "tunnel", CHAT, "RFC 9110 9.3.6, RFC 9110 15.2.2", "101, or 2xx to CONNECT") \
    X(MOOT, "moot", CHAT, "RFC 9110 13.2.1", "cond = moot") \
    X(GUARD_REQUIRED, "guard-required", NOTE, "RFC 6585 3", "428") \
    X(GUARD_FAILED, "guard-failed", NOTE, "RFC 9110 13.1.1, 13.1.2, 13.1.4", "412 and (IM or IUS present, or INM with method other than GET/HEAD)") \
    X(IMPOSSIBLE_412, "impossible-412", WARN, "RFC 9110 15.5.13", "412 otherwise") \
    X(IMPOSSIBLE_304, "impossible-304", ERROR, "RFC 9110 15.4.5, RFC 9110 13.1.2", "304 and (no INM and no IMS, or method not GET/HEAD)") \
    X(FALSE_NOT_MODIFIED, "false-not-modified", ERROR, "RFC 9110 13.1.2, 13.1.3", "304, INM list, 304's E (or P's E if 304 has none and P is newer than the validator's issue) W= none of them; or no INM, L of 304 later than IMS") \
    X(NOT_MODIFIED, "not-modified", CHAT, "RFC 9110 15.4.5", "any other 304") \
    X(RANGE_UNSATISFIABLE, "range-unsatisfiable", NOTE, "RFC 9110 15.5.17", "416") \
    X(RANGE_RESUMED, "range-resumed", CHAT, "RFC 9110 13.1.5", "206 and IR present") \
    X(RANGE_PART, "range-part", CHAT, "RFC 9110 15.3.7", "any other 206") \
    X(RANGE_REFUSED, "range-refused", NOTE, "RFC 9110 14.2, RFC 9110 13.1.5", "200, Range+IR, IR S= response validator (could have been 206)") \
    X(RANGE_RESTARTED, "range-restarted", CHAT, "RFC 9110 13.1.5", "200, Range+IR, validator differs or not comparable") \
    X(UNCHANGED_RESENT, "unchanged-resent", WARN, "RFC 9110 13.1.2, 13.1.3", "2xx GET/HEAD, effective INM/IMS, and E W= a listed tag (or *), or no INM and L <= IMS") \
    X(MODIFIED, "modified", CHAT, "RFC 9110 13.1.2, 13.1.3", "2xx GET/HEAD, effective INM/IMS, validator proves a change") \
    X(MODIFIED_UNPROVEN, "modified-unproven", NOTE, "RFC 9110 13.1", "2xx GET/HEAD, effective INM/IMS, no comparable validator in the response") \
    X(GUARD_PASSED, "guard-passed", CHAT, "RFC 9110 13.1", "2xx and effective IM, IUS or non-GET INM") \
    X(STATUS_OVERRIDE, "status-override", CHAT, "RFC 9110 13.2.1", "precondition present, status 1 of 3xx (not 304), 4xx (not 412/416/428), 5xx: condition must not have been evaluated") \
    X(RANGE_IGNORED, "range-ignored", CHAT, "RFC 9110 14.2", "200, Range present, nothing conditional") \
    X(REFETCH, "refetch", NOTE, "RFC 9111 4", "2xx GET/HEAD, unconditional, P exists") \
    X(FIRST_FETCH, "first-fetch", CHAT, "", "2xx GET/HEAD, unconditional, no P") \
    X(BLIND_WRITE, "blind-write", NOTE, "RFC 9110 13.1.1, RFC 6585 3", "2xx PUT/PATCH/DELETE, unconditional, an ETag/LM of the resource was seen earlier") \
    X(PLAIN, "plain", NONE, "", "everything else")

/* X(name, token, severity, blame, source, sentence): what somebody did against the RFC. */
#define CAPAN_HTTP_VIOLATIONS(X) \
    X(304_UNCONDITIONAL, "304-unconditional", ERROR, SERVER, "RFC 9110 15.4.5", "outcome impossible-304, no INM/IMS") \
    X(304_UNSAFE_METHOD, "304-unsafe-method", ERROR, SERVER, "RFC 9110 13.1.2", "304 to other than GET/HEAD (must be 412)") \
    X(304_WITH_BODY, "304-with-body", ERROR, SERVER, "RFC 9110 15.4.5, RFC 9112 6.3", "after the 304 head come bytes that are no status line and fit its CL/TE") \
    X(304_ETAG_MISMATCH, "304-etag-mismatch", ERROR, SERVER, "RFC 9110 13.1.2", "outcome false-not-modified by ETag and no IMS that would explain it") \
    X(304_BY_IMS_DESPITE_INM, "304-by-ims-despite-inm", ERROR, SERVER, "RFC 9110 13.1.3", "outcome false-not-modified by ETag, IMS present and LM <= IMS: server evaluated the wrong one") \
    X(200_BY_IMS_DESPITE_INM, "200-by-ims-despite-inm", WARN, SERVER, "RFC 9110 13.2.2", "INM W= E, IMS earlier than L, 200") \
    X(304_MISSING_ETAG, "304-missing-etag", WARN, SERVER_OR_CACHE, "RFC 9110 15.4.5", "a 200 of the variant had ETag, 304 has none") \
    X(304_MISSING_FIELD, "304-missing-field", WARN, SERVER_OR_CACHE, "RFC 9110 15.4.5", "same for Date, Vary, CC, Expires, Content-Location (caddy#5849)") \
    X(304_EXTRA_METADATA, "304-extra-metadata", CHAT, SERVER, "RFC 9110 15.4.5", "304 carries Content-Type/Encoding/Language/Range while ETag present") \
    X(304_LENGTH_LIE, "304-length-lie", WARN, SERVER, "RFC 9110 8.6", "CL in 304 differs from CL of the 200 of that ETag") \
    X(412_FOR_READ, "412-for-read", WARN, SERVER, "RFC 9110 13.1.2", "412 to GET/HEAD with INM/IMS only (must be 304)") \
    X(GUARD_ETAG_IGNORED, "guard-etag-ignored", ERROR, SERVER, "RFC 9110 13.1.1", "IM list, none S= current known E, yet 2xx to unsafe method") \
    X(GUARD_WEAK_ACCEPTED, "guard-weak-accepted", WARN, SERVER, "RFC 9110 13.1.1", "IM holds only weak tags, 2xx") \
    X(GUARD_DATE_IGNORED, "guard-date-ignored", ERROR, SERVER, "RFC 9110 13.1.4", "IUS earlier than known L, no IM, 2xx") \
    X(GUARD_ABSENT_IGNORED, "guard-absent-ignored", ERROR, SERVER, "RFC 9110 13.1.2", "INM: * on PUT/POST, resource known to exist, 2xx") \
    X(UNCHANGED_RESENT_ETAG, "unchanged-resent-etag", WARN, SERVER, "RFC 9110 13.1.2", "outcome 16 through INM, not covered by 200-by-ims-despite-inm") \
    X(UNCHANGED_RESENT_DATE, "unchanged-resent-date", NOTE, SERVER, "RFC 9110 13.1.3", "outcome 16 through IMS") \
    X(ETAG_REUSED_STRONG, "etag-reused-strong", ERROR, SERVER, "RFC 9110 8.8.1", "same strong ETag, same variant, different coded body digest") \
    X(ETAG_REUSED_ENCODING, "etag-reused-encoding", ERROR, SERVER_OR_CACHE, "RFC 9110 8.8.3.3", "same strong ETag for different Content-Encoding") \
    X(ETAG_WEAK_REUSED, "etag-weak-reused", CHAT, SERVER, "RFC 9110 8.8.1", "same weak ETag, bodies differ") \
    X(ETAG_SYNTAX, "etag-syntax", WARN, SERVER, "RFC 9110 8.8.3", "unquoted, w/, W\\, control or space inside, list in ETag") \
    X(PRECOND_SYNTAX, "precond-syntax", WARN, CLIENT, "RFC 9110 13.1", "INM/IM unparsable, or * mixed with tags") \
    X(LM_AFTER_DATE, "lm-after-date", WARN, SERVER, "RFC 9110 8.8.2.1", "L later than D of the same response") \
    X(DATE_MISSING, "date-missing", NOTE, SERVER, "RFC 9110 6.6.1", "2xx/3xx/4xx without Date") \
    X(DATE_SYNTAX, "date-syntax", NOTE, EITHER, "RFC 9110 5.6.7", "generated date not IMF-fixdate; or unparsable") \
    X(IMS_FUTURE, "ims-future", WARN, SERVER, "RFC 9110 13.1.3", "IMS later than server Date, and 304 was returned") \
    X(VARY_INCONSISTENT, "vary-inconsistent", WARN, SERVER, "RFC 9110 12.5.5", "representations differ by a request field that Vary lists only sometimes or never") \
    X(206_UNREQUESTED, "206-unrequested", ERROR, SERVER, "RFC 9110 15.3.7", "206 without Range") \
    X(206_NO_CONTENT_RANGE, "206-no-content-range", ERROR, SERVER, "RFC 9110 15.3.7.1", "single-part 206 without it, or it disagrees with Range / CL") \
    X(206_MISSING_FIELD, "206-missing-field", WARN, SERVER, "RFC 9110 15.3.7", "206 lacks ETag, Date, CC, Expires, Content-Location, Vary sent in the 200") \
    X(IF_RANGE_NOT_HONOURED, "if-range-not-honoured", ERROR, SERVER, "RFC 9110 13.1.5", "206 although IR S= nothing in the response") \
    X(IF_RANGE_WEAK_HONOURED, "if-range-weak-honoured", ERROR, SERVER, "RFC 9110 13.1.5", "IR weak tag, 206") \
    X(PARTS_MIXED, "parts-mixed", WARN, CLIENT, "RFC 9110 15.3.7.3, RFC 9111 3.4", "same client fetches ranges of one file under different strong ETags without restart") \
    X(416_NO_RANGE, "416-no-range", NOTE, SERVER, "RFC 9110 15.5.17", "byte-range 416 without Content-Range") \
    X(PUT_VALIDATOR, "put-validator", WARN, SERVER, "RFC 9110 9.3.4", "PUT answered with ETag, next GET under that ETag returns other bytes than were PUT") \
    X(AGE_SYNTAX, "age-syntax", NOTE, CACHE, "RFC 9111 5.1", "Age not a non-negative integer, or several values") \
    X(AGE_REGRESS, "age-regress", NOTE, CACHE, "RFC 9111 4.2.3", "same stored response served again with smaller corrected age") \
    X(STALE_FORBIDDEN, "stale-forbidden", ERROR, CACHE, "RFC 9111 5.2.2.2/.4/.8", "shared-cache answer older than lifetime with must-revalidate, proxy-revalidate, s-maxage or no-cache") \
    X(STALE_UNMARKED, "stale-unmarked", WARN, CACHE, "RFC 9111 4.2.4", "stale answer, connected, no stale-* / max-stale permission") \
    X(SERVED_NO_STORE, "served-no-store", ERROR, CACHE, "RFC 9111 3, RFC 9110 5.2.2.5", "cache hit evidence on a no-store response") \
    X(SERVED_PRIVATE, "served-private", ERROR, CACHE, "RFC 9111 5.2.2.7", "cache hit evidence to another client address on private") \
    X(SERVED_AUTHORIZED, "served-authorized", WARN, CACHE, "RFC 9111 3.5", "same for a request with Authorization without public, s-maxage, must-revalidate") \
    X(VARY_IGNORED, "vary-ignored", ERROR, CACHE, "RFC 9111 4.1", "cache hit although selecting fields differ from the stored request") \
    X(NOT_INVALIDATED, "not-invalidated", WARN, CACHE, "RFC 9111 4.4", "after 2xx/3xx unsafe request through the cache, old copy still served") \
    X(CC_CONFLICT, "cc-conflict", NOTE, SERVER, "RFC 9111 4.2.1", "public+private, two different max-age, no-store+max-age>0") \
    X(CC_SYNTAX, "cc-syntax", NOTE, EITHER, "RFC 9111 5.2", "missing or bad argument, quoted where token needed, response directive in request or vice versa") \
    X(VALIDATE_WITHOUT_ETAG, "validate-without-etag", WARN, CLIENT, "RFC 9111 4.3.1", "P has ETag, client validates with IMS only") \
    X(VALIDATE_FOREIGN_ETAG, "validate-foreign-etag", WARN, CLIENT, "RFC 9111 4.3.1", "INM tag was issued only for another resource key") \
    X(VALIDATE_WRONG_VARIANT, "validate-wrong-variant", NOTE, CLIENT, "RFC 9111 4.1", "request's selecting fields differ from those of the stored response whose tag it sends alone") \
    X(IF_RANGE_ALONE, "if-range-alone", WARN, CLIENT, "RFC 9110 13.1.5", "IR without Range") \
    X(IF_RANGE_WEAK, "if-range-weak", WARN, CLIENT, "RFC 9110 13.1.5", "IR with weak tag") \
    X(IF_RANGE_DATE_MISUSE, "if-range-date-misuse", WARN, CLIENT, "RFC 9110 13.1.5", "IR date although P has ETag, or date not a strong validator (L within 1 s of D, 8.8.2.2)") \
    X(IF_MATCH_WEAK, "if-match-weak", NOTE, CLIENT, "RFC 9110 13.1.1", "IM with weak tag: can never match") \
    X(PRECOND_IGNORED_HERE, "precond-ignored-here", CHAT, CLIENT, "RFC 9110 13.1.3/.4, RFC 9110 13.2.1", "IMS beside INM, IUS beside IM, IMS with non GET/HEAD, any on CONNECT/OPTIONS/TRACE")

/* X(name, token, severity, source, sentence): what could be better. */
#define CAPAN_HTTP_ADVICE(X) \
    X(ADD_VALIDATOR, "add-validator", NOTE, "RFC 9110 8.8.2, RFC 9110 8.8.3", "200 GET, body >= 1 KiB, storable, neither ETag nor LM") \
    X(SEND_CONDITIONAL, "send-conditional", NOTE, "RFC 9111 4.3.1", "outcome refetch, P had a validator; counts wasted bytes if body-same") \
    X(REUSE_FRESH, "reuse-fresh", CHAT, "RFC 9111 4", "refetch or not-modified while P was still fresh and no reload directive") \
    X(LENGTHEN_LIFETIME, "lengthen-lifetime", CHAT, "RFC 9111 4.2.1", ">= 3 not-modified of one resource inside observed unchanged span; proposes max-age") \
    X(IMMUTABLE, "immutable", CHAT, "RFC 9110 8246", "fingerprinted URL (hash or version) that is revalidated") \
    X(EXPLICIT_LIFETIME, "explicit-lifetime", NOTE, "RFC 9111 4.2.2", "only heuristic freshness; prints the 10 % figure") \
    X(NO_CACHE_NEEDS_VALIDATOR, "no-cache-needs-validator", NOTE, "RFC 9111 5.2.2.4", "no-cache or max-age=0 without any validator") \
    X(VALIDATOR_USELESS, "validator-useless", CHAT, "RFC 9111 5.2.2.5", "no-store together with ETag/LM") \
    X(ETAG_ENCODING_SUFFIX, "etag-encoding-suffix", WARN, "RFC 9110 8.8.3.3", "INM tag = issued tag, ends in -gzip ;gzip --gzip -br -df, server repeats 200 (Apache bug 45023 family)") \
    X(ETAG_UNSTABLE, "etag-unstable", NOTE, "RFC 9110 8.8.1", "same body digest, >= 2 ETags in time") \
    X(ETAG_PER_NODE, "etag-per-node", NOTE, "RFC 9110 8.8.3", "ETag alternates with server address or inode-like first part, body same") \
    X(WEAK_BLOCKS_RANGE, "weak-blocks-range", CHAT, "RFC 9110 13.1.5", "weak ETag on resource fetched by ranges") \
    X(LM_WEAK, "lm-weak", CHAT, "RFC 9110 8.8.2.2", "D - L < 1 s: date usable as weak only") \
    X(VARY_TOO_BROAD, "vary-too-broad", CHAT, "RFC 9110 12.5.5", "Vary names User-Agent, Cookie, Referer or *") \
    X(VARY_MISSING, "vary-missing", WARN, "RFC 9110 12.5.5", "coded response negotiated, no Vary: Accept-Encoding") \
    X(GUARD_WRITES, "guard-writes", NOTE, "RFC 9110 13.1.1, RFC 6585 3", "outcome blind-write") \
    X(LOST_UPDATE_RACE, "lost-update-race", WARN, "RFC 9110 13.1", "two clients read same ETag, both wrote, second unguarded") \
    X(304_NOT_WORTH_IT, "304-not-worth-it", CHAT, "", "bytes of the 304 exchange >= known body") \
    X(304_SLOW, "304-slow", NOTE, "", "server time for 304 >= server time for 200 of same resource") \
    X(304_NEW_CONNECTION, "304-new-connection", NOTE, "", "304 paid a fresh TCP (TLS) handshake; RTT count printed") \
    X(304_STORM, "304-storm", NOTE, "", "share of not-modified on the page > 30 % of requests or > 3 RTT of critical path") \
    X(EXPIRES_AND_MAX_AGE, "expires-and-max-age", CHAT, "RFC 9111 5.3", "both present, different meaning") \
    X(PRAGMA_ONLY, "pragma-only", NOTE, "RFC 9111 5.4", "Pragma: no-cache in a response as sole control") \
    X(AGE_EATS_LIFETIME, "age-eats-lifetime", CHAT, "RFC 9111 4.2.3", "arrived with Age > 50 % of lifetime") \
    X(CLOCK_SKEW, "clock-skew", NOTE, "RFC 9111 4.2.3", "abs(capture time - Date) > 5 s + Age") \
    X(RELOAD_FORCED, "reload-forced", CHAT, "RFC 9111 5.2.1", "client sent no-cache / max-age=0; do not blame server")

/* X(name, token, sentence): why that outcome. */
#define CAPAN_HTTP_REASONS(X) \
    X(NONE, "none", "") \
    X(ETAG_STRONG_EQUAL, "etag-strong-equal", "") \
    X(ETAG_WEAK_EQUAL, "etag-weak-equal", "") \
    X(ETAG_STAR, "etag-star", "") \
    X(ETAG_DIFFERS, "etag-differs", "") \
    X(DATE_EQUAL, "date-equal", "") \
    X(DATE_NOT_LATER, "date-not-later", "") \
    X(DATE_LATER, "date-later", "") \
    X(IMS_IGNORED_BY_INM, "ims-ignored-by-inm", "") \
    X(INM_MALFORMED_IGNORED, "inm-malformed-ignored", "") \
    X(VALIDATOR_UNSEEN, "validator-unseen", "") \
    X(VALIDATOR_TRANSFORMED, "validator-transformed", "") \
    X(NO_VALIDATOR_IN_RESPONSE, "no-validator-in-response", "") \
    X(BODY_SAME, "body-same", "") \
    X(BODY_DIFFERENT, "body-different", "") \
    X(BODY_UNKNOWN, "body-unknown", "") \
    X(FRESH_COPY_EXISTED, "fresh-copy-existed", "") \
    X(VALIDATOR_WAS_AVAILABLE, "validator-was-available", "") \
    X(NO_VALIDATOR_KNOWN, "no-validator-known", "") \
    X(FORBIDDEN_TO_STORE, "forbidden-to-store", "") \
    X(CLIENT_RELOAD, "client-reload", "") \
    X(OTHER_VARIANT, "other-variant", "") \
    X(REDIRECT, "redirect", "") \
    X(CLIENT_ERROR, "client-error", "") \
    X(SERVER_ERROR, "server-error", "") \
    X(RESET, "reset", "") \
    X(CLOSED_EARLY, "closed-early", "") \
    X(CAPTURE_GAP, "capture-gap", "") \
    X(CAPTURE_END, "capture-end", "") \
    X(INTERIM_ONLY, "interim-only", "") \
    X(RANGE_OK, "range-ok", "") \
    X(IF_RANGE_EQUAL, "if-range-equal", "") \
    X(IF_RANGE_DIFFERS, "if-range-differs", "") \
    X(WEAK_IF_RANGE, "weak-if-range", "") \
    X(FIRST_SEEN, "first-seen", "")

/* X(name, token): who answered, where the validator came from, how validators compared. */
#define CAPAN_HTTP_SERVED_BY(X) X(UNKNOWN, "unknown") X(ORIGIN, "origin") X(SHARED_CACHE, "shared-cache")
#define CAPAN_HTTP_PROVENANCES(X)                                                                                      \
    X(NONE, "none") X(SEEN, "seen") X(SEEN_OLDER, "seen-older") X(OTHER_VARIANT, "other-variant")                      \
    X(OTHER_RESOURCE, "other-resource") X(TRANSFORMED, "transformed") X(DATE_DERIVED, "date-derived")                  \
    X(UNSEEN, "unseen")
#define CAPAN_HTTP_COMPARES(X)                                                                                         \
    X(NONE, "none") X(STRONG_EQUAL, "strong-equal") X(WEAK_EQUAL, "weak-equal") X(STAR, "star")                        \
    X(DATE_EQUAL, "date-equal") X(DATE_EARLIER, "date-earlier") X(DIFFERS, "differs")
/* X(name, token): who is to mend it. */
#define CAPAN_BLAMES(X)                                                                                                \
    X(NOBODY, "nobody") X(SERVER, "server") X(CLIENT, "client") X(CACHE, "cache")                                      \
    X(SERVER_OR_CACHE, "server-or-cache") X(EITHER, "either") X(NETWORK, "network") X(CAPTURE, "capture")

#define CAPAN_X(name, ...) CAPAN_COND_##name,
enum capan_http_cond { CAPAN_HTTP_CONDS(CAPAN_X) CAPAN_HTTP_COND_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_OUTCOME_##name,
enum capan_http_outcome { CAPAN_HTTP_OUTCOMES(CAPAN_X) CAPAN_HTTP_OUTCOME_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_REASON_##name,
enum capan_http_reason { CAPAN_HTTP_REASONS(CAPAN_X) CAPAN_HTTP_REASON_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_VIOLATION_##name,
enum capan_http_violation { CAPAN_HTTP_VIOLATIONS(CAPAN_X) CAPAN_HTTP_VIOLATION_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_ADVICE_##name,
enum capan_http_advice { CAPAN_HTTP_ADVICE(CAPAN_X) CAPAN_HTTP_ADVICE_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_SERVED_BY_##name,
enum capan_http_served_by { CAPAN_HTTP_SERVED_BY(CAPAN_X) CAPAN_HTTP_SERVED_BY_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_PROVENANCE_##name,
enum capan_http_provenance { CAPAN_HTTP_PROVENANCES(CAPAN_X) CAPAN_HTTP_PROVENANCE_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_COMPARE_##name,
enum capan_http_compare { CAPAN_HTTP_COMPARES(CAPAN_X) CAPAN_HTTP_COMPARE_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_BLAME_##name,
enum capan_blame { CAPAN_BLAMES(CAPAN_X) CAPAN_BLAME_COUNT };
#undef CAPAN_X

_Static_assert(CAPAN_HTTP_VIOLATION_COUNT <= 64 && CAPAN_HTTP_ADVICE_COUNT <= 64, "one bit each");

CAPAN_API extern const struct capan_token capan_http_conds[CAPAN_HTTP_COND_COUNT];
CAPAN_API extern const struct capan_token capan_http_outcomes[CAPAN_HTTP_OUTCOME_COUNT];
CAPAN_API extern const struct capan_token capan_http_reasons[CAPAN_HTTP_REASON_COUNT];
CAPAN_API extern const struct capan_token capan_http_violations[CAPAN_HTTP_VIOLATION_COUNT];
CAPAN_API extern const uint8_t capan_http_violation_blames[CAPAN_HTTP_VIOLATION_COUNT]; /* enum capan_blame */
CAPAN_API extern const struct capan_token capan_http_advices[CAPAN_HTTP_ADVICE_COUNT];
CAPAN_API extern const struct capan_token capan_http_served_bys[CAPAN_HTTP_SERVED_BY_COUNT];
CAPAN_API extern const struct capan_token capan_http_provenances[CAPAN_HTTP_PROVENANCE_COUNT];
CAPAN_API extern const struct capan_token capan_http_compares[CAPAN_HTTP_COMPARE_COUNT];
CAPAN_API extern const struct capan_token capan_blames[CAPAN_BLAME_COUNT];

/* One field line as received: octets without the colon and without the optional white space around the value
 * (RFC 9112 5.1). The judge takes lists of these from whoever parsed the message. */
struct capan_http_field {
    struct capan_span name, value;
};

/* Where a message lies in the capture. A frame is the one with which the octets could be read in order:
 * the filler of a hole where there was one. 0 unknown. */
struct capan_http_extent {
    uint32_t first_frame, last_frame;
    int64_t first_ns, last_ns;    /* since 1970 */
    uint64_t head_len;            /* octets of start line and field section, interim responses not counted */
    uint64_t body_len;            /* octets of the body on the wire that were seen, chunk framing not counted */
    uint64_t body_missing;        /* octets of the body known to exist and not seen */
    uint64_t wire_len;            /* all octets of the message, framing included, seen or not */
    bool complete;                /* its end was seen */
};

#define CAPAN_HTTP_INTERIM_MAX 8

/* One exchange: a request, its final response, the verdict. Spans are valid during the callback that hands it out. */
struct capan_exchange {
    uint64_t index;               /* from 0, in order of report */
    uint32_t stream;              /* TCP connection */
    int64_t h2_stream;            /* HTTP/2 or HTTP/3 stream; -1 for HTTP/1 */
    struct capan_endpoint client, server; /* who asked, who answered */

    struct capan_span method;     /* empty: request not captured */
    struct capan_span target;     /* request target as sent (RFC 9112 3.2) */
    struct capan_span authority;  /* of the target URI: absolute-form, else Host; lower case */
    uint16_t status;              /* final status; 0 none */
    uint16_t interim[CAPAN_HTTP_INTERIM_MAX]; /* 1xx before it, the first ones */
    uint8_t interim_count;
    uint8_t request_version, response_version; /* 9, 10, 11, 20, 30; 0 unknown */
    struct capan_http_extent request, response;
    const struct capan_http_field *request_fields;  /* validators, preconditions and cache fields that were seen, in order; */
    size_t request_field_count;                     /* names in lower case */
    const struct capan_http_field *response_fields;
    size_t response_field_count;

    uint8_t cond, outcome, reason;        /* enum capan_http_cond, _outcome, _reason */
    uint8_t provenance, compare, served_by, certainty;
    uint64_t violations, advice;          /* 1 << CAPAN_VIOLATION_..., 1 << CAPAN_ADVICE_... */
    uint32_t validator_in;                /* last frame of the response that issued the validator; 0 none */
    int64_t validator_ns;                 /* its time */
    uint32_t known_in;                    /* last frame of the newest response the client already had; 0 none */
    uint64_t saved;                       /* body octets that a 304 spared */
    uint64_t wasted;                      /* body octets sent although the client had them */
    uint64_t body_digest;                 /* of the coded body; 0 unknown */
    int64_t fresh_lifetime_s, age_s;      /* of the copy the client had, at the request's time (RFC 9111 4.2); -1 none */
    bool fresh_heuristic;                 /* lifetime by the 10 % rule (RFC 9111 4.2.2) */
    int64_t server_ns;                    /* from the request's last octet to the response's first; -1 unknown */
};

/* One sentence with numbers and frames. Returns its length. Text is printable ASCII: other octets become '?'. */
CAPAN_API size_t capan_exchange_explain(const struct capan_exchange *exchange, char text[CAPAN_EXPLAIN_TEXT]);

#endif
