/* SPDX-License-Identifier: MIT */
/* Verdicts to text: aligned text for people, CSV, JSON and NDJSON for scripts. */
#ifndef CAPAN_REPORT_H
#define CAPAN_REPORT_H

#include <stdio.h>

#include "analysis.h"
#include "audit.h"
#include "diff.h"
#include "etags.h"
#include "layout.h"
#include "places.h"
#include "prove.h"
#include "rows.h"
#include "rules.h"
#include "stitch.h"
#include "whatif.h"

#ifdef __cplusplus
extern "C" {
#endif

enum capan_format {
    CAPAN_TEXT,
    CAPAN_CSV,
    CAPAN_JSON,
    CAPAN_NDJSON,
    CAPAN_HAR /* exchanges only */,
    CAPAN_SARIF,
    CAPAN_JUNIT /* places only */
};

struct capan_report;

/* X(name, token, sentence): what became of a content that was written to a file. */
#define CAPAN_OBJECT_STATES(X)                                                                                         \
    X(AS_SENT, "as-sent", "it had no content coding")                                                                  \
    X(DECODED, "decoded", "its content coding was undone")                                                             \
    X(DAMAGED, "damaged", "decoded up to where the coding is damaged or ends too early")                               \
    X(HOLED, "holed", "cut off where octets were not captured: they end decoding, and many end a file")                \
    X(LIMITED, "limited", "cut off at the limit for files")                                                            \
    X(UNKNOWN, "unknown", "as it was sent: its coding is not known here, or it is not coded so")

#define CAPAN_X(name, ...) CAPAN_OBJECT_##name,
enum capan_object_state { CAPAN_OBJECT_STATES(CAPAN_X) CAPAN_OBJECT_STATE_COUNT };
#undef CAPAN_X
CAPAN_API extern const struct capan_token capan_object_states[CAPAN_OBJECT_STATE_COUNT];

/* The content of one message as a file. Spans are valid during the call. */
struct capan_object {
    const char *name; /* of the file */
    const struct capan_exchange *exchange;
    bool request;       /* the request's content, else the response's */
    uint8_t state;      /* enum capan_object_state */
    uint64_t coded_len; /* octets of the content that were sent, coded, captured or not */
    uint64_t len;       /* of the file */
    const char *sha256; /* of the file, hexadecimal */
    bool whole;         /* the file is all of the content, or of the part that was sent (206) */
};

/* A verdict with what it rests on: a segment's, or an exchange's, and then segment is NULL. */
#define CAPAN_PROOF_QUANTITIES 48
#define CAPAN_PROOF_FRAMES     8
struct capan_proof {
    const struct capan_segment *segment;
    const struct capan_exchange *exchange;
    const struct capan_token *verdict, *rule;
    const char *section; /* RFC and section, "" none */
    struct capan_fact facts[CAPAN_FACTS];
    struct capan_quantity quantities[CAPAN_PROOF_QUANTITIES]; /* those that there are */
    uint32_t frames[CAPAN_PROOF_FRAMES];                      /* that prove it, the telling one first */
    size_t fact_count, quantity_count, frame_count;
};
CAPAN_API void capan_prove_segment(struct capan_proof *proof, const struct capan_segment *segment);
CAPAN_API void capan_prove_exchange(struct capan_proof *proof, const struct capan_exchange *exchange);

/* A writer of one kind of row on out, which stays the caller's. layout: NULL is all zero. NULL without memory. */
CAPAN_API struct capan_report *capan_report_new(FILE *out, enum capan_format, enum capan_rows,
                                                const struct capan_layout *layout);
/* Relative times count from origin_ns, in the rows from here on. */
CAPAN_API void capan_report_origin(struct capan_report *, int64_t origin_ns);
/* Only rows for which it holds. A condition is NAME (the value is there), NAME OP TEXT or NAME in {TEXT, FROM..TO},
 * where NAME is a column's, also as Wireshark has it behind "capan."; OP is == != < <= > >= (or eq ne lt le gt ge),
 * contains (TEXT is in the value) or matches (a pattern fits some of it); TEXT may stand in quotes, " or '. Conditions
 * are joined by not (or !), and (&&), or (||), the first binding most, and by parentheses. Of a list some item has to
 * fit, with != none may. What is absent fulfils only != and not. Called again, all must hold. expression must live on.
 * CAPAN_USAGE: not understood, or no row can fulfil it; error says why. */
struct capan_complaint {
    char message[256]; /* a line */
    size_t at, len;    /* octets of the expression that it is about; len 0: its end */
};
CAPAN_API enum capan_result capan_report_where(struct capan_report *, const char *expression,
                                               struct capan_complaint *error);

/* Only these columns: their keys with commas between. CSV has them in this order; so has text, with tabs between; in
 * JSON the order stays what it is. CAPAN_USAGE: a key that is none or there twice; CAPAN_NO_MEMORY. */
CAPAN_API enum capan_result capan_report_columns(struct capan_report *, const char *names,
                                                 struct capan_complaint *complaint);
/* Rows in the order of these columns: their keys with commas between, - in front of those that fall. Numbers go by
 * size, words by their place in their list, text by its octets, a list by its first item; what is absent comes last,
 * and equal rows in the order in which they came. Rows are written when all have come, and hold so many octets of
 * memory at most: of more, the first are written that it has room for. CAPAN_USAGE: a key that is none, or more than
 * eight. */
CAPAN_API enum capan_result capan_report_sort(struct capan_report *, const char *names, uint64_t memory,
                                              struct capan_complaint *complaint);
/* Of rows that were left out for that memory, how many there was room for; 0: none were left out. */
CAPAN_API uint64_t capan_report_sort_left(const struct capan_report *);
/* No more rows than these; full: as many are written. */
CAPAN_API void capan_report_limit(struct capan_report *, uint64_t rows);
/* Each row of NDJSON becomes {"at":"KEY","row":ROW}: keys of CAPAN_REPORT_KEY hexadecimal digits, in whose order the
 * rows of one kind are told, also those of the parts of a split capture among each other. A key is 16 digits for the
 * time, 1 for enum capan_told_by, 8 for the frame or, at the end, the stream, which is the part's. Segments,
 * connections, exchanges and pages alone; entries of a HAR likewise, of which its pages are left out. */
enum { CAPAN_REPORT_KEY = 25 };
CAPAN_API void capan_report_keyed(struct capan_report *);
/* A row of JSON, NDJSON or HAR as another run wrote it, without its line end and what stands between two. */
CAPAN_API void capan_report_written(struct capan_report *, struct capan_span row);
/* A page of a HAR. Later ones than CAPAN_ARCHIVED_PAGES are left out, and their entries name none. */
enum { CAPAN_ARCHIVED_PAGES = 1 << 14 };
struct capan_archived {
    uint64_t number; /* from 1 */
    int64_t first_ns, last_ns;
    struct capan_span title; /* the first 200 octets */
};
/* That page of the entries so far; false: none is of it. */
CAPAN_API bool capan_report_archived(const struct capan_report *, uint64_t number, struct capan_archived *);
/* Adds one that no entry told. CAPAN_NO_MEMORY: it was left out. */
CAPAN_API enum capan_result capan_report_archive(struct capan_report *, const struct capan_archived *);
CAPAN_API bool capan_report_is_full(const struct capan_report *);

/* Patterns for `matches`, by a library that the caller has. */
struct capan_matcher {
    /* NULL: it is no pattern, or there was no memory; message gets a line of at most len octets. */
    void *(*compile)(struct capan_span pattern, char *message, size_t len);
    bool (*matches)(const void *pattern, struct capan_span value);
    void (*free)(void *pattern);
};
/* matcher must live as long as the report. Without one `matches` is not understood. */
CAPAN_API void capan_report_matcher(struct capan_report *, const struct capan_matcher *matcher);

/* With CAPAN_ROWS_PROOFS a segment's row, and an exchange's, is its proof: for scripts, there is no text of it. */
CAPAN_API void capan_report_segment(struct capan_report *, const struct capan_segment *, const uint32_t *acks,
                                    const struct capan_connection *);
CAPAN_API void capan_report_exchange(struct capan_report *, const struct capan_exchange *);
CAPAN_API void capan_report_connection(struct capan_report *, const struct capan_connection *);
CAPAN_API void capan_report_finding(struct capan_report *, const struct capan_finding *);
CAPAN_API void capan_report_page(struct capan_report *, const struct capan_page *);
CAPAN_API void capan_report_etag(struct capan_report *, const struct capan_etag_row *);
CAPAN_API void capan_report_claim(struct capan_report *, const struct capan_claim *);
CAPAN_API void capan_report_stitch(struct capan_report *, const struct capan_stitch_row *);
/* Text behind such rows: what that capture alone says of a frame. */
CAPAN_API void capan_report_sighted(struct capan_report *, enum capan_stitch_side, const char *file,
                                    const struct capan_segment *);
CAPAN_API void capan_report_diff(struct capan_report *, const struct capan_diff_row *);
CAPAN_API void capan_report_whatif(struct capan_report *, const struct capan_whatif_row *);
CAPAN_API void capan_report_whatif_group(struct capan_report *, const struct capan_whatif_group *);
CAPAN_API void capan_report_whatif_change(struct capan_report *, const struct capan_whatif_change *);
CAPAN_API void capan_report_place(struct capan_report *, const struct capan_place *);
/* For SARIF and JUnit, before the first place: the capture's name, which stays the caller's, and how many places there
 * are, fail, and are known. */
struct capan_result_counts {
    uint64_t tests, failures, skipped;
};
CAPAN_API void capan_report_results(struct capan_report *, const char *capture, const struct capan_result_counts *);
CAPAN_API void capan_report_proved(struct capan_report *, const struct capan_proved *);
CAPAN_API void capan_report_object(struct capan_report *, const struct capan_object *);
/* Whether its conditions hold for that one. */
CAPAN_API bool capan_report_wants_object(const struct capan_report *, const struct capan_object *);
/* Not all rows will come, and why: a JSON array and a HAR say it at their end, each row of the other formats is whole
 * by itself. why stays the caller's and must live on. */
CAPAN_API void capan_report_partial(struct capan_report *, const char *why);
/* Sends what waits in the buffer to out. False when out refused. */
CAPAN_API bool capan_report_flush(struct capan_report *);
/* Writes what belongs at the end, flushes, frees. False when out refused. */
CAPAN_API bool capan_report_close(struct capan_report *);
/* Frees; what was not flushed is not written. */
CAPAN_API void capan_report_discard(struct capan_report *);

/* What the whole capture came to as one JSON object: totals, and the findings' rows. False when
 * out refused, or without memory. */
CAPAN_API bool capan_report_totals(FILE *out, const struct capan_totals *, const struct capan_finding *, size_t count);

/* What the exchanges with one host came to. Round trips and handshakes: those that are known. */
struct capan_host {
    uint64_t exchanges, conditional, not_modified, in_vain, violations; /* exchanges: all, and those that ... */
    uint64_t saved, wasted;                                             /* octets */
    uint64_t round_trips_x100, handshakes;
};
CAPAN_API void capan_host_add(struct capan_host *, const struct capan_exchange *);
/* The host: the authority of the target URI, else the server's address and port. As much of it as fits into size
 * octets with its NUL; what is not printable ASCII becomes '?'. Returns the length. */
CAPAN_API size_t capan_host_name(const struct capan_exchange *, char *name, size_t size);

struct capan_summary;

/* What the reader of a capture knows about it. */
struct capan_source {
    const char *file;
    char *const *files;      /* NULL-terminated: all that were read as one; NULL: file alone */
    const char *link;        /* the link type's name; NULL unknown */
    uint64_t frames, octets; /* records, and their lengths on the wire */
    uint64_t snapped, fragments_lost, undecoded;
    uint64_t dropped;        /* frames that the capturing system lost, as far as it tells */
    uint64_t passed;         /* records that are no packets, or that the filter leaves out */
    uint64_t unlinked;       /* those of undecoded whose link type is not known */
    const char *link_unread; /* the name of the first such type; NULL none */
    uint64_t udp, quic;      /* datagrams that are not read; those of them that open a connection of QUIC */
    bool secrets;            /* some secrets of TLS were at hand */
    const char *partial;     /* why not all of it was read; NULL: it was */
};

/* A note about the whole capture for people: findings, connections and exchanges, most telling first. Memory does not
 * grow with the capture. NULL without memory. */
CAPAN_API struct capan_summary *capan_summary_new(FILE *out, const struct capan_layout *layout);
/* What relative times count from. */
CAPAN_API void capan_summary_origin(struct capan_summary *, int64_t origin_ns);
CAPAN_API void capan_summary_connection(struct capan_summary *, const struct capan_connection *);
CAPAN_API void capan_summary_exchange(struct capan_summary *, const struct capan_exchange *);
/* Writes the note, flushes, frees. False when out refused, or when there was no memory for all of it (ENOMEM). */
CAPAN_API bool capan_summary_close(struct capan_summary *, const struct capan_source *, const struct capan_totals *,
                                   const struct capan_finding *, size_t count);
/* Frees; nothing is written. */
CAPAN_API void capan_summary_discard(struct capan_summary *);

struct capan_stitch_note;

/* What two captures come to, for people: where packets were lost, what the path adds and what the box between rewrites.
 * All rows are given. NULL without memory. */
CAPAN_API struct capan_stitch_note *capan_stitch_note_new(FILE *out, const struct capan_layout *layout);
/* It will be an HTML document that needs nothing else, with a ladder of each connection. Before the first row; without
 * memory closing says so. */
CAPAN_API void capan_stitch_note_draws(struct capan_stitch_note *);
CAPAN_API void capan_stitch_note_row(struct capan_stitch_note *, const struct capan_stitch_row *);
/* Writes the note, flushes, frees. Names are of the files; b is NULL when there is one. False as with a summary. */
CAPAN_API bool capan_stitch_note_close(struct capan_stitch_note *, const char *a, const char *b,
                                       const struct capan_stitch_totals *);

/* X(name, token, sentence): the charts of one direction of a connection. */
#define CAPAN_CHARTS(X)                                                                                                \
    X(TIME_SEQUENCE, "time-sequence", "what was sent and acknowledged, by number and time")                            \
    X(OUTSTANDING, "outstanding", "octets sent and not acknowledged, with the windows that bound them")                \
    X(ROUND_TRIPS, "round-trips", "the round trips that ACKs measured")                                                \
    X(THROUGHPUT, "throughput", "octets a second, sent and acknowledged")                                              \
    X(WINDOW, "window", "the window that it offered itself")
#define CAPAN_X(name, ...) CAPAN_CHART_##name,
enum capan_chart { CAPAN_CHARTS(CAPAN_X) CAPAN_CHART_COUNT };
#undef CAPAN_X
CAPAN_API extern const struct capan_token capan_charts[CAPAN_CHART_COUNT];

struct capan_story;

/* The capture told frame by frame, as an article about it would; or, with frame not 0, that frame's verdicts with
 * everything they rest on. Keeps what it is given until it is closed, up to a limit that it then names: memory, in
 * octets (0 is 256 MiB), or so many lines that nobody reads them. All packets are given, in the order in which they
 * were given to the analysis. NULL without memory. */
CAPAN_API struct capan_story *capan_story_new(FILE *out, const struct capan_layout *layout, uint32_t frame,
                                              uint64_t memory);
/* Charts will be drawn of it: what they alone need is kept, too. Before the first packet. */
CAPAN_API void capan_story_draws(struct capan_story *);
CAPAN_API void capan_story_packet(struct capan_story *, const struct capan_packet *);
CAPAN_API void capan_story_segment(struct capan_story *, const struct capan_segment *, const uint32_t *acks,
                                   const struct capan_connection *);
CAPAN_API void capan_story_exchange(struct capan_story *, const struct capan_exchange *);
CAPAN_API void capan_story_connection(struct capan_story *, const struct capan_connection *);
/* For the HTML document, which draws where its time went. */
CAPAN_API void capan_story_page(struct capan_story *, const struct capan_page *);
/* The capture is too long: what came behind the limit will not be told. */
CAPAN_API bool capan_story_cut(const struct capan_story *);
/* Writes the story, flushes, frees. False when out refused, or when there was no memory for all of it (ENOMEM). */
CAPAN_API bool capan_story_close(struct capan_story *, const struct capan_source *);
/* The same as one HTML document that needs nothing else: a summary, findings, waterfall, connections with plots and
 * ladders, and where time went, with links between them. */
CAPAN_API bool capan_story_close_html(struct capan_story *, const struct capan_source *, const struct capan_totals *,
                                      const struct capan_finding *, size_t count);
/* The same with charts of one connection: a sheet of them as SVG, or one chart for xplot. */
struct capan_plot {
    bool xplot;
    int chart;     /* enum capan_chart; -1: all, which xplot cannot: its time-sequence then */
    int direction; /* enum capan_direction; -1: both that have something to show, in xplot the one that sent more */
};
/* *left: connections that were not drawn: that with most trouble is, then that with most octets. */
CAPAN_API bool capan_story_close_plot(struct capan_story *, const struct capan_plot *, uint64_t *left);

#ifdef __cplusplus
}
#endif

#endif
