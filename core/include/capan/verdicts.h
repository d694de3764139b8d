/* SPDX-License-Identifier: MIT */
/* The words in which capan says what it makes of HTTP. The lists are the one source of enums, words, value strings,
 * expert items and the reference page. */
#ifndef CAPAN_VERDICTS_H
#define CAPAN_VERDICTS_H

#include <assert.h>

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

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
#define CAPAN_HTTP_OUTCOMES(X)                                                                                         \
    X(ORPHAN_RESPONSE, "orphan-response", CHAT, "", "the answer to a request that was not captured")                   \
    X(NO_RESPONSE, "no-response", NOTE, "RFC 9112 9", "no final response came, or none was captured")                  \
    X(TUNNEL, "tunnel", CHAT, "RFC 9110 9.3.6, RFC 9110 15.2.2", "the connection became a tunnel or another protocol") \
    X(MOOT, "moot", CHAT, "RFC 9110 13.2.1", "preconditions mean nothing on CONNECT, OPTIONS and TRACE")               \
    X(GUARD_REQUIRED, "guard-required", NOTE, "RFC 6585 3",                                                            \
      "the server asks for a conditional request before it writes")                                                    \
    X(GUARD_FAILED, "guard-failed", NOTE, "RFC 9110 13.1.1, RFC 9110 13.1.2, RFC 9110 13.1.4, RFC 9110 15.5.13",       \
      "the guard of the request failed, and nothing was done")                                                         \
    X(IMPOSSIBLE_412, "impossible-412", WARN, "RFC 9110 15.5.13",                                                      \
      "a 412 to a request that had no guard which could fail")                                                         \
    X(IMPOSSIBLE_304, "impossible-304", ERROR, "RFC 9110 15.4.5, RFC 9110 13.1.2",                                     \
      "a 304 to a request that did not ask whether its copy still holds")                                              \
    X(FALSE_NOT_MODIFIED, "false-not-modified", ERROR, "RFC 9110 13.1.2, RFC 9110 13.1.3",                             \
      "a 304 though the validators show that the copy is outdated")                                                    \
    X(NOT_MODIFIED, "not-modified", CHAT, "RFC 9110 15.4.5", "the client's copy is still good, and no body was sent")  \
    X(RANGE_UNSATISFIABLE, "range-unsatisfiable", NOTE, "RFC 9110 15.5.17",                                            \
      "the range that was asked for lies outside the content")                                                         \
    X(RANGE_RESUMED, "range-resumed", CHAT, "RFC 9110 13.1.5",                                                         \
      "a part was sent to a request that names with If-Range what it continues")                                       \
    X(RANGE_PART, "range-part", CHAT, "RFC 9110 15.3.7", "a part of the content, as asked")                            \
    X(RANGE_REFUSED, "range-refused", NOTE, "RFC 9110 14.2, RFC 9110 13.1.5",                                          \
      "the whole content was sent though If-Range holds and the part would have done")                                 \
    X(RANGE_RESTARTED, "range-restarted", CHAT, "RFC 9110 13.1.5",                                                     \
      "If-Range does not hold, so the whole content was sent from its beginning")                                      \
    X(UNCHANGED_RESENT, "unchanged-resent", WARN, "RFC 9110 13.1.2, RFC 9110 13.1.3",                                  \
      "the content was sent again though its validator shows that the client's copy still holds")                      \
    X(MODIFIED, "modified", CHAT, "RFC 9110 13.1.2, RFC 9110 13.1.3",                                                  \
      "the content has changed, and the new one was sent")                                                             \
    X(MODIFIED_UNPROVEN, "modified-unproven", NOTE, "RFC 9110 13.1",                                                   \
      "the content was sent, and no validator tells whether it has changed")                                           \
    X(GUARD_PASSED, "guard-passed", CHAT, "RFC 9110 13.1", "the request went through under its guard")                 \
    X(STATUS_OVERRIDE, "status-override", CHAT, "RFC 9110 13.2.1",                                                     \
      "the status has other causes, so the precondition was not looked at")                                            \
    X(RANGE_IGNORED, "range-ignored", CHAT, "RFC 9110 14.2", "the whole content was sent though a part was asked for") \
    X(REFETCH, "refetch", NOTE, "RFC 9111 4", "fetched again without asking whether the client's copy still holds")    \
    X(FIRST_FETCH, "first-fetch", CHAT, "", "the first time that this client is seen to fetch it")                     \
    X(BLIND_WRITE, "blind-write", NOTE, "RFC 9110 13.1.1, RFC 6585 3",                                                 \
      "written without a guard though a validator was known")                                                          \
    X(PLAIN, "plain", NONE, "", "nothing conditional about it")

/* X(name, token, severity, blame, source, sentence): what somebody did against the RFC. */
#define CAPAN_HTTP_VIOLATIONS(X)                                                                                       \
    X(304_UNCONDITIONAL, "304-unconditional", ERROR, SERVER, "RFC 9110 15.4.5",                                        \
      "a 304 to a request without If-None-Match and If-Modified-Since")                                                \
    X(304_UNSAFE_METHOD, "304-unsafe-method", ERROR, SERVER, "RFC 9110 13.1.2",                                        \
      "a 304 to a method other than GET and HEAD, where a failed If-None-Match asks for 412")                          \
    X(304_WITH_BODY, "304-with-body", ERROR, SERVER, "RFC 9110 15.4.5, RFC 9112 6.3",                                  \
      "a 304 was followed by a body, which spoils the next response on the connection")                                \
    X(304_ETAG_MISMATCH, "304-etag-mismatch", ERROR, SERVER, "RFC 9110 13.1.2",                                        \
      "a 304 though the entity tag of the content is none of those that the client asked about")                       \
    X(304_BY_IMS_DESPITE_INM, "304-by-ims-despite-inm", ERROR, SERVER, "RFC 9110 13.1.3, RFC 9110 13.2.2",             \
      "a 304 by the date though If-None-Match was there, did not match, and makes the date void")                      \
    X(200_BY_IMS_DESPITE_INM, "200-by-ims-despite-inm", WARN, SERVER, "RFC 9110 13.2.2",                               \
      "sent again by the date though If-None-Match was there and matched")                                             \
    X(304_MISSING_ETAG, "304-missing-etag", WARN, SERVER_OR_CACHE, "RFC 9110 15.4.5",                                  \
      "a 304 without the ETag that the 200 had")                                                                       \
    X(304_MISSING_FIELD, "304-missing-field", WARN, SERVER_OR_CACHE, "RFC 9110 15.4.5",                                \
      "a 304 without fields that the 200 had")                                                                         \
    X(304_EXTRA_METADATA, "304-extra-metadata", CHAT, SERVER, "RFC 9110 15.4.5",                                       \
      "a 304 that describes a content it does not carry")                                                              \
    X(304_LENGTH_LIE, "304-length-lie", WARN, SERVER, "RFC 9110 8.6",                                                  \
      "a Content-Length in a 304 that is not that of the 200")                                                         \
    X(412_FOR_READ, "412-for-read", WARN, SERVER, "RFC 9110 13.1.2",                                                   \
      "a 412 to a GET or HEAD that only asked whether its copy holds; that is answered with 304")                      \
    X(GUARD_ETAG_IGNORED, "guard-etag-ignored", ERROR, SERVER, "RFC 9110 13.1.1",                                      \
      "the request went through though If-Match names none of the current entity tags")                                \
    X(GUARD_WEAK_ACCEPTED, "guard-weak-accepted", WARN, SERVER, "RFC 9110 13.1.1, RFC 9110 8.8.3.2",                   \
      "the request went through though If-Match has weak tags only, which never match strongly")                       \
    X(GUARD_DATE_IGNORED, "guard-date-ignored", ERROR, SERVER, "RFC 9110 13.1.4",                                      \
      "the request went through though the content was modified after If-Unmodified-Since")                            \
    X(GUARD_ABSENT_IGNORED, "guard-absent-ignored", ERROR, SERVER, "RFC 9110 13.1.2",                                  \
      "written over though If-None-Match: * allows it only where nothing exists")                                      \
    X(UNCHANGED_RESENT_ETAG, "unchanged-resent-etag", WARN, SERVER, "RFC 9110 13.1.2",                                 \
      "a full response though its entity tag is one that the client asked about; a 304 was due")                       \
    X(UNCHANGED_RESENT_DATE, "unchanged-resent-date", NOTE, SERVER, "RFC 9110 13.1.3",                                 \
      "a full response though Last-Modified is not later than If-Modified-Since; a 304 should have been sent")         \
    X(ETAG_REUSED_STRONG, "etag-reused-strong", ERROR, SERVER, "RFC 9110 8.8.1",                                       \
      "one strong entity tag for two different bodies")                                                                \
    X(ETAG_REUSED_ENCODING, "etag-reused-encoding", ERROR, SERVER_OR_CACHE, "RFC 9110 8.8.3.3",                        \
      "one strong entity tag for two content codings")                                                                 \
    X(ETAG_WEAK_REUSED, "etag-weak-reused", CHAT, SERVER, "RFC 9110 8.8.1",                                            \
      "one weak entity tag for bodies that differ in octets, which is allowed when they mean the same")                \
    X(ETAG_SYNTAX, "etag-syntax", WARN, SERVER, "RFC 9110 8.8.3",                                                      \
      "an ETag that is no entity tag: quotes missing, another prefix than W/, forbidden octets, or several")           \
    X(PRECOND_SYNTAX, "precond-syntax", WARN, CLIENT, "RFC 9110 13.1.1, RFC 9110 13.1.2, RFC 9110 13.1.5",             \
      "a precondition that cannot be read as entity tags, or * mixed with tags")                                       \
    X(LM_AFTER_DATE, "lm-after-date", WARN, SERVER, "RFC 9110 8.8.2.1",                                                \
      "Last-Modified is later than the Date of the same response")                                                     \
    X(DATE_MISSING, "date-missing", NOTE, SERVER, "RFC 9110 6.6.1", "a response without Date")                         \
    X(DATE_SYNTAX, "date-syntax", NOTE, EITHER, "RFC 9110 5.6.7",                                                      \
      "a date that is not in the form that must be sent, or no HTTP-date at all")                                      \
    X(IMS_FUTURE, "ims-future", WARN, SERVER, "RFC 9110 13.1.3, RFC 9110 8.8.2.1",                                     \
      "a 304 to a client that asks for changes since a time that the server's clock has not reached")                  \
    X(VARY_INCONSISTENT, "vary-inconsistent", WARN, SERVER, "RFC 9110 12.5.5",                                         \
      "representations differ by a request field that Vary does not name every time")                                  \
    X(206_UNREQUESTED, "206-unrequested", ERROR, SERVER, "RFC 9110 15.3.7", "a 206 to a request without Range")        \
    X(206_NO_CONTENT_RANGE, "206-no-content-range", ERROR, SERVER, "RFC 9110 15.3.7.1, RFC 9110 14.4",                 \
      "a 206 without Content-Range, or one that fits neither Range nor the length")                                    \
    X(206_MISSING_FIELD, "206-missing-field", WARN, SERVER, "RFC 9110 15.3.7",                                         \
      "a 206 without fields that the 200 had")                                                                         \
    X(IF_RANGE_NOT_HONOURED, "if-range-not-honoured", ERROR, SERVER, "RFC 9110 13.1.5",                                \
      "a 206 of a content that is not the one If-Range names: the client joins parts that do not belong together")     \
    X(IF_RANGE_WEAK_HONOURED, "if-range-weak-honoured", ERROR, SERVER, "RFC 9110 13.1.5",                              \
      "a 206 to an If-Range with a weak tag, which never matches strongly")                                            \
    X(PARTS_MIXED, "parts-mixed", WARN, CLIENT, "RFC 9110 15.3.7.3, RFC 9111 3.4",                                     \
      "the client goes on with a file whose strong entity tag has changed, without starting over")                     \
    X(416_NO_RANGE, "416-no-range", NOTE, SERVER, "RFC 9110 15.5.17",                                                  \
      "a 416 that does not say how long the content is")                                                               \
    X(PUT_VALIDATOR, "put-validator", WARN, SERVER, "RFC 9110 9.3.4",                                                  \
      "a PUT was answered with an entity tag under which other octets are served than were put")                       \
    X(AGE_SYNTAX, "age-syntax", NOTE, CACHE, "RFC 9111 5.1", "an Age that is not one number of seconds")               \
    X(AGE_REGRESS, "age-regress", NOTE, CACHE, "RFC 9111 4.2.3",                                                       \
      "a stored response that was served before comes back younger")                                                   \
    X(STALE_FORBIDDEN, "stale-forbidden", ERROR, CACHE,                                                                \
      "RFC 9111 5.2.2.2, RFC 9111 5.2.2.4, RFC 9111 5.2.2.8, RFC 9111 5.2.2.10",                                       \
      "a cache served a stale response that had to be validated first")                                                \
    X(STALE_UNMARKED, "stale-unmarked", WARN, CACHE, "RFC 9111 4.2.4",                                                 \
      "a cache served a stale response that nobody allowed")                                                           \
    X(SERVED_NO_STORE, "served-no-store", ERROR, CACHE, "RFC 9111 3, RFC 9111 5.2.2.5",                                \
      "a cache served a response that must not be stored")                                                             \
    X(SERVED_PRIVATE, "served-private", ERROR, CACHE, "RFC 9111 5.2.2.7",                                              \
      "a shared cache gave one client the private response of another")                                                \
    X(SERVED_AUTHORIZED, "served-authorized", WARN, CACHE, "RFC 9111 3.5",                                             \
      "a shared cache served again what was answered to a request with Authorization")                                 \
    X(VARY_IGNORED, "vary-ignored", ERROR, CACHE, "RFC 9111 4.1",                                                      \
      "a cache served a response that other request fields had selected")                                              \
    X(NOT_INVALIDATED, "not-invalidated", WARN, CACHE, "RFC 9111 4.4",                                                 \
      "a cache still served the old response after a write had gone through it")                                       \
    X(CC_CONFLICT, "cc-conflict", NOTE, SERVER, "RFC 9111 4.2.1", "Cache-Control contradicts itself")                  \
    X(CC_SYNTAX, "cc-syntax", NOTE, EITHER, "RFC 9111 5.2",                                                            \
      "a Cache-Control directive with a bad argument or in the wrong kind of message")                                 \
    X(VALIDATE_WITHOUT_ETAG, "validate-without-etag", WARN, CLIENT, "RFC 9111 4.3.1",                                  \
      "the client asks by date alone though its copy has an entity tag")                                               \
    X(VALIDATE_FOREIGN_ETAG, "validate-foreign-etag", WARN, CLIENT, "RFC 9111 4.3.1",                                  \
      "the client asks about an entity tag that it was given for another resource")                                    \
    X(VALIDATE_WRONG_VARIANT, "validate-wrong-variant", NOTE, CLIENT, "RFC 9111 4.1, RFC 9111 4.3.1",                  \
      "the client asks about the entity tag of a variant that its request does not select")                            \
    X(IF_RANGE_ALONE, "if-range-alone", WARN, CLIENT, "RFC 9110 13.1.5", "If-Range without Range")                     \
    X(IF_RANGE_WEAK, "if-range-weak", WARN, CLIENT, "RFC 9110 13.1.5", "If-Range with a weak entity tag")              \
    X(IF_RANGE_DATE_MISUSE, "if-range-date-misuse", WARN, CLIENT, "RFC 9110 13.1.5, RFC 9110 8.8.2.2",                 \
      "If-Range with a date though an entity tag was there or the date is too young to be a strong validator")         \
    X(IF_MATCH_WEAK, "if-match-weak", NOTE, CLIENT, "RFC 9110 13.1.1",                                                 \
      "If-Match with weak entity tags only, which can never match")                                                    \
    X(PRECOND_IGNORED_HERE, "precond-ignored-here", CHAT, CLIENT, "RFC 9110 13.1.3, RFC 9110 13.1.4, RFC 9110 13.2.1", \
      "a precondition that counts for nothing beside the other one or with this method")

/* X(name, token, severity, source, sentence): what could be better. */
#define CAPAN_HTTP_ADVICE(X)                                                                                           \
    X(ADD_VALIDATOR, "add-validator", NOTE, "RFC 9110 8.8.2, RFC 9110 8.8.3",                                          \
      "send an ETag or Last-Modified, so that clients can ask before they fetch it again")                             \
    X(SEND_CONDITIONAL, "send-conditional", NOTE, "RFC 9111 4.3.1",                                                    \
      "the client had a validator and could have asked with it")                                                       \
    X(REUSE_FRESH, "reuse-fresh", CHAT, "RFC 9111 4",                                                                  \
      "the client's copy was still fresh and could have been used without a request")                                  \
    X(LENGTHEN_LIFETIME, "lengthen-lifetime", CHAT, "RFC 9111 4.2.1",                                                  \
      "it is confirmed again and again and does not change: a longer max-age would spare the requests")                \
    X(IMMUTABLE, "immutable", CHAT, "RFC 8246 2",                                                                      \
      "a URL with a version or hash in it never changes: a long max-age with immutable spares the question")           \
    X(EXPLICIT_LIFETIME, "explicit-lifetime", NOTE, "RFC 9111 4.2.2",                                                  \
      "without max-age or Expires each cache guesses how long it is fresh, often a tenth of its age")                  \
    X(NO_CACHE_NEEDS_VALIDATOR, "no-cache-needs-validator", NOTE, "RFC 9111 5.2.2.4",                                  \
      "clients must ask every time and have no validator to ask with: each time costs the whole body")                 \
    X(VALIDATOR_USELESS, "validator-useless", CHAT, "RFC 9111 5.2.2.5",                                                \
      "a validator on a response that nobody may store")                                                               \
    X(ETAG_ENCODING_SUFFIX, "etag-encoding-suffix", WARN, "RFC 9110 8.8.3.3",                                          \
      "the server marks the entity tag of the coded content and does not know it again: its clients never get a 304")  \
    X(ETAG_UNSTABLE, "etag-unstable", NOTE, "RFC 9110 8.8.1",                                                          \
      "the same body gets a new entity tag each time, so that clients fetch it again")                                 \
    X(ETAG_PER_NODE, "etag-per-node", NOTE, "RFC 9110 8.8.3",                                                          \
      "the servers behind this name give the same body different entity tags")                                         \
    X(WEAK_BLOCKS_RANGE, "weak-blocks-range", CHAT, "RFC 9110 13.1.5",                                                 \
      "with a weak entity tag a broken download cannot be resumed safely")                                             \
    X(LM_WEAK, "lm-weak", CHAT, "RFC 9110 8.8.2.2",                                                                    \
      "modified in the second in which it was sent: its date is a weak validator")                                     \
    X(VARY_TOO_BROAD, "vary-too-broad", CHAT, "RFC 9110 12.5.5, RFC 9111 4.1",                                         \
      "Vary names a field that is different for nearly every client, so that caches cannot share it")                  \
    X(VARY_MISSING, "vary-missing", WARN, "RFC 9110 12.5.5",                                                           \
      "a content coded for this client needs Vary: Accept-Encoding, else caches give it to those who cannot read it")  \
    X(GUARD_WRITES, "guard-writes", NOTE, "RFC 9110 13.1.1, RFC 6585 3",                                               \
      "write with If-Match, so that nobody's change is lost")                                                          \
    X(LOST_UPDATE_RACE, "lost-update-race", WARN, "RFC 9110 13.1.1",                                                   \
      "two clients wrote from the same version, the second without a guard: the first one's change is lost")           \
    X(304_NOT_WORTH_IT, "304-not-worth-it", CHAT, "", "asking costs as many octets as the body has")                   \
    X(304_SLOW, "304-slow", NOTE, "", "the server takes as long to say that nothing changed as to send it")            \
    X(304_NEW_CONNECTION, "304-new-connection", NOTE, "", "a connection was opened only to hear that nothing changed") \
    X(304_STORM, "304-storm", NOTE, "RFC 9111 4.2.1",                                                                  \
      "a large part of what the page asks for, or of what it waits for, only confirms what the client has")            \
    X(EXPIRES_AND_MAX_AGE, "expires-and-max-age", CHAT, "RFC 9111 5.3",                                                \
      "Expires and max-age say different things; max-age counts")                                                      \
    X(PRAGMA_ONLY, "pragma-only", NOTE, "RFC 9111 5.4", "Pragma in a response means nothing: use Cache-Control")       \
    X(AGE_EATS_LIFETIME, "age-eats-lifetime", CHAT, "RFC 9111 4.2.3",                                                  \
      "more than half of its lifetime was over when it arrived")                                                       \
    X(CLOCK_SKEW, "clock-skew", NOTE, "RFC 9111 4.2.3", "the server's Date is not the time of the capture")            \
    X(RELOAD_FORCED, "reload-forced", CHAT, "RFC 9111 5.2.1.1, RFC 9111 5.2.1.4, RFC 9111 5.2.1.5, RFC 9111 5.4",      \
      "the client asked past all copies, fresh or not: no lifetime would have spared this request")

/* X(name, token, sentence): why that outcome. */
#define CAPAN_HTTP_REASONS(X)                                                                                          \
    X(NONE, "none", "")                                                                                                \
    X(ETAG_STRONG_EQUAL, "etag-strong-equal", "the entity tag is the same")                                            \
    X(ETAG_WEAK_EQUAL, "etag-weak-equal", "the entity tag is the same but for its strength")                           \
    X(ETAG_STAR, "etag-star", "* asks only whether there is anything")                                                 \
    X(ETAG_DIFFERS, "etag-differs", "the entity tag is another")                                                       \
    X(DATE_EQUAL, "date-equal", "the date of the last change is the same")                                             \
    X(DATE_NOT_LATER, "date-not-later", "it was not modified after the date asked about")                              \
    X(DATE_LATER, "date-later", "it was modified after the date asked about")                                          \
    X(IMS_IGNORED_BY_INM, "ims-ignored-by-inm",                                                                        \
      "the entity tag decides and the date, which says otherwise, is ignored")                                         \
    X(INM_MALFORMED_IGNORED, "inm-malformed-ignored", "If-None-Match cannot be read")                                  \
    X(VALIDATOR_UNSEEN, "validator-unseen", "no validator that was captured decides it")                               \
    X(VALIDATOR_TRANSFORMED, "validator-transformed",                                                                  \
      "the entity tag was altered on its way, as for a content coding")                                                \
    X(NO_VALIDATOR_IN_RESPONSE, "no-validator-in-response", "the response has no validator to compare")                \
    X(BODY_SAME, "body-same", "the body is the one the client had")                                                    \
    X(BODY_DIFFERENT, "body-different", "the body is not the one the client had")                                      \
    X(BODY_UNKNOWN, "body-unknown", "the body was not captured whole")                                                 \
    X(FRESH_COPY_EXISTED, "fresh-copy-existed", "the client asked though its copy was fresh")                          \
    X(VALIDATOR_WAS_AVAILABLE, "validator-was-available", "the client knew a validator and did not use it")            \
    X(NO_VALIDATOR_KNOWN, "no-validator-known", "the copy has no validator to ask with")                               \
    X(FORBIDDEN_TO_STORE, "forbidden-to-store", "no-store forbade to keep a copy")                                     \
    X(CLIENT_RELOAD, "client-reload", "the client wanted a reload")                                                    \
    X(OTHER_VARIANT, "other-variant", "what the client had was another variant")                                       \
    X(REDIRECT, "redirect", "it was a redirect")                                                                       \
    X(CLIENT_ERROR, "client-error", "the status is of the class of client errors")                                     \
    X(SERVER_ERROR, "server-error", "the status is of the class of server errors")                                     \
    X(RESET, "reset", "the connection was reset")                                                                      \
    X(CLOSED_EARLY, "closed-early", "the connection was closed")                                                       \
    X(CAPTURE_GAP, "capture-gap", "the capture has a hole there")                                                      \
    X(CAPTURE_END, "capture-end", "the capture ends there")                                                            \
    X(INTERIM_ONLY, "interim-only", "only interim responses came")                                                     \
    X(UNREADABLE, "unreadable", "its fields cannot be decompressed")                                                   \
    X(RANGE_OK, "range-ok", "the range was granted")                                                                   \
    X(IF_RANGE_EQUAL, "if-range-equal", "If-Range names the current validator")                                        \
    X(IF_RANGE_DIFFERS, "if-range-differs", "If-Range names another validator")                                        \
    X(WEAK_IF_RANGE, "weak-if-range", "If-Range has a weak validator, which never matches")                            \
    X(FIRST_SEEN, "first-seen", "no content of it was captured before")                                                \
    X(FORGOTTEN, "forgotten", "what would tell was given up, or could not be read")                                    \
    X(GIVEN_UP, "given-up", "it, or its connection, was given up for memory there")

/* X(name, token, sentence): what was given up before, or could not be read, so that a verdict knows less than was
 * captured. */
#define CAPAN_HTTP_FORGETTINGS(X)                                                                                      \
    X(RESPONSES, "responses", "what its client was given of it was given up for memory")                               \
    X(CONNECTIONS, "connections", "connections were given up for memory")                                              \
    X(FRAMES, "frames", "some frames could not be decoded")                                                            \
    X(FRAGMENTS, "fragments", "some IP fragments never became whole")                                                  \
    X(UNREAD, "unread", "some of what was said in TLS or HTTP/2 could not be read")

/* X(name, token): who answered, where the validator came from, how validators compared. */
#define CAPAN_HTTP_SERVED_BY(X)                                                                                        \
    X(UNKNOWN, "unknown")                                                                                              \
    X(ORIGIN, "origin")                                                                                                \
    X(SHARED_CACHE, "shared-cache")
#define CAPAN_HTTP_PROVENANCES(X)                                                                                      \
    X(NONE, "none")                                                                                                    \
    X(SEEN, "seen")                                                                                                    \
    X(SEEN_OLDER, "seen-older")                                                                                        \
    X(OTHER_VARIANT, "other-variant")                                                                                  \
    X(OTHER_RESOURCE, "other-resource")                                                                                \
    X(TRANSFORMED, "transformed")                                                                                      \
    X(DATE_DERIVED, "date-derived")                                                                                    \
    X(UNSEEN, "unseen")                                                                                                \
    X(FORGOTTEN, "forgotten")
#define CAPAN_HTTP_COMPARES(X)                                                                                         \
    X(NONE, "none")                                                                                                    \
    X(STRONG_EQUAL, "strong-equal")                                                                                    \
    X(WEAK_EQUAL, "weak-equal")                                                                                        \
    X(STAR, "star")                                                                                                    \
    X(DATE_EQUAL, "date-equal")                                                                                        \
    X(DATE_EARLIER, "date-earlier")                                                                                    \
    X(DIFFERS, "differs")

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
#define CAPAN_X(name, ...) CAPAN_FORGOT_##name,
enum capan_http_forgetting { CAPAN_HTTP_FORGETTINGS(CAPAN_X) CAPAN_HTTP_FORGETTING_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_COMPARE_##name,
enum capan_http_compare { CAPAN_HTTP_COMPARES(CAPAN_X) CAPAN_HTTP_COMPARE_COUNT };
#undef CAPAN_X

static_assert(CAPAN_HTTP_VIOLATION_COUNT <= 64 && CAPAN_HTTP_ADVICE_COUNT <= 64, "one bit each");

CAPAN_API extern const struct capan_token capan_http_conds[CAPAN_HTTP_COND_COUNT];
CAPAN_API extern const struct capan_token capan_http_outcomes[CAPAN_HTTP_OUTCOME_COUNT];
CAPAN_API extern const struct capan_token capan_http_reasons[CAPAN_HTTP_REASON_COUNT];
CAPAN_API extern const struct capan_token capan_http_violations[CAPAN_HTTP_VIOLATION_COUNT];
CAPAN_API extern const uint8_t capan_http_violation_blames[CAPAN_HTTP_VIOLATION_COUNT]; /* enum capan_blame */
CAPAN_API extern const struct capan_token capan_http_advices[CAPAN_HTTP_ADVICE_COUNT];
CAPAN_API extern const struct capan_token capan_http_served_bys[CAPAN_HTTP_SERVED_BY_COUNT];
CAPAN_API extern const struct capan_token capan_http_provenances[CAPAN_HTTP_PROVENANCE_COUNT];
CAPAN_API extern const struct capan_token capan_http_forgettings[CAPAN_HTTP_FORGETTING_COUNT];
CAPAN_API extern const struct capan_token capan_http_compares[CAPAN_HTTP_COMPARE_COUNT];

#ifdef __cplusplus
}
#endif

#endif
