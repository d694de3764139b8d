/* SPDX-License-Identifier: MIT */
/* The sections of the HTML document, and what they share: links lead from each to the others. What has a place in it
 * has one id: "finding-" and its token, "page-", "exchange-", "stream-", "charts-", "frame-" and its number. */
#ifndef PARTS_H
#define PARTS_H

#include "gathered.h"
#include "plot.h"

enum { CAPAN_DRAWN_MAX = 12 };

struct capan_document {
    struct capan_story *story; /* exchanges by page, connections and pages by number */
    struct capan_out *out;
    const struct capan_source *source;
    const struct capan_totals *totals;
    const struct capan_finding *findings;
    size_t findings_count;
    struct capan_plots plots;
    /* Not 0: of each of the story's steps, exchanges and connections, whether it has a row. */
    uint8_t *has_rung, *has_bar, *has_row;
    size_t rungs, bars, rows;                                 /* how many have */
    const struct capan_connection *drawn_at[CAPAN_DRAWN_MAX]; /* those with charts and a ladder */
    size_t drawn;
};

/* --- what is shown --- */

/* Chooses what has a row, for all of it would be too long to be looked at. False without memory; to be freed in any
 * case. */
bool capan_document_choose(struct capan_document *);
void capan_document_free(struct capan_document *);
/* The load of that number; NULL: it is not known, or none. */
const struct capan_page *capan_document_page(const struct capan_document *, uint64_t number);

/* --- links --- */

/* To where it is told: what it was in its connection, or, where that is preferred, the exchange that it was a part of;
 * the number alone where neither has a row. */
void capan_link_frame(const struct capan_document *, uint32_t frame, bool prefers_exchange);
void capan_link_stream(const struct capan_document *, uint32_t stream);
/* That of this number; NULL none. */
const struct capan_connection *capan_document_connection(const struct capan_document *, uint32_t stream);
/* To the exchange that the segment is the beginning of, as request or response; nothing where there is none. */
void capan_link_exchange(const struct capan_document *, const struct capan_segment *);
/* A verdict's token in the colour of its severity, to its finding where there is one. */
void capan_link_verdict(const struct capan_document *, enum capan_finding_class, unsigned number);
/* The id of a finding, which others of that token but of other hosts do not have. */
void capan_link_id(const struct capan_document *, const struct capan_finding *);
/* What an id of a connection ends with: its number, and more where others have the same (VLANs that carry it twice). */
void capan_link_number(const struct capan_document *, const struct capan_connection *);

/* --- sections --- */

/* False without memory. */
bool capan_document_brief(struct capan_document *);
void capan_document_findings(struct capan_document *);
void capan_document_exchanges(struct capan_document *);
void capan_document_connections(struct capan_document *);
/* Each of the drawn ones; false without memory. */
bool capan_document_charts(struct capan_document *);

/* The style sheet and the script, in parts; NULL ends them. */
extern const char *const capan_document_style[], *const capan_document_script[];

#endif
