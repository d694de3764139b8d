/* SPDX-License-Identifier: MIT */
/* What findings, summaries and entity tags read of verdicts, as lines of JSON that are read back elsewhere: of the
 * parts of a split capture, whose verdicts are then told again in the order of one run. */
#ifndef CAPAN_EXTRACT_H
#define CAPAN_EXTRACT_H

#include "etags.h"
#include "report.h"

#ifdef __cplusplus
extern "C" {
#endif

/* X(name, letter): kinds of lines. The letter comes first in a row. HOST is a finding of one host, PAGE a HAR's; TOTALS
 * come once. */
#define CAPAN_EXTRACTS(X)                                                                                              \
    X(SEGMENT, 's')                                                                                                    \
    X(EXCHANGE, 'x')                                                                                                   \
    X(CONNECTION, 'c')                                                                                                 \
    X(HOST, 'h')                                                                                                       \
    X(PAGE, 'p')                                                                                                       \
    X(TOTALS, 't')
#define CAPAN_X(name, ...) CAPAN_EXTRACT_##name,
enum capan_extract_of { CAPAN_EXTRACTS(CAPAN_X) CAPAN_EXTRACT_COUNT };
#undef CAPAN_X
CAPAN_API extern const char capan_extract_letters[CAPAN_EXTRACT_COUNT];

/* The fields of a response that entity tags are read with. */
#define CAPAN_EXTRACT_FIELDS 5

/* One line, read: of says which members hold something. All else in them is zero. Spans lie in the caller's scratch. */
struct capan_extract {
    enum capan_extract_of of;
    struct capan_segment segment;
    struct capan_exchange exchange; /* its response fields are those of fields that have a value */
    struct capan_http_field fields[CAPAN_EXTRACT_FIELDS];
    struct capan_etag_digests digests;
    bool has_digests;
    struct capan_connection connection; /* its tls is tls, or NULL */
    struct capan_tls_names tls;
    bool has_tls;
    struct capan_finding finding; /* its interface is interface */
    char interface[CAPAN_INTERFACE_NAME];
    struct capan_archived page;
    struct capan_totals totals; /* unread without its streams */
    struct capan_source source; /* its texts are those that follow; "" there is none */
    char file[1024], link[64], link_unread[64];
    int64_t origin_ns; /* what relative times count from */
};

/* row: the JSON array of one line. scratch has room for row.len octets. False: it is none. */
CAPAN_API bool capan_extract_read(struct capan_extract *, struct capan_span row, uint8_t *scratch);

/* Writes such lines, each as {"at":"KEY","row":ROW} with the key of capan_report_keyed(). */
struct capan_extractor;

/* out stays the caller's. NULL without memory. */
CAPAN_API struct capan_extractor *capan_extractor_new(FILE *out);
/* Only where it is a cause of findings; likewise an exchange with causes_only. */
CAPAN_API void capan_extractor_segment(struct capan_extractor *, const struct capan_segment *);
CAPAN_API void capan_extractor_exchange(struct capan_extractor *, const struct capan_exchange *, bool causes_only);
/* With what entity tags are read with; digests may be NULL. */
CAPAN_API void capan_extractor_tag(struct capan_extractor *, const struct capan_exchange *,
                                   const struct capan_etag_digests *digests);
CAPAN_API void capan_extractor_connection(struct capan_extractor *, const struct capan_connection *);
CAPAN_API void capan_extractor_host(struct capan_extractor *, const struct capan_finding *);
/* After all rows: its key is the last one. */
CAPAN_API void capan_extractor_page(struct capan_extractor *, const struct capan_archived *);
CAPAN_API void capan_extractor_totals(struct capan_extractor *, const struct capan_totals *,
                                      const struct capan_source *, int64_t origin_ns);
/* Flushes, frees. False when out refused; errno says why. extractor may be NULL. */
CAPAN_API bool capan_extractor_close(struct capan_extractor *extractor);

#ifdef __cplusplus
}
#endif

#endif
